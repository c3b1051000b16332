"""Things that overlap: what lies in front, behind and inside, by what fits the picture best."""

from functools import lru_cache

import cv2
import numpy as np
from scipy import fft, ndimage

import seeing
import artwork
import world
from checks.found import RGB, tight
from seeing import SIDE
from stated import Facts, Thing

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
        self.fields = fft.rfft2(np.stack(fields), (size, size))

    def best(self, kind, color, sizes=SIZES) -> tuple[float, int, int, int]:
        """Gain, x, y, side of the best place."""
        top = (-1.0, 0, 0, 16)
        once, squared = self._of_one_color(world.rgb(color)) if kind not in artwork.OBJECTS else (None, None)
        for n in sizes:
            if once is None:
                spectrum = (self.fields * _object_spectra(kind, n, self.size)).sum(0)
            else:
                cover, cover_squared = _cover_spectra(kind, n, self.size)
                spectrum = once * cover + squared * cover_squared
            gain = fft.irfft2(spectrum, (self.size, self.size))
            room = gain[: HALF - n + 1, : HALF - n + 1]
            k = int(room.argmax())
            y, x = divmod(k, room.shape[1])
            if room[y, x] > top[0]:
                top = (float(room[y, x]), x, y, n)
        return top

    def _of_one_color(self, color):
        """The fields that meet a flat thing's coverage, and those that meet its square."""
        f = self.fields
        mixed = [sum(float(c) * f[first + k] for k, c in enumerate(color)) for first in (1, 5)]
        return 2 * (mixed[0] - f[0]), 2 * mixed[1] - f[4] - float((color**2).sum()) * f[8]


@lru_cache(maxsize=512)
def _cover_spectra(kind: str, n: int, size: int) -> np.ndarray:
    """Conjugate spectra of the coverage of a shape and of its square."""
    alpha = world.mask(kind, n)[..., 0]
    return fft.rfft2(np.stack([alpha, alpha**2]), (size, size)).conj()


@lru_cache(maxsize=128)
def _object_spectra(kind: str, n: int, size: int) -> np.ndarray:
    """Conjugate spectra of what meets each of the fields of a search, for an object."""
    paint, alpha = _art(kind, None, n)
    kernels = [-2 * alpha, *(2 * paint[..., c] for c in range(3)), -(alpha**2), *(2 * alpha * paint[..., c] for c in range(3)), -(paint**2).sum(-1)]
    return fft.rfft2(np.stack(kernels), (size, size)).conj()


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


def overlapping(picture, ground: seeing.Ground, facts: Facts) -> str | None:
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
        # Red on black is nearer to black than to white: which of the two is looked for first decides what is found.
        tried = []
        for inner_cover in (fit(first, paints[0], back, everywhere)[2], 0 * everywhere):
            for _ in range(2):
                outer_at, with_outer, outer_cover = fit(second, paints[1], back, 1 - inner_cover)
                inner_at, all_of, inner_cover = fit(first, paints[0], with_outer, everywhere)
            tried.append((((small - all_of) ** 2).sum(), (inner_at, inner_cover, outer_at, outer_cover, with_outer, all_of)))
        inner_at, inner_cover, outer_at, outer_cover, with_outer, all_of = min(tried, key=lambda found: found[0])[1]
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
