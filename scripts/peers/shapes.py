"""The shapes that the peers are measured with, under the names that `weft bench --shape` has for them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A decoder of Llama's kind: layers, width, heads, heads of keys and values, width between up and down, visual tokens."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    hidden: int
    vocabulary: int


SHAPES = {
    "janus-pro-1b": Shape(24, 2048, 16, 16, 5632, 16384),
    "janus-pro-7b": Shape(30, 4096, 32, 32, 11008, 16384),
    "emu3": Shape(32, 4096, 32, 8, 14336, 32768),
}
