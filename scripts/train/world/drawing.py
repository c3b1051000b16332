"""The picture of a scene, at any number of pixels."""

import dataclasses
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import artwork
from .things import CELL, Group, PALETTE, SHAPES, SOLIDS, Scene, Sign, TONES, TONES_OF, UNITS, VARIANTS, WAYS


def rgb(name: str) -> np.ndarray:
    return np.asarray(PALETTE[name], np.float32) / 255


@lru_cache(maxsize=None)
def mask(shape: str, n: int) -> np.ndarray:
    """Coverage [n, n, 1] of a shape in a box of n pixels with a margin of a 16th, float32 in 0...1; free of scale."""
    s = max(2, 512 // n)
    big = n * s
    image = Image.new("L", (big, big), 0)
    draw = ImageDraw.Draw(image)
    m = 1 / 16
    lo, hi = m * big, (1 - m) * big - 1
    side, mid = hi - lo, big / 2
    if shape == "circle":
        draw.ellipse((lo, lo, hi, hi), fill=255)
    elif shape == "oval":
        draw.ellipse((lo, mid - 0.32 * side, hi, mid + 0.32 * side), fill=255)
    elif shape == "ring":
        draw.ellipse((lo, lo, hi, hi), fill=255)
        w = side * 0.25
        draw.ellipse((lo + w, lo + w, hi - w, hi - w), fill=0)
    elif shape == "square":
        e = 0.02 * big
        draw.rectangle((lo + e, lo + e, hi - e, hi - e), fill=255)
    elif shape == "rectangle":
        draw.rectangle((lo, mid - 0.27 * side, hi, mid + 0.27 * side), fill=255)
    elif shape == "triangle":
        draw.polygon([(mid, lo), (hi, hi - 0.03 * big), (lo, hi - 0.03 * big)], fill=255)
    elif shape == "diamond":
        draw.polygon([(mid, lo), (hi - 0.06 * big, mid), (mid, hi), (lo + 0.06 * big, mid)], fill=255)
    elif shape == "cross":
        w = side * 0.32
        draw.rectangle((lo + w, lo, hi - w, hi), fill=255)
        draw.rectangle((lo, lo + w, hi, hi - w), fill=255)
    elif shape == "star":
        points = []
        for k in range(10):
            r = (0.5 - m) * big * (1.08 if k % 2 == 0 else 0.47)
            a = np.pi * k / 5 - np.pi / 2
            points.append((mid + r * np.cos(a), big * 0.53 + r * np.sin(a)))
        draw.polygon(points, fill=255)
    elif shape == "heart":
        t = np.linspace(0, 2 * np.pi, 200)
        x = 16 * np.sin(t) ** 3
        y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
        k = side / 33
        draw.polygon([(mid + k * a, big * 0.46 - k * b) for a, b in zip(x, y)], fill=255)
    elif shape == "crescent":
        draw.ellipse((lo, lo, hi, hi), fill=255)
        draw.ellipse((lo + 0.42 * side, lo + 0.09 * side, hi + 0.24 * side, hi - 0.09 * side), fill=0)
    elif shape == "arrow":
        draw.rectangle((lo, mid - 0.15 * side, mid + 0.1 * side, mid + 0.15 * side), fill=255)
        draw.polygon([(mid - 0.02 * side, mid - 0.42 * side), (hi, mid), (mid - 0.02 * side, mid + 0.42 * side)], fill=255)
    else:
        raise ValueError(f"unknown shape {shape!r}")
    return (np.asarray(image.resize((n, n), Image.Resampling.BOX), np.float32) / 255)[..., None]


@lru_cache(maxsize=None)
def pattern_field(pattern: str, n: int, cell: int) -> np.ndarray:
    """Where [n, n, 1] a pattern has its second tone; it repeats with every cell of `cell` pixels."""
    s = 4
    one = np.zeros((cell * s, cell * s), np.float32)
    half = cell * s // 2
    if pattern == "horizontal stripes":
        one[half:] = 1
    elif pattern == "vertical stripes":
        one[:, half:] = 1
    elif pattern == "checks":
        one[:half, half:] = one[half:, :half] = 1
    elif pattern == "dots":
        y, x = np.mgrid[: cell * s, : cell * s] + 0.5
        one[(x - half) ** 2 + (y - half) ** 2 < (0.3 * cell * s) ** 2] = 1
    else:
        raise ValueError(f"unknown pattern {pattern!r}")
    one = one.reshape(cell, s, cell, s).mean((1, 3))
    return np.tile(one, (n // cell, n // cell))[..., None]


def second_tone(color: str) -> np.ndarray:
    if color == "white":
        return np.full(3, 175 / 255, np.float32)
    return rgb(color) * 0.38 + 0.62 * 0.98


@lru_cache(maxsize=None)
def glyph(letter: str, n: int) -> np.ndarray:
    """Coverage [2n, n, 1] of a letter that fills a cell n pixels wide and twice as high, float32 in 0...1."""
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf", 400)
    image = Image.new("L", (600, 700), 0)
    ImageDraw.Draw(image).text((150, 100), letter, font=font, fill=255)
    art = image.crop(image.getbbox())
    s = 4
    width = round(n * s * (7 if art.width > 140 else 5) / 8)
    art = art.resize((width, round(2 * n * s * 13 / 16)), Image.Resampling.BOX)
    cell = Image.new("L", (n * s, 2 * n * s), 0)
    cell.paste(art, (round(n * s * (0.5 if width < n * s * 6 / 8 else 0)) // 4, round(n * s / 8)))
    return (np.asarray(cell.resize((n, 2 * n), Image.Resampling.BOX), np.float32) / 255)[..., None]


def _over(area, premultiplied, alpha):
    area *= 1 - alpha
    area += premultiplied


@lru_cache(maxsize=2048)
def solid(kind: str, color: str, light: str | None, n: int) -> np.ndarray:
    """A shaded solid [n, n, 4], premultiplied, uint8."""
    s = max(1, 256 // n)
    big = n * s
    base = rgb(color)
    y, x = (np.mgrid[:big, :big] + 0.5) / big
    out = np.zeros((big, big, 4), np.float32)
    direction = {"left": (-0.75, -0.35), "right": (0.75, -0.35), "above": (0.0, -0.85), None: (0.0, -0.6)}[light]
    if kind == "ball":
        u, v = (x - 0.5) / 0.4375, (y - 0.5) / 0.4375
        inside = u * u + v * v < 1
        w = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
        shade = np.clip(u * direction[0] + v * direction[1] + w * 0.6, 0, 1)
        out[..., :3] = base * (0.4 + 0.6 * shade[..., None]) + (np.clip(shade - 0.8, 0, 1) * 2)[..., None] * (1 - base)
        out[..., 3] = inside
    elif kind == "cone":
        half = (y - 0.06) / 0.8 * 0.42
        bottom = 0.86 + 0.075 * np.sqrt(np.clip(1 - ((x - 0.5) / 0.42) ** 2, 0, 1))
        inside = (np.abs(x - 0.5) < half) & (y < bottom) | ((((x - 0.5) / 0.42) ** 2 + ((y - 0.86) / 0.075) ** 2 < 1) & (y > 0.8))
        u = np.clip((x - 0.5) / np.maximum(half, 0.01), -1, 1)
        shade = np.clip(0.5 + 0.5 * (u * direction[0] / 0.75 if light in ("left", "right") else 0.6 - np.abs(u) * 0.6), 0, 1)
        out[..., :3] = base * (0.5 + 0.5 * shade[..., None]) + (np.clip(shade - 0.8, 0, 1))[..., None] * (1 - base)
        out[..., 3] = inside
    elif kind == "cube":
        a, b, d = 0.0625, 0.70, 0.235
        front = (x > a) & (x < b) & (y > a + d) & (y < a + d + b - a)
        top = (y > a) & (y <= a + d) & (x + (y - a) - d > a) & (x + (y - a) - d < b)
        side = (x >= b) & (x < b + d) & (y + (x - b) > a + d) & (y + (x - b) < a + d + b - a)
        tones = {"left": (1.0, 0.85, 0.45), "right": (0.6, 0.8, 1.12), "above": (0.72, 1.2, 0.55), None: (0.9, 1.1, 0.6)}[light]
        shade = front * tones[0] + top * tones[1] + side * tones[2]
        out[..., :3] = np.where(shade[..., None] > 1, base + (1 - base) * (shade[..., None] - 1) * 2.5, base * shade[..., None])
        out[..., 3] = front | top | side
    else:
        raise ValueError(f"unknown solid {kind!r}")
    out = np.clip(out, 0, 1)
    out[..., :3] *= out[..., 3:]
    return np.round(out.reshape(n, s, n, s, 4).mean((1, 3)) * 255).astype(np.uint8)


@lru_cache(maxsize=2048)
def built(kind: str, color: str, parts: tuple, n: int) -> np.ndarray:
    """A house, tree or face with its parts [n, n, 4], premultiplied, uint8."""
    s = max(2, 256 // n)
    big = n * s
    image = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    have = dict(parts)

    def box(x0, y0, x1, y1):
        return tuple(v * big for v in (x0, y0, x1, y1))

    paint = PALETTE[color]
    if kind == "house":
        roof = (60, 50, 50) if color == "brown" else (125, 70, 45)
        draw.rectangle(box(0.125, 0.375, 0.875, 0.97), fill=paint)
        draw.polygon([(big * 0.5, big * 0.03), (big * 0.97, big * 0.375), (big * 0.03, big * 0.375)], fill=roof)
        glass = (255, 240, 150) if color in ("cyan", "white") else (190, 230, 250)
        windows = have.get("window", 0)
        spots = {0: [], 1: [(0.5, 0.5)], 2: [(0.29, 0.5), (0.71, 0.5)], 3: [(0.25, 0.5), (0.5, 0.5), (0.75, 0.5)],
                 4: [(0.25, 0.5), (0.75, 0.5), (0.25, 0.75), (0.75, 0.75)]}[windows]
        for x, y in spots:
            draw.rectangle(box(x - 0.075, y - 0.07, x + 0.075, y + 0.075), fill=(70, 55, 50))
            draw.rectangle(box(x - 0.055, y - 0.05, x + 0.055, y + 0.055), fill=glass)
        if have.get("door"):
            draw.rectangle(box(0.42, 0.66, 0.58, 0.97), fill=(70, 45, 30) if color != "brown" else (230, 200, 150))
    elif kind == "tree":
        draw.rectangle(box(0.43, 0.6, 0.57, 0.97), fill=(120, 75, 45))
        draw.ellipse(box(0.06, 0.03, 0.94, 0.75), fill=paint)
        spots = [(0.3, 0.3), (0.68, 0.26), (0.5, 0.52), (0.76, 0.5), (0.25, 0.52)][: have.get("apple", 0)]
        fruit = (250, 235, 120) if color in ("red", "orange") else (220, 40, 40)
        for x, y in spots:
            draw.ellipse(box(x - 0.065, y - 0.065, x + 0.065, y + 0.065), fill=fruit)
    elif kind == "face":
        top = 0.14
        draw.ellipse(box(0.08, top, 0.92, 0.97), fill=paint)
        ink = (250, 250, 250) if color in ("black", "brown", "blue", "purple") else (25, 25, 25)
        if have.get("eye", 2):
            for x in (0.35, 0.65):
                draw.ellipse(box(x - 0.055, 0.4, x + 0.055, 0.54), fill=ink)
        if have.get("mouth"):
            draw.arc(box(0.28, 0.42, 0.72, 0.83), 20, 160, fill=ink, width=max(1, round(0.055 * big)))
        if have.get("hat"):
            hat = (200, 40, 40) if color == "black" else (25, 25, 25)
            draw.rectangle(box(0.1, 0.19, 0.9, 0.26), fill=hat)
            draw.rectangle(box(0.25, 0.02, 0.75, 0.22), fill=hat)
    else:
        raise ValueError(f"unknown thing {kind!r}")
    out = np.asarray(image, np.float32)
    out[..., :3] *= out[..., 3:] / 255
    return np.round(out.reshape(n, s, n, s, 4).mean((1, 3))).astype(np.uint8)


@lru_cache(maxsize=None)
def _ellipse(width: int, height: int) -> np.ndarray:
    s = 4
    y, x = (np.mgrid[: height * s, : width * s] + 0.5) / s
    inside = ((x - width / 2) / (width / 2)) ** 2 + ((y - height / 2) / (height / 2)) ** 2 < 1
    return inside.reshape(height, s, width, s).mean((1, 3)).astype(np.float32)[..., None]


def backdrop(name: str, size: int, variant: int = 0) -> np.ndarray:
    """A background [size, size, 3], uint8; variant as some_variant gives it."""
    lower, variant = divmod(variant, VARIANTS[name])
    row, tone = divmod(lower, TONES_OF[name])
    ways, cut = WAYS.get(name, 1), row * CELL * size // UNITS
    out = _in_one_tone(name, size, variant)
    return np.concatenate([out[:cut], _in_one_tone(name, size, variant % ways + ways * tone)[cut:]]) if cut else out


@lru_cache(maxsize=None)
def _in_one_tone(name: str, size: int, variant: int) -> np.ndarray:
    ways = WAYS.get(name, 1)
    tone = np.asarray(TONES[variant // ways], np.float32)
    variant %= ways
    if name in PALETTE:
        return np.broadcast_to(np.round(np.asarray(PALETTE[name], np.float32) * tone).astype(np.uint8), (size, size, 3)).copy()
    k = size / UNITS
    s = 2
    big = size * s
    y, x = (np.mgrid[:big, :big] + 0.5) / (k * s)  # units
    out = np.empty((big, big, 3), np.float32)
    if name.endswith("gradient"):
        top = np.asarray(PALETTE[name.split()[0]], np.float32)
        out[:] = top + (252 - top) * (y / UNITS)[..., None]
    elif name == "meadow":
        out[:] = (150, 205, 250)
        out[y >= (40, 32, 48, 24)[variant]] = (120, 190, 80)
    elif name == "hill":
        out[:] = (150, 205, 250)
        middle, lower = 16 + CELL * (variant % 5), (68, 60, 76)[variant // 5]
        out[(x - middle) ** 2 / 44**2 + (y - lower) ** 2 / 34**2 < 1] = (120, 190, 80)
    elif name == "night":
        out[:] = (20, 25, 70)
        shift = 8 * (variant % 4)
        for a, b in [(4, 4), (20, 12), (36, 4), (52, 12), (12, 28), (60, 28), (44, 20), (28, 36)]:
            a = (a + (shift if b % 16 == 4 else 3 * shift)) % 64
            out[(np.abs(x - a) + np.abs(y - b)) < 1.6] = (250, 245, 200)
        out[y >= (48, 56)[variant // 4]] = (30, 50, 40)
    elif name == "sea":
        top = (32, 24, 40, 16)[variant]
        out[:] = (150, 205, 250)
        out[y >= top] = (40, 120, 200)
        wave = (y >= top + 8) & (np.abs((y % 8) - 4 - 0.8 * np.sin(x * np.pi / 4)) < 0.6)
        out[wave] = (120, 180, 235)
    elif name == "desert":
        out[:] = (170, 220, 250)
        out[y >= (40, 32, 48, 24)[variant]] = (235, 205, 140)
    elif name == "snow":
        top = (40, 48)[variant // 3]
        out[:] = (175, 190, 210)
        out[y >= top] = (245, 248, 252)
        for a in range(4, 64, 16):
            for b in range(4, 40, 16):
                here = (a + (b // 16) * 8 + (0, 8, 24 if b > 8 else 8)[variant % 3]) % 64 if variant else a + (b // 16) * 8 % 16
                out[(x - here) ** 2 + (y - b) ** 2 < 1.5] = (250, 250, 252)
    else:
        raise ValueError(f"unknown background {name!r}")
    return np.round(out.reshape(size, s, size, s, 3).mean((1, 3)) * tone).astype(np.uint8)


# What a background's color may not be confused with: things of these colors do not stand on it.
AVOID = {name: {name} for name in PALETTE} | {
    "yellow": {"yellow", "orange"}, "red": {"red", "orange"}, "orange": {"orange", "yellow", "red"}, "brown": {"brown", "black"},
    "blue gradient": {"blue", "cyan", "white"}, "pink gradient": {"pink", "white"}, "gray gradient": {"gray", "white"}, "meadow": {"green", "cyan"},
    "hill": {"green", "cyan"}, "night": {"black", "blue", "purple"}, "sea": {"blue", "cyan"}, "desert": {"yellow", "cyan", "orange"},
    "snow": {"white", "gray"},
}


def _shadow(canvas, box, light, k):
    x, y, side = box
    if light == "above":
        x0, width = x + side // 16, side - side // 8
    elif light == "left":
        x0, width = x + side // 2, side
    else:
        x0, width = x - side // 2, side
    height = side // 4
    y0 = y + side - height * 5 // 8
    a = _ellipse(width * k, height * k)
    x0, y0 = x0 * k, y0 * k
    left, right, bottom = max(0, x0), min(canvas.shape[1], x0 + width * k), min(canvas.shape[0], y0 + height * k)
    canvas[y0:bottom, left:right] *= 1 - 0.45 * a[: bottom - y0, left - x0 : right - x0]


def render(scene: Scene, size: int) -> np.ndarray:
    """The picture [size, size, 3] of a scene, uint8; size is 64, 128 or 256."""
    k = size // UNITS
    canvas = backdrop(scene.background, size, scene.variant).astype(np.float32)
    canvas *= 1 / 255
    if scene.light:
        for group in scene.groups:
            if group.thing.kind in SOLIDS or len(scene.groups) == 1:
                for box in group.boxes:
                    _shadow(canvas, box, scene.light, k)
    for group in reversed(scene.groups):
        thing = group.thing
        for x, y, side in group.boxes:
            n = side * k
            area = canvas[y * k : y * k + n, x * k : x * k + n]
            if thing.color is None:
                _over(area, *artwork.bitmap(thing.kind, n))
            elif thing.kind in SHAPES:
                paint = rgb(thing.color)
                if thing.pattern:
                    paint = paint + pattern_field(thing.pattern, n, CELL * k) * (second_tone(thing.color) - paint)
                area += mask(thing.kind, n) * (paint - area)
            else:
                art = solid(thing.kind, thing.color, scene.light, n) if thing.kind in SOLIDS else built(thing.kind, thing.color, thing.parts, n)
                art = art.astype(np.float32) / 255
                _over(area, art[..., :3], art[..., 3:])
    if scene.sign:
        sign = scene.sign
        letter = sign.letter * k
        width, height = sign_size(sign)
        x, y = sign.x * k, sign.y * k
        e = max(1, letter // 8)
        canvas[y + e : y + height * k - e, x + e : x + width * k - e] = rgb(sign.board)
        ink = rgb(sign.ink)
        for i, character in enumerate(sign.word):
            a = x + (i + 1) * letter
            area = canvas[y + letter : y + 3 * letter, a : a + letter]
            area += glyph(character, letter) * (ink - area)
    return np.round(np.clip(canvas, 0, 1) * 255).astype(np.uint8)


def sign_size(sign: Sign) -> tuple[int, int]:
    """Width and height of a sign in units; an empty one is as wide as one of four letters."""
    return (max(len(sign.word), 1 if sign.word else 4) + 2) * sign.letter, 4 * sign.letter


BARELY = 0.01  # a square of which things cover less than this share is ground


def layers(scene: Scene, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The picture [size, size, 3], its things over white, how much of each pixel they cover [size, size], all uint8, and
    which squares of 8 pixels [size / 8, size / 8] have a thing.

    The tokens of a scene are those of the second picture and the cover where there is a thing, and those of the first elsewhere:
    so a thing has the same tokens on every background, and the painter puts it on the background that it sees beside it. A shape
    that lies behind another thing is such a background, too, wherever it fills a whole square.
    """
    over, cover = _over_white(scene, size)
    if scene.relation in ("inside", "in front of"):
        front, front_cover = _over_white(dataclasses.replace(scene, groups=scene.groups[:1]), size)
        alone = _wide(_filled(scene.groups[1], size) & (_share(front_cover) > BARELY))
        over, cover = np.where(alone[..., None], front, over), np.where(alone, front_cover, cover)
    return (over if (scene.background, scene.variant) == ("white", 0) else render(scene, size)), over, cover, _share(cover) > BARELY


def _over_white(scene: Scene, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The things of a scene over white [size, size, 3], and how much of each pixel they cover [size, size], uint8."""
    over, black = (render(dataclasses.replace(scene, background=ground, variant=0), size) for ground in ("white", "black"))
    top, bottom = backdrop("white", size).astype(np.int16), backdrop("black", size).astype(np.int16)
    through = (over.astype(np.int16) - black).mean(-1) / (top - bottom).mean(-1)
    return over, np.round(255 * (1 - through.clip(0, 1))).astype(np.uint8)


def _filled(group: Group, size: int) -> np.ndarray:
    """The squares of 8 pixels [size / 8, size / 8] that a group's shape of one color fills."""
    whole, k = np.zeros((size, size), bool), size // UNITS
    if group.thing.kind in SHAPES and not group.thing.pattern:
        for x, y, side in group.boxes:
            whole[y * k : (y + side) * k, x * k : (x + side) * k] |= mask(group.thing.kind, side * k)[..., 0] > 0.99
    return whole.reshape(size // 8, 8, size // 8, 8).all((1, 3))


def _share(cover: np.ndarray) -> np.ndarray:
    """The mean [size / 8, size / 8] of uint8 [size, size] in each square of 8 pixels, in 0...1."""
    n = len(cover) // 8
    return cover.reshape(n, 8, n, 8).mean((1, 3)) / 255


def _wide(squares: np.ndarray) -> np.ndarray:
    return squares.repeat(8, 0).repeat(8, 1)
