"""Says whether facts hold on a finished picture of 64, 128 or 256 pixels a side, as a person would judge.

Edges may be soft or ragged, colors a little off, and things need not stand on a lattice; but number, color, shape, pattern,
order, size, what lies in front, and words must be right, and nothing else may be there.
- What differs from the ground falls apart into pieces; what belongs together is found by what the classifier can name.
- Shapes are told by the overlap of their outlines, colors by the nearest of the palette, patterns by their two tones.
- What overlaps, and parts of built things, are told by comparing what is asked for with its alternatives at the place
  where it fits best.
Lengths are in pixels of seeing.SIDE where nothing else is said.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from scipy import ndimage

import classifier
import seeing
import words
import artwork
import captions
import world
from seeing import SIDE, UNIT
from stated import Facts, Thing

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


# MARK: Outlines, colors, patterns


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


# MARK: Things that stand apart


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


def _stands(seen: Found, place: str) -> bool:
    """Whether a thing is in the right third of the room that it has; "left" says nothing of up and down."""

    def third(centre):
        return min(2, int(3 * (centre - seen.side / 2) / max(1, SIDE - seen.side)))

    column, row = world.PLACES[place]
    across = place in ("top", "bottom") or third(seen.x) == column
    return across and (place in ("left", "right") or third(seen.y) == row)


def _is(found: Found, thing: Thing) -> bool:
    if found.kind != thing.kind or thing.color and found.color != thing.color:
        return False
    if not thing.is_shape:
        return True
    if thing.pattern == "stripes":
        return found.pattern in ("horizontal stripes", "vertical stripes")
    return found.pattern == thing.pattern


def _sorted(found: list[Found], expected: tuple[Thing, ...]) -> list[list[Found]] | str:
    """Where each of the things stands; or what is missing, or there beside them."""
    found, places = list(found), [[] for _ in expected]
    for k, thing in sorted(enumerate(expected), key=lambda pair: pair[1].color is None):
        places[k] = [f for f in found if _is(f, thing)]
        found = [f for f in found if not any(f is m for m in places[k])]
        if len(places[k]) != thing.count:
            others = ", ".join(sorted(f.name for f in found))
            return f"{thing.name}: {len(places[k])}, not {thing.count}" + (f" (there is {others})" if others else "")
    if found:
        other = "something of no known shape" if found[0].kind == classifier.OTHER else captions.a(found[0].name)
        return f"{other} is there too"
    return places


def _order(relation: str, first: list[Found], second: list[Found]) -> bool:
    """Whether all of the first stand left of, right of, above or below all of the second."""
    axis, sign = {"left": ("x", 1), "right": ("x", -1), "above": ("y", 1), "below": ("y", -1)}[relation]
    return min(sign * getattr(b, axis) for b in second) - max(sign * getattr(a, axis) for a in first) >= 4 * UNIT


def _apart(picture, ground, mask, facts: Facts, sign: Found | None = None) -> str | None:
    """Facts of things that do not overlap, beside a sign or without one."""
    places = _sorted(things(picture, ground, mask, {t.kind for t in facts.things}), facts.things)
    if isinstance(places, str):
        return places
    for thing, seen in zip(facts.things, places):
        if thing.place and not all(_stands(s, thing.place) for s in seen):
            return f"{thing.name}: not at the {thing.place}"
        if thing.size and not all(s.side < 24 * UNIT if thing.size == "small" else s.side > 36 * UNIT for s in seen):
            return f"{thing.name}: not {thing.size}"
    if facts.relation and not _order(facts.relation, places[0], [sign] if sign else places[1]):
        return f"{facts.things[0].name}: not {captions.PHRASES[facts.relation][0]} {'the sign' if sign else facts.things[1].name}"
    if facts.layout:
        axis = "x" if facts.layout == "row" else "y"
        centres = [getattr(p[0], axis) for p in places]
        if any(b - a < 4 * UNIT for a, b in zip(centres, centres[1:])):
            return f"not in that order in a {facts.layout}"
    if facts.ratio:
        ratio = np.mean([s.side for s in places[0]]) / np.mean([s.side for s in places[1]])
        if not facts.ratio[0] <= ratio <= facts.ratio[1]:
            least, most = facts.ratio
            return f"{facts.things[0].name}: {ratio:.2f} times the side of {facts.things[1].name}, not {least:.2f} to {most:.2f}"
    return None


# MARK: Things that overlap

HALF = SIDE // 2  # such pictures are compared at this size, a pixel a unit
SIZES = range(12, 57)  # sides of boxes, units


@lru_cache(maxsize=512)
def _art(kind: str, color: str | None, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Premultiplied color [n, n, 3] and coverage [n, n] of a flat thing."""
    if kind in artwork.OBJECTS:
        paint, alpha = artwork.bitmap(kind, n)
        return paint, alpha[..., 0]
    alpha = world.mask(kind, n)
    return alpha * world.rgb(color), alpha[..., 0]


