"""Captions: many ways to say in plain English what is in a scene.

`full` captions say every fact of a scene that a checker would look for (the suite's prompts); others leave out what goes
without saying (a white background, the parts of a house), or what is left to the model (a color), and say things more freely.
"""

import dataclasses
import random

import artwork
from world import GRADIENTS, INKS, NUMBERS, PALETTE, Group, Scene, Sign, Thing

SYNONYMS = {
    "circle": ["disc", "disk", "round shape"], "ring": ["hoop", "annulus"], "cross": ["plus sign", "plus"], "diamond": ["rhombus"],
    "oval": ["ellipse"], "crescent": ["crescent shape"], "heart": ["love heart"], "star": ["five-pointed star"],
    "rectangle": ["bar", "oblong"], "arrow": ["arrow pointing right", "right arrow"],
    "ball": ["sphere"], "cube": ["block", "box"], "cone": ["cone"], "house": ["home", "cottage"], "tree": ["tree"], "face": ["round face"],
}
COLOR_SYNONYMS = {
    "gray": ["grey"], "purple": ["violet"], "cyan": ["turquoise", "aqua", "light blue", "teal"], "red": ["bright red"], "black": ["jet black"],
    "blue": ["royal blue"], "pink": ["rose pink"]
}
PATTERN_WORDS = {
    "horizontal stripes": (["striped", "striped", "horizontally striped", "stripy"], ["stripes", "horizontal stripes"]),
    "vertical stripes": (["vertically striped"], ["vertical stripes"]),
    "dots": (["dotted", "dotted", "spotted", "polka-dot", "polka dot"], ["dots", "spots", "polka dots"]),
    "checks": (["checkered", "checked", "chequered"], ["checks", "a checkered pattern"]),
}
SIZE_WORDS = {"small": ["small", "small", "little", "tiny", "mini"], "big": ["big", "big", "large", "huge", "giant", "enormous"]}
PHRASES = {
    "left": ["left of", "to the left of", "on the left of", "on the left side of", "to the viewer's left of", "directly left of", "on the left-hand side of"],
    "right": ["right of", "to the right of", "on the right of", "on the right side of", "to the viewer's right of", "directly right of", "on the right-hand side of"],
    "above": ["above", "above", "over", "on top of", "higher than", "directly above", "just above"],
    "below": ["below", "below", "under", "beneath", "underneath", "lower than", "directly below", "just below", "directly under"],
    "in front of": ["in front of", "in front of", "partly covering", "overlapping", "partially covering", "covering part of", "hiding part of"],
    "behind": ["behind", "behind", "partly behind", "partially behind", "half behind", "half hidden behind", "partly hidden by", "partially hidden by", "partly hidden behind", "partially hidden behind", "partly covered by", "partially covered by"],
    "inside": ["inside", "inside", "in", "within", "inside of"],
}
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above", "in front of": "behind", "behind": "in front of"}
# What captions that do not say everything may use too.
FREE_COLORS = {
    "yellow": ["golden", "gold", "bright yellow"], "gray": ["silver"], "red": ["scarlet", "crimson"], "blue": ["dark blue", "navy blue", "navy"],
    "green": ["dark green", "bright green"], "brown": ["dark brown"], "orange": ["bright orange"], "pink": ["light pink"], "purple": ["dark purple"],
}
FREE_PHRASES = {
    "left": ["at the left of", "to the immediate left of", "just left of", "located left of"],
    "right": ["at the right of", "to the immediate right of", "just right of", "located right of"],
    "above": ["up above", "right above", "hovering above", "floating above", "flying over"],
    "below": ["right below", "right under", "located below", "down below"],
    "in front of": ["that overlaps", "that covers part of", "that hides part of", "blocking part of", "partly hiding", "obscuring part of", "partially in front of"],
    "behind": ["partly obscured by", "partially obscured by", "peeking out from behind", "sticking out from behind", "mostly behind", "overlapped by"],
    "inside": ["enclosed by", "surrounded by", "contained in", "in the middle of"],
}
FREE_OPENINGS = ["i want a picture of ", "could you draw ", "please make a picture of ", "a photograph of ", "a sketch of ", "an icon of ", "clipart of ",
                 "a minimalist drawing of ", "a cute picture of ", "a realistic photo of ", "a high quality image of ", "picture of ", "let me see "]
