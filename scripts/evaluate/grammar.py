"""What a prompt says, in the grammar of the embedded model's captions (train/captions.py), as facts.

What is not in the grammar throws NotChecked with the reason. From the outside to the inside: an opening, the ground, light,
what is not there, a sign, the order of three, relations and sizes, things.
"""

import itertools
import re
from dataclasses import replace
from functools import cache

import seeing  # noqa: F401  puts train/ on the path
import artwork
import captions
import world
from prompts import quote_named_word
from stated import HALF, LESS, MORE, PARTS, SAME, TWICE, Facts, NotChecked, Sign, Thing, check

RATIOS = {
    "twice the size of": TWICE, "twice as big as": TWICE, "twice as large as": TWICE, "two times the size of": TWICE, "half the size of": HALF,
    "half as big as": HALF, "half as large as": HALF, "bigger than": MORE, "larger than": MORE, "smaller than": LESS,
    "as big as": SAME, "as large as": SAME, "the same size as": SAME,
}
RELATIONS = {phrase: relation for relation, phrases in captions.PHRASES.items() for phrase in phrases}
IT = {}  # "to the left of it" and the like
for _phrase, _relation in RELATIONS.items():
    for _it in ("it", "them"):
        IT[f"{_phrase} {_it}"] = _relation
IT |= {"inside": "inside"}
SIZES = {word: size for size, said in captions.SIZE_WORDS.items() for word in [size, *said]}
COLORS = {word: name for name in world.COLORS for word in [name, *captions.COLOR_SYNONYMS.get(name, [])]}
PLACES = {
    f"{lead} {said}{tail}": place
    for place in world.PLACES
    for said in (place, place.replace(" ", "-"))
    for lead in ("in the", "at the", "on the", "on the viewer's")
    for tail in ("", " corner", " side", " edge")
}
PLACES |= {f"{lead} the {word}": "center" for lead in ("in", "at") for word in ("middle", "centre")}
ADJECTIVES = {"checked": "checks", "chequered": "checks", "checkered": "checks", "dotted": "dots", "spotted": "dots", "polka-dot": "dots", "polka dot": "dots", "striped": "stripes",
              "stripy": "stripes", "horizontally striped": "horizontal stripes", "vertically striped": "vertical stripes"}
WITH = {"stripes": "stripes", "horizontal stripes": "horizontal stripes", "vertical stripes": "vertical stripes", "dots": "dots", "spots": "dots",
        "polka dots": "dots", "checks": "checks", "a checkered pattern": "checks"}
LIGHT = {f"{lead} {where}": light for light, said in captions.LIGHT_FROM.items() for where in said
         for lead in (", light", " lit", " with light", " with light coming", ", sunlight", " with the light", ", with light", ", lit")}
LIGHT |= {f"{lead} {where}": light for light, said in captions.SHADOW.items() for where in said
          for lead in (" with its shadow", " with a shadow", " casting a shadow")}
OPENINGS = sorted([*captions.OPENINGS, "there is ", "there are "], key=len, reverse=True)
NUMBERS = {"a": 1, "an": 1, "one": 1, "a single": 1, "single": 1, "a pair of": 2, "a couple of": 2} | {word: n for n, word in enumerate(world.NUMBERS) if n}
PART_WORDS = {"window": "window", "windows": "window", "door": "door", "doors": "door", "apple": "apple", "apples": "apple", "eyes": "eye", "mouth": "mouth",
              "smile": "mouth", "hat": "hat"}


