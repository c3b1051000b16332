"""The world of the embedded model: scenes as data, their pictures at any size, and what is held out of training.

Lengths are in units: a picture is 64 units a side, 1 unit is 1, 2 or 4 pixels. Things stand on a lattice of 8 units.
"""

from .drawing import (  # noqa: F401
    AVOID, BARELY, backdrop, built, glyph, layers, mask, pattern_field, render, rgb, second_tone, sign_size, solid,
)
from .held_out import (  # noqa: F401
    combinations, held_out, text_hash,
)
from .scenes import (  # noqa: F401
    CATEGORIES, SAMPLERS, boxes_of, built_thing, formation, ground_for, hidden_share, sample, training_scene, words,
)
from .things import (  # noqa: F401
    BACKGROUNDS, BUILT, CELL, COLORS, GRADIENTS, GRIDS, Group, INKS, LETTERS, LIGHTS, NUMBERS, OUTER, PALETTE, PATTERNS, PLACES, PLAIN,
    SCENES, SHAPES, SIDES, SOLIDS, Scene, Sign, Thing, UNITS, VARIANTS, WAYS, some_variant,
)