DOING = ["that is", "which is", "placed", "sitting", "standing", "positioned", "is", "lying", "located", "resting", "floating", "flying"]
DOING_OUTSIDE = ["sitting", "standing", "lying", "resting", "floating", "flying", "swimming", "walking", "running", "playing", "sleeping", "parked", "hidden", "alone"]
OPENINGS = ["a picture of ", "an image of ", "a drawing of ", "an illustration of ", "draw ", "please draw ", "show me ", "i want ", "a simple picture of ", "a photo of ", "a painting of ", "generate ", "create ", "make ", "paint ", "give me ", "can you draw ", "draw me ", "a cartoon of ", "a scene with ", "a picture with "]
SCENERY = {
    "meadow": ["in a meadow", "on the grass", "on grass under a blue sky", "in a green field", "with sky and grass", "outside on a sunny day", "in the grass", "in a field", "in a park"],
    "hill": ["on a hill", "on a green hill", "on top of a hill", "on a grassy hill", "on the hill"],
    "night": ["at night", "in the night", "under the stars", "under a starry sky", "at night under the stars", "in the night sky", "against the night sky", "in the dark"],
    "sea": ["at sea", "on the sea", "by the sea", "in front of the sea", "with the sea in the background", "on the ocean", "in the sea", "in the ocean", "on the water", "at the seaside"],
    "desert": ["in the desert", "in a desert", "on sand", "in a sandy desert", "on the sand"],
    "snow": ["in the snow", "in snow", "in winter", "on a snowy day", "on the snow", "in a snowy landscape"],
}
LIGHT_FROM = {"left": ["from the left", "from the left side", "from the viewer's left"], "right": ["from the right", "from the right side", "from the viewer's right"],
              "above": ["from above", "from the top", "from overhead"]}
SHADOW = {"left": ["to the right", "on the right", "falling to the right"], "right": ["to the left", "on the left", "falling to the left"], "above": ["right under it", "directly below it"]}


def _phrase(rng: random.Random, relation: str, full: bool) -> str:
    return rng.choice(PHRASES[relation] if full or rng.random() < 0.8 else FREE_PHRASES[relation])


def _some(rng: random.Random, word: str, synonyms: dict, chance: float) -> str:
    return rng.choice(synonyms[word]) if word in synonyms and rng.random() < chance else word


def a(phrase: str) -> str:
    return phrase if artwork.plural_only(phrase) else f"{artwork.article(phrase)} {phrase}"


def the(phrase: str) -> str:
    """The phrase with "the" in place of its article, or before its digit; others stay as they are."""
    if phrase.startswith(("a ", "an ")):
        return f"the {phrase.split(' ', 1)[1]}"
    return f"the {phrase}" if phrase[0].isdigit() else phrase


def plural(noun: str) -> str:
    if noun in artwork.OBJECTS:
        return artwork.plural(noun)
    if noun == "arrow pointing right":
        return "arrows pointing right"
    return artwork.regular_plural(noun)


def number(rng, n: int) -> str:
    return NUMBERS[n] if rng.random() < 0.7 else str(n)


def _parts(rng, thing: Thing, full: bool) -> str:
    """The parts of a built thing: " with two windows and no door"."""
    said = []
    for name, n in thing.parts:
        if name == "eye":
            if n == 0:
                said.append((False, rng.choice(["eyes", "any eyes"])))
            continue
        if n == 0:
            if full or rng.random() < 0.75:
                said.append((False, rng.choice([name + "s", "any " + name + "s", name + "s"]) if name in ("window", "apple") else rng.choice(["a " + name, "any " + name])))
        elif full or rng.random() < 0.8:
            if n == 1:
                words = rng.choice([a(name), a(name), "one " + name]) if name in ("window", "apple") else a(name)
                if name == "mouth" and rng.random() < 0.4:
                    words = "a smile"
            else:
                words = f"{number(rng, n)} {name}s"
            said.append((True, words))
    rng.shuffle(said)
    have, lack = [w for yes, w in said if yes], [w for yes, w in said if not yes]
    out = ""
    if have:
        out += " with " + " and ".join(have)
    if lack:
        bare = [w.removeprefix("any ").removeprefix("a ") for w in lack]
        if rng.random() < 0.3 or have and rng.random() < 0.5:
            out += (" and no " if have else " with no ") + " and no ".join(bare)
        else:
            out += (" but without " if have and rng.random() < 0.4 else " and without " if have else " without ") + " or ".join(lack)
    return out


