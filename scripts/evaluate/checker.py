"""Says whether facts hold on a finished picture of 64, 128 or 256 pixels a side, as a person would judge.

Edges may be soft or ragged, colors a little off, and things need not stand on a lattice; but number, color, shape, pattern,
order, size, what lies in front, and words must be right, and nothing else may be there.
- What differs from the ground falls apart into pieces; what belongs together is found by what the classifier can name.
- Shapes are told by the overlap of their outlines, colors by the nearest of the palette, patterns by their two tones.
- What overlaps, and parts of built things, are told by comparing what is asked for with its alternatives at the place
  where it fits best.
Lengths are in pixels of seeing.SIDE where nothing else is said.
"""

import numpy as np

import seeing
import world
from checks import apart, built, lit, overlapping, signs
from stated import Facts


def wrong(picture: np.ndarray, facts: Facts) -> str | None:
    """The first fact that does not hold in a picture [n, n, 3], uint8, in words; None where all hold."""
    original, picture = picture, seeing.scaled(picture)
    ground = seeing.find_ground(picture)
    if ground.agrees < 0.5:
        return "the background is none that is known"
    if facts.background not in (None, ground.name):
        return f"the background is {ground.name}, not {facts.background}"
    mask = seeing.without_flakes(seeing.foreground(seeing.difference(picture, ground)), ground)
    if facts.sign:
        return signs.sign(picture, ground, mask, original, facts)
    if facts.light:
        return lit.lit(picture, ground, mask, facts)
    if facts.relation in ("inside", "in front of", "behind"):
        return overlapping.overlapping(picture, ground, facts)
    if len(facts.things) == 1 and facts.things[0].count == 1 and facts.things[0].kind in world.BUILT:
        return built.built(picture, ground, mask, facts)
    return apart.apart(picture, ground, mask, facts)
