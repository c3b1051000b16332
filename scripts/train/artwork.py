"""Named objects: Noto Color Emoji (SIL Open Font License 1.1), any number of pixels a side.

`objects.txt` lists them: name, emoji, synonyms, plural. The picture depends on the number of pixels alone, so that an
object of 48 pixels is the same in a picture of 64 (48 units) and in one of 128 (24 units).
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
BITMAP_SIZE = 109  # the only size that the font's bitmaps have

OBJECTS: dict[str, str] = {}
SYNONYMS: dict[str, list[str]] = {}
PLURALS: dict[str, str] = {}
for _line in (Path(__file__).parent / "objects.txt").read_text().splitlines():
    if _line and not _line.startswith("#"):
        _name, _emoji, _synonyms, _plural = _line.split("|")
        assert _name not in OBJECTS, _name
        OBJECTS[_name] = _emoji
        if _synonyms:
            SYNONYMS[_name] = _synonyms.split(",")
        if _plural:
            PLURALS[_name] = _plural
NAMES = list(OBJECTS)
_SYNONYMS = {synonym for synonyms in SYNONYMS.values() for synonym in synonyms}


def plural(name: str) -> str:
    return PLURALS.get(name, name + "s")


def regular_plural(noun: str) -> str:
    """The plural of a synonym: "kitties", "bunches of grapes"."""
    if plural_only(noun):
        return noun
    for link in (" of ", " with "):
        head, found, rest = noun.partition(link)
        if found:
            return regular_plural(head) + found + rest
    if noun.endswith("af"):
        return noun[:-1] + "ves"
    if noun.endswith(("s", "x", "sh", "ch")):
        return noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"


def plural_only(name: str) -> bool:
    """Names like "glasses" and "trousers", which take no article."""
    synonym = name not in PLURALS and name in _SYNONYMS and not {"of", "with"} & set(name.split())
    return (synonym or PLURALS.get(name) == name) and name.endswith("s") and not name.endswith(("ss", "us"))


def article(name: str) -> str:
    return "an" if name[0] in "aeiou" and not name.startswith(("uni", "ufo", "eu")) else "a"


@lru_cache(maxsize=None)
def _square(name: str) -> np.ndarray:
    """The artwork [side, side, 4] in its tightest square with a margin of a 32nd, premultiplied, float32 in 0...1."""
    font = ImageFont.truetype(FONT, BITMAP_SIZE)
    canvas = Image.new("RGBA", (160, 160), (0, 0, 0, 0))
    ImageDraw.Draw(canvas).text((8, 8), OBJECTS[name], font=font, embedded_color=True)
    box = canvas.getbbox()
    art = np.asarray(canvas.crop(box), np.float32) / 255
    art[..., :3] *= art[..., 3:]
    side = max(art.shape[:2])
    margin = round(side / 30)
    out = np.zeros((side + 2 * margin, side + 2 * margin, 4), np.float32)
    y, x = (out.shape[0] - art.shape[0]) // 2, (out.shape[1] - art.shape[1]) // 2
    out[y : y + art.shape[0], x : x + art.shape[1]] = art
    return out


@lru_cache(maxsize=None)
def _bytes(name: str, size: int) -> np.ndarray:
    square = _square(name)
    how = Image.Resampling.BOX if size <= square.shape[0] else Image.Resampling.BICUBIC
    channels = [np.asarray(Image.fromarray(square[..., c]).resize((size, size), how)) for c in range(4)]
    return np.round(np.clip(np.stack(channels, -1), 0, 1) * 255).astype(np.uint8)


def bitmap(name: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Premultiplied colour [size, size, 3] and coverage [size, size, 1] of an object, both float32 in 0...1."""
    out = _bytes(name, size).astype(np.float32) / 255
    return out[..., :3], out[..., 3:]
