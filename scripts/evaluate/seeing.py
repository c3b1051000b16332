"""What stands out from the ground of a picture: grounds, foreground, its pieces and how they belong together, crops.

Pictures of 64, 128 and 256 pixels are brought to SIDE pixels first; lengths are in those pixels where nothing else is said.
"""

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from scipy import ndimage

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "train"))

import world  # noqa: E402

SIDE = 128
UNIT = SIDE // world.UNITS  # pixels
CONTRAST = 0.2  # how far from the ground a pixel of a thing is, in sums over RGB in 0...1
SPECK = 24  # pixels: smaller pieces that stand alone are not looked at
FLAKE = 48  # pixels: likewise, where the ground has stars or flakes, one of which may be missing or elsewhere
CROP = 32  # side of what the classifier sees


def scaled(picture: np.ndarray) -> np.ndarray:
    """A picture [n, n, 3], uint8, as [SIDE, SIDE, 3], float32 in 0...1."""
    n = picture.shape[0]
    if n != SIDE:
        picture = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA if n > SIDE else cv2.INTER_CUBIC)
    return picture.astype(np.float32) / 255


def over_channels(a: np.ndarray) -> np.ndarray:
    """The sum over the last axis of three, faster than numpy has it."""
    return a[..., 0] + a[..., 1] + a[..., 2]


@dataclass
class Ground:
    name: str
    image: np.ndarray  # [SIDE, SIDE, 3]
    like: list[np.ndarray]  # the same with its lines a little elsewhere, or soft
    agrees: float  # share of the border that looks so


