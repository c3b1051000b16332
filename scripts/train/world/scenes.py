"""Random scenes by category."""

import dataclasses
import random
from functools import lru_cache

import numpy as np

import artwork
from .things import (
    BUILT, CELL, COLORS, GRADIENTS, Group, INKS, LETTERS, LIGHTS, OUTER, PATTERNS, PLACES, PLAIN, SCENES, SHAPES, SIDES, SOLIDS, Scene,
    Sign, Thing, UNITS, some_variant,
)
from .held_out import held_out, is_kept_from_some_grounds
from .drawing import AVOID, built, mask, sign_size


CATEGORIES = {  # the decoder's mix, by what failed most
    "single": 40, "count": 12, "object": 8, "objects": 5, "pair": 20, "relation": 11, "inside": 8, "occlusion": 28,
    "scale": 9, "three": 18, "composition": 22, "word": 4, "sign and thing": 2, "light": 8, "absence": 8, "built": 5,
}


@lru_cache(maxsize=1)
def words() -> tuple[list[str], list[str]]:
    """English words of 2 to 10 letters, and all words."""
    with open("/usr/share/dict/words") as file:
        everything = sorted({w.strip().upper() for w in file if w.strip().isascii() and w.strip().isalpha() and w.strip().islower()})
    return [w for w in everything if 2 <= len(w) <= 10], everything


@lru_cache(maxsize=None)
def _short_words(longest: int) -> list[str]:
    return [w for w in words()[0] if len(w) <= longest]