def _placed(art, x, y, back):
    """An art laid over a picture at a place that may be partly outside, and its coverage there."""
    paint, alpha = art
    n = alpha.shape[0]
    out, cover = back.copy(), np.zeros(back.shape[:2], np.float32)
    a, b, c, d = max(0, x), max(0, y), min(back.shape[1], x + n), min(back.shape[0], y + n)
    if a < c and b < d:
        part = slice(b - y, d - y), slice(a - x, c - x)
        out[b:d, a:c] = paint[part] + (1 - alpha[part][..., None]) * out[b:d, a:c]
        cover[b:d, a:c] = alpha[part]
    return out, cover


class _Search:
    """Where in a picture a thing explains most that its back does not: the gain in squared difference at every place."""

    def __init__(self, picture, back, seen):
        size = 2 * HALF
        off = picture - back
        fields = [seen * (off * back).sum(-1), *(seen * off[..., c] for c in range(3)), seen * (back**2).sum(-1),
                  *(seen * back[..., c] for c in range(3)), seen]
        self.size = size
        self.fields = np.fft.rfft2(np.stack(fields), (size, size))

    def best(self, kind, color, sizes=SIZES) -> tuple[float, int, int, int]:
        """Gain, x, y, side of the best place."""
        top = (-1.0, 0, 0, 16)
        for n in sizes:
            paint, alpha = _art(kind, color, n)
            kernels = [-2 * alpha, *(2 * paint[..., c] for c in range(3)), -(alpha**2), *(2 * alpha * paint[..., c] for c in range(3)), -(paint**2).sum(-1)]
            spectra = np.fft.rfft2(np.stack(kernels), (self.size, self.size))
            gain = np.fft.irfft2((self.fields * spectra.conj()).sum(0), (self.size, self.size))
            room = gain[: HALF - n + 1, : HALF - n + 1]
            k = int(room.argmax())
            y, x = divmod(k, room.shape[1])
            if room[y, x] > top[0]:
                top = (float(room[y, x]), x, y, n)
        return top


def _rivals(kind: str, color: str | None) -> list[tuple[str, str | None]]:
    """What a thing may be taken for: all other shapes of its color, or all other objects."""
    if kind in artwork.OBJECTS:
        return [(name, None) for name in artwork.NAMES if name != kind]
    return [(shape, color) for shape in world.SHAPES if shape != kind]


@lru_cache(maxsize=64)
def _all_art(n: int) -> tuple[np.ndarray, np.ndarray]:
    arts = [_art(name, None, n) for name in artwork.NAMES]
    return np.stack([p for p, _ in arts]), np.stack([a for _, a in arts])


def _is_nearest(picture, back, seen, kind, color, at, mine) -> bool:
    """Whether no other kind explains a place better."""
    _, x, y, n = at
    if kind in artwork.OBJECTS:
        paint, alpha = _all_art(n)
        area, ground, weight = picture[y : y + n, x : x + n], back[y : y + n, x : x + n], seen[y : y + n, x : x + n]
        shown = paint + (1 - alpha[..., None]) * ground
        errors = ((shown - area) ** 2).sum(-1) * weight
        return artwork.NAMES[int(errors.sum((1, 2)).argmin())] == kind
    search = _Search(picture, back, seen)
    others = (search.best(k, c, [s for s in range(n - 4, n + 5, 2) if 8 <= s <= HALF])[0] for k, c in _rivals(kind, color))
    return max(others) < mine / 0.985