def _any(said) -> str:
    """A regular expression for one of some words, the longest that fits."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True)) + ")"


@cache
def nouns() -> dict[str, tuple[str, bool]]:
    """All names of things: what they mean, and whether they mean one."""
    found = {}
    for names, synonyms in (([*world.SHAPES, *world.SOLIDS, *world.BUILT], captions.SYNONYMS), (artwork.NAMES, artwork.SYNONYMS)):
        for name in names:
            for noun in synonyms.get(name, []):
                found |= {re.sub("y$", "ies", noun): (name, False), captions.plural(noun): (name, False), noun: (name, True)}
    for name in artwork.NAMES:
        found |= {artwork.plural(name): (name, False), name: (name, True)}
    for name in [*world.SHAPES, *world.SOLIDS, *world.BUILT]:
        found |= {captions.plural(name): (name, False), name: (name, True)}
    return found


@cache
def grounds() -> dict[str, str]:
    """All ways to say a background after the rest."""
    out = {phrase: name for name, said in captions.SCENERY.items() for phrase in said}
    for word, name in COLORS.items():
        paint = captions.a(word)
        for phrase in (f"on {paint} background", f"against {paint} background", f"on {word}", f"with {paint} background", f", {word} background"):
            out[phrase] = name
        if f"{name} gradient" in world.GRADIENTS:
            for phrase in (f"on {paint} gradient background", f"on a background that fades from {word} to white", f"with a gradient from {word} to white",
                           f"on {paint} gradient"):
                out[phrase] = f"{name} gradient"
    return out


@cache
def _compiled() -> dict[str, re.Pattern]:
    number = f"(?P<group>a group of )?(?P<number>{_any(NUMBERS)}|[1-9]\\d?)"
    middle = f"(?:(?P<size>{_any(SIZES)}) )?(?:(?P<first>{_any(ADJECTIVES)}) )?"
    paint = f"(?:(?P<color>{_any(COLORS)}) )?(?:(?P<late>{_any(ADJECTIVES)}) )?"
    tail = f"(?: with (?P<with>{_any(WITH)}))?(?: (?P<place>{_any(PLACES)}))?"
    noun = f"(?P<noun>{_any(nouns())})(?P<parts>§\\d+)?"
    board = "(?:sign|board|placard)"
    color = _any(COLORS)
    ink = f"(?: in (?P<ink>(?:{color} ?)?(?:small ?)?(?:letters)?))?"
    ink2 = ink.replace("<ink>", "<ink2>")
    lead = "(?:the word |the text |the number )?"
    built = _any([n for n, (kind, _) in nouns().items() if kind in PARTS])
    part = f"(?:a |an |any |one |no |{_any(world.NUMBERS)} |\\d )?{_any(PART_WORDS)}"
    return {
        "thing": re.compile(f"(?:{number} )?{middle}{paint}{noun}{tail}"),
        "object": re.compile(f"(?:{number} )?{middle}(?P<noun>{_any(nouns())}){tail}"),
        "ground after": re.compile(f"(.*?)(?: |(?=,))({_any(grounds())})"),
        "ground before": re.compile(f"({_any(grounds())}),? (.*)"),
        "light": re.compile(f"(.*?)({_any(LIGHT)})"),
        "absent": re.compile(f"(.*?)(?:,? (?:and|but|with) no|,? without any|,? without|,? w/o any|,? w/o|,? and not|, no) (?:an? )?({_any(noun.replace(' and ', '+') for noun in nouns())})"),
        "empty sign": re.compile(f"an? (?:empty|blank) (?P<color>{color}) {board}|an? (?P<color2>{color}) {board} (?:without words|with no text|without any text)"),
        "sign": re.compile(f'an? (?P<color>{color}) {board} (?:with {lead}"#"(?: written on it)?|(?:that says|saying|reading) {lead}"#"){ink}'
                           f'|{lead}"#"{ink2} on an? (?P<color2>{color}) {board}'),
        "parts": re.compile(f"\\b({built})((?: (?:with|w/o|without)| but without| and without| and no| with no) {part}(?:,? (?:and|or|and no|but without|and without|&) {part})*)"),
        "part": re.compile(f"(with no|and no|but without|and without|without|w/o|with|and|or|&) (a |an |any |one |no |{_any(world.NUMBERS)} |\\d )?({_any(PART_WORDS)})"),
        "related": re.compile(f" {_any(RELATIONS)} "), "it": re.compile(f"(.+?) with (.+?) ({_any(IT)})"),
        "it late": re.compile(f"(.+) (?:with|and) (.+?) ({_any(IT)})"), "and it": re.compile(f"(.+) and ({_any(IT)}) (.+)"),
        "inside": re.compile("(.+?) with (.+?) (?:inside it|inside|in it)|(.+?) (?:containing|around) (.+)"),
        "sides": re.compile("(.+?) (?:on|at) the (?:viewer's )?(left|right|top|bottom)(?: side)? and (.+) (?:on|at) the (?:viewer's )?(left|right|top|bottom)(?: side)?"),
        "ratio": re.compile(f"(.+?) ({_any(RATIOS)}) (.+)"), "same": re.compile("(.+) of (?:the same|equal) size"),
        "order": re.compile("from (left to right|top to bottom): (.+), (.+?),? and (.+)"),
        "row": re.compile("(.+) on the left, (.+) in the middle,? and (.+) on the right"),
        "column": re.compile("(.+) at the top, (.+) in the middle,? and (.+) at the bottom"),
    }


def _full(name: str, text: str) -> re.Match | None:
    return _compiled()[name].fullmatch(text)


class _Reader:
    """Reads the things of one prompt; the parts of built things were put aside before."""

    def __init__(self, parts: list[str]):
        self.parts = parts

    def thing(self, text: str) -> Thing:
        text = text.replace("+", " and ")
        match = _full("object", text) or _full("thing", text)
        if not match or match["noun"] not in nouns():
            raise NotChecked(f'"{self.plain(text)}" is not in the grammar of the embedded model')
        said = match.groupdict()
        kind, one = nouns()[said["noun"]]
        number, paint = said["number"], COLORS.get(said.get("color"))
        if number is None and not one:
            raise NotChecked(f'"{text}" does not say how many')
        if paint and kind in artwork.OBJECTS:
            raise NotChecked(f"the color of a {kind} is not checked")
        pattern = ADJECTIVES.get(said.get("first")) or ADJECTIVES.get(said.get("late")) or WITH.get(said.get("with"))
        if pattern and kind not in world.SHAPES:
            raise NotChecked(f"the pattern of a {kind} is not checked")
        count = int(number) if number and number.isdigit() else NUMBERS.get(number, 1)
        if kind == "tree" and not paint:
            paint = "green"
        parts = self.part_counts(kind, self.parts[int(said["parts"][1:])]) if said.get("parts") else ()
        return Thing(kind, paint, count, SIZES.get(said["size"]), PLACES.get(said["place"]), pattern, parts)

    def part_counts(self, kind: str, text: str) -> tuple[tuple[str, int], ...]:
        out, lacking = {}, False
        for link, number, word in _compiled()["part"].findall(text):
            name, number = PART_WORDS[word], number.strip()
            lacking = link in ("with no", "and no", "but without", "and without", "without", "w/o") or lacking and link in ("or", "and", "&")
            if name not in PARTS[kind]:
                raise NotChecked(f"the {word} of a {kind} is not checked")
            default = 2 if name == "eye" else 1
            out[name] = 0 if lacking or number == "no" else int(number) if number.isdigit() else NUMBERS.get(number, default)
            if number == "no":
                lacking = True
        return tuple((name, out[name]) for name in PARTS[kind] if name in out)

    def plain(self, text: str) -> str:
        return re.sub(r"§(\d+)", lambda m: self.parts[int(m[1])], text)

    def listed(self, text: str) -> Facts:
        """Things side by side of which no order is said."""
        errors = []
        parts = re.split(r"(, and |, | and | next to | with )", text)
        # "With" may begin another thing, or be a part of the one before, as dots are.
        doubtful = [i for i in range(1, len(parts), 2) if parts[i] in (" next to ", " with ")][:6]
        for splits in sorted(itertools.product((False, True), repeat=len(doubtful)), key=sum):
            joined = {i for i, is_split in zip(doubtful, splits) if not is_split}
            names = [parts[0]]
            for i in range(1, len(parts), 2):
                if i in joined:
                    names[-1] += parts[i] + parts[i + 1]
                else:
                    names.append(parts[i + 1])
            try:
                things: dict[Thing, Thing] = {}
                for thing in map(self.thing, names):  # the same thing twice is two of it
                    key = replace(thing, count=1)
                    things[key] = replace(thing, count=thing.count + (things[key].count if key in things else 0))
                return Facts(tuple(things.values()))
            except NotChecked as error:
                errors.append(error)
        raise errors[0]

    def related(self, text: str) -> Facts:
        """Two things and how they stand, or any number side by side."""
        for way in (self._one, self._it, self._sides, self._ratio, self._relation):
            try:
                facts = way(text)
                if facts:
                    return facts
            except NotChecked:
                pass
        return self.listed(text)

    def _one(self, text):
        return Facts((self.thing(text),))

    def _pair(self, a, b, relation):
        return Facts((self.thing(a), self.thing(b)), relation)

    def _it(self, text):
        if match := _full("inside", text):
            outer, inner = [g for g in match.groups() if g]
            return self._pair(inner, outer, "inside")
        for name in ("it", "it late"):
            if match := _full(name, text):
                try:
                    return self._pair(match[2], match[1], IT[match[3]])
                except NotChecked:
                    pass
        if match := _full("and it", text):
            return self._pair(match[3], match[1], IT[match[2]])

    def _sides(self, text):
        opposite = captions.OPPOSITE | {"top": "bottom", "bottom": "top"}
        if (match := _full("sides", text)) and opposite[match[2]] == match[4]:
            return self._pair(match[1], match[3], {"top": "above", "bottom": "below"}.get(match[2], match[2]))

    def _ratio(self, text):
        if match := _full("ratio", text):
            return replace(self._pair(match[1], match[3], None), ratio=RATIOS[match[2]])
        if match := _full("same", text):
            facts = self.listed(match[1])
            if len(facts.things) == 2:
                return replace(facts, ratio=SAME)

    def _relation(self, text):
        for match in _compiled()["related"].finditer(text):
            try:
                return self._pair(text[: match.start()], text[match.end() :], RELATIONS[match[0].strip()])
            except NotChecked:
                continue

    def body(self, text: str) -> Facts:
        """All that stands in the picture but a sign."""
        for name, layout in (("row", "row"), ("column", "column")):
            if match := _full(name, text):
                return Facts(tuple(map(self.thing, match.groups())), layout=layout)
        if match := _full("order", text):
            return Facts(tuple(map(self.thing, match.groups()[1:])), layout="row" if match[1] == "left to right" else "column")
        if " between " in text:
            raise NotChecked('"between" is not checked')
        for match in re.finditer(", and |, | and ", text):  # a third thing in a corner
            try:
                first, last = self.related(text[: match.start()]), self.thing(text[match.end() :])
                if first.relation and last.place:
                    return replace(first, things=(*first.things, last))
            except NotChecked:
                pass
        return self.related(text)


def prompt_facts(prompt: str) -> Facts:
    """The facts that a prompt says; throws NotChecked where it says what the grammar does not have."""
    prompt = quote_named_word(prompt)
    quoted = re.findall('["“”]([^"“”]*)["“”]', prompt)
    text = re.sub('["“”][^"“”]*["“”]', '"#"', prompt).lower()
    text = re.sub(r"\s+", " ", text).strip().removesuffix(".").rstrip().replace("’", "'").replace(" & ", " and ").replace(" w/o ", " without ")
    opening = next((opening for opening in OPENINGS if text.startswith(opening)), "")
    text, background, light, absent = text[len(opening) :], None, None, ()
    reader = _Reader([])

    def aside(match):
        reader.parts.append(match[2])
        return f"{match[1]}§{len(reader.parts) - 1}"

    for noun in nouns():
        if " and " in noun:
            text = text.replace(noun, noun.replace(" and ", "+"))
    if match := _full("ground after", text):
        text, background = match[1], grounds()[match[2]]
    elif match := _full("ground before", text):
        text, background = match[2], grounds()[match[1]]
    if match := _full("light", text):
        text, light = match[1], LIGHT[match[2]]
    text = _compiled()["parts"].sub(aside, text)
    if not quoted and (match := _full("absent", text)):
        text, absent = match[1], (nouns()[match[2].replace("+", " and ")][0],)
    facts = _with_sign(text, quoted, reader)
    facts = replace(facts, light=light, absent=absent)
    seen = facts.things
    if facts.relation == "inside" and seen[1].kind != "ring":
        seen = seen[1:]  # what is inside stands on the other thing
    white = "white" in [thing.color for thing in seen] + ([facts.sign.color] if facts.sign else [])
    facts = replace(facts, background=background or ("black" if white else "white"))
    sizes = [thing.size for thing in facts.things]
    if len(sizes) == 2 and sorted(map(str, sizes)) == ["big", "small"]:
        facts = replace(facts, things=tuple(replace(thing, size=None) for thing in facts.things), ratio=MORE if sizes[0] == "big" else LESS)
    check(facts)
    return facts


def _with_sign(text: str, quoted: list[str], reader: _Reader) -> Facts:
    match = _compiled()["sign"].search(text) if quoted else _compiled()["empty sign"].search(text)
    if not match:
        if quoted:
            raise NotChecked(f'"{text}" is not a sign with one word, as the embedded model knows them')
        return reader.body(text)
    if len(quoted) > 1:
        raise NotChecked("only one word on one sign is checked")
    said = match.groupdict()
    board = COLORS[said["color"] or said["color2"]]
    ink = re.match(_any(COLORS), (said.get("ink") or said.get("ink2") or "").strip())
    sign = Sign(quoted[0].strip().upper() if quoted else "", board, ink and COLORS[ink[0]])
    before, after = text[: match.start()].strip(), text[match.end() :].strip()
    if not before and not after:
        return Facts(sign=sign)
    relations = {p: r for p, r in RELATIONS.items() if r in world.SIDES}
    if before and not after:
        for phrase in sorted(relations, key=len, reverse=True):
            if before.endswith(" " + phrase):
                return Facts((reader.thing(before[: -len(phrase) - 1]),), relations[phrase], sign=sign)
        other = re.fullmatch("(.+?)(?: and| with| next to)", before)
    else:
        for phrase in sorted(relations, key=len, reverse=True):
            if after.startswith(phrase + " ") and not before:
                return Facts((reader.thing(after[len(phrase) + 1 :]),), captions.OPPOSITE[relations[phrase]], sign=sign)
        other = re.fullmatch("(?:and|with|next to) (.+)", after) if not before else None
    if not other:
        raise NotChecked(f'"{text}" is not a sign with one word, as the embedded model knows them')
    return Facts((reader.thing(other[1]),), sign=sign)
