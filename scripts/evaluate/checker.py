"""Reads facts off a finished picture: which shapes stand where in which color, the word on a sign, the object, the background.

Colors come from the palette, shapes from their outlines, letters and objects from their artwork; nothing is learned
from generated pictures.
"""

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "train"))

import artwork  # noqa: E402
import world  # noqa: E402

NAMES = list(world.PALETTE)
VALUES = np.array([world.PALETTE[n] for n in NAMES], float)


def color_name(rgb) -> str:
    return NAMES[int(np.abs(VALUES - np.asarray(rgb, float)).sum(1).argmin())]


@dataclass
class Found:
    color: str
    shape: str
    overlap: float  # soft intersection over union with the best outline
    x: float  # centre, pixels
    y: float
    extent: float  # the larger side of the bounding box, pixels


def background(picture: np.ndarray) -> np.ndarray:
    """The most common color of the picture's outermost pixels, as RGB."""
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).astype(float)
    names = np.abs(edge[:, None] - VALUES).sum(-1).argmin(1)
    common = np.bincount(names, minlength=len(NAMES)).argmax()
    return np.median(edge[names == common], 0)


@lru_cache(maxsize=None)
def outline(shape: str, height: int, width: int) -> np.ndarray:
    """A shape's coverage, stretched over a bounding box."""
    full = world.mask(shape, 48)[..., 0]
    ys, xs = np.where(full > 0.5)
    tight = full[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    zoomed = ndimage.zoom(tight, (height / tight.shape[0], width / tight.shape[1]), order=1, grid_mode=True, mode="nearest")
    return np.clip(zoomed, 0, 1)


def things(picture: np.ndarray) -> list[Found]:
    """All connected things of a picture [height, width, 3], as the shapes that they look most like."""
    picture = picture.astype(float)
    ground = background(picture)
    distance = np.abs(picture - ground).sum(-1)
    labels, count = ndimage.label(distance > 75, structure=np.ones((3, 3)))
    found = []
    for k in range(1, count + 1):
        ys, xs = np.where(labels == k)
        if len(ys) < 10:
            continue
        inside = picture[ys, xs]
        strength = distance[ys, xs]
        paint = np.median(inside[strength >= np.quantile(strength, 0.4)], 0)
        top, left, bottom, right = ys.min(), xs.min(), ys.max() + 1, xs.max() + 1
        area = picture[top:bottom, left:right]
        direction = paint - ground
        cover = np.clip(((area - ground) @ direction) / (direction @ direction), 0, 1)
        cover = cover * (labels[top:bottom, left:right] == k)
        best = ("nothing", 0.0)
        aspect = (bottom - top) / (right - left)
        for shape in world.SHAPES:
            if not 0.7 < aspect < 1.43:
                continue
            mask = outline(shape, bottom - top, right - left)
            overlap = np.minimum(mask, cover).sum() / np.maximum(mask, cover).sum()
            if overlap > best[1]:
                best = (shape, float(overlap))
        shape = best[0] if best[1] >= 0.72 else "nothing"
        found.append(Found(color_name(paint), shape, best[1], (left + right) / 2, (top + bottom) / 2, max(bottom - top, right - left)))
    return found


def read_sign(picture: np.ndarray, paint: str) -> str:
    """The letters that stand in the cells of the token lattice on a sign of a color, by the best glyph of each cell."""
    picture = picture.astype(float)
    ink, board = (np.array(world.PALETTE[n], float) for n in (world.SIGN_COLORS[paint], paint))
    best = (1e9, "")
    for y in (16, 24, 32):
        word, error = "", 0.0
        for x in range(0, world.SIZE, world.CELL):
            area = picture[y : y + 2 * world.CELL, x : x + world.CELL]
            cover = np.clip((area - board) @ (ink - board) / ((ink - board) @ (ink - board)), 0, 1)
            off = np.abs(area - (board + cover[..., None] * (ink - board))).sum(-1).mean()
            if off > 45 or cover.mean() > 0.85:
                word += "|"  # not the sign at all
                continue
            if cover.sum() < 8:
                word += " "
                continue
            scores = {g: np.abs(cover - world.glyph(g)[..., 0]).mean() for g in world.LETTERS}
            letter = min(scores, key=scores.get)
            error += scores[letter]
            word += letter
        letters = word.replace("|", "").strip()
        if letters and " " not in letters and error / len(letters) < best[0]:
            best = (error / len(letters), letters)
    return best[1] if best[0] < 0.16 else ""


def object_at(picture: np.ndarray, x: int, y: int, size: int) -> tuple[str, float]:
    """The object whose artwork is nearest to a box of the picture, and its mean absolute error in 0...255."""
    ground = background(picture) / 255
    area = picture[y : y + size, x : x + size].astype(float) / 255
    errors = {}
    for name in artwork.OBJECTS:
        paint, alpha = artwork.bitmap(name, size)
        errors[name] = float(np.abs(paint + (1 - alpha) * ground - area).mean())
    best = min(errors, key=errors.get)
    return best, errors[best] * 255


def named_object(picture: np.ndarray) -> str:
    """The single object of a picture: the best of all names over all places and sizes."""
    ground = background(picture)
    ys, xs = np.where(np.abs(picture.astype(float) - ground).sum(-1) > 75)
    if len(ys) == 0:
        return "nothing"
    best = ("nothing", 40.0)
    for size in (48, 32):
        cx, cy = (xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2
        x, y = (int(np.clip(round((c - size / 2) / world.CELL) * world.CELL, 0, world.SIZE - size)) for c in (cx, cy))
        if xs.min() < x - 2 or ys.min() < y - 2 or xs.max() > x + size + 1 or ys.max() > y + size + 1:
            continue
        name, error = object_at(picture, x, y, size)
        if error < best[1]:
            best = (name, error)
    return best[0]


# MARK: Facts


def shapes_match(found: list[Found], expected: list[tuple[str, str]]) -> bool:
    return sorted((f.color, f.shape) for f in found) == sorted(expected)


def holds(picture: np.ndarray, scene: world.Scene) -> bool:
    """Whether everything that the caption of a scene says is so in the picture: color, shape, number, order, word."""
    ground = color_name(background(picture))
    if scene.facts.get("background", scene.background) != ground:
        return False
    if scene.sign:
        return read_sign(picture, scene.sign[1]) == scene.sign[0]
    if scene.category == "object":
        return named_object(picture) == scene.items[0].kind
    found = things(picture)
    if not shapes_match(found, [(i.color, i.kind) for i in scene.items]):
        return False
    if scene.category in ("relation", "scale"):
        first, second = ([f for f in found if (f.color, f.shape) == (i.color, i.kind)][0] for i in scene.items)
        relation = scene.facts.get("relation")
        if relation and {"left": second.x - first.x, "right": first.x - second.x, "above": second.y - first.y, "below": first.y - second.y}[relation] < 4:
            return False
        if scene.category == "scale":
            wanted = scene.items[0].size / scene.items[1].size
            return abs(first.extent / second.extent / wanted - 1) < 0.25
    if "size" in scene.facts:
        return found[0].extent < 20 if scene.facts["size"] == "small" else found[0].extent > 34
    return True