def _color_of(picture, cover) -> str | None:
    pixels = picture[cover > 0.95]
    if len(pixels) < 4:
        pixels = picture[cover > 0.6]
    if not len(pixels):
        return None
    middle = np.median(pixels, 0)
    off = np.abs(RGB - middle).sum(-1)
    return world.COLORS[int(off.argmin())] if off.min() < 0.5 else None


def _overlapping(picture, ground: seeing.Ground, facts: Facts) -> str | None:
    """Facts of two things of which one lies over the other."""
    first, second = facts.things
    relation = facts.relation
    if relation == "behind":
        first, second, relation = second, first, "in front of"
    back = cv2.resize(ground.image, (HALF, HALF), interpolation=cv2.INTER_AREA)
    small = cv2.resize(picture, (HALF, HALF), interpolation=cv2.INTER_AREA)
    far = cv2.resize(seeing.difference(picture, ground), (HALF, HALF), interpolation=cv2.INTER_AREA)
    small = np.where((far < 0.1)[..., None], back, small)  # the ground's own lines do not count
    everywhere = np.ones((HALF, HALF), np.float32)
    for thing in (first, second):
        if not (thing.is_shape or thing.is_object):
            return f"{thing.name}: not checked in front of or behind another thing"
    paints = [t.color or _any_color(small, back, t) if t.is_shape else None for t in (first, second)]

    def fit(thing, paint, under, seen, sizes=SIZES):
        at = _Search(small, under, seen).best(thing.kind, paint, sizes)
        return at, *_placed(_art(thing.kind, paint, at[3]), at[1], at[2], under)

    if relation == "inside":
        outer_at, with_outer, outer_cover = fit(second, paints[1], back, everywhere)
        inner_at, all_of, inner_cover = fit(first, paints[0], with_outer, everywhere, range(8, max(10, outer_at[3] - 2)))
        seen = 1 - inner_cover
        outer_at, with_outer, outer_cover = fit(second, paints[1], back, seen)
        all_of, inner_cover = _placed(_art(first.kind, paints[0], inner_at[3]), inner_at[1], inner_at[2], with_outer)
    else:
        inner_at, _, inner_cover = fit(first, paints[0], back, everywhere)
        for _ in range(2):
            outer_at, with_outer, outer_cover = fit(second, paints[1], back, 1 - inner_cover)
            inner_at, all_of, inner_cover = fit(first, paints[0], with_outer, everywhere)
    for at, thing in ((inner_at, first), (outer_at, second)):
        if at[0] < 1:
            return f"no {thing.name} is seen"
    # Each is what it is called, and has its color.
    visible = outer_cover * (1 - inner_cover)
    for thing, at, under, seen, cover in ((first, inner_at, with_outer, everywhere, inner_cover), (second, outer_at, back, 1 - inner_cover, visible)):
        weight = seen * (cover > 0.5)
        before, after = (((small - image) ** 2).sum(-1) * weight for image in (under, all_of))
        if after.sum() > 0.45 * before.sum():
            return f"no {thing.name} is seen"
        if thing.color and _color_of(small, cover) != thing.color:
            return f"{thing.name}: its color is {_color_of(small, cover)}"
        if not _is_nearest(small, under, seen, thing.kind, paints[0 if thing is first else 1], at, at[0]):
            return f"{thing.name}: looks more like something else"
    # Nothing else is there.
    wrong = seeing.over_channels(np.abs(small - all_of)) > 0.55
    wrong &= ~cv2.dilate(_edges(inner_cover) | _edges(outer_cover), np.ones((3, 3), np.uint8)).astype(bool)
    if max((p.sum() for p in seeing.pieces(ndimage.binary_opening(wrong, np.ones((2, 2))), 1)), default=0) > 24:
        return "something else is there too"
    (_, x1, y1, n1), (_, x2, y2, n2) = inner_at, outer_at
    if relation == "inside":
        a, b, c, d = tight(first.kind)
        middle = x1 + n1 * (a + c) / 2 - (x2 + n2 / 2), y1 + n1 * (b + d) / 2 - (y2 + n2 / 2)
        if n1 > 0.9 * n2 or max(map(abs, middle)) > 0.25 * n2 or x1 < x2 - 2 or y1 < y2 - 2 or x1 + n1 > x2 + n2 + 2 or y1 + n1 > y2 + n2 + 2:
            return f"{first.name}: not inside {second.name}"
        return None
    both = (inner_cover > 0.6) & (outer_cover > 0.6)
    if both.sum() < 0.05 * min(inner_cover.sum(), outer_cover.sum()):
        return f"{first.name}: does not cover {second.name}"
    swapped, _ = _placed(_art(second.kind, paints[1], n2), x2, y2, _placed(_art(first.kind, paints[0], n1), x1, y1, back)[0])
    if ((small - all_of) ** 2)[both].sum() >= ((small - swapped) ** 2)[both].sum():
        return f"{first.name}: not in front of {second.name}"
    return None


