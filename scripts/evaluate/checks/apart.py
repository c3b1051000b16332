"""Things that do not overlap: their number, places, order, relations and sizes."""

import numpy as np

import classifier
import captions
import world
from checks.found import Found, things
from seeing import SIDE, UNIT
from stated import Facts, Thing


def stands(seen: Found, place: str) -> bool:
    """Whether a thing is in the right third of the room that it has; "left" says nothing of up and down."""

    def third(centre):
        return min(2, int(3 * (centre - seen.side / 2) / max(1, SIDE - seen.side)))

    column, row = world.PLACES[place]
    across = place in ("top", "bottom") or third(seen.x) == column
    return across and (place in ("left", "right") or third(seen.y) == row)


def _is(found: Found, thing: Thing) -> bool:
    if found.kind != thing.kind or thing.color and found.color != thing.color:
        return False
    if not thing.is_shape:
        return True
    if thing.pattern == "stripes":
        return found.pattern in ("horizontal stripes", "vertical stripes")
    return found.pattern == thing.pattern


def _sorted(found: list[Found], expected: tuple[Thing, ...]) -> list[list[Found]] | str:
    """Where each of the things stands; or what is missing, or there beside them."""
    found, places = list(found), [[] for _ in expected]
    for k, thing in sorted(enumerate(expected), key=lambda pair: pair[1].color is None):
        places[k] = [f for f in found if _is(f, thing)]
        found = [f for f in found if not any(f is m for m in places[k])]
        if len(places[k]) != thing.count:
            others = ", ".join(sorted(f.name for f in found))
            return f"{thing.name}: {len(places[k])}, not {thing.count}" + (f" (there is {others})" if others else "")
    if found:
        other = "something of no known shape" if found[0].kind == classifier.OTHER else captions.a(found[0].name)
        return f"{other} is there too"
    return places


def _order(relation: str, first: list[Found], second: list[Found]) -> bool:
    """Whether all of the first stand left of, right of, above or below all of the second."""
    axis, sign = {"left": ("x", 1), "right": ("x", -1), "above": ("y", 1), "below": ("y", -1)}[relation]
    return min(sign * getattr(b, axis) for b in second) - max(sign * getattr(a, axis) for a in first) >= 4 * UNIT


def apart(picture, ground, mask, facts: Facts, sign: Found | None = None) -> str | None:
    """Facts of things that do not overlap, beside a sign or without one."""
    places = _sorted(things(picture, ground, mask, {t.kind for t in facts.things}), facts.things)
    if isinstance(places, str):
        return places
    for thing, seen in zip(facts.things, places):
        if thing.place and not all(stands(s, thing.place) for s in seen):
            return f"{thing.name}: not at the {thing.place}"
        if thing.size and not all(s.side < 24 * UNIT if thing.size == "small" else s.side > 36 * UNIT for s in seen):
            return f"{thing.name}: not {thing.size}"
    if facts.relation and not _order(facts.relation, places[0], [sign] if sign else places[1]):
        return f"{facts.things[0].name}: not {captions.PHRASES[facts.relation][0]} {'the sign' if sign else facts.things[1].name}"
    if facts.layout:
        axis = "x" if facts.layout == "row" else "y"
        centres = [getattr(p[0], axis) for p in places]
        if any(b - a < 4 * UNIT for a, b in zip(centres, centres[1:])):
            return f"not in that order in a {facts.layout}"
    if facts.ratio:
        ratio = np.mean([s.side for s in places[0]]) / np.mean([s.side for s in places[1]])
        if not facts.ratio[0] <= ratio <= facts.ratio[1]:
            least, most = facts.ratio
            return f"{facts.things[0].name}: {ratio:.2f} times the side of {facts.things[1].name}, not {least:.2f} to {most:.2f}"
    return None