def noun(rng, thing: Thing, many=False, full=False) -> str:
    """The thing without article: "red circle", "striped blue hearts"."""
    if thing.color is None:
        kind = _some(rng, thing.kind, artwork.SYNONYMS, 0.4)
        return kind if not many else artwork.plural(kind) if kind == thing.kind else artwork.regular_plural(kind)
    kind = _some(rng, thing.kind, SYNONYMS, 0.1)
    paint = _some(rng, thing.color, COLOR_SYNONYMS, 0.5 if thing.color == "gray" else 0.08)
    if not full:
        if paint and rng.random() < 0.05:
            paint = _some(rng, thing.color, FREE_COLORS, 1)
        if kind == "circle" and rng.random() < 0.05:
            kind = "dot"
    if many:
        kind = plural(kind)
    words = f"{paint} {kind}" if paint else kind
    if thing.kind == "tree" and thing.color == "green" and rng.random() < 0.6:
        words = kind
    if thing.pattern:
        adjectives, things = PATTERN_WORDS[thing.pattern]
        draw = rng.random()
        if draw < 0.7:
            words = f"{rng.choice(adjectives)} {words}"
        elif draw < 0.8:
            words = f"{paint} {rng.choice(adjectives)} {kind}" if paint else f"{rng.choice(adjectives)} {kind}"
        else:
            words = f"{words} with {rng.choice(things)}"
    if thing.parts:
        words += _parts(rng, thing, full)
    return words


def counted(rng, group: Group, full=False, size: str | None = None) -> str:
    """The group with its number or article: "three red circles", "a cat"."""
    n = len(group.boxes)
    words = noun(rng, group.thing, n > 1, full)
    size = size or group.said
    if size:
        words = f"{_some(rng, size, SIZE_WORDS, 0.7)} {words}"
    if n == 1:
        if rng.random() < 0.05 and not artwork.plural_only(words):
            return rng.choice(["one ", "1 ", "a single ", *([] if full else ["just one ", "only one "])]) + words
        return a(words)
    if n == 2 and rng.random() < 0.05:
        return rng.choice(["a pair of ", "a couple of "]) + words
    if not full and (line := _line(group.boxes)) and (n == 4 or rng.random() < 0.3):
        return _in_line(rng, number(rng, n), words, line, n)
    if not full and rng.random() < 0.03:
        return f"{'a trio of' if n == 3 else 'half a dozen' if n == 6 else f'a set of {number(rng, n)}'} {words}"
    if rng.random() < 0.04:
        return f"a group of {number(rng, n)} {words}"
    if not full and rng.random() < 0.06:
        return f"{rng.choice(['exactly', 'only', 'just'])} {number(rng, n)} {words}"
    return f"{number(rng, n)} {words}"


def _line(boxes) -> str | None:
    """"row" or "column" where boxes stand in one."""
    return "row" if len({y for _, y, _ in boxes}) == 1 else "column" if len({x for x, _, _ in boxes}) == 1 else None


def _in_line(rng, count: str, words: str, line: str, n: int) -> str:
    if n == 2:
        return f"{count} {words} {rng.choice(['side by side', 'next to each other'] if line == 'row' else ['one above the other', 'on top of each other'])}"
    if line == "column":
        return rng.choice([f"{count} {words} in a column", f"a column of {count} {words}", f"{count} {words} in a vertical line"])
    return rng.choice([f"{count} {words} in a row", f"{count} {words} in a row", f"a row of {count} {words}", f"{count} {words} in a line", f"{count} {words} lined up"])


def place_words(rng, place: str, full=False) -> str:
    if not full and rng.random() < 0.15:
        if " " in place:
            side = place.replace("top", "upper").replace("bottom", "lower")
            return rng.choice([f"in the {side} corner", f"at the {side}", f"near the {place} corner", f"in the {place} of the picture", f"at {place}"])
        return rng.choice([f"on the {place} of the picture", f"on the {place}-hand side"]) if place in ("left", "right") else "in the middle of the picture" if place == "center" else f"at the {place} of the picture"
    if place == "center":
        return rng.choice(["in the center", "in the middle", "in the centre"])
    if " " in place:
        return rng.choice([f"in the {place} corner", f"at the {place}", f"in the {place}", f"in the {place.replace(' ', '-')} corner"])
    if place in ("left", "right"):
        return rng.choice([f"on the {place}", f"on the {place} side", f"on the viewer's {place}"])
    return rng.choice([f"at the {place}", f"at the {place} edge"])


