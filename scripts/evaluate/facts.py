"""Says of finished pictures whether what their prompts say is so: one JSON line a picture.

Reads a results file of lines {"id", "file", "prompt", "facts"?}; prints {"id", "faithful": true | false | null, "reason"?}.
Facts come from "facts" where a line has it, else from the prompt, in the embedded model's grammar (train/captions.py):
  {"things": [{"kind": "circle", "color": "red", "count": 3, "size": "small", "place": "top left"}],
   "relation": "left", "ratio": [1.5, 2.5], "sign": {"word": "WEFT", "color": "yellow"}, "background": "white"}
All keys are optional but "kind", and one of "things" and "sign". Nothing else may stand in the picture. "relation" (left,
right, above, below) and "ratio" (least and greatest) are those of the first thing to the second, by centre and by side.
A prompt that says nothing of the background means white, or black under white things, as the captions do.
"""

import argparse
import json
import re
import os
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

import checker  # puts train/ on the path, where the others are
import artwork
import captions
import world


@dataclass(frozen=True)
class Thing:
    kind: str  # a shape, or an object's name
    color: str | None = None  # None for an object, or for a shape of any color
    count: int = 1
    size: str | None = None  # "small" or "big"
    place: str | None = None  # of world.PLACES

    @property
    def name(self) -> str:
        return f"{self.color} {self.kind}" if self.color else self.kind

    @property
    def is_shape(self) -> bool:
        return self.kind in world.SHAPES


@dataclass(frozen=True)
class Facts:
    things: tuple[Thing, ...] = ()
    relation: str | None = None
    ratio: tuple[float, float] | None = None
    sign: tuple[str, str] | None = None  # word, color
    background: str | None = None  # None: any


class NotChecked(Exception):
    """Why a picture cannot be judged."""


class Invalid(Exception):
    """What is wrong with the input; the message names the place."""


CONTRAST = 75  # how far from the background a pixel of a thing is, in sums over RGB, as checker.things has it


# MARK: Prompts

BIG, SAME = 2.0, 0.25  # a big thing's side by a small one's, and how far from it is right, as checker.holds has it
TWICE, HALF = (BIG * (1 - SAME), BIG * (1 + SAME)), ((1 - SAME) / BIG, (1 + SAME) / BIG)
MORE, LESS = (1.25, float(world.SIZE)), (0.0, 0.8)
RATIOS = {"twice the size of": TWICE, "half the size of": HALF, "bigger than": MORE, "larger than": MORE, "smaller than": LESS}
RELATIONS = {phrase: relation for relation, phrases in captions.PHRASES.items() for phrase in phrases}
OF_IT = {p.replace(" of", " of it") if r in ("left", "right") else f"{p} it": r for p, r in RELATIONS.items() if p != "on top of"}
SIZES = {word: size for size, words in captions.SIZE_WORDS.items() for word in words}
COLORS = {word: name for name in world.COLORS for word in captions.GRAY.get(name, [name])}
PLACES = {
    f"{lead} {place}{tail}": place
    for place in world.PLACES
    for lead in ("in the", "at the", "on the")
    for tail in ("", " corner", " side")
} | {f"{lead} the middle": "center" for lead in ("in", "at")}
OPENINGS = sorted({opening for opening in captions.OPENINGS if opening} | {"there are "}, key=len, reverse=True)