def formation(rng: random.Random, count: int, width: int, height: int, side: int) -> list[tuple[int, int]]:
    """Places (x, y) in cells for `count` boxes of `side` cells in a field of cells, with gaps between them: tidy rows, or
    scattered. Where there is no room for gaps, a zigzag, of which only corners meet, or at last a tight row."""
    pitch = side + 1
    columns, rows = (width + 1) // pitch, (height + 1) // pitch
    if columns * rows < count:
        return _without_gaps(rng, count, width, height, side)
    slack_x, slack_y = width + 1 - columns * pitch, height + 1 - rows * pitch
    if rng.random() < 0.25:
        ox, oy = rng.randint(0, slack_x), rng.randint(0, slack_y)
        slots = [(ox + pitch * i, oy + pitch * j) for j in range(rows) for i in range(columns)]
        return rng.sample(slots, count)
    used = rng.choice([r for r in range(1, rows + 1) if r <= count <= r * columns])
    share = [count // used + (i < count % used) for i in range(used)]
    rng.shuffle(share)
    spare = (rows - used) * pitch + slack_y
    y0 = spare // 2 if rng.random() < 0.3 else rng.randint(0, spare)
    places, centred, shift = [], rng.random() < 0.4, rng.random()
    own = rng.random() < 0.5  # each row is shifted by itself
    for j, n in enumerate(share):
        spare = width + 1 - n * pitch
        x0 = spare // 2 if centred else rng.randint(0, spare) if own else int(shift * (spare + 1))
        places += [(x0 + pitch * i, y0 + pitch * j) for i in range(n)]
    return places


def _without_gaps(rng: random.Random, count: int, width: int, height: int, side: int) -> list[tuple[int, int]]:
    """Places along the longer side of a field: in a zigzag where it is wide enough for two, or in a row."""
    assert count * side <= max(width, height), (count, width, height, side)
    odd, step = rng.randint(0, 1), side if 2 * side <= min(width, height) else 0
    steps = [(step * ((i + odd) % 2), side * i) for i in range(count)]
    return steps if height > width else [(y, x) for x, y in steps]


def boxes_of(places, side, x=0, y=0):
    return [((x + a) * CELL, (y + b) * CELL, side * CELL) for a, b in places]


def ground_for(rng, things, white=0.55, plain=0.25, color=None):
    """A background on which all of the things are seen."""
    colors = {t.color for t in things if t.color} | ({color} if color else set())
    draw = rng.random()
    if draw < white and "white" not in colors:
        return "white"
    names = PLAIN if draw < white + plain else GRADIENTS + SCENES if draw > 0.9 else SCENES
    fit = [b for b in names if not AVOID[b] & colors]
    return rng.choice(fit or [b for b in PLAIN if not AVOID[b] & colors])


def _lay_anew(rng, scene: Scene, things, white: float, plain: float):
    """Gives a scene another background, on which all of the things are seen."""
    scene.background = ground_for(rng, things, white, plain)
    scene.variant = some_variant(rng, scene.background)


def _keep_seen(rng, scene: Scene):
    """Gives a scene another background where one of its things would not be seen."""
    things = [g.thing for g in scene.groups]
    if any(t.color in AVOID[scene.background] for t in things):
        _lay_anew(rng, scene, things, 0.75, 0.15)


def _solid(rng) -> Thing:
    return Thing(rng.choice(SOLIDS), rng.choice([c for c in COLORS if c != "black"]))


def _shape(rng, pattern=0.12) -> Thing:
    return Thing(rng.choice(SHAPES), rng.choice(COLORS), rng.choice(PATTERNS) if rng.random() < pattern else None)


def _thing(rng, objects=0.3, pattern=0.1) -> Thing:
    if rng.random() < objects:
        return Thing(rng.choice(artwork.NAMES))
    return _shape(rng, pattern)


def _different(rng, things, make):
    while True:
        thing = make()
        # Not the same kind and color in another pattern: "a red star and a dotted red star" is a riddle.
        if all((thing.kind, thing.color) != (t.kind, t.color) for t in things):
            return thing


def _side_by_side(rng, relation, n1, n2, sides=None):
    """Boxes of two groups in two parts of a picture, a cell apart; the first one left of, right of, above or below the second."""
    counts = n1, n2
    sides = list(sides or (rng.choice((3, 3, 4) if n == 1 else (2, 3) if n == 2 else (2,)) for n in counts))
    across = [s if n * (s + 1) <= 9 else 2 * s for n, s in zip(counts, sides)]
    if sum(across) == 8 and 1 in counts:
        single = counts.index(1)
        sides[single] = across[single] = 3
    horizontal, first = relation in ("left", "right"), 0 if relation in ("left", "above") else 1
    gap = 1 if sum(across) < 8 else 0  # two zigzags: the same one twice, so that only corners meet
    wide = across[first] + rng.randint(0, 8 - gap - sum(across))
    out, places = [[], []], None
    for k, at, room in ((first, 0, wide), (1 - first, wide + gap, 8 - gap - wide)):
        if gap or not places:
            places = formation(rng, counts[k], *((room, 8) if horizontal else (8, room)), sides[k])
        out[k] = boxes_of(places, sides[k], *((at, 0) if horizontal else (0, at)))
    return out


def _at(rng, spot, side) -> tuple[int, ...]:
    """Where, in cells, a thing of `side` cells stands whose place is that third of the width and of the height."""
    return tuple(rng.choice((0, 0, 1)) if p == 0 else (8 - side) // 2 if p == 1 else 8 - side - rng.choice((0, 0, 1)) for p in spot)


@lru_cache(maxsize=1)
def _kept_from_some_grounds() -> list[Thing]:
    """The patterned shapes that are kept from half of the backgrounds: only there, and in few other scenes, are their codes seen."""
    things = (Thing(kind, color, pattern) for kind in SHAPES for color in COLORS for pattern in PATTERNS)
    return [t for t in things if is_kept_from_some_grounds(f"pattern {t.key}")]


def _single(rng, grid, category):
    thing = _shape(rng, 0.35)
    said = place = None
    side = rng.choice((3, 3, 4) if thing.pattern else (3, 4, 4))
    draw = rng.random()
    if draw < 0.18:
        said, sides = rng.choice((("small", (2,)), ("big", (6,))))
        side = rng.choice(sides)
    if draw > 0.82:
        side = rng.choice((2, 3))
        place, spot = rng.choice(list(PLACES.items()))
        x, y = _at(rng, spot, side)
    else:
        x, y = rng.randint(0, 8 - side), rng.randint(0, 8 - side)
    return Scene(category, [Group(thing, boxes_of([(x, y)], side), said, place)], ground_for(rng, [thing], 0.4, 0.35))


def _count(rng, grid, category):
    thing = _shape(rng, 0.1)
    count = rng.choice((1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6))
    side = 3 if count <= 4 and rng.random() < 0.5 else 2
    return Scene(category, [Group(thing, boxes_of(formation(rng, count, 8, 8, side), side))], ground_for(rng, [thing], 0.65, 0.2))


def _object(rng, grid, category):
    thing = Thing(rng.choice(artwork.NAMES))
    said, place, side = None, None, rng.choice((3, 4))
    draw = rng.random()
    if draw < 0.1:
        said, side = rng.choice((("small", 2), ("big", 6)))
    if draw > 0.88:
        side = rng.choice((2, 3))
        place, spot = rng.choice(list(PLACES.items()))
        x, y = _at(rng, spot, side)
    else:
        x, y = rng.randint(0, 8 - side), rng.randint(0, 8 - side)
    ground = ground_for(rng, [thing], 0.65, 0.15)
    if ground in SCENES and not place and rng.random() < 0.8:
        y = 8 - side - rng.choice([n for n in (0, 1, 2) if n <= 8 - side])
    return Scene(category, [Group(thing, boxes_of([(x, y)], side), said, place)], ground)


def _objects(rng, grid, category):
    thing = Thing(rng.choice(artwork.NAMES))
    count = rng.choice((2, 2, 3, 3, 4, 4, 5, 6))
    side = 3 if count <= 4 and rng.random() < 0.65 else 2
    return Scene(category, [Group(thing, boxes_of(formation(rng, count, 8, 8, side), side))], ground_for(rng, [thing], 0.8, 0.1))


def _two(rng, objects, pattern=0.08):
    first = _thing(rng, objects, pattern)
    return first, _different(rng, [first], lambda: _thing(rng, objects, pattern))


def _pair(rng, grid, category):
    things = _two(rng, 0.45)
    n1, n2 = (1, 1) if rng.random() < 0.5 else (rng.randint(1, 4), rng.randint(1, 4))
    boxes = _side_by_side(rng, rng.choice(("left", "left", "right", "above")), n1, n2)
    return Scene(category, [Group(t, b) for t, b in zip(things, boxes)], ground_for(rng, things, 0.75, 0.15))


def _relation(rng, grid, category):
    things = _two(rng, 0.4)
    relation = rng.choice(SIDES)
    boxes = _side_by_side(rng, relation, 1, 1)
    return Scene(category, [Group(t, b) for t, b in zip(things, boxes)], ground_for(rng, things, 0.75, 0.15), relation=relation)


def _inside(rng, grid, category):
    outer = Thing(rng.choice(OUTER), rng.choice(COLORS))
    inner = _different(rng, [outer], lambda: _thing(rng, 0.3, 0))
    while inner.color == outer.color:
        inner = _different(rng, [outer], lambda: _thing(rng, 0.3, 0))
    if outer.kind in ("ring", "heart", "diamond"):
        big, small = 6, 2
    else:
        big, small = rng.choice(((6, 2), (6, 4), (4, 2)))
        if outer.kind == "circle" and (big, small) == (6, 4):
            small = 2
    x, y = rng.randint(0, 8 - big), rng.randint(0, 8 - big)
    d = (big - small) // 2
    groups = [Group(inner, boxes_of([(x + d, y + d)], small)), Group(outer, boxes_of([(x, y)], big))]
    colors = [outer] + ([inner] if outer.kind == "ring" else [])
    return Scene(category, groups, ground_for(rng, colors, 0.75, 0.2), relation="inside")


@lru_cache(maxsize=None)
def _coverage(kind: str, n: int) -> np.ndarray:
    return (mask(kind, n) if kind in SHAPES else artwork.bitmap(kind, n)[1])[..., 0]


def hidden_share(front: Thing, back: Thing, side: int, dx: int, dy: int) -> float:
    """How much of a thing another one covers that lies dx, dy cells away."""
    n, pad = side * CELL, 6 * CELL
    b = np.pad(_coverage(back.kind, n), pad)
    f = np.zeros_like(b)
    y, x = pad + dy * CELL, pad + dx * CELL
    f[y : y + n, x : x + n] = _coverage(front.kind, n)
    return float((b * f).sum() / b.sum())


def _occlusion(rng, grid, category):
    front, back = _two(rng, 0.15, 0)
    while front.color == back.color:
        front, back = _two(rng, 0.15, 0)
    side = rng.choice((3, 4, 4, 4))
    steps = [(2, 0), (-2, 0)] if side == 3 else [(2, 0), (-2, 0), (2, 1), (-2, 1), (2, -1), (-2, -1), (1, 2), (-1, 2), (1, -2), (-1, -2)]
    dx, dy = rng.choice(steps)
    hidden = hidden_share(front, back, side, dx, dy)
    if not 0.12 < hidden < 0.65:  # it must be seen what is in front, and what is behind
        return _occlusion(rng, grid, category)
    x0, y0 = rng.randint(max(0, -dx), 8 - side - max(0, dx)), rng.randint(max(0, -dy), 8 - side - max(0, dy))
    groups = [Group(front, boxes_of([(x0 + dx, y0 + dy)], side)), Group(back, boxes_of([(x0, y0)], side))]
    relation = "in front of" if rng.random() < 0.5 else "behind"
    # Drawn in order: the first group lies on top. "behind" is said from the other side, see captions.
    return Scene(category, groups, ground_for(rng, [front, back], 0.75, 0.2), relation="in front of", facts={"said": relation})


def _scale(rng, grid, category):
    things = _two(rng, 0.35, 0)
    sides = rng.choice(((2, 4), (4, 2), (2, 4), (4, 2), (2, 3), (3, 2), (3, 3), (2, 2)))
    if sides[0] == sides[1] and rng.random() < 0.5:
        sides = (4, 2)
    relation = rng.choice(SIDES)
    boxes = _side_by_side(rng, relation, 1, 1, sides)
    said = rng.random() < 0.35
    return Scene(category, [Group(t, b) for t, b in zip(things, boxes)], ground_for(rng, things, 0.8, 0.15),
                 relation=relation if said else None, ratio=sides)


def _near(rng, cell: int) -> int:
    """The cell, or one beside it, for a thing of two cells."""
    return min(6, max(0, cell + rng.choice((-1, 0, 0, 0, 1))))


def _three(rng, grid, category):
    things: list[Thing] = []
    for _ in range(3):
        things.append(_different(rng, things, lambda: _thing(rng, 0.4, 0.04)))
    draw = rng.random()
    side = 3 if draw < 0.35 else 2
    if draw < 0.35:  # a triangle of places
        spots = [(0, 0), (5, 0), (2, 5)] if rng.random() < 0.5 else [(2, 0), (0, 5), (5, 5)]
    elif draw < 0.7:  # in a row
        y = rng.randint(0, 6)
        spots = [(a, _near(rng, y)) for a in (0, 3, 6)]
    else:  # in a column
        x = rng.randint(0, 6)
        spots = [(_near(rng, x), b) for b in (0, 3, 6)]
    facts = {"layout": "triangle" if draw < 0.35 else "row" if draw < 0.7 else "column"}
    return Scene(category, [Group(t, boxes_of([s], side)) for t, s in zip(things, spots)], ground_for(rng, things, 0.8, 0.12), facts=facts)


def _over_a_corner(rng, upper: int, lower: int, corner: str):
    """Boxes of two groups of things of two cells, one over the other, that leave a lower corner free: each in a row, or four in
    two rows where the other group has room for it."""
    beside = 3 if corner == "bottom left" else 0  # five columns beside the corner
    if upper == 4 and lower <= 2:
        fields = (rng.randint(0, 3), 0, 5, 5), (beside, 6, 5, 2)
    elif lower == 4 and upper <= 3:
        fields = (0, 0, 8, 2), (beside, 3, 5, 5)
    else:
        fields = (0, 0, 8, 2), (0, 3, 8, 2)
    return [boxes_of(formation(rng, n, width, height, 2), 2, x, y) for n, (x, y, width, height) in zip((upper, lower), fields)]


def _composition(rng, grid, category):
    """Two counted groups in a relation, often with a third thing in a corner or on a background that is said."""
    things = list(_two(rng, 0.4, 0.06))
    relation = rng.choice(SIDES)
    n1, n2 = rng.randint(1, 4), rng.randint(1, 4)
    if rng.random() < 0.7:
        groups = [Group(t, b) for t, b in zip(things, _side_by_side(rng, relation, n1, n2))]
        return Scene(category, groups, ground_for(rng, things, 0.3, 0.45), relation=relation)
    # Two groups one over the other, a third thing in a lower corner.
    relation = rng.choice(("above", "below"))
    things.append(_different(rng, things, lambda: _thing(rng, 0.5, 0)))
    place = rng.choice(("bottom left", "bottom right"))
    rows = _over_a_corner(rng, n1, n2, place)
    side = 2
    groups = [Group(things[0], rows[0 if relation == "above" else 1]), Group(things[1], rows[1 if relation == "above" else 0]),
              Group(things[2], boxes_of([(0 if place == "bottom left" else 8 - side, 6)], side), place=place)]
    return Scene(category, groups, ground_for(rng, things, 0.5, 0.4), relation=relation)


def _some_word(rng, longest):
    draw = rng.random()
    if draw < 0.55:
        return rng.choice(_short_words(longest))
    letters = LETTERS[:26] if draw < 0.92 else LETTERS[26:]
    return "".join(rng.choices(letters, k=rng.choice([k for k in (1, 2, 3, 3, 4, 4, 5, 5, 6) if k <= longest])))


def _word(rng, grid, category):
    letter = CELL if grid == 8 else CELL // 2  # a token is as wide as a letter
    longest = UNITS // letter - 2
    board = rng.choice(list(INKS))
    ink = INKS[board][0] if rng.random() < 0.6 else rng.choice(INKS[board])
    word = "" if rng.random() < 0.02 else _some_word(rng, min(longest, 10))
    sign = Sign(word, board, ink, 0, 0, letter)
    width, height = sign_size(sign)
    spare = (UNITS - width) // letter
    sign.x = letter * rng.randint(0, spare)
    sign.y = rng.choice((8, 16, 16, 24)) if letter == CELL else rng.choice((16, 24, 24, 32))
    return Scene(category, [], ground_for(rng, [], 0.5, 0.35, color=board), sign)


def _sign_and_thing(rng, grid, category):
    scene = _word(rng, grid, category)
    while not scene.sign.word:
        scene = _word(rng, grid, category)
    sign = scene.sign
    thing = _thing(rng, 0.6, 0)
    _, height = sign_size(sign)
    relation = rng.choice(("above", "below"))  # the thing to the sign
    side = 3
    x = rng.choice((0, 2, 3, 5))
    sign.y = UNITS - height if relation == "above" else 0
    group = Group(thing, boxes_of([(x, 0 if relation == "above" else 8 - side)], side))
    return Scene(category, [group], ground_for(rng, [thing], 0.6, 0.3, color=sign.board), sign, relation=relation)


def _light(rng, grid, category):
    thing = Thing(rng.choice(artwork.NAMES)) if rng.random() < 0.25 else _solid(rng)
    light = rng.choice(LIGHTS)
    side = 4 if thing.color is None else rng.choice((3, 4, 4))
    lo, hi = (0, 8 - side - side // 2) if light == "left" else (side // 2, 8 - side) if light == "right" else (1, 7 - side)
    x = rng.randint(lo, hi)
    colors = {thing.color} if thing.color else set()
    grounds = [b for b in ["white", "white", "white", "gray", "cyan", "yellow", "pink", "meadow", "desert", "snow"] if not AVOID[b] & colors]
    ground = rng.choice(grounds)
    y = rng.choice((6, 7)) - side + (0 if ground in SCENES else -rng.choice((0, 0, 1)))
    return Scene(category, [Group(thing, boxes_of([(x, y)], side))], ground, light=light)


def _absence(rng, grid, category):
    """Some things, and the word that another one is not there."""
    inner = rng.choice(("single", "count", "object", "pair", "relation"))
    scene = sample(rng, grid, inner)
    for group in scene.groups:
        group.said = group.place = None
    kinds = {g.thing.kind for g in scene.groups}
    scene.absent = rng.choice([k for k in (SHAPES if rng.random() < 0.7 else artwork.NAMES) if k not in kinds])
    scene.category = category
    scene.facts = {"inner": inner}
    return scene


def _built_parts(rng, kind):
    if kind == "house":
        return (("window", rng.choice((0, 1, 2, 2, 3, 4))), ("door", rng.choice((0, 1, 1))))
    if kind == "tree":
        return (("apple", rng.choice((0, 0, 1, 2, 3, 4, 5))),)
    eyes = rng.choice((0, 2, 2, 2))
    return (("eye", eyes), ("mouth", rng.choice((0, 1, 1)) if eyes else 1), ("hat", rng.choice((0, 0, 1))))  # without either it is a disk


def built_thing(rng):
    kind = rng.choice(BUILT)
    color = rng.choice(("green", "green", "green", "orange", "yellow", "red")) if kind == "tree" else rng.choice(COLORS[:-3] + ["white"])
    parts = _built_parts(rng, kind)
    if kind == "house" and dict(parts)["window"] == 4 and dict(parts)["door"]:
        parts = (("window", 2), ("door", 1))
    return Thing(kind, color, None, parts)


def _built_scene(rng, grid, category):
    thing = built_thing(rng)
    side = 6 if grid == 8 else 3
    x = rng.randint(0, 8 - side)
    ground = ground_for(rng, [thing], 0.4, 0.2)
    y = 8 - side - rng.choice((0, 1)) if ground in SCENES else rng.randint(0, 8 - side)
    return Scene(category, [Group(thing, boxes_of([(x, y)], side))], ground)


SAMPLERS = {
    "single": _single, "count": _count, "object": _object, "objects": _objects, "pair": _pair, "relation": _relation,
    "inside": _inside, "occlusion": _occlusion, "scale": _scale, "three": _three, "composition": _composition, "word": _word,
    "sign and thing": _sign_and_thing, "light": _light, "absence": _absence, "built": _built_scene,
}


def sample(rng: random.Random, grid: int = 8, category: str | None = None) -> Scene:
    """A random scene for a grid of tokens, held out or not."""
    category = category or rng.choices(list(CATEGORIES), CATEGORIES.values())[0]
    scene = SAMPLERS[category](rng, grid, category)
    while not _tokens_known(scene, grid):
        scene = SAMPLERS[category](rng, grid, category)
    _unpatterned(scene)
    scene.variant = some_variant(rng, scene.background)
    return scene


def _tokens_known(scene: Scene, grid: int) -> bool:
    """Whether what has other tokens at every size is at most six tokens wide, as on the coarsest grid: finer grids learn from it."""
    most = 6 * UNITS // grid
    return all(g.thing.kind in SHAPES or side <= most for g in scene.groups for _, _, side in g.boxes)


def _unpatterned(scene: Scene):
    """Takes the patterns off things of 2 cells, which have no room for them."""
    for group in scene.groups:
        if group.thing.pattern and min(side for _, _, side in group.boxes) < 3 * CELL:
            group.thing = dataclasses.replace(group.thing, pattern=None)


def _make_frequent(rng: random.Random, scene: Scene):
    """Makes what is kept from some backgrounds at least as frequent on the others as the rest: its codes are seen nowhere else."""
    group = scene.groups[0]
    if rng.random() < 0.35 and not group.said and group.boxes[0][2] >= 3 * CELL:
        group.thing = rng.choice(_kept_from_some_grounds())
    for _ in range(10):
        if group.thing.color not in AVOID[scene.background] and not held_out(scene):
            return
        _lay_anew(rng, scene, [group.thing], 0.4, 0.35)


def _build_into(rng: random.Random, scene: Scene, grid: int):
    """Puts a house, a tree or a face in the place of one thing now and then, where its codes are known."""
    for group in scene.groups:
        if len(group.boxes) == 1 and group.boxes[0][2] * grid // UNITS in (4, 6) and rng.random() < 0.25:
            group.thing = built_thing(rng)
            _keep_seen(rng, scene)
            return


def _make_solid(rng: random.Random, scene: Scene, grid: int):
    """Puts balls, cubes or cones, lit from above, in the place of a group now and then, where their codes are known."""
    for group in scene.groups:
        others = [g.thing for g in scene.groups if g is not group]
        sides = {side * grid // UNITS for _, _, side in group.boxes}
        if group.said or group.place or not sides <= ({3, 4} if grid == 8 else {6}) or rng.random() > 0.12:
            continue
        group.thing = _different(rng, others, lambda: _solid(rng))
        scene.light = "above"
        _keep_seen(rng, scene)


def _line_up(rng: random.Random, group: Group):
    """Lays four small things, which have no room for gaps in a row, in one now and then; captions always say so."""
    if len(group.boxes) == 4 and group.boxes[0][2] == 2 * CELL and rng.random() < 0.2:
        across, at = rng.random() < 0.6, rng.randint(0, 6)
        group.boxes = boxes_of([(2 * i, at) if across else (at, 2 * i) for i in range(4)], 2)


OBJECTS_WANTED = {"occlusion": 1, "pair": 2, "three": 2}  # in a scene of training: they have many codes and names, each of them rare


def _is_learned_from(rng: random.Random, scene: Scene) -> bool:
    """Whether a scene is trained on: most of those with fewer objects than are wanted make way for the others."""
    objects = sum(g.thing.color is None for g in scene.groups)
    return objects >= OBJECTS_WANTED.get(scene.category, 0) or rng.random() < 0.4


def training_scene(rng: random.Random, grid: int = 8, category: str | None = None) -> Scene:
    while True:
        scene = sample(rng, grid, category)
        while not _is_learned_from(rng, scene):
            scene = sample(rng, grid, scene.category)
        if scene.category == "single":
            _make_frequent(rng, scene)
        if scene.category in ("pair", "relation"):
            _build_into(rng, scene, grid)
        if scene.category in ("count", "objects"):
            _line_up(rng, scene.groups[0])
        if scene.category in ("pair", "relation", "count"):
            _make_solid(rng, scene, grid)
        if not held_out(scene):
            return scene