def ground_words(rng, name: str, full=False) -> list[str]:
    """Ways to say a background after the rest."""
    if name in PALETTE:
        paint = _some(rng, name, COLOR_SYNONYMS, 0.5 if name == "gray" else 0.05)
        if not full and rng.random() < 0.2:
            return [f", the background is {paint}", f"over {a(paint)} background", f"on a plain {paint} background", f"on a solid {paint} background", f"with {paint} behind it",
                    f"on {a(paint)} backdrop", f", {paint} in the background"]
        return [f"on {a(paint)} background"] * 4 + [f"against {a(paint)} background", f"on {paint}", f"with {a(paint)} background", f", {paint} background"]
    if name in GRADIENTS:
        paint = name.split()[0]
        return [f"on {a(paint)} gradient background", f"on a background that fades from {paint} to white", f"with a gradient from {paint} to white", f"on {a(paint)} gradient"]
    return SCENERY[name]


def with_ground(rng, scene: Scene, text: str, full: bool) -> str:
    white = any(g.thing.color == "white" for g in scene.groups) or (scene.sign and scene.sign.board == "white")
    if scene.background == "white" and rng.random() < (0.93 if not full else 1):
        return text
    if white and scene.background == "black" and not full and rng.random() < 0.5:
        return text  # a white thing of which nothing else is said stands on black
    words = rng.choice(ground_words(rng, scene.background, full))
    if words.startswith(","):
        return text + words
    if not full and len(scene.groups) == 1 and scene.background in SCENERY and rng.random() < 0.12:
        words = f"{rng.choice(DOING_OUTSIDE)} {words}"
    elif rng.random() < 0.1:
        return f"{words}, {text}" if rng.random() < 0.5 else f"{words} {text}"
    return f"{text} {words}"


def listed(rng, parts: list[str], full=False) -> str:
    if not full and rng.random() < 0.15:
        return rng.choice([", ", " and ", ", and ", ". ", " plus "]).join(parts)
    if not full and len(parts) == 2 and rng.random() < 0.2:
        return f"{parts[0]} {rng.choice(['beside', 'together with', 'along with', 'and also', 'side by side with'])} {parts[1]}"
    if len(parts) == 2:
        return f"{parts[0]} {rng.choice(['and', 'and', 'and', 'with', 'next to'])} {parts[1]}"
    return f"{', '.join(parts[:-1])}{rng.choice([' and', ', and'])} {parts[-1]}"


def sign_words(rng, sign: Sign, full=False) -> str:
    board = rng.choice(["sign", "sign", "sign", "sign", "board", "placard"])
    paint = _some(rng, sign.board, COLOR_SYNONYMS, 0.03)
    if not sign.word:
        return rng.choice([f"an empty {paint} {board}", f"a blank {paint} {board}", f"{a(paint)} {board} without words", f"{a(paint)} {board} with no text", f"{a(paint)} {board} without any text"])
    shown = sign.word if rng.random() < 0.8 else sign.word.lower() if rng.random() < 0.5 else sign.word.capitalize()
    ink = "" if sign.ink == INKS[sign.board][0] and rng.random() < (0.7 if not full else 0.4) else sign.ink
    size = " small" if sign.letter < 8 else ""
    late = f" in {ink}" if ink else ""
    if ink and rng.random() < 0.4:
        late = f" in {ink}{size} letters"
    elif size and rng.random() < 0.5:
        late = f" in {ink + ' ' if ink else ''}small letters"
    kind = rng.choice(["the number ", ""]) if sign.word.isdigit() else rng.choice(["the word ", "the word ", "the text ", ""])
    if not full and rng.random() < 0.1:  # the colors are left to the model
        return rng.choice([f'{a(board)} with {kind}"{shown}"', f'{a(board)} that says "{shown}"', f'{kind}"{shown}" on {a(board)}', f'{kind}"{shown}"', f'{a(board)} reading "{shown}"'])
    if not full and rng.random() < 0.15:
        return rng.choice([f'{a(paint)} {board} which reads "{shown}"{late}', f'"{shown}" written on {a(paint)} {board}{late}', f'{a(paint)} {board} labeled "{shown}"{late}',
                           f'{a(paint)} {board}, the text says "{shown}"{late}', f'{a(paint)} {board} with {ink or "the"} text "{shown}"', f'{a(paint)} {board} with {ink or "the"} letters "{shown}"'])
    return rng.choice([
        f'{a(paint)} {board} with {kind}"{shown}"{late}', f'{a(paint)} {board} that says "{shown}"{late}', f'{a(paint)} {board} saying "{shown}"{late}',
        f'{kind}"{shown}"{late} on {a(paint)} {board}', f'{a(paint)} {board} reading "{shown}"{late}', f'{a(paint)} {board} with {kind}"{shown}" written on it{late}',
    ])


