"""Captions: several ways to say what is in a scene."""

import random

import artwork
from world import NUMBERS, Item, Scene

SHAPE_SYNONYMS = {"circle": ["disc", "dot"], "ring": ["hoop"], "cross": ["plus sign"], "diamond": ["rhombus"]}
GRAY = {"gray": ["gray", "grey"]}
SIZE_WORDS = {"small": ["small", "little", "tiny"], "big": ["big", "large", "huge"]}
PHRASES = {
    "left": ["left of", "to the left of", "on the left of"],
    "right": ["right of", "to the right of", "on the right of"],
    "above": ["above", "over", "on top of"],
    "below": ["below", "under", "beneath"],
}
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
OPENINGS = ["", "", "", "", "", "", "a picture of ", "an image of ", "a drawing of ", "there is "]


def _word(rng: random.Random, word: str, synonyms: dict, chance=0.12) -> str:
    return rng.choice(synonyms[word]) if word in synonyms and rng.random() < chance else word


def _noun(rng, item: Item, many=False) -> str:
    """The item without article: "red circle", "cats"."""
    if item.color is None:
        if many:
            return artwork.plural(item.kind)
        return _word(rng, item.kind, artwork.SYNONYMS, 0.25)
    shape = _word(rng, item.kind, SHAPE_SYNONYMS)
    paint = _word(rng, item.color, GRAY, 0.5)
    return f"{paint} {shape if not many else shape + ('es' if shape in ('cross', 'rhombus') else 's')}"


def _a(phrase: str) -> str:
    return f"{artwork.article(phrase)} {phrase}"


def _place(place: str, rng) -> str:
    if place == "center":
        return rng.choice(["in the center", "in the middle"])
    if " " in place:
        return rng.choice([f"in the {place} corner", f"at the {place}", f"in the {place}"])
    return rng.choice([f"on the {place}", f"on the {place} side"] if place in ("left", "right") else [f"at the {place}"])


def _background(rng, scene: Scene, text: str) -> str:
    white_item = any(i.color == "white" for i in scene.items) or (scene.sign and scene.sign[1] == "white")
    if scene.background == "white" and rng.random() < 0.85:
        return text
    if white_item and scene.background == "black" and rng.random() < 0.5:
        return text  # a white thing of which nothing else is said stands on black
    paint = _word(rng, scene.background, GRAY, 0.5)
    return rng.choice(
        [f"{text} on a {paint} background"] * 3
        + [f"{text} against a {paint} background", f"{text} on {paint}", f"{text}, {paint} background"]
    ).replace("a orange", "an orange")


def caption(rng: random.Random, scene: Scene) -> str:
    items = scene.items
    opening = rng.choice(OPENINGS)
    if scene.sign:
        word, paint, _, _ = scene.sign
        shown = word if rng.random() < 0.8 else word.lower() if rng.random() < 0.5 else word.capitalize()
        text = rng.choice(
            [
                f'a {paint} sign with the word "{shown}"', f'a {paint} sign that says "{shown}"',
                f'a {paint} sign saying "{shown}"', f'the word "{shown}" on a {paint} sign',
                f'a {paint} sign with "{shown}"', f'a {paint} sign reading "{shown}"',
            ]
        ).replace("a orange", "an orange")
        return _background(rng, scene, text)
    if scene.category in ("single", "object"):
        noun = _noun(rng, items[0])
        if "size" in scene.facts:
            noun = f"{_word(rng, scene.facts['size'], SIZE_WORDS, 0.6)} {noun}"
        text = opening + _a(noun)
        if rng.random() < 0.06:
            text = rng.choice(["one ", "1 "]) + noun
        if "place" in scene.facts:
            text += " " + _place(scene.facts["place"], rng)
        return _background(rng, scene, text)
    if scene.category in ("count", "objects"):
        count = len(items)
        number = NUMBERS[count] if rng.random() < 0.7 else str(count)
        text = f"{number} {_noun(rng, items[0], many=True)}"
        if opening == "there is ":
            opening = "there are "
        return _background(rng, scene, opening + text)
    first, second = items
    relation = scene.facts.get("relation")
    if rng.random() < 0.5:
        first, second = second, first
        relation = OPPOSITE[relation] if relation else None
    a, b = _noun(rng, first), _noun(rng, second)
    if scene.category == "scale":
        big, small = _word(rng, "big", SIZE_WORDS, 0.4), _word(rng, "small", SIZE_WORDS, 0.4)
        bigger = first.size > second.size
        if relation or rng.random() < 0.4:
            a, b = (f"{big} {a}", f"{small} {b}") if bigger else (f"{small} {a}", f"{big} {b}")
        else:
            how = rng.choice(["twice the size of", "bigger than", "larger than"] if bigger else ["half the size of", "smaller than"])
            return _background(rng, scene, f"{_a(a)} {how} {_a(b)}")
    if relation is None:
        return _background(rng, scene, f"{opening}{_a(a)} {rng.choice(['and', 'and', 'and', 'with'])} {_a(b)}")
    draw = rng.random()
    if draw < 0.75:
        text = f"{opening}{_a(a)} {rng.choice(PHRASES[relation])} {_a(b)}"
    elif draw < 0.9 and relation in ("left", "right"):
        text = f"{_a(a)} on the {relation} and {_a(b)} on the {OPPOSITE[relation]}"
    elif draw < 0.9:
        here, there = ("top", "bottom") if relation == "above" else ("bottom", "top")
        text = f"{_a(a)} at the {here} and {_a(b)} at the {there}"
    else:
        text = f"{_a(b)} with {_a(a)} {rng.choice(PHRASES[relation]).replace(' of', ' of it') if relation in ('left', 'right') else relation + ' it'}"
    return _background(rng, scene, text)
