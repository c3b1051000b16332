"""Named objects: Noto Color Emoji (SIL Open Font License 1.1) rendered at the sizes of the training world."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
BITMAP_SIZE = 109  # the only size that the font's bitmaps have

# name -> code point; the plural is given where adding "s" would be wrong.
OBJECTS = {
    "cat": "🐱", "dog": "🐶", "fox": "🦊", "bear": "🐻", "panda": "🐼", "lion": "🦁", "tiger": "🐯",
    "frog": "🐸", "monkey": "🐵", "pig": "🐷", "cow": "🐮", "rabbit": "🐰", "mouse": "🐭", "koala": "🐨",
    "penguin": "🐧", "owl": "🦉", "duck": "🦆", "chick": "🐤", "fish": "🐟", "whale": "🐳", "octopus": "🐙",
    "crab": "🦀", "turtle": "🐢", "snail": "🐌", "butterfly": "🦋", "bee": "🐝", "ladybug": "🐞", "unicorn": "🦄",
    "apple": "🍎", "pear": "🍐", "orange fruit": "🍊", "lemon": "🍋", "banana": "🍌", "watermelon": "🍉",
    "strawberry": "🍓", "cherries": "🍒", "pineapple": "🍍", "carrot": "🥕", "mushroom": "🍄",
    "slice of pizza": "🍕", "hamburger": "🍔", "donut": "🍩", "cookie": "🍪", "birthday cake": "🎂",
    "ice cream": "🍦", "cup of coffee": "☕", "flower": "🌼", "rose": "🌹", "sunflower": "🌻", "tulip": "🌷",
    "tree": "🌳", "palm tree": "🌴", "cactus": "🌵", "four leaf clover": "🍀", "sun": "🌞", "moon": "🌙",
    "cloud": "☁", "rainbow": "🌈", "snowman": "⛄", "house": "🏠", "sailboat": "⛵", "rocket": "🚀", "car": "🚗",
    "bus": "🚌", "bicycle": "🚲", "airplane": "✈", "train": "🚂", "hot air balloon": "🎈", "soccer ball": "⚽",
    "basketball": "🏀", "guitar": "🎸", "drum": "🥁", "trumpet": "🎺", "book": "📕", "key": "🔑", "clock": "⏰",
    "umbrella": "☂", "crown": "👑", "hat": "🎩", "shoe": "👟", "gift": "🎁", "light bulb": "💡", "candle": "🕯",
    "camera": "📷", "robot": "🤖", "ghost": "👻", "pumpkin": "🎃", "skull": "💀", "smiley": "😀", "anchor": "⚓",
}
OBJECTS["balloon"] = OBJECTS.pop("hot air balloon")
PLURALS = {
    "fox": "foxes", "fish": "fish", "octopus": "octopuses", "butterfly": "butterflies", "strawberry": "strawberries",
    "cherries": "cherries", "cactus": "cactuses", "slice of pizza": "slices of pizza", "bus": "buses",
    "cup of coffee": "cups of coffee", "mouse": "mice", "ice cream": "ice creams", "orange fruit": "orange fruits",
}
SYNONYMS = {
    "rabbit": ["bunny"], "donut": ["doughnut"], "hamburger": ["burger"], "airplane": ["plane"], "car": ["automobile"],
    "bicycle": ["bike"], "slice of pizza": ["pizza"], "birthday cake": ["cake"], "soccer ball": ["football"],
    "cup of coffee": ["coffee"], "gift": ["present"], "smiley": ["smiling face"], "hat": ["top hat"],
    "four leaf clover": ["clover"], "sailboat": ["boat"], "ladybug": ["ladybird"], "train": ["locomotive"],
    "clock": ["alarm clock"], "cat": ["kitty"], "dog": ["puppy"], "cow": ["cow face"], "shoe": ["sneaker"],
}


def plural(name: str) -> str:
    return PLURALS.get(name, name + "s")


def article(name: str) -> str:
    return "an" if name[0] in "aeiou" and not name.startswith("uni") else "a"


@lru_cache(maxsize=None)
def bitmap(name: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Colour [size, size, 3] and coverage [size, size, 1] of an object, both float32 in 0...1."""
    font = ImageFont.truetype(FONT, BITMAP_SIZE)
    canvas = Image.new("RGBA", (136, 136), (0, 0, 0, 0))
    ImageDraw.Draw(canvas).text((0, 4), OBJECTS[name], font=font, embedded_color=True)
    box = canvas.getbbox()
    art = canvas.crop(box)
    side = max(art.size)
    square = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(art, ((side - art.width) // 2, (side - art.height) // 2))
    inner = size - 2
    premultiplied = np.asarray(square, np.float32) / 255
    premultiplied[..., :3] *= premultiplied[..., 3:]
    channels = [
        np.asarray(Image.fromarray(premultiplied[..., c]).resize((inner, inner), Image.Resampling.BOX))
        for c in range(4)
    ]
    out = np.zeros((size, size, 4), np.float32)
    out[1:-1, 1:-1] = np.stack(channels, -1)
    return out[..., :3], out[..., 3:]
