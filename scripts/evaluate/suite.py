"""The prompts of the suite: combinations that never occur in training, by construction, with the facts to be checked."""

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "train"))

import artwork  # noqa: E402
import world  # noqa: E402
from captions import PHRASES  # noqa: E402


def _ground(rng, scene):
    """The words about the background, with the fact noted: unsaid backgrounds are white, or black under white things."""
    if scene.background == "white":
        return ""
    return f" on a {scene.background} background"


def _a(text):
    return f"{artwork.article(text)} {text}"


def _shape(item):
    return f"{item.color} {item.kind}"


def describe(rng, scene) -> str:
    items = scene.items
    if scene.sign:
        return f'{_a(scene.sign[1])} sign with the word "{scene.sign[0]}"' + _ground(rng, scene)
    if scene.category == "object":
        return _a(items[0].kind) + _ground(rng, scene)
    if scene.category == "single":
        size = scene.facts.get("size")
        return _a(f"{size} {_shape(items[0])}" if size else _shape(items[0])) + _ground(rng, scene)
    if scene.category == "count":
        number = world.NUMBERS[len(items)]
        plural = "es" if items[0].kind == "cross" else "s"
        return f"{number} {_shape(items[0])}{plural}" + _ground(rng, scene)
    first, second = items
    if scene.category == "scale":
        big, small = (first, second) if first.size > second.size else (second, first)
        return f"a big {_shape(big)} and a small {_shape(small)}" + _ground(rng, scene)
    if scene.category == "pair":
        return f"{_a(_shape(first))} and {_a(_shape(second))}" + _ground(rng, scene)
    return f"{_a(_shape(first))} {PHRASES[scene.facts['relation']][0]} {_a(_shape(second))}" + _ground(rng, scene)


KINDS = {
    "single": ("single", lambda s: world.held_out(s) and "place" not in s.facts),
    "counting 1 to 4": ("count", lambda s: world.held_out(s) and len(s.items) <= 4),
    "counting 5 and 6": ("count", lambda s: world.held_out(s) and len(s.items) > 4),
    "pairs": ("pair", world.held_out),
    "pairs with a relation": ("relation", world.held_out),
    "relative size": ("scale", world.held_out),
    "words": ("word", lambda s: world.held_out(s) and 2 <= len(s.sign[0]) <= 5),
    "named objects": ("object", lambda s: True),
    "single, seen": ("single", lambda s: not world.held_out(s) and "place" not in s.facts),
    "counting 1 to 4, seen": ("count", lambda s: not world.held_out(s) and len(s.items) <= 4),
    "relations, seen": ("relation", lambda s: not world.held_out(s)),
}


def prompts(kind: str, count: int, seed: int = 1):
    """`count` pairs of prompt and scene of one kind; the same each time."""
    category, wanted = KINDS[kind]
    rng, out = random.Random(f"{kind} {seed}"), []
    while len(out) < count:
        scene = world.sample(rng, category)
        # "Counting 1 to 4" has single things too, of a number that stands in the prompt.
        if category == "count" and kind.startswith("counting 1") and rng.random() < 0.2:
            scene.items = scene.items[:1]
        if wanted(scene):
            out.append((describe(rng, scene), scene))
    return out