@lru_cache(maxsize=None)
def _grounds() -> tuple[list[str], np.ndarray, np.ndarray]:
    """All backgrounds in all ways that they lie: names, pictures at half the size, and at SIDE."""
    ways = [(name, variant) for name in world.BACKGROUNDS for variant in range(world.VARIANTS[name])]
    both = [[world.backdrop(name, n, variant).astype(np.float32) / 255 for name, variant in ways] for n in (SIDE // 2, SIDE)]
    return [name for name, _ in ways], np.stack(both[0]), np.stack(both[1])


def _in_tones(half: np.ndarray, best: int, weight: np.ndarray) -> np.ndarray:
    """A background [SIDE, SIDE, 3], each row of cells in the tone that most of its pixels in a picture of half the size agree with."""
    names, small, full = _grounds()
    first, ways = names.index(names[best]), world.WAYS.get(names[best], 1)
    choices = np.arange(first + (best - first) % ways, first + world.VARIANTS[names[best]], ways)
    rows = SIDE // world.UNITS * world.CELL
    off = (np.minimum(over_channels(np.abs(half - small[choices])), 0.3) * weight).reshape(len(choices), -1, rows // 2 * SIDE // 2).sum(-1)
    chosen = choices[off.argmin(0)]
    return np.concatenate([full[c, i * rows : (i + 1) * rows] for i, c in enumerate(chosen)])


def _border(a: np.ndarray, width: int) -> np.ndarray:
    """The outermost pixels [..., n] of an array [height, width, ...], the channels last."""
    parts = [a[:width], a[-width:], a[width:-width, :width], a[width:-width, -width:]]
    return np.concatenate([p.reshape(-1, *a.shape[2:]) for p in parts])


def find_ground(picture: np.ndarray) -> Ground:
    """The background that most pixels agree with, the outermost ones most of all."""
    names, small, full = _grounds()
    half = cv2.resize(picture, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)
    near = np.clip(1 - over_channels(np.abs(half - small)) / 0.35, 0, 1)
    weight = np.ones(near.shape[1:], np.float32)
    weight[:4] = weight[-4:] = weight[:, :4] = weight[:, -4:] = 4
    best = int((near * weight).sum((1, 2)).argmax())
    image, name = _in_tones(half, best, weight), names[best]
    off = picture - image
    agree = over_channels(np.abs(off)) < 0.3
    edge = _border(off, 6)[_border(agree, 6)]
    if len(edge):
        image = np.clip(image + np.clip(np.median(edge, 0), -0.06, 0.06), 0, 1)
    like = [image]
    if name in world.SCENES:
        wide = np.pad(image, ((3, 3), (3, 3), (0, 0)), "edge")
        moved = [np.ascontiguousarray(wide[y : y + SIDE, x : x + SIDE]) for y in (0, 3, 6) for x in (0, 3, 6)]
        like = moved + [cv2.GaussianBlur(m, (0, 0), 1.2) for m in moved]
    return Ground(name, image, like, float(_border(agree, 6).mean()))


def difference(picture: np.ndarray, ground: Ground) -> np.ndarray:
    """How far each pixel is from the ground, in sums over RGB."""
    return np.min([over_channels(np.abs(picture - image)) for image in ground.like], 0)


def foreground(far: np.ndarray) -> np.ndarray:
    """Where things are [SIDE, SIDE], bool, without specks and hairlines."""
    mask = cv2.morphologyEx((cv2.GaussianBlur(far, (0, 0), 0.8) > CONTRAST).astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return mask.astype(bool)


def pieces(mask: np.ndarray, least: int = SPECK) -> list[np.ndarray]:
    """Connected pieces of a mask with an area of `least` pixels or more, the largest first."""
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    return [labels == k for k in sorted(range(1, count + 1), key=lambda k: -sizes[k]) if sizes[k] >= least]


def without_flakes(mask: np.ndarray, ground: Ground) -> np.ndarray:
    """A mask without the pieces that may be stars or flakes of a ground that has some."""
    return np.any([np.zeros_like(mask), *pieces(mask, FLAKE)], 0) if ground.name in ("night", "snow") else mask


def bounds(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a mask."""
    ys, xs = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(xs[0]), int(ys[0]), int(xs[-1]) + 1, int(ys[-1]) + 1


def shadow_like(picture: np.ndarray, ground: Ground, most: float = 0.76) -> np.ndarray:
    """Where a picture is the ground, only darker, as flat shadows are; with more of its light as at their rims."""
    share = over_channels(picture * ground.image) / np.maximum(over_channels(ground.image * ground.image), 0.01)
    off = over_channels(np.abs(picture - share[..., None] * ground.image))
    return (off < 0.22) & (share > 0.38) & (share < most)


def _under(beside: np.ndarray, centre: float) -> np.ndarray:
    """The ellipse, four times as wide as high, of a shadow of which the part outside of the thing's columns is seen."""
    seen = pieces(beside)
    if not seen:
        return np.zeros_like(beside)
    x0, y0, x1, y1 = bounds(seen[0])
    b = (y1 - y0) / 2 + 1
    x = x1 + 1 - 4 * b if (x0 + x1) / 2 > centre else x0 - 1 + 4 * b
    ys, xs = np.mgrid[: beside.shape[0], : beside.shape[1]] + 0.5
    return ((xs - x) / (4 * b)) ** 2 + ((ys - (y0 + y1) / 2) / b) ** 2 < 1


def split_shadow(picture: np.ndarray, ground: Ground, mask: np.ndarray) -> tuple[np.ndarray, float, float, float]:
    """The lit thing of a mask without its shadow; how much shadow lies to its left and to its right,
    by its side squared; and the share of shadow in the lowest rows under it."""
    dark = shadow_like(picture, ground) & mask
    x0, y0, x1, y1 = bounds(mask)
    height = y1 - y0
    upper = mask.copy()
    upper[y0 + round(0.66 * height) :] = False
    columns = upper.sum(0)
    xs = np.flatnonzero(columns > 0.02 * height)
    left, right = (int(xs[0]), int(xs[-1]) + 1) if len(xs) else (x0, x1)
    low = np.zeros_like(mask)
    low[y0 + round(0.6 * height) :] = True
    margin = 1
    outside = np.zeros_like(mask)
    outside[:, : max(0, left - margin)] = outside[:, right + margin :] = True
    beside = dark & low & outside
    rim = ndimage.binary_dilation(beside, np.ones((3, 3)), 2) & shadow_like(picture, ground, 1.15)
    shadow = beside | (rim & outside) | ((dark | rim) & _under(beside, (left + right) / 2))
    body = ndimage.binary_opening(mask & ~shadow, np.ones((2, 2)))
    # Under the thing: some of the lowest rows, the last of which may be soft, are nothing but shadow.
    deep = max(2, round(0.08 * height))
    flat, wide = (dark & ~outside).sum(1), mask.sum(1)
    under, last = max((flat[y - deep : y].sum() / max(1, wide[y - deep : y].sum()), y) for y in range(y1 - round(0.12 * height), y1))
    low[: last - deep] = False
    thing = body & ~(low & dark) if under > 0.4 else body
    scale = max(1, height) ** 2
    centre = (left + right) // 2
    return thing, float(beside[:, :centre].sum()) / scale, float(beside[:, centre:].sum()) / scale, float(under)


def crop(picture: np.ndarray, mask: np.ndarray, box=None) -> np.ndarray:
    """A piece over gray [CROP, CROP, 4], uint8: its color, and where it is; in a square a little larger than it."""
    x0, y0, x1, y1 = box or bounds(mask)
    side = 1.14 * max(x1 - x0, y1 - y0) + 2
    grown = cv2.dilate(ndimage.binary_fill_holes(mask).astype(np.float32), np.ones((3, 3), np.uint8))[..., None]
    art = np.concatenate([picture * grown + 0.5 * (1 - grown), grown], -1)
    k = CROP / side
    if k < 1:  # no aliasing
        art = cv2.GaussianBlur(art, (0, 0), 0.42 * (1 / k - 0.6) + 0.05) if 1 / k > 1.2 else art
    move = np.array([[k, 0, CROP / 2 - k * (x0 + x1) / 2], [0, k, CROP / 2 - k * (y0 + y1) / 2]], np.float32)
    out = cv2.warpAffine(art, move, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0.5, 0.5, 0.5, 0))
    return np.round(np.clip(out, 0, 1) * 255).astype(np.uint8)


# MARK: How pieces belong together

LEVELS = (14, 10, 7, 5, 3, 2, 1, 0, -1, -2, -3, -5)  # pixels by which a mask grows or shrinks


@dataclass
class Node:
    """A part of the foreground that may be one thing, or several: the `parts`."""

    mask: np.ndarray
    parts: list["Node"]


def _parts(mask: np.ndarray, whole: np.ndarray, level: int) -> list[np.ndarray]:
    """The parts of a mask that fall apart at a level; those that vanish by shrinking go with the nearest."""
    r = abs(level)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
    seed = mask.astype(np.uint8)
    if level > 0:
        seed = cv2.dilate(seed, kernel)
    elif level < 0:
        seed = cv2.erode(seed, kernel)
    labels, count = ndimage.label(seed, np.ones((3, 3)))
    if count < 2:
        return []
    if level < 0:
        _, (ys, xs) = ndimage.distance_transform_edt(labels == 0, return_indices=True)
        labels = labels[ys, xs]
    return [labels == k for k in range(1, count + 1)]


def tree(mask: np.ndarray, level: int = 0) -> Node:
    """A mask and the parts that it falls into, step by step: first what stands far apart, at last what only touches."""
    for k in range(level, len(LEVELS)):
        parts = [p & mask for p in _parts(mask, mask, LEVELS[k])]
        parts = [p for p in parts if p.sum() >= SPECK]
        if len(parts) >= 2:
            return Node(mask, [tree(p, k + 1) for p in parts])
    return Node(mask, [])


def nodes(node: Node) -> list[Node]:
    return [node] + [n for part in node.parts for n in nodes(part)]
