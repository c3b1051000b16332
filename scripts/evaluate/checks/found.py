"""What stands in a picture: kinds by the classifier and by outlines, colors, patterns, places."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from scipy import ndimage

import classifier
import seeing
import artwork
import world
from seeing import SIDE

RGB = np.stack([world.rgb(c) for c in world.COLORS])
TONES = np.stack([world.second_tone(c) for c in world.COLORS])


@dataclass
class Found:
    """A thing in a picture; its place is that of the box in which the training draws such a thing."""

    kind: str
    color: str | None
    pattern: str | None
    x: float  # centre
    y: float
    side: float
    sure: float

    @property
    def name(self) -> str:
        return " ".join(x for x in (self.pattern, self.color, self.kind) if x)


@lru_cache(maxsize=None)
def outline(shape: str) -> tuple[np.ndarray, tuple[float, float, float, float]]:
    """A shape's coverage in its tightest box, and that box as shares of the box in which it is drawn."""
    full = world.mask(shape, 96)[..., 0]
    ys, xs = np.where(full > 0.5)
    x0, y0, x1, y1 = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1
    return full[y0:y1, x0:x1], (x0 / 96, y0 / 96, x1 / 96, y1 / 96)


@lru_cache(maxsize=None)
def tight(kind: str) -> tuple[float, float, float, float]:
    """The tightest box of any thing as shares of its own."""
    if kind in world.SHAPES:
        return outline(kind)[1]
    if kind in artwork.OBJECTS:
        alpha = artwork.bitmap(kind, 96)[1][..., 0]
    elif kind in world.SOLIDS:
        alpha = world.solid(kind, "red", None, 96)[..., 3] / 255
    else:
        alpha = world.built(kind, "red", (), 96)[..., 3] / 255
    ys, xs = np.where(alpha > 0.5)
    return xs.min() / 96, ys.min() / 96, (xs.max() + 1) / 96, (ys.max() + 1) / 96


def overlaps(mask: np.ndarray) -> dict[str, float]:
    """For each shape: intersection over union of a mask with its outline, stretched a little to the mask's box."""
    x0, y0, x1, y1 = seeing.bounds(mask)
    pad = 3
    area = np.pad(mask[y0:y1, x0:x1].astype(np.float32), pad)
    width, height = x1 - x0, y1 - y0
    out = {}
    for shape in world.SHAPES:
        art, (a, b, c, d) = outline(shape)
        aspect = (width / height) / ((c - a) / (d - b))
        if not 0.66 < aspect < 1.5:
            out[shape] = 0.0
            continue
        best = 0.0
        for grow in (0, 1) if min(width, height) > 12 else (0,):
            # A little less than all of the stretching, so that an oval is no circle.
            k = np.clip(aspect, 0.85, 1.18)
            w = width - 2 * grow
            h = round((w / k) / ((c - a) / (d - b)))
            w, h = max(2, w), max(2, h)
            cover = np.zeros_like(area)
            small = cv2.resize(art, (w, h), interpolation=cv2.INTER_AREA)
            oy, ox = (area.shape[0] - h) // 2, (area.shape[1] - w) // 2
            if oy < 0 or ox < 0:
                small = small[max(0, -oy) : max(0, -oy) + area.shape[0], max(0, -ox) : max(0, -ox) + area.shape[1]]
                oy, ox = max(0, oy), max(0, ox)
            cover[oy : oy + small.shape[0], ox : ox + small.shape[1]] = small
            best = max(best, float(np.minimum(cover, area).sum() / np.maximum(cover, area).sum()))
        out[shape] = best
    return out


def colors(pixels: np.ndarray) -> list[tuple[float, str, float]]:
    """Colors by how far pixels [n, 3] are from them or from their second tones, the nearest first: distance, name, share of the second tone."""
    out = []
    for k, name in enumerate(world.COLORS):
        one = seeing.over_channels(np.abs(pixels - RGB[k]))
        two = seeing.over_channels(np.abs(pixels - TONES[k]))
        share = float((two < one).mean())
        off = np.minimum(one, two)
        plain = float(np.median(one))
        both = float(np.mean(np.minimum(off, 0.8)))
        out.append((min(plain, both) if share < 0.12 else both + 0.02, name, share))
    return sorted(out)


