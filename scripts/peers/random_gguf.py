"""Writes a GGUF file of a shape with random weights, for llama.cpp.

usage: random_gguf.py SHAPE Q8_0|Q4_0 FILE
"""

import sys

import gguf
import numpy as np
from shapes import SHAPES

FILE_TYPES = {"Q8_0": gguf.LlamaFileType.MOSTLY_Q8_0, "Q4_0": gguf.LlamaFileType.MOSTLY_Q4_0}


class Matrices:
    """Matrices of random numbers in one quantized type: pieces of the same block of numbers, over and over."""

    def __init__(self, kind):
        self.kind = getattr(gguf.GGMLQuantizationType, kind)
        values = np.random.default_rng(0).standard_normal((1 << 12, 1 << 10), dtype=np.float32) * 0.02
        self.block = gguf.quants.quantize(values, self.kind).reshape(-1)
        self.per_element = self.block.size / values.size

    def make(self, rows, columns):
        """A matrix `[rows, columns]`, its bytes `[rows, bytes of a row]`."""
        return np.resize(self.block, (rows, round(columns * self.per_element)))


def write(shape, kind, path):
    """All tensors that llama.cpp asks of a model of the architecture `llama`; norms are ones."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(8192)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_tokenizer_model("no_vocab")
    writer.add_file_type(FILE_TYPES[kind])
    matrices = Matrices(kind)

    def matrix(name, rows, columns):
        writer.add_tensor(f"{name}.weight", matrices.make(rows, columns), raw_dtype=matrices.kind)

    def norm(name):
        writer.add_tensor(f"{name}.weight", np.ones(shape.width, np.float32))

    narrow = shape.width // shape.heads * shape.kv_heads
    matrix("token_embd", shape.vocabulary, shape.width)
    norm("output_norm")
    matrix("output", shape.vocabulary, shape.width)
    for layer in range(shape.layers):
        name = f"blk.{layer}"
        norm(f"{name}.attn_norm")
        norm(f"{name}.ffn_norm")
        for part, rows in (("q", shape.width), ("k", narrow), ("v", narrow), ("output", shape.width)):
            matrix(f"{name}.attn_{part}", rows, shape.width)
        for part in ("gate", "up"):
            matrix(f"{name}.ffn_{part}", shape.hidden, shape.width)
        matrix(f"{name}.ffn_down", shape.width, shape.hidden)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    write(SHAPES[sys.argv[1]], sys.argv[2], sys.argv[3])
