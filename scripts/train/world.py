"""The world that the embedded model knows: scenes, their pictures, their captions, and what is held out of training."""

import hashlib
import random
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import artwork

SIZE = 64  # pixels a side
CELL = 8  # pixels a visual token; things stand on this lattice

PALETTE = {
    "red": (220, 40, 40), "orange": (245, 140, 30), "yellow": (245, 205, 40), "green": (40, 160, 60),
    "cyan": (60, 200, 220), "blue": (40, 80, 220), "purple": (140, 60, 190), "pink": (245, 130, 180),
    "brown": (130, 80, 45), "black": (25, 25, 25), "gray": (150, 150, 150), "white": (250, 250, 250),
}
COLORS = list(PALETTE)
SHAPES = ["circle", "square", "triangle", "star", "heart", "diamond", "ring", "cross"]
BACKGROUNDS = ["white", "black", "gray", "cyan", "green", "yellow", "pink", "blue"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six"]
RELATIONS = ["left", "right", "above", "below"]
SIGN_COLORS = {"white": "black", "yellow": "black", "red": "white", "blue": "white", "green": "white", "orange": "black"}
PLACES = {
    "top left": (0, 0), "top": (1, 0), "top right": (2, 0), "left": (0, 1), "center": (1, 1), "right": (2, 1),
    "bottom left": (0, 2), "bottom": (1, 2), "bottom right": (2, 2),
}


@dataclass(frozen=True)
class Item:
    """One thing in a scene; its box is in pixels."""

    kind: str  # a shape, or an object's name
    color: str | None  # None for an object
    x: int
    y: int
    size: int


@dataclass
class Scene:
    category: str
    items: list[Item]
    background: str = "white"
    sign: tuple[str, str, int, int] | None = None  # word, sign colour, x, y
    facts: dict = field(default_factory=dict)


# MARK: What is held out


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


# Of these 12 of the 96 pairs of color and shape, single things are trained on half of the backgrounds only.
RARE_PAIRS = {(COLORS[(5 * i + 1) % 11], shape) for i, shape in enumerate(SHAPES)} | {
    (COLORS[(5 * i + 7) % 11], shape) for i, shape in enumerate(SHAPES) if i % 2 == 0
}


def held_out(scene: Scene) -> bool:
    """Whether a scene's combination of facts is kept for evaluation and never trained on.

    Single things: a rare pair of color and shape on every second background. Counted things: a tenth of the
    combinations of number, color and shape. Two things: a tenth of the pairs of (color, shape) and (color, shape),
    in whatever relation. Signs: a tenth of the words.
    """
    names = sorted(f"{i.color} {i.kind}" for i in scene.items)
    if scene.category in ("single", "count") and len(names) == 1:
        rare = (scene.items[0].color, scene.items[0].kind) in RARE_PAIRS
        return rare and _hash(f"single {names[0]} {scene.background}") % 2 == 0
    if scene.category == "count":
        return _hash(f"count {len(names)} {names[0]}") % 10 == 0
    if scene.category in ("pair", "relation", "scale"):
        return _hash("pair " + " ".join(names)) % 10 == 0
    if scene.sign:
        return _hash("word " + scene.sign[0]) % 10 == 0
    return False


# MARK: Drawing


def _polygon(points, n):
    return [(x * n, y * n) for x, y in points]


@lru_cache(maxsize=None)
def mask(shape: str, size: int) -> np.ndarray:
    """Coverage [size, size, 1] of a shape in a box with half a pixel to spare at each side, float32 in 0...1."""
    s = 8
    n = size * s
    image = Image.new("L", (n, n), 0)
    draw = ImageDraw.Draw(image)
    m = 0.5 / size if size < 20 else 1.0 / size
    lo, hi = m * n, (1 - m) * n - 1
    if shape == "circle":
        draw.ellipse((lo, lo, hi, hi), fill=255)
    elif shape == "ring":
        draw.ellipse((lo, lo, hi, hi), fill=255)
        w = (hi - lo) * 0.26
        draw.ellipse((lo + w, lo + w, hi - w, hi - w), fill=0)
    elif shape == "square":
        e = 0.04 * n
        draw.rectangle((lo + e, lo + e, hi - e, hi - e), fill=255)
    elif shape == "triangle":
        draw.polygon([(n / 2, lo), (hi, hi - 0.03 * n), (lo, hi - 0.03 * n)], fill=255)
    elif shape == "diamond":
        draw.polygon([(n / 2, lo), (hi - 0.06 * n, n / 2), (n / 2, hi), (lo + 0.06 * n, n / 2)], fill=255)
    elif shape == "cross":
        w = (hi - lo) * 0.32
        draw.rectangle((lo + w, lo, hi - w, hi), fill=255)
        draw.rectangle((lo, lo + w, hi, hi - w), fill=255)
    elif shape == "star":
        points = []
        for k in range(10):
            r = (0.5 - m) * n * (1.06 if k % 2 == 0 else 0.46)
            a = np.pi * k / 5 - np.pi / 2
            points.append((n / 2 + r * np.cos(a), n * 0.53 + r * np.sin(a)))
        draw.polygon(points, fill=255)
    elif shape == "heart":
        t = np.linspace(0, 2 * np.pi, 200)
        x = 16 * np.sin(t) ** 3
        y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
        k = (hi - lo) / 33
        draw.polygon([(n / 2 + k * a, n * 0.46 - k * b) for a, b in zip(x, y)], fill=255)
    else:
        raise ValueError(f"unknown shape {shape!r}")
    return (np.asarray(image.resize((size, size), Image.Resampling.BOX), np.float32) / 255)[..., None]


@lru_cache(maxsize=None)
def glyph(letter: str) -> np.ndarray:
    """Coverage [2 * CELL, CELL, 1] of a letter that fills a cell two tokens high, float32 in 0...1."""
    font = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf", 200)
    image = Image.new("L", (400, 400), 0)
    ImageDraw.Draw(image).text((100, 60), letter, font=font, fill=255)
    art = image.crop(image.getbbox())
    width = 7 if art.width > 70 else 5
    art = art.resize((width, 2 * CELL - 3), Image.Resampling.BOX)
    cell = Image.new("L", (CELL, 2 * CELL), 0)
    cell.paste(art, ((CELL - width) // 2, 1))
    return (np.asarray(cell, np.float32) / 255)[..., None]


def color(name: str) -> np.ndarray:
    return np.asarray(PALETTE[name], np.float32) / 255


def render(scene: Scene) -> np.ndarray:
    """The picture [SIZE, SIZE, 3] of a scene, uint8."""
    canvas = np.empty((SIZE, SIZE, 3), np.float32)
    canvas[:] = color(scene.background)
    if scene.sign:
        word, paint, x, y = scene.sign
        width = (len(word) + 2) * CELL
        canvas[y : y + 4 * CELL, x : x + width] = color(paint)
        canvas[y + 1 : y + 4 * CELL - 1, x + 1 : x + width - 1] = color(paint)
        ink = color(SIGN_COLORS[paint])
        for k, letter in enumerate(word):
            a = x + (k + 1) * CELL
            area = canvas[y + CELL : y + 3 * CELL, a : a + CELL]
            area += glyph(letter) * (ink - area)
    for item in scene.items:
        area = canvas[item.y : item.y + item.size, item.x : item.x + item.size]
        if item.color:
            area += mask(item.kind, item.size) * (color(item.color) - area)
        else:
            paint, alpha = artwork.bitmap(item.kind, item.size)
            area += paint - alpha * area
    return np.round(np.clip(canvas, 0, 1) * 255).astype(np.uint8)


# MARK: Scenes

CATEGORIES = {
    "single": 18, "count": 25, "pair": 9, "relation": 23, "scale": 7, "word": 8, "object": 8, "objects": 2, "meeting": 2,
}


@lru_cache(maxsize=1)
def words() -> tuple[list[str], list[str]]:
    """English words of 2 to 6 letters: the common ones (listed twice as often), and all."""
    with open("/usr/share/dict/words") as file:
        everything = sorted({w.strip().upper() for w in file if w.strip().isascii() and w.strip().isalpha() and w.strip().islower()})
    return [w for w in everything if 2 <= len(w) <= 6], everything


def _lattice(rng, size, low=0, high=SIZE):
    """A position on the token lattice for a box of `size` between two bounds."""
    return CELL * rng.randint(-(-low // CELL), (high - size) // CELL)


def _background(rng, colors, plain):
    if rng.random() < plain and "white" not in colors:
        return "white"
    return rng.choice([b for b in BACKGROUNDS if b not in colors])


def _thing(rng):
    return rng.choice(COLORS), rng.choice(SHAPES)


def _two_boxes(rng, relation, first, second):
    """Positions of two boxes, the first one left of, right of, above or below the second one."""
    near, far = (first, second) if relation in ("left", "above") else (second, first)
    if first == second == 24:
        a, b = rng.choice((0, 8)), rng.choice((32, 40))
    elif first == second:  # 32
        a, b = 0, 32
    else:
        a = rng.choice((0, 8))
        b = SIZE - far - rng.choice((0, 8))
        if a + near + 4 > b:
            a, b = 0, SIZE - far
    middle = (SIZE - max(first, second)) // 2 // CELL * CELL
    cross_a, cross_b = (max(0, min(SIZE - s, middle + CELL * rng.randint(-1, 1) + (max(first, second) - s) // 2 // CELL * CELL)) for s in (near, far))
    boxes = [(a, cross_a), (b, cross_b)]
    if relation in ("above", "below"):
        boxes = [(y, x) for x, y in boxes]
    return boxes if relation in ("left", "above") else boxes[::-1]


def _many(rng, count, cell):
    if cell == 24:
        ox, oy = rng.choice((0, 8)), rng.choice((0, 8))
        spots = [(ox + 32 * i, oy + 32 * j) for j in range(2) for i in range(2)]
    elif cell == 32:
        spots = [(32 * i, 32 * j) for j in range(2) for i in range(2)]
    else:
        spots = [(24 * i, 24 * j) for j in range(3) for i in range(3)]
    return rng.sample(spots, count)


def sample(rng: random.Random, category: str | None = None) -> Scene:
    """A random scene, held out or not."""
    category = category or rng.choices(list(CATEGORIES), CATEGORIES.values())[0]
    if category == "single":
        paint, shape = _thing(rng)
        facts = {}
        draw = rng.random()
        if draw < 0.2:
            facts["size"], sizes = rng.choice([("small", (16,)), ("big", (40, 48))])
        else:
            sizes = (24, 32, 32, 40)
        size = rng.choice(sizes)
        x, y = _lattice(rng, size), _lattice(rng, size)
        if draw > 0.8:
            size = rng.choice((16, 24))
            place, (i, j) = rng.choice(list(PLACES.items()))
            facts["place"] = place
            x, y = (rng.choice((0, 8)) if k == 0 else 24 if k == 1 else SIZE - size - rng.choice((0, 8)) for k in (i, j))
        return Scene(category, [Item(shape, paint, x, y, size)], _background(rng, [paint], 0.6), facts=facts)
    if category == "count":
        paint, shape = _thing(rng)
        count = rng.choice((2, 2, 3, 3, 4, 4, 5, 6))
        cell = 24 if count <= 4 and rng.random() < 0.5 else 16
        items = [Item(shape, paint, x, y, cell) for x, y in _many(rng, count, cell)]
        return Scene(category, items, _background(rng, [paint], 0.7))
    if category in ("pair", "relation", "scale"):
        (c1, s1), (c2, s2) = _thing(rng), _thing(rng)
        while (c1, s1) == (c2, s2) or (c1 == c2 and s1 == s2):
            c2, s2 = _thing(rng)
        relation = rng.choice(RELATIONS)
        facts = {"relation": relation}
        a = b = 24 if rng.random() < 0.7 else 32
        if category == "scale":
            a, b = rng.choice(((16, 32), (32, 16)))
            if rng.random() < 0.5:
                facts = {}
        elif category == "pair":
            facts = {}
        (x1, y1), (x2, y2) = _two_boxes(rng, relation, a, b)
        items = [Item(s1, c1, x1, y1, a), Item(s2, c2, x2, y2, b)]
        return Scene(category, items, _background(rng, [c1, c2], 0.75), facts=facts)
    if category == "word":
        draw = rng.random()
        if draw < 0.6:
            word = rng.choice(words()[0])
        else:
            letters = LETTERS[:26] if draw < 0.9 else LETTERS[26:]
            word = "".join(rng.choices(letters, k=rng.choice((1, 2, 3, 3, 4, 4, 5, 5, 6))))
        paint = rng.choice(list(SIGN_COLORS))
        x = CELL * rng.randint(0, 6 - len(word))
        return Scene(category, [], _background(rng, [paint], 0.6), sign=(word, paint, x, rng.choice((8, 16, 24))))
    if category == "object":
        size = 48 if rng.random() < 0.7 else 32
        item = Item(rng.choice(list(artwork.OBJECTS)), None, _lattice(rng, size), _lattice(rng, size), size)
        return Scene(category, [item], _background(rng, [], 0.75))
    if category == "objects":
        name = rng.choice(list(artwork.OBJECTS))
        items = [Item(name, None, x, y, 32) for x, y in _many(rng, rng.choice((2, 3, 4)), 32)]
        return Scene(category, items, "white")
    if category == "meeting":  # an object beside a shape or another object
        relation = rng.choice(RELATIONS)
        (x1, y1), (x2, y2) = _two_boxes(rng, relation, 32, 32)
        paint, shape = _thing(rng)
        first, second = rng.sample(list(artwork.OBJECTS), 2)
        items = [Item(first, None, x1, y1, 32), Item(second, None, x2, y2, 32)]
        if rng.random() < 0.5:
            items[1] = Item(shape, paint, x2, y2, 32)
            if paint == "white":
                items[1] = Item(shape, "red", x2, y2, 32)
        rng.random()
        return Scene(category, items, "white", facts={"relation": relation} if rng.random() < 0.7 else {})
    raise ValueError(f"unknown category {category!r}")


def training_scene(rng: random.Random) -> Scene:
    while True:
        scene = sample(rng)
        if not held_out(scene):
            return scene
