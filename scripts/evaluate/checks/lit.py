"""A thing in light, with its shadow."""

import numpy as np

import classifier
import seeing
import world
from checks.found import core
from checks.fitting import gathered
from stated import Facts, Thing


def lit(picture, ground, mask, facts: Facts) -> str | None:
    """One thing with its shadow."""
    thing = facts.things[0]
    main = gathered(mask)
    if main is None:
        return "more than one thing is there" if mask.sum() >= seeing.SPECK else f"no {thing.name} is seen"
    body, left, right, under = seeing.split_shadow(picture, ground, main)
    if body.sum() < seeing.SPECK:
        return f"no {thing.name} is seen"
    kind = classifier.CLASSES[int(classifier.probabilities([seeing.crop(picture, body)])[0].argmax())]
    if kind != thing.kind:
        return f"no {thing.name} is seen" + (f", but a {kind}" if kind != classifier.OTHER else "")
    found = "left" if right > 0.03 and right > 2 * left else "right" if left > 0.03 and left > 2 * right else "above" if under > 0.4 else None
    if found != facts.light:
        return "no shadow is seen" if found is None else f"the light comes from {'the ' * (found != 'above')}{found}, not from {facts.light}"
    return _color_is(picture, ground, body, thing, facts.light)


def _color_is(picture, ground, body, thing: Thing, light=None) -> str | None:
    if not thing.color or thing.kind not in world.SOLIDS:
        return None
    upper = body.copy()  # shadow may be left at its foot
    _, y0, _, y1 = seeing.bounds(body)
    upper[y0 + round(0.75 * (y1 - y0)) :] = False
    tone = np.quantile(picture[core(upper)], 0.65, 0)
    drawn = {c: world.solid(thing.kind, c, light, 64).astype(np.float32) / 255 for c in world.COLORS}
    tones = {c: np.quantile(art[art[..., 3] > 0.95][:, :3], 0.65, 0) for c, art in drawn.items()}
    color = min(tones, key=lambda c: np.abs(tones[c] - tone).sum() - 0.12 * (c == thing.color))
    return None if color == thing.color else f"{thing.name}: its color is {color}"
