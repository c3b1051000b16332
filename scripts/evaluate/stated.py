"""Facts of a picture as data: their JSON form, and those of a scene under its prompt.

  {"things": [{"kind": "circle", "color": "red", "count": 3, "size": "small", "place": "top left",
               "pattern": "horizontal stripes", "parts": {"window": 2, "door": 0}}],
   "relation": "left", "ratio": [1.5, 2.5], "layout": "row", "sign": {"word": "WEFT", "color": "yellow", "ink": "black"},
   "background": "white", "light": "left", "absent": ["circle"]}
All keys are optional but "kind", and one of "things" and "sign". Nothing else may stand in the picture.
- kind: a shape, a solid, a built thing (train/world) or an object (train/objects.txt); objects have no color
- pattern: "horizontal stripes", "vertical stripes", "stripes" (either), "dots", "checks"; of shapes
- parts: of a house "window" and "door", of a tree "apple", of a face "eye", "mouth" and "hat"; those named are counted
- relation: of the first thing to the second, or of the only thing to the sign: left, right, above, below (by centre),
  inside, in front of, behind; ratio: least and greatest side of the first by the second
- layout: three things in that order: "row" from left to right, "column" from top to bottom
- light: where it comes from: left, right, above
- absent: kinds that are not there
"""

import json
import re
from dataclasses import dataclass

import seeing  # noqa: F401  puts train/ on the path
import artwork
import world

PARTS = {"house": ("window", "door"), "tree": ("apple",), "face": ("eye", "mouth", "hat")}
PATTERNS = [*world.PATTERNS, "stripes"]
RELATIONS = [*world.SIDES, "inside", "in front of", "behind"]
LAYOUTS = ["row", "column"]
SIZES = ["small", "big"]
KINDS = [*world.SHAPES, *world.SOLIDS, *world.BUILT, *artwork.NAMES]
TWICE, HALF, SAME = (1.6, 2.5), (1 / 2.5, 1 / 1.6), (0.8, 1.25)
MORE, LESS = (1.2, float(world.UNITS)), (0.0, 1 / 1.2)


class NotChecked(Exception):
    """Why a picture cannot be judged."""


class Invalid(Exception):
    """What is wrong with the input; the message names the place."""


@dataclass(frozen=True)
class Thing:
    kind: str  # of KINDS
    color: str | None = None  # None for an object, or for any color
    count: int = 1
    size: str | None = None
    place: str | None = None  # of world.PLACES
    pattern: str | None = None
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def name(self) -> str:
        return " ".join(x for x in (self.color, self.kind) if x)

    @property
    def is_shape(self) -> bool:
        return self.kind in world.SHAPES

    @property
    def is_object(self) -> bool:
        return self.kind in artwork.OBJECTS


@dataclass(frozen=True)
class Sign:
    word: str  # "" for an empty one
    color: str
    ink: str | None = None


@dataclass(frozen=True)
class Facts:
    things: tuple[Thing, ...] = ()
    relation: str | None = None
    ratio: tuple[float, float] | None = None
    layout: str | None = None
    sign: Sign | None = None
    background: str | None = None  # None: any
    light: str | None = None
    absent: tuple[str, ...] = ()


def check(facts: Facts):
    """Throws NotChecked for facts by which no picture can be judged."""
    things = facts.things
    if facts.sign and not re.fullmatch(r"[A-Z0-9]{0,10}", facts.sign.word):
        raise NotChecked(f'only words of up to 10 letters and digits are checked on signs, not "{facts.sign.word}"')
    if facts.sign and (len(things) > 1 or facts.ratio or facts.layout or facts.light or any(t.count > 1 for t in things)):
        raise NotChecked("beside a sign only one thing is checked")
    if facts.relation and (facts.relation in ("inside", "in front of", "behind") and facts.sign or len(things) + bool(facts.sign) < 2):
        raise NotChecked("a relation is checked between two things, or between a thing and a sign")
    if facts.ratio and len(things) != 2:
        raise NotChecked("a ratio is checked between two things only")
    if facts.layout and (len(things) != 3 or any(t.count > 1 for t in things)):
        raise NotChecked("a layout is checked of three things only")
    if facts.light and (len(things) != 1 or things[0].count > 1):
        raise NotChecked("light is checked on one thing only")
    if facts.relation in ("inside", "in front of", "behind") and (len(things) != 2 or any(t.count > 1 or t.parts for t in things)):
        raise NotChecked(f'"{facts.relation}" is checked between two single things only')
    if len(things) > 1 and any(t.size for t in things):
        raise NotChecked("in company only a big thing beside a small one is checked for size")
    for k, a in enumerate(things):
        if any(a.kind == b.kind and (a.color == b.color or None in (a.color, b.color)) for b in things[:k]):
            raise NotChecked("things that look alike cannot be told apart")
        if a.color and not facts.light and facts.background in world.AVOID and a.color in world.AVOID[facts.background] and facts.background in world.PALETTE:
            raise NotChecked(f"what is {a.color} on {facts.background} cannot be made out")


# MARK: JSON


def _object(value, keys, what) -> dict:
    if not isinstance(value, dict):
        raise Invalid(f"{what} is not an object: {json.dumps(value)}")
    for key in value:
        if key not in keys:
            raise Invalid(f'{what} has an unknown key "{key}"; known are {", ".join(keys)}')
    return value


def _one_of(value, values, what):
    if value is not None and (not isinstance(value, str) or value not in values):
        raise Invalid(f"{what} cannot be {json.dumps(value)}; it is one of {', '.join(values)}")
    return value