def _any(words) -> str:
    """A regular expression for one of some words, the longest that fits."""
    return "(" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def _plural(noun: str) -> str:
    if re.search("[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + ("es" if re.search("(s|x|ch|sh)$", noun) else "s")


@cache
def nouns() -> dict[str, tuple[str, bool]]:
    """All names of things: what they mean, and whether they mean one."""
    found = {}
    for names, synonyms in ((world.SHAPES, captions.SHAPE_SYNONYMS), (artwork.OBJECTS, artwork.SYNONYMS)):
        for name in names:
            for noun in synonyms.get(name, []):
                found |= {_plural(noun): (name, False), noun: (name, True)}
    for name in artwork.OBJECTS:
        found |= {artwork.plural(name): (name, False), name: (name, True)}
    for name in world.SHAPES:
        found |= {_plural(name): (name, False), name: (name, True)}
    return found


@cache
def _patterns() -> dict[str, re.Pattern]:
    number = "(a|an|" + "|".join(world.NUMBERS[1:]) + r"|[1-9]\d?)"
    return {
        "thing": re.compile(f"(?:{number} )?(?:{_any(SIZES)} )?(?:{_any(COLORS)} )?{_any(nouns())}(?: {_any(PLACES)})?"),
        "background": re.compile(rf"(.*?)(?:,? (?:on|against) an? {_any(COLORS)} background|, {_any(COLORS)} background|,? on {_any(COLORS)})"),
        "related": re.compile(f"(.+?) {_any(RELATIONS)} (.+)"),
        "of it": re.compile(f"(.+?) with (.+?) {_any(OF_IT)}"),
        "sides": re.compile("(.+?) (?:on|at) the (left|right|top|bottom) and (.+) (?:on|at) the (left|right|top|bottom)"),
        "ratio": re.compile(f"(.+?) {_any(RATIOS)} (.+)"),
        "sign": re.compile(f'an? {_any(COLORS)} sign (?:with|with the word|that says|saying|reading) "#"|the word "#" on an? {_any(COLORS)} sign'),
    }


def _matched(name: str, text: str) -> list[str] | None:
    """The groups of a pattern that took part, if the whole text is of its form."""
    match = _patterns()[name].fullmatch(text)
    return match and [group for group in match.groups() if group is not None]


def _thing(text: str) -> Thing:
    match = _patterns()["thing"].fullmatch(text)
    if not match:
        raise NotChecked(f'"{text}" is not in the grammar of the embedded model')
    number, size, paint, noun, place = match.groups()
    kind, one = nouns()[noun]
    if number is None and not one:
        raise NotChecked(f'"{text}" does not say how many')
    if paint and kind in artwork.OBJECTS:
        raise NotChecked(f"the color of a {kind} is not checked")
    count = int(number) if number and number.isdigit() else max(1, world.NUMBERS.index(number)) if number in world.NUMBERS else 1
    return Thing(kind, COLORS.get(paint), count, SIZES.get(size), PLACES.get(place))


def _things(text: str) -> Facts:
    """The facts of a text without its opening and its background."""
    if parts := _matched("of it", text):
        return Facts((_thing(parts[1]), _thing(parts[0])), OF_IT[parts[2]])
    opposite = captions.OPPOSITE | {"top": "bottom", "bottom": "top"}
    if (parts := _matched("sides", text)) and opposite[parts[1]] == parts[3]:
        relation = {"top": "above", "bottom": "below"}.get(parts[1], parts[1])
        return Facts((_thing(parts[0]), _thing(parts[2])), relation)
    if parts := _matched("ratio", text):
        return Facts((_thing(parts[0]), _thing(parts[2])), ratio=RATIOS[parts[1]])
    if parts := _matched("related", text):
        return Facts((_thing(parts[0]), _thing(parts[2])), RELATIONS[parts[1]])
    things = {}
    for thing in map(_thing, re.split(r", and |, | and | with ", text)):  # the same thing twice is two of it
        key = replace(thing, count=0)
        things[key] = replace(thing, count=thing.count + (things[key].count if key in things else 0))
    return Facts(tuple(things.values()))


def prompt_facts(prompt: str) -> Facts:
    """The facts that a prompt says; throws NotChecked where it says what the grammar does not have."""
    quoted = re.findall('["“”]([^"“”]*)["“”]', prompt)
    text = re.sub('["“”][^"“”]*["“”]', '"#"', prompt).lower()
    text = re.sub(r"\s+", " ", text).strip().removesuffix(".").rstrip()
    background = None
    if match := _patterns()["background"].fullmatch(text):
        text, background = match[1], COLORS[next(c for c in match.groups()[1:] if c)]
    opening = next((opening for opening in OPENINGS if text.startswith(opening)), "")
    text = text[len(opening) :]
    if quoted:
        paint = _matched("sign", text)
        if len(quoted) > 1 or not paint:
            raise NotChecked(f'"{text}" is not a sign with one word, as the embedded model knows them')
        facts = Facts(sign=(quoted[0].strip().upper(), COLORS[paint[0]]))
    else:
        facts = _things(text)
    white = "white" in [thing.color for thing in facts.things] + list(facts.sign or [])[1:]
    facts = replace(facts, background=background or ("black" if white else "white"))
    if [thing.size for thing in facts.things] in (["big", "small"], ["small", "big"]):
        ratio = TWICE if facts.things[0].size == "big" else HALF
        facts = replace(facts, things=tuple(replace(thing, size=None) for thing in facts.things), ratio=ratio)
    check(facts)
    return facts


def check(facts: Facts):
    """Throws NotChecked for facts that no picture of the checker's world can be judged by."""
    if facts.sign:
        word, paint = facts.sign
        if paint not in world.SIGN_COLORS:
            raise NotChecked(f"signs that are {paint} are not checked")
        if not re.fullmatch(r"[A-Z0-9]{1,6}", word):
            raise NotChecked(f'only words of 1 to 6 letters and digits are checked on signs, not "{word}"')
        if facts.things or facts.relation or facts.ratio:
            raise NotChecked("things beside a sign are not checked")
        return
    shapes = [thing for thing in facts.things if thing.is_shape]
    for thing in shapes:
        if thing.color and facts.background and np.abs(np.subtract(world.PALETTE[thing.color], world.PALETTE[facts.background])).sum() <= CONTRAST:
            raise NotChecked(f"what is {thing.color} on {facts.background} cannot be made out")
    if (facts.relation or facts.ratio) and len(facts.things) != 2:
        raise NotChecked("a relation or a ratio is checked between two things only")
    if len(facts.things) > 1 and any(thing.size for thing in facts.things):
        raise NotChecked("in company only a big thing beside a small one is checked for size")
    if len(shapes) < len(facts.things) and (facts.ratio or any(thing.size and thing.count > 1 for thing in facts.things)):
        raise NotChecked("the relative size of objects is not checked")
    alike = any(a.kind == b.kind and (a.color == b.color or None in (a.color, b.color)) for k, a in enumerate(facts.things) for b in facts.things[:k])
    if alike:
        raise NotChecked("things that look alike cannot be told apart")


# MARK: Facts in JSON


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


def json_facts(value) -> Facts:
    """The facts that a line's "facts" states; throws Invalid where it is not of the form above."""
    _object(value, ("things", "relation", "ratio", "sign", "background"), '"facts"')
    things = value.get("things") or []
    if not isinstance(things, list):
        raise Invalid(f'"things" is not a list: {json.dumps(things)}')
    read = []
    for thing in things:
        _object(thing, ("kind", "color", "count", "size", "place"), 'a thing of "facts"')
        kind = _one_of(thing.get("kind", ""), [*world.SHAPES, *artwork.OBJECTS], '"kind"')
        paint = _one_of(thing.get("color"), world.COLORS, '"color"')
        count = thing.get("count", 1)
        if kind is None or type(count) is not int or count < 1:
            raise Invalid(f'a thing of "facts" has no kind, or a count that is not 1 or more: {json.dumps(thing)}')
        if paint and kind in artwork.OBJECTS:
            raise Invalid(f'a thing of "facts" that is an object has no color: {json.dumps(thing)}')
        size, place = _one_of(thing.get("size"), captions.SIZE_WORDS, '"size"'), _one_of(thing.get("place"), world.PLACES, '"place"')
        read.append(Thing(kind, paint, count, size, place))
    ratio = value.get("ratio")
    if ratio is not None:
        numbers = isinstance(ratio, list) and len(ratio) == 2 and all(type(r) in (int, float) for r in ratio)
        if not numbers or not 0 <= ratio[0] <= ratio[1]:
            raise Invalid(f'"ratio" is not a least and a greatest number: {json.dumps(ratio)}')
        ratio = (float(ratio[0]), float(ratio[1]))
    sign = value.get("sign")
    if sign is not None:
        _object(sign, ("word", "color"), '"sign"')
        if not isinstance(sign.get("word"), str) or not isinstance(sign.get("color"), str):
            raise Invalid(f'"sign" has not both a word and a color: {json.dumps(sign)}')
        sign = (sign["word"].upper(), _one_of(sign["color"], world.COLORS, "the sign's color"))
    if not read and not sign:
        raise Invalid('"facts" has neither "things" nor "sign"')
    relation, ground = _one_of(value.get("relation"), world.RELATIONS, '"relation"'), _one_of(value.get("background"), world.COLORS, '"background"')
    facts = Facts(tuple(read), relation, ratio, sign, ground)
    check(facts)
    return facts


# MARK: Pictures


@dataclass
class Seen:
    """Where a thing stands, in pixels."""

    x: float
    y: float
    extent: float


@cache
def _artwork(size: int) -> tuple[np.ndarray, np.ndarray]:
    """The paint [objects, size, size, 3] and the coverage [objects, size, size, 1] of all objects."""
    paint, alpha = zip(*(artwork.bitmap(name, size) for name in artwork.OBJECTS))
    return np.stack(paint), np.stack(alpha)


def _objects(picture: np.ndarray, names: list[str]) -> tuple[list[tuple[str, Seen]], np.ndarray]:
    """The objects of some names on the lattice, the surest first, and the picture without them."""
    ground = checker.background(picture)
    drawn = np.abs(picture.astype(float) - ground).sum(-1) > CONTRAST
    candidates = []
    everything = list(artwork.OBJECTS)
    wanted = [everything.index(name) for name in names]
    for size in (48, 32):
        paint, alpha = _artwork(size)
        expected = paint * 255 + (1 - alpha) * ground.astype(np.float32)  # as checker.object_at, all objects at once
        contrast = np.abs(expected[wanted] - ground).mean((1, 2, 3))
        for y in range(0, world.SIZE - size + 1, world.CELL):
            for x in range(0, world.SIZE - size + 1, world.CELL):
                if drawn[y : y + size, x : x + size].mean() < 0.1:
                    continue
                area = picture[y : y + size, x : x + size]
                # The limit of checker.named_object; and better than no object at all, as thin ones are near to nothing.
                if (np.abs(expected[wanted] - area).mean((1, 2, 3)) >= np.minimum(40, 0.6 * contrast)).all():
                    continue
                errors = np.abs(expected - area).mean((1, 2, 3))
                best = int(errors.argmin())
                if best in wanted:
                    candidates.append((float(errors[best]), everything[best], x, y, size))
    found, rest = [], picture.copy()
    taken = np.zeros(drawn.shape, bool)
    for _, name, x, y, size in sorted(candidates):
        box = slice(y, y + size), slice(x, x + size)
        if taken[box].any():
            continue
        taken[box] = True
        rest[box] = np.round(ground)
        found.append((name, Seen(x + size / 2, y + size / 2, size - 2)))
    return found, rest


def _stands(seen: Seen, place: str) -> bool:
    """Whether a thing is in the right third of the room that it has; "left" says nothing of up and down."""

    def third(centre, extent):
        return min(2, int(3 * (centre - extent / 2) / max(1, world.SIZE - extent)))

    column, row = world.PLACES[place]
    across = place in ("top", "bottom") or third(seen.x, seen.extent) == column
    return across and (place in ("left", "right") or third(seen.y, seen.extent) == row)


def _sorted_things(picture: np.ndarray, things: tuple[Thing, ...]) -> list[list[Seen]] | str:
    """Where each of the things stands; or what is missing, or there beside them."""
    names = [thing.kind for thing in things if not thing.is_shape]
    if names and len(things) == 1 and things[0].count == 1:
        name = checker.named_object(picture)
        if name != things[0].kind:
            return f"no {things[0].kind} is seen"
        ys, xs = np.where(np.abs(picture.astype(float) - checker.background(picture)).sum(-1) > CONTRAST)
        extent = max(np.ptp(xs), np.ptp(ys)) + 1
        return [[Seen((xs.min() + xs.max() + 1) / 2, (ys.min() + ys.max() + 1) / 2, float(extent))]]
    objects, rest = _objects(picture, names) if names else ([], picture)
    shapes = checker.things(rest)
    places = [[] for _ in things]
    # Shapes of a color are taken before shapes of any.
    for k, thing in sorted(enumerate(things), key=lambda pair: pair[1].color is None):
        if thing.is_shape:
            mine = [s for s in shapes if s.shape == thing.kind and thing.color in (None, s.color)]
            shapes = [s for s in shapes if not any(s is m for m in mine)]
            places[k] = [Seen(s.x, s.y, s.extent) for s in mine]
        else:
            places[k] = [seen for name, seen in objects if name == thing.kind]
        if len(places[k]) != thing.count:
            return f"{thing.name}: {len(places[k])}, not {thing.count}"
    if shapes:
        other = "a thing of no known shape" if shapes[0].shape == "nothing" else f"a {shapes[0].color} {shapes[0].shape}"
        return f"{other} is there too"
    return places


def wrong(picture: np.ndarray, facts: Facts) -> str | None:
    """The first fact that does not hold in a picture [64, 64, 3], uint8, in words; None where all hold."""
    ground = checker.color_name(checker.background(picture))
    if facts.background not in (None, ground):
        return f"the background is {ground}, not {facts.background}"
    if facts.sign:
        word = checker.read_sign(picture, facts.sign[1])
        return None if word == facts.sign[0] else f'a {facts.sign[1]} sign with "{word}" is read, not with "{facts.sign[0]}"'
    places = _sorted_things(picture, facts.things)
    if isinstance(places, str):
        return places
    for thing, seen in zip(facts.things, places):
        if thing.place and not all(_stands(s, thing.place) for s in seen):
            return f"{thing.name}: not at the {thing.place}"
        if thing.size and not all(s.extent < 20 if thing.size == "small" else s.extent > 34 for s in seen):
            return f"{thing.name}: not {thing.size}"
    if facts.relation:
        dx = min(b.x for b in places[1]) - max(a.x for a in places[0]), min(a.x for a in places[0]) - max(b.x for b in places[1])
        dy = min(b.y for b in places[1]) - max(a.y for a in places[0]), min(a.y for a in places[0]) - max(b.y for b in places[1])
        if dict(zip(world.RELATIONS, (*dx, *dy)))[facts.relation] < 4:
            word = captions.PHRASES[facts.relation][0]
            return f"{facts.things[0].name}: not {word} {facts.things[1].name}"
    if facts.ratio:
        ratio = np.mean([s.extent for s in places[0]]) / np.mean([s.extent for s in places[1]])
        if not facts.ratio[0] < ratio < facts.ratio[1]:
            least, most = facts.ratio
            return f"{facts.things[0].name}: {ratio:.2f} times the side of {facts.things[1].name}, not {least:.2f} to {most:.2f}"
    return None


# MARK: Results files


@dataclass(frozen=True)
class Row:
    id: str | int
    picture: Path | None
    facts: Facts | None
    reason: str | None  # why there are no facts or no picture


def _row(text: str, folder: Path) -> Row:
    try:
        line = json.loads(text)
    except ValueError as error:
        raise Invalid(f"is not JSON: {error}") from None
    if not isinstance(line, dict) or type(line.get("id")) not in (str, int):
        raise Invalid('is not an object with an "id"')
    id, file, prompt, stated = (line.get(key) for key in ("id", "file", "prompt", "facts"))
    if file is None and line.get("error") is not None:
        return Row(id, None, None, "no picture was drawn")
    if not isinstance(file, str) or not file:
        raise Invalid(f'"file" of {json.dumps(id)} is not a file\'s name: {json.dumps(file)}')
    picture = folder / file
    if not picture.is_file():
        raise Invalid(f"there is no picture {picture}")
    try:
        if stated is not None:
            return Row(id, picture, json_facts(stated), None)
        if prompt is None:
            raise Invalid(f'{json.dumps(id)} has neither "prompt" nor "facts"')
        if not isinstance(prompt, str):
            raise NotChecked("the prompt is not text")
        return Row(id, picture, prompt_facts(prompt), None)
    except NotChecked as error:
        return Row(id, picture, None, str(error))


def read_results(path: Path, folder: Path) -> list[Row]:
    """The rows of a results file; throws Invalid with file and line before any picture is looked at."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from None
    rows, seen = [], set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _row(line.decode(), folder)
            if row.id in seen:
                raise Invalid(f"the id {json.dumps(row.id)} is there already")
        except UnicodeDecodeError:
            raise Invalid(f"{path}:{number}: is not UTF-8") from None
        except Invalid as error:
            raise Invalid(f"{path}:{number}: {error}") from None
        seen.add(row.id)
        rows.append(row)
    return rows


def judge(row: Row) -> dict:
    """The line of a row: whether its picture is faithful, and if not, why."""
    if row.facts is None:
        return {"id": row.id, "faithful": None, "reason": row.reason}
    try:
        picture = Image.open(row.picture).convert("RGB")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid(f"{row.picture}: is not a picture that can be read: {error}") from None
    side = world.SIZE
    if picture.width != picture.height or picture.width < side:
        size = f"{picture.width}x{picture.height}"
        return {"id": row.id, "faithful": None, "reason": f"pictures of {size} are not checked, but squares of {side} pixels or more"}
    if picture.width > side:
        picture = picture.resize((side, side), Image.Resampling.BOX)
    reason = wrong(np.asarray(picture), row.facts)
    return {"id": row.id, "faithful": reason is None} | ({"reason": reason} if reason else {})


def main():
    parser = argparse.ArgumentParser(prog="evaluate facts", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path, metavar="RESULTS.jsonl")
    parser.add_argument("--pictures-folder", type=Path, metavar="FOLDER", help="where the files lie; default: beside the results")
    options = parser.parse_args()
    try:
        for row in read_results(options.results, options.pictures_folder or options.results.parent):
            print(json.dumps(judge(row), ensure_ascii=False), flush=True)
    except Invalid as error:
        print(f"weft: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
