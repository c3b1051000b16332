"""A house, a tree or a face, and its parts."""

from functools import lru_cache

import classifier
import seeing
import world
from checks.found import Found
from checks.fitting import gathered, nearest_art
from checks.apart import stands
from seeing import UNIT
from stated import Facts


@lru_cache(maxsize=None)
def _part_choices(kind: str) -> list[tuple[tuple[str, int], ...]]:
    if kind == "house":
        return [(("window", w), ("door", d)) for w in range(5) for d in (0, 1)]
    if kind == "tree":
        return [(("apple", n),) for n in range(6)]
    return [(("eye", e), ("mouth", m), ("hat", h)) for e in (0, 2) for m in (0, 1) for h in (0, 1)]


def built(picture, ground, mask, facts: Facts) -> str | None:
    """A house, a tree or a face that stands alone."""
    thing = facts.things[0]
    main = gathered(mask)
    if main is None:
        return "more than one thing is there" if mask.sum() >= seeing.SPECK else f"no {thing.name} is seen"
    kind = classifier.CLASSES[int(classifier.probabilities([seeing.crop(picture, main)])[0].argmax())]
    if kind != thing.kind:
        return f"no {thing.name} is seen" + (f", but a {kind}" if kind != classifier.OTHER else "")
    box = seeing.bounds(main)
    color, _ = nearest_art(picture, ground, box, {(c, p): world.built(kind, c, p, 64) for c in world.COLORS for p in _part_choices(kind)})
    if thing.color and color != thing.color:
        return f"{thing.name}: its color is {color}"
    parts = dict(nearest_art(picture, ground, box, {p: world.built(kind, color, p, 96) for p in _part_choices(kind)}))
    for name, count in thing.parts:
        if parts[name] != count:
            return f"{thing.name}: {name}s: {parts[name]}, not {count}"
    side = max(box[2] - box[0], box[3] - box[1]) / 0.94
    if thing.size and (side >= 24 * UNIT if thing.size == "small" else side <= 36 * UNIT):
        return f"{thing.name}: not {thing.size}"
    if thing.place and not stands(Found(kind, color, None, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, side, 1), thing.place):
        return f"{thing.name}: not at the {thing.place}"
    return None