def core(mask: np.ndarray, depths=(9, 7, 5, 3)) -> np.ndarray:
    """A mask without its edge, where colors mix."""
    for r in depths:
        inner = cv2.erode(mask.astype(np.uint8), np.ones((r, r), np.uint8)).astype(bool)
        if inner.sum() > 0.22 * mask.sum():
            return inner
    return mask


@lru_cache(maxsize=None)
def _fields(pattern: str) -> list[np.ndarray]:
    """Patterns of several periods and phases over the whole picture."""
    out = []
    for period in (14, 16, 18):
        field = world.pattern_field(pattern, period * (-(-SIDE // period) + 2), period)[..., 0]
        step = max(2, period // 8)
        for dy in range(0, 1 if pattern.startswith("vertical") else period, step):
            for dx in range(0, 1 if pattern.startswith("horizontal") else period, step):
                out.append(field[dy : dy + SIDE, dx : dx + SIDE])
    return out


def find_pattern(picture: np.ndarray, mask: np.ndarray, color: str) -> str | None:
    """The pattern inside a mask: that whose tones lie most as they do there."""
    inner = core(mask, (5, 3))
    x0, y0, x1, y1 = seeing.bounds(inner)
    area, inner = picture[y0:y1, x0:x1], inner[y0:y1, x0:x1]
    way = world.second_tone(color) - world.rgb(color)
    tone = np.clip((area - world.rgb(color)) @ way / (way @ way), 0, 1)[inner]
    if tone.std() < 0.12:
        return None
    tone = (tone - tone.mean()) / tone.std()
    # What grows towards the edge is a soft edge, not a pattern.
    depth = np.minimum(ndimage.distance_transform_edt(mask), 12)[y0:y1, x0:x1][inner].round().astype(int)
    means = np.bincount(depth, tone) / np.maximum(np.bincount(depth), 1)
    edge = float((means[depth] ** 2).mean())
    best = {}
    for pattern in world.PATTERNS:
        fields = np.stack([f[: y1 - y0, : x1 - x0][inner] for f in _fields(pattern)])
        fields = fields - fields.mean(1, keepdims=True)
        deviation = fields.std(1)
        scores = (fields @ tone) / len(tone) / np.maximum(deviation, 0.05)
        # Checks and dots have more phases to be fitted by chance.
        best[pattern] = float(scores.max()) * (1 if pattern.endswith("stripes") else 0.93)
    pattern = max(best, key=best.get)
    return pattern if best[pattern] > 0.6 or best[pattern] > 0.35 and best[pattern] ** 2 > 0.9 * edge else None


def _measure(picture, ground, mask, chances) -> tuple[Found, np.ndarray]:
    """A mask as one thing, as sure as it is, and that thing's outline."""
    k = int(chances.argmax())
    kind, sure = classifier.CLASSES[k], float(chances[k])
    scored = [(overlaps(outline), outline) for outline in _outlines(picture, ground, mask)]
    shapes = {shape: max(overlap[shape] for overlap, _ in scored) for shape in world.SHAPES}
    best = max(shapes, key=lambda shape: shapes[shape] + 0.12 * chances[classifier.INDEX[shape]])
    if kind in world.SHAPES:
        kind, sure = (best, max(sure, 0.6)) if shapes[best] > 0.68 else (classifier.OTHER, 0.0)
    elif (kind == classifier.OTHER or sure < 0.8) and shapes[best] > 0.82:
        kind, sure = best, max(0.5, (shapes[best] - 0.7) / 0.3)
    if kind == classifier.OTHER:
        sure = 0.0
    whole = max(scored, key=lambda pair: pair[0].get(kind, 0.0))[1]
    x0, y0, x1, y1 = seeing.bounds(whole if kind in world.SHAPES else mask)
    a, b, c, d = tight(kind) if kind != classifier.OTHER else (0, 0, 1, 1)
    side = max(x1 - x0, y1 - y0) / max(c - a, d - b)
    return Found(kind, None, None, (x0 + x1) / 2, (y0 + y1) / 2, side, sure), whole


def _extents(mask: np.ndarray) -> np.ndarray:
    x0, y0, x1, y1 = seeing.bounds(mask)
    return np.array([x1 - x0, y1 - y0])


def _outlines(picture, ground: seeing.Ground, mask: np.ndarray) -> list[np.ndarray]:
    """The outline of a mask as it is, good for patterns, and where its edge is half the ground's and half the thing's color."""
    out = [ndimage.binary_fill_holes(mask) & ~_holes(mask)]
    far = seeing.over_channels(np.abs(picture - ground.image))
    way = np.median(picture[mask & (far >= np.median(far[mask]))], 0) - ground.image
    hard = mask & (seeing.over_channels((picture - ground.image) * way) > 0.5 * np.maximum(seeing.over_channels(way * way), 0.01))
    parts = seeing.pieces(hard, 1)
    # It is the same thing only where it is nearly as large: not one of two of different colors.
    if parts and parts[0].sum() > max(0.35 * mask.sum(), 0.9 * hard.sum()) and (_extents(parts[0]) > 0.75 * _extents(mask)).all():
        out.append(ndimage.binary_fill_holes(parts[0]) & ~_holes(parts[0]))
    return out


def _holes(mask: np.ndarray) -> np.ndarray:
    """The holes of a mask that are large for it, as a ring's."""
    holes = ndimage.binary_fill_holes(mask) & ~mask
    if not holes.any():
        return holes
    labels, count = ndimage.label(holes)
    sizes = np.bincount(labels.ravel())
    return np.isin(labels, [k for k in range(1, count + 1) if sizes[k] > 0.1 * mask.sum()])


def _paint(picture, found: Found, whole):
    """Fills in the color and the pattern of a shape."""
    pixels = picture[core(whole)]
    distance, color, share = colors(pixels)[0]
    if distance > 0.45:
        return
    found.color = color
    if 0.12 <= share:
        found.pattern = find_pattern(picture, whole, color)
        if found.pattern is None and share > 0.6:
            found.color = None  # it is the second tone alone


def things(picture: np.ndarray, ground: seeing.Ground, mask: np.ndarray, expected: set[str]) -> list[Found]:
    """What stands in a mask: the parts that make the most of it known things. Solids and built things are looked for only
    where they are expected: a ball is much like a circle."""
    if mask.sum() < seeing.SPECK:
        return []
    root = seeing.tree(mask)
    all_nodes = seeing.nodes(root)
    chances = classifier.probabilities([seeing.crop(picture, n.mask) for n in all_nodes])
    chances[:, [classifier.INDEX[kind] for kind in world.SOLIDS + world.BUILT if kind not in expected]] = 0
    measured = {id(n): _measure(picture, ground, n.mask, c) for n, c in zip(all_nodes, chances)}

    def best(node) -> tuple[float, list]:
        area = float(node.mask.sum())
        found, _ = measured[id(node)]
        mine = area * max(0.0, found.sure - 0.03), [(node, found)]
        if not node.parts:
            return mine
        lists = [best(p) for p in node.parts]
        # What is split must be worth it: parts are named by chance now and then.
        parts = sum(v for v, _ in lists) - 0.02 * area, [x for _, l in lists for x in l]
        return mine if mine[0] >= parts[0] else parts

    out = []
    for node, found in best(root)[1]:
        if found.kind == classifier.OTHER and node.mask.sum() < 2 * seeing.SPECK:
            continue
        if found.kind in world.SHAPES:
            _paint(picture, found, measured[id(node)][1])
        out.append(found)
    return out