def _light(rng, scene, text, full=False):
    light = scene.light
    where = rng.choice(LIGHT_FROM[light])
    draw = rng.random()
    if not full and draw < 0.15:
        return text + rng.choice([f" illuminated {where}", f", the light comes {where}", f", the light is coming {where}", f" with light shining {where}", f" lit up {where}",
                                  f" with a light source {where.replace('from', 'on' if light != 'above' else 'from')}", f" in light {where}"])
    if draw < 0.7:
        return text + rng.choice([f", light {where}", f" lit {where}", f" with light {where}", f" with light coming {where}", f", sunlight {where}", f" with the light {where}"])
    shadow = rng.choice(SHADOW[light])
    if not full and rng.random() < 0.3:
        return text + rng.choice([f", its shadow is {shadow}", f" whose shadow is {shadow}", f" and its shadow {shadow}", f", shadow {shadow}"])
    return text + rng.choice([f" with its shadow {shadow}", f" with a shadow {shadow}", f" casting a shadow {shadow}"])


def relation_words(rng, first: str, second: str, relation: str, full: bool, plural_first=False) -> str:
    """`first` stands in `relation` to `second`."""
    draw = rng.random()
    if draw < 0.62 or relation in ("in front of", "behind") and draw < 0.9:
        return f"{first} {_phrase(rng, relation, full)} {second}"
    if relation in ("left", "right") and draw < 0.8:
        end = rng.choice(["", "", " side"])
        mine = rng.choice(["the ", "the ", "the viewer's "])
        if mine == "the viewer's ":
            end = ""
        return f"{first} on {mine}{relation}{end} and {second} on {mine}{OPPOSITE[relation]}{end}"
    if relation in ("above", "below") and draw < 0.8:
        here, there = ("top", "bottom") if relation == "above" else ("bottom", "top")
        return f"{first} at the {here} and {second} at the {there}"
    if relation == "inside":
        return rng.choice([f"{second} with {first} inside", f"{second} with {first} inside it", f"{second} with {first} in it", f"{second} containing {first}", f"{second} around {first}"])
    it = "it" if not plural_first else "them"
    if relation in ("left", "right"):
        side = rng.choice([f"to the {relation} of {it}", f"on the {relation} of {it}", f"left of {it}" if relation == "left" else f"right of {it}"])
        return f"{second} with {first} {side}"
    if relation in ("above", "below"):
        return rng.choice([f"{second} with {first} {relation} {it}", f"{second} and {relation} {it} {first}"])
    return f"{second} with {first} {relation} {it}"


def two(rng, scene: Scene, full: bool) -> str:
    """The first two groups of a scene and their relation."""
    g1, g2 = scene.groups[:2]
    relation = scene.relation
    if scene.ratio and not relation:
        return scale(rng, scene, full)
    if relation == "in front of":
        relation = scene.facts.get("said", relation)
        if relation == "behind":
            g1, g2 = g2, g1
    elif relation in ("left", "right", "above", "below") and rng.random() < 0.5:
        g1, g2, relation = g2, g1, OPPOSITE[relation]
    sizes = (None, None)
    if scene.ratio:
        a1, a2 = g1.boxes[0][2], g2.boxes[0][2]
        sizes = ("big", "small") if a1 > a2 else ("small", "big") if a1 < a2 else (None, None)
    if not full and sizes == (None, None) and _alike(g1, g2) and rng.random() < 0.5:
        return _two_colors(rng, g1, g2, relation)
    first, second = counted(rng, g1, full, sizes[0]), counted(rng, g2, full, sizes[1])
    if relation is None:
        parts = [first, second]
        rng.shuffle(parts)
        return listed(rng, parts, full)
    if not full and rng.random() < 0.12:
        second = the(second)
    if not full and rng.random() < 0.12:
        return f"{first} {rng.choice(DOING)} {rng.choice(PHRASES[relation])} {second}"
    return relation_words(rng, first, second, relation, full, len(g2.boxes) > 1)