def _thing(value) -> Thing:
    _object(value, ("kind", "color", "count", "size", "place", "pattern", "parts"), 'a thing of "facts"')
    kind = _one_of(value.get("kind", ""), KINDS, '"kind"')
    paint, count = _one_of(value.get("color"), world.COLORS, '"color"'), value.get("count", 1)
    if kind is None or type(count) is not int or count < 1:
        raise Invalid(f'a thing of "facts" has no kind, or a count that is not 1 or more: {json.dumps(value)}')
    if paint and kind in artwork.OBJECTS:
        raise Invalid(f'a thing of "facts" that is an object has no color: {json.dumps(value)}')
    pattern = _one_of(value.get("pattern"), PATTERNS, '"pattern"')
    if pattern and kind not in world.SHAPES:
        raise Invalid(f'a thing of "facts" that is no shape has no pattern: {json.dumps(value)}')
    parts = _object(value.get("parts") or {}, PARTS.get(kind, ()), f'"parts" of a {kind}')
    if any(type(n) is not int or n < 0 for n in parts.values()):
        raise Invalid(f'"parts" has a number that is not 0 or more: {json.dumps(parts)}')
    size, place = _one_of(value.get("size"), SIZES, '"size"'), _one_of(value.get("place"), world.PLACES, '"place"')
    return Thing(kind, paint, count, size, place, pattern, tuple(parts.items()))


def json_facts(value) -> Facts:
    """The facts that a line's "facts" states; throws Invalid where it is not of the form above."""
    _object(value, ("things", "relation", "ratio", "layout", "sign", "background", "light", "absent"), '"facts"')
    things = value.get("things") or []
    if not isinstance(things, list):
        raise Invalid(f'"things" is not a list: {json.dumps(things)}')
    read = tuple(_thing(thing) for thing in things)
    ratio = value.get("ratio")
    if ratio is not None:
        numbers = isinstance(ratio, list) and len(ratio) == 2 and all(type(r) in (int, float) for r in ratio)
        if not numbers or not 0 <= ratio[0] <= ratio[1]:
            raise Invalid(f'"ratio" is not a least and a greatest number: {json.dumps(ratio)}')
        ratio = (float(ratio[0]), float(ratio[1]))
    sign = value.get("sign")
    if sign is not None:
        _object(sign, ("word", "color", "ink"), '"sign"')
        if not isinstance(sign.get("word"), str) or not isinstance(sign.get("color"), str):
            raise Invalid(f'"sign" has not both a word and a color: {json.dumps(sign)}')
        sign = Sign(sign["word"].upper(), _one_of(sign["color"], world.COLORS, "the sign's color"), _one_of(sign.get("ink"), world.COLORS, "the ink"))
    if not read and not sign:
        raise Invalid('"facts" has neither "things" nor "sign"')
    absent = value.get("absent") or []
    if not isinstance(absent, list):
        raise Invalid(f'"absent" is not a list: {json.dumps(absent)}')
    absent = tuple(_one_of(kind, KINDS, '"absent"') for kind in absent)
    facts = Facts(
        read, _one_of(value.get("relation"), RELATIONS, '"relation"'), ratio, _one_of(value.get("layout"), LAYOUTS, '"layout"'), sign,
        _one_of(value.get("background"), world.BACKGROUNDS, '"background"'), _one_of(value.get("light"), world.LIGHTS, '"light"'), absent,
    )
    check(facts)
    return facts


def to_json(facts: Facts) -> dict:
    """The JSON form of facts, without what is not said."""
    def bare(**values):
        return {k: v for k, v in values.items() if v not in (None, (), [], {})}

    things = [
        bare(kind=t.kind, color=t.color, count=t.count if t.count > 1 else None, size=t.size, place=t.place, pattern=t.pattern, parts=dict(t.parts))
        for t in facts.things
    ]
    sign = facts.sign and {"word": facts.sign.word, "color": facts.sign.color} | bare(ink=facts.sign.ink)
    ratio = [round(r, 3) for r in facts.ratio] if facts.ratio else None
    return bare(things=things, relation=facts.relation, ratio=ratio, layout=facts.layout, sign=sign, background=facts.background,
                light=facts.light, absent=list(facts.absent))


# MARK: Scenes


def scene_facts(scene: world.Scene, prompt: str) -> Facts:
    """What a prompt (captions.caption with full=True) says of its scene."""
    things = []
    for group in scene.groups:
        t = group.thing
        parts = tuple((name, n) for name, n in t.parts if name != "eye" or n == 0)  # that a face has eyes is not said
        pattern = "stripes" if t.pattern == "horizontal stripes" and "horizontal" not in prompt else t.pattern
        things.append(Thing(t.kind, t.color, len(group.boxes), group.said, group.place, pattern, parts))
    ratio = None
    if scene.ratio:
        share = scene.ratio[0] / scene.ratio[1]
        exact = re.search(r"\b(twice|two times|half the|half as)\b", prompt)
        equal = SAME if re.search(r"\b(as big as|same size|equal size)\b", prompt) else None
        ratio = equal if share == 1 else (TWICE if exact else MORE) if share > 1 else (HALF if exact else LESS)
    layout = scene.facts.get("layout")
    if layout not in LAYOUTS or not re.search(r"\b(from (left to right|top to bottom)|in the middle)\b", prompt):
        layout = None
    sign = scene.sign
    if sign:
        said = re.search(rf"\bin {sign.ink}\b", prompt)
        sign = Sign(sign.word, sign.board, sign.ink if said else None)
    return Facts(tuple(things), scene.relation, ratio, layout, sign, scene.background, scene.light, (scene.absent,) if scene.absent else ())