def _edges(cover: np.ndarray) -> np.ndarray:
    return cv2.morphologyEx((cover > 0.5).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))


def _any_color(picture, back, thing: Thing) -> str:
    """The color in which a shape explains most."""
    search = _Search(picture, back, np.ones(picture.shape[:2], np.float32))
    return max(world.COLORS, key=lambda c: search.best(thing.kind, c, range(16, 49, 8))[0])


# MARK: Lit things, built things


def _fitted(art: np.ndarray, box, ground: np.ndarray, n=64) -> np.ndarray:
    """An art [m, m, 4], premultiplied, uint8, over the ground of a box of the picture, its own tightest box stretched to n pixels."""
    ys, xs = np.where(art[..., 3] > 127)
    part = art[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1].astype(np.float32) / 255
    part = cv2.resize(part, (n, n), interpolation=cv2.INTER_LINEAR)
    return part[..., :3] + (1 - part[..., 3:]) * ground


def _boxed(picture, box, n=64):
    x0, y0, x1, y1 = box
    return cv2.resize(picture[y0:y1, x0:x1], (n, n), interpolation=cv2.INTER_LINEAR)


def _nearest_art(picture, ground: seeing.Ground, box, arts: dict) -> object:
    """The key of the art that is nearest to what stands in a box."""
    area, back = cv2.GaussianBlur(_boxed(picture, box), (0, 0), 1), _boxed(ground.image, box)
    errors = {key: float(np.abs(cv2.GaussianBlur(_fitted(art, box, back), (0, 0), 1) - area).sum()) for key, art in arts.items()}
    return min(errors, key=errors.get)


def _lit(picture, ground, mask, facts: Facts) -> str | None:
    """One thing with its shadow."""
    thing = facts.things[0]
    main = _gathered(mask)
    if main is None:
        return "more than one thing is there" if mask.sum() >= seeing.SPECK else f"no {thing.name} is seen"
    body, left, right, under = seeing.split_shadow(picture, ground, main)
    if body.sum() < seeing.SPECK:
        return f"no {thing.name} is seen"
    kind = classifier.CLASSES[int(classifier.probabilities([seeing.crop(picture, body)])[0].argmax())]
    if kind != thing.kind:
        return f"no {thing.name} is seen" + (f", but a {kind}" if kind != classifier.OTHER else "")
    found = "left" if right > 0.03 and right > 2 * left else "right" if left > 0.03 and left > 2 * right else "above" if under > 0.4 else None
    if found != facts.light:
        return "no shadow is seen" if found is None else f"the light comes from {'the ' * (found != 'above')}{found}, not from {facts.light}"
    return _color_is(picture, ground, body, thing, facts.light)


def _color_is(picture, ground, body, thing: Thing, light=None) -> str | None:
    if not thing.color or thing.kind not in world.SOLIDS:
        return None
    upper = body.copy()  # shadow may be left at its foot
    _, y0, _, y1 = seeing.bounds(body)
    upper[y0 + round(0.75 * (y1 - y0)) :] = False
    tone = np.quantile(picture[core(upper)], 0.65, 0)
    drawn = {c: world.solid(thing.kind, c, light, 64).astype(np.float32) / 255 for c in world.COLORS}
    tones = {c: np.quantile(art[art[..., 3] > 0.95][:, :3], 0.65, 0) for c, art in drawn.items()}
    color = min(tones, key=lambda c: np.abs(tones[c] - tone).sum() - 0.12 * (c == thing.color))
    return None if color == thing.color else f"{thing.name}: its color is {color}"