def _alike(g1: Group, g2: Group) -> bool:
    """Whether the groups are one thing each that differ in nothing but the color."""
    return all(len(g.boxes) == 1 and g.thing.color and not g.thing.pattern and not g.thing.parts for g in (g1, g2)) and g1.thing.kind == g2.thing.kind


def _two_colors(rng, g1: Group, g2: Group, relation: str | None) -> str:
    """Two things of a kind: "a red and a blue circle", "two circles, the left one red and the right one blue"."""
    c1, c2, kind = g1.thing.color, g2.thing.color, g1.thing.kind
    if relation is None:
        return rng.choice([f"{a(c1)} and {a(c2)} {kind}", f"{a(c1)} {kind} and {a(c2)} one", f"two {plural(kind)}, one {c1} and one {c2}", f"two {plural(kind)}: {c1} and {c2}", f"one {c1} {kind} and one {c2} {kind}"])
    here = {"left": "left", "right": "right", "above": "top", "below": "bottom"}
    if relation in here and rng.random() < 0.5:
        return f"two {plural(kind)}, the {here[relation]} one {c1} and the {here[OPPOSITE[relation]]} one {c2}"
    return f"{a(c1)} {kind} {rng.choice(PHRASES[relation])} {a(c2)} one"


def scale(rng, scene: Scene, full: bool) -> str:
    g1, g2 = scene.groups
    if rng.random() < 0.5:
        g1, g2 = g2, g1
    s1, s2 = g1.boxes[0][2], g2.boxes[0][2]
    if s1 == s2:
        first, second = counted(rng, g1, full), counted(rng, g2, full)
        return rng.choice([f"{first} as big as {second}", f"{first} the same size as {second}", f"{first} and {second} of the same size", f"{first} and {second} of equal size"])
    words = ("big", "small") if s1 > s2 else ("small", "big")
    if rng.random() < 0.35:
        return listed(rng, [counted(rng, g1, full, words[0]), counted(rng, g2, full, words[1])], full)
    how = ["bigger than", "larger than"] if s1 > s2 else ["smaller than"]
    if s1 == 2 * s2:
        how = ["twice the size of", "twice as big as", "two times the size of", "bigger than"]
    elif s2 == 2 * s1:
        how = ["half the size of", "half as big as", "half the size of", "smaller than"]
    if not full and rng.random() < 0.2:
        how = ["much bigger than", "much larger than", "clearly bigger than"] if s1 > s2 else ["much smaller than", "a lot smaller than"]
        if s1 == 2 * s2:
            how += ["twice as large as", "two times as big as", "double the size of"]
        elif s2 == 2 * s1:
            how += ["half as large as", "two times smaller than", "only half as big as"]
    link = "" if full or rng.random() < 0.8 else rng.choice(["that is ", "which is ", "is "])
    second = counted(rng, g2, full)
    if not full and s2 == 2 * s1 and rng.random() < 0.1:
        return f"{second} and {counted(rng, g1, full)} {rng.choice(['half its size', 'that is half as big', 'half as large'])}"
    if not full and rng.random() < 0.15:
        second = the(second)
    return f"{counted(rng, g1, full)} {link}{rng.choice(how)} {second}"


