"""What a scene is made of: colors, shapes, things, groups, signs, scenes as data."""

import dataclasses
import random
from dataclasses import dataclass, field

UNITS = 64  # a picture's side
CELL = 8  # the lattice
GRIDS = (8, 16)  # tokens a side

PALETTE = {
    "red": (220, 40, 40), "orange": (245, 140, 30), "yellow": (245, 205, 40), "green": (40, 160, 60),
    "cyan": (60, 200, 220), "blue": (40, 80, 220), "purple": (140, 60, 190), "pink": (245, 130, 180),
    "brown": (130, 80, 45), "black": (25, 25, 25), "gray": (150, 150, 150), "white": (250, 250, 250),
}
COLORS = list(PALETTE)
SHAPES = ["circle", "square", "triangle", "star", "heart", "diamond", "ring", "cross", "oval", "rectangle", "crescent", "arrow"]
SOLIDS = ["ball", "cube", "cone"]
BUILT = ["house", "tree", "face"]
PATTERNS = ["horizontal stripes", "vertical stripes", "dots", "checks"]
PLAIN = ["white", "black", "gray", "cyan", "green", "yellow", "pink", "blue", "red", "orange", "purple", "brown"]
GRADIENTS = ["blue gradient", "pink gradient", "gray gradient"]
SCENES = ["meadow", "hill", "night", "sea", "desert", "snow"]
BACKGROUNDS = PLAIN + GRADIENTS + SCENES
WAYS = {"meadow": 4, "hill": 15, "night": 8, "sea": 4, "desert": 4, "snow": 6}  # that a scenery lies
TONES = [  # of a background's light: shares of red, green and blue; sceneries have the first four alone
    (1, 1, 1), (1, 0.975, 0.94), (0.945, 0.975, 1), (0.955, 0.955, 0.955), (1, 0.95, 0.965), (0.955, 1, 0.96), (0.975, 0.955, 1), (1, 1, 0.945),
]
TONES_OF = {name: 4 if name in SCENES else 8 for name in BACKGROUNDS}  # how many of them a background has
VARIANTS = {name: WAYS.get(name, 1) * TONES_OF[name] for name in BACKGROUNDS}  # in one tone: way + ways * tone
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six"]
SIDES = ["left", "right", "above", "below"]
LIGHTS = ["left", "right", "above"]  # where the light comes from, in the viewer's frame
INKS = {
    "white": ["black", "red", "blue"], "yellow": ["black", "blue"], "red": ["white"], "blue": ["white", "yellow"],
    "green": ["white"], "orange": ["black"], "black": ["white", "yellow"],
}
PLACES = {
    "top left": (0, 0), "top": (1, 0), "top right": (2, 0), "left": (0, 1), "center": (1, 1), "right": (2, 1),
    "bottom left": (0, 2), "bottom": (1, 2), "bottom right": (2, 2),
}
OUTER = ["circle", "square", "diamond", "heart", "ring"]  # what has room for another thing inside


@dataclass(frozen=True)
class Thing:
    kind: str  # a shape, a solid, a built thing or an object's name
    color: str | None = None  # None for an object
    pattern: str | None = None
    parts: tuple[tuple[str, int], ...] = ()  # of a built thing: ("window", 2), ("door", 0)

    @property
    def key(self) -> str:
        return " ".join(x for x in (self.pattern, self.color, self.kind) if x)


@dataclass
class Group:
    thing: Thing
    boxes: list[tuple[int, int, int]]  # x, y, side
    said: str | None = None  # "small" or "big"
    place: str | None = None  # one of PLACES


@dataclass
class Sign:
    word: str  # "" for an empty sign
    board: str
    ink: str
    x: int
    y: int
    letter: int  # width of a letter, units; it is twice as high


@dataclass
class Scene:
    """Groups are drawn from the last to the first; `relation` is that of group 0 to group 1."""

    category: str
    groups: list[Group]
    background: str = "white"
    sign: Sign | None = None
    relation: str | None = None  # SIDES, "in front of", "behind", "inside"
    ratio: tuple[int, int] | None = None  # sides of group 0 and group 1 where relative size is said
    light: str | None = None
    absent: str | None = None  # a kind that the caption says is not there
    facts: dict = field(default_factory=dict)
    variant: int = 0  # of the background: see some_variant

    def data(self) -> dict:
        return {k: v for k, v in dataclasses.asdict(self).items() if v not in (None, [], {}) and (k, v) != ("variant", 0)}

    @staticmethod
    def from_data(d: dict) -> "Scene":
        d = dict(d)
        groups = [
            Group(Thing(t["kind"], t["color"], t["pattern"], tuple(tuple(p) for p in t["parts"])), [tuple(b) for b in g["boxes"]], g["said"], g["place"])
            for g in d.pop("groups", []) for t in [g["thing"]]
        ]
        sign = Sign(**d.pop("sign")) if "sign" in d else None
        ratio = tuple(d.pop("ratio")) if "ratio" in d else None
        return Scene(groups=groups, sign=sign, ratio=ratio, **d)


def some_variant(rng: random.Random, background: str) -> int:
    """A way that a background lies, and its light: one of VARIANTS, from a row of cells on often in another tone.

    The number is variant + VARIANTS * (lower tone + tones * row), row 0 for one tone. Seeds differ by it at no cost in codes.
    """
    lie, tones = rng.randrange(VARIANTS[background]), TONES_OF[background]
    if rng.random() < 0.15:
        return lie
    return lie + VARIANTS[background] * (rng.randrange(tones) + tones * rng.randrange(1, UNITS // CELL))