def _gathered(mask: np.ndarray) -> np.ndarray | None:
    """The mask of one thing with its small pieces, if the rest is not far from its main piece."""
    parts = seeing.pieces(mask)
    if not parts:
        return None
    near = cv2.dilate(parts[0].astype(np.uint8), np.ones((21, 21), np.uint8)).astype(bool)
    if any(not (p & near).any() and p.sum() > 3 * seeing.SPECK for p in parts[1:]):
        return None
    return np.any(parts, 0)


@lru_cache(maxsize=None)
def _part_choices(kind: str) -> list[tuple[tuple[str, int], ...]]:
    if kind == "house":
        return [(("window", w), ("door", d)) for w in range(5) for d in (0, 1)]
    if kind == "tree":
        return [(("apple", n),) for n in range(6)]
    return [(("eye", e), ("mouth", m), ("hat", h)) for e in (0, 2) for m in (0, 1) for h in (0, 1)]


def _built(picture, ground, mask, facts: Facts) -> str | None:
    """A house, a tree or a face that stands alone."""
    thing = facts.things[0]
    main = _gathered(mask)
    if main is None:
        return "more than one thing is there" if mask.sum() >= seeing.SPECK else f"no {thing.name} is seen"
    kind = classifier.CLASSES[int(classifier.probabilities([seeing.crop(picture, main)])[0].argmax())]
    if kind != thing.kind:
        return f"no {thing.name} is seen" + (f", but a {kind}" if kind != classifier.OTHER else "")
    box = seeing.bounds(main)
    color, _ = _nearest_art(picture, ground, box, {(c, p): world.built(kind, c, p, 64) for c in world.COLORS for p in _part_choices(kind)})
    if thing.color and color != thing.color:
        return f"{thing.name}: its color is {color}"
    parts = dict(_nearest_art(picture, ground, box, {p: world.built(kind, color, p, 96) for p in _part_choices(kind)}))
    for name, count in thing.parts:
        if parts[name] != count:
            return f"{thing.name}: {name}s: {parts[name]}, not {count}"
    side = max(box[2] - box[0], box[3] - box[1]) / 0.94
    if thing.size and (side >= 24 * UNIT if thing.size == "small" else side <= 36 * UNIT):
        return f"{thing.name}: not {thing.size}"
    if thing.place and not _stands(Found(kind, color, None, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, side, 1), thing.place):
        return f"{thing.name}: not at the {thing.place}"
    return None


# MARK: Signs


def _sign(picture, ground, mask, original, facts: Facts) -> str | None:
    wanted = facts.sign
    seen = words.find_sign(original, wanted.color)
    if seen is None:
        return f"no {wanted.color} sign is seen"
    x0, y0, x1, y1 = seen.box
    rest = mask.copy()
    rest[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3] = False
    if wanted.word and wanted.ink and seen.ink != wanted.ink:
        return f"the sign's letters are {seen.ink}, not {wanted.ink}"
    if not wanted.word:
        text = "something" if seen.ink else None
    else:
        text = words.says(seen, wanted.word) if seen.ink else ""
    if text is not None:
        return f'a {wanted.color} sign with "{text}" is read, not with "{wanted.word}"'
    if not facts.things:
        return "something else is there too" if any(p.sum() > 2 * seeing.SPECK for p in seeing.pieces(rest)) else None
    board = Found("sign", wanted.color, None, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, 1)
    return _apart(picture, ground, rest, facts, board)


# MARK: All


def wrong(picture: np.ndarray, facts: Facts) -> str | None:
    """The first fact that does not hold in a picture [n, n, 3], uint8, in words; None where all hold."""
    original, picture = picture, seeing.scaled(picture)
    ground = seeing.find_ground(picture)
    if ground.agrees < 0.5:
        return "the background is none that is known"
    if facts.background not in (None, ground.name):
        return f"the background is {ground.name}, not {facts.background}"
    mask = seeing.foreground(seeing.difference(picture, ground))
    if facts.sign:
        return _sign(picture, ground, mask, original, facts)
    if facts.light:
        return _lit(picture, ground, mask, facts)
    if facts.relation in ("inside", "in front of", "behind"):
        return _overlapping(picture, ground, facts)
    if len(facts.things) == 1 and facts.things[0].count == 1 and facts.things[0].kind in world.BUILT:
        return _built(picture, ground, mask, facts)
    return _apart(picture, ground, mask, facts)