def _body(rng, scene: Scene, full: bool, category: str) -> str:
    groups = scene.groups
    if scene.sign:
        sign = sign_words(rng, scene.sign, full)
        if not groups:
            return sign
        thing, relation = counted(rng, groups[0], full), scene.relation
        first, second, relation = (thing, sign, relation) if rng.random() < 0.5 else (sign, thing, OPPOSITE[relation])
        if rng.random() < 0.12 and not full:
            return listed(rng, [first, second], full)
        return f"{first} {rng.choice(['above', 'over'] if relation == 'above' else ['below', 'under', 'beneath'])} {second}"
    if category == "three":
        parts = [counted(rng, g, full) for g in groups]
        layout = scene.facts["layout"]
        draw = rng.random()
        if not full and layout in ("row", "column") and rng.random() < 0.25:
            order = "from left to right" if layout == "row" else "from top to bottom"
            line = ", ".join(parts[:2]) + rng.choice([" and ", ", and ", ", "]) + parts[2]
            return rng.choice([f"{line} {order}", f"{line}, {order}", f"{order}, {line}", f"a {layout} with {line}"])
        if layout == "row" and draw < 0.5:
            if draw < 0.25:
                return f"from left to right: {', '.join(parts[:2])} and {parts[2]}"
            if draw < 0.4:
                return f"{parts[1]} between {parts[0]} and {parts[2]}"
            return f"{parts[0]} on the left, {parts[1]} in the middle and {parts[2]} on the right"
        if layout == "column" and draw < 0.5:
            if draw < 0.25:
                return f"from top to bottom: {', '.join(parts[:2])} and {parts[2]}"
            return f"{parts[0]} at the top, {parts[1]} in the middle and {parts[2]} at the bottom"
        rng.shuffle(parts)
        return listed(rng, parts, full)
    if category == "composition":
        text = two(rng, scene, full)
        if len(groups) == 3:
            text += rng.choice([" and ", ", ", ", and "]) + f"{counted(rng, groups[2], full)} {place_words(rng, groups[2].place, full)}"
        return text
    if len(groups) == 2:
        return two(rng, scene, full)
    text = counted(rng, groups[0], full)
    if groups[0].place:
        where = place_words(rng, groups[0].place, full)
        text = f"{where}, {text}" if not full and rng.random() < 0.1 else f"{text} {where}"
    if scene.light and (full or groups[0].thing.color is None or len(groups[0].boxes) == 1 and rng.random() < 0.8):
        text = _light(rng, scene, text, full)
    return text


def _uncolored(rng, scene: Scene) -> Scene:
    """The scene with a group whose color is not said: any will do. Of two things of a kind both keep theirs, and white ones, which the
    background depends on."""
    kinds = [g.thing.kind for g in scene.groups]
    groups = [
        dataclasses.replace(g, thing=dataclasses.replace(g.thing, color=""))
        if g.thing.color not in (None, "white") and kinds.count(g.thing.kind) == 1 and rng.random() < 0.5 else g
        for g in scene.groups
    ]
    return dataclasses.replace(scene, groups=groups)


def caption(rng: random.Random, scene: Scene, full: bool = False) -> str:
    category = scene.facts.get("inner", scene.category)
    if not full and rng.random() < 0.2:
        scene = _uncolored(rng, scene)
    text = _body(rng, scene, full, category)
    if scene.absent:
        told, missing = text, plural(scene.absent)
        one = missing if artwork.plural_only(scene.absent) else a(scene.absent)
        text += rng.choice([f" and no {missing}", f" and no {missing}", f" but no {missing}", f" without any {missing}", f" and not {one}", f" without {one}", f", no {missing}"])
        if not full and rng.random() < 0.2:
            text = rng.choice([f"no {missing}, just {told}", f"{told} with no {missing}", f"{told}, but there are no {missing}", f"{told} and zero {missing}", f"{told}. no {missing}", f"{told} (no {missing})"])
    text = with_ground(rng, scene, text, full)
    draw = rng.random()
    bare = text.startswith(("from", "on ", "in ", "at ", "under", "with", "outside", "by ", "against"))
    if draw < 0.3 and not bare:
        text = rng.choice(OPENINGS if full or rng.random() < 0.7 else FREE_OPENINGS) + text
    elif 0.3 < draw < 0.36 and not bare and not text.startswith(("the ", '"')):
        many = scene.groups and len(scene.groups[0].boxes) > 1 and text[0] not in "aA1"
        text = ("there are " if many else "there is ") + text
    if rng.random() < 0.03:
        text = text.replace(" without ", " w/o ", 1) if rng.random() < 0.3 else text.replace(" and ", " & ", 1)
    return text
