"""Reads the sign of a picture: Tesseract reads the letters, a comparison with single glyphs settles what it mixes up.

Tesseract sees the letters alone, black on white and enlarged, and may answer with capitals and digits. Where its word differs
from the one asked for only in letters that look alike to it (O and 0, I and 1, ...), or where it reads nothing (as it often
does with one or two letters), or drops letters, the picture is compared cell by cell with all glyphs of the training's font, each free to
move a little; the word holds only if the right glyph is the nearest in each of these places.
"""

import os
import subprocess
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from scipy import ndimage

import seeing
import world
from seeing import SIDE

ALIKE = ["O0QDCG", "I1LTJ7", "S5", "B8", "Z27", "G6C", "A4", "UV", "VY", "WM", "MN", "HN", "KX", "EF", "PR", "3J", "9G"]


@dataclass
class Seen:
    box: tuple[int, int, int, int]  # of the board in pixels of SIDE: left, top, right, bottom
    ink: str | None  # None where there is none
    letters: np.ndarray  # coverage of the letters, enlarged
    board: np.ndarray  # where the board is [SIDE, SIDE], bool


def find_sign(picture: np.ndarray, color: str) -> Seen | None:
    """The largest rectangle of a color in a picture [n, n, 3], uint8, of any size."""
    large = cv2.resize(picture, (512, 512), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    small = seeing.scaled(picture)
    paint = world.rgb(color)
    near = (seeing.over_channels(np.abs(small - paint)) < 0.45).astype(np.uint8)
    near = cv2.morphologyEx(near, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    best = None
    for piece in seeing.pieces(cv2.morphologyEx(near, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)).astype(bool), 200)[:4]:
        filled = ndimage.binary_fill_holes(piece)
        x0, y0, x1, y1 = seeing.bounds(filled)
        square = filled.sum() / ((x1 - x0) * (y1 - y0))
        edge = x0 <= 1 or x1 >= SIDE - 1
        if square < 0.85 or edge and y0 <= 1 and y1 >= SIDE - 1 or (x1 - x0) < 0.5 * (y1 - y0):
            continue
        best = (x0, y0, x1, y1, filled)
        break
    if best is None:
        return None
    x0, y0, x1, y1, filled = best
    k = 512 // SIDE
    area = large[y0 * k + 6 : y1 * k - 6, x0 * k + 6 : x1 * k - 6]
    board = np.median(area[seeing.over_channels(np.abs(area - paint)) < 0.4], 0)
    off = seeing.over_channels(np.abs(area - board))
    inner = off[area.shape[0] // 5 : -area.shape[0] // 5]
    ink = None
    letters = np.zeros(area.shape[:2], np.float32)
    if (inner > 0.6).mean() > 0.012:
        pixels = area[area.shape[0] // 5 : -area.shape[0] // 5][inner > max(0.6, 0.75 * np.quantile(inner, 0.99))]
        tone = np.median(pixels, 0)
        ink = min(world.COLORS, key=lambda c: np.abs(world.rgb(c) - tone).sum())
        way = tone - board
        letters = np.clip(((area - board) @ way) / (way @ way), 0, 1)
        m = round(0.12 * area.shape[0])  # a board's margin is a quarter of its height
        letters[:m] = letters[-m:] = letters[:, :m] = letters[:, -m:] = 0
    return Seen((x0, y0, x1, y1), ink, letters, filled)


@lru_cache(maxsize=4096)
def _tesseract(png: bytes, mode: int) -> str:
    command = ["tesseract", "stdin", "stdout", "--psm", str(mode), "--dpi", "150", "-c", f"tessedit_char_whitelist={world.LETTERS}",
               "-c", "load_system_dawg=0", "-c", "load_freq_dawg=0"]
    done = subprocess.run(command, input=png, capture_output=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"})
    if done.returncode:
        raise RuntimeError(f"tesseract failed: {done.stderr.decode(errors='replace').strip()[:200]}")
    return "".join(done.stdout.decode(errors="replace").split())


def read(letters: np.ndarray, mode: int = 7) -> str:
    """What Tesseract reads in the coverage of some letters."""
    ys, xs = np.where(letters > 0.5)
    if not len(ys):
        return ""
    art = letters[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    k = 48 / art.shape[0]
    art = cv2.resize(art, (max(8, round(art.shape[1] * k)), 48), interpolation=cv2.INTER_AREA if k < 1 else cv2.INTER_CUBIC)
    page = np.pad(np.clip((art - 0.5) * 1.6 + 0.5, 0, 1), 24)
    return _tesseract(cv2.imencode(".png", np.round(255 * (1 - page)).astype(np.uint8))[1].tobytes(), mode)


@lru_cache(maxsize=1)
def _glyphs() -> np.ndarray:
    """All glyphs [letters, 32, 16], less their mean."""
    return np.stack([cv2.GaussianBlur(world.glyph(g, 16)[..., 0], (0, 0), 0.7) for g in world.LETTERS])


def nearest(letters: np.ndarray, count: int) -> list[dict[str, float]]:
    """For each of `count` cells of a sign's letters: how much it is like each glyph, as correlations."""
    ys, xs = np.where(letters > 0.5)
    if not len(ys) or count < 1:
        return []
    top, bottom = ys.min(), ys.max() + 1
    height = (bottom - top) * 16 / 13  # a glyph has a margin of a 16th and is twice as high as wide ...
    width = letters.shape[1] / (count + 2 - 0.35)
    x_middle = (xs.min() + xs.max() + 1) / 2
    out = []
    glyphs = _glyphs()
    width = min(width, height / 2 * 1.25)
    for i in range(count):
        cx = x_middle + (i - (count - 1) / 2) * width
        best: dict[str, float] = {}
        for zoom in (0.92, 1.0, 1.08):
            w, h = width * 1.35 * zoom, height * zoom
            kx, ky = 22 / w, 36 / (h * 1.125)
            cy = (top + bottom) / 2
            move = np.array([[kx, 0, 11 - kx * cx], [0, ky, 18 - ky * cy]], np.float32)
            cell = cv2.warpAffine(letters, move, (22, 36), flags=cv2.INTER_AREA, borderValue=0)
            for k, g in enumerate(glyphs):
                score = float(cv2.matchTemplate(cell.astype(np.float32), g, cv2.TM_CCOEFF_NORMED).max())
                best[world.LETTERS[k]] = max(best.get(world.LETTERS[k], -1.0), score)
        out.append(best)
    return out


def says(seen: Seen, word: str) -> str | None:
    """What is read instead of a word; None where it is the word."""
    text = read(seen.letters)
    if text == word:
        return None
    again = read(seen.letters, 8)
    if again == word:
        return None
    cells = nearest(seen.letters, len(word))
    if not cells:
        return text
    options = [t for t in (text, again) if len(t) == len(word)]
    for t in options:
        if all(a == b or any(a in s and b in s for s in ALIKE) and max(c, key=c.get) == b for a, b, c in zip(t, word, cells)):
            return None
    if not options and all(max(c, key=c.get) == b and c[b] > 0.75 for b, c in zip(word, cells)):
        return None
    return text
