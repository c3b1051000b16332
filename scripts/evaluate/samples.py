"""Draws the sample sheet of the model card with `weft`: one picture a prompt, seed 1, whatever comes out."""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import seeing  # noqa: F401  puts train/ on the path
from look import sheet

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = [
    "three red circles", "a blue star to the left of a yellow ring", "a cat", 'a yellow sign with the word "WEFT"',
    "five green hearts", "a big purple square and a small orange triangle", "a slice of pizza", 'a red sign that says "HELLO"',
    "a pink diamond inside a black ring", "two white stars on a blue background", "an octopus at sea", "a small red heart in the top left corner",
    "a striped cyan heart", "a green circle in front of a brown square", "a sailboat at sea", "a red ball, light from the left",
    "a yellow house with two windows and no door", "a tree with three apples on a hill", "from left to right: a fox, a red star and a lemon",
    "four blue stars above two yellow squares on a gray background", "a rocket at night", "a blue face with a hat and a smile",
    "two pears and no circles", "a checkered orange arrow in the snow",
]


def main():
    parser = argparse.ArgumentParser(prog="evaluate samples", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "Models" / "weft-mini" / "samples.png")
    parser.add_argument("--size", help="the size of weft's pictures, as its --size has it")
    options = parser.parse_args()
    pictures = []
    with tempfile.TemporaryDirectory() as folder:
        for k, prompt in enumerate(PROMPTS):
            path = Path(folder) / f"{k}.png"
            flags = ["--size", options.size] if options.size else []
            subprocess.run([ROOT / "scripts" / "weft", "generate", prompt, "--seed", "1", "-o", path, "--progress", "none", *flags], check=True)
            pictures.append(np.asarray(Image.open(path).convert("RGB")))
    sheet(pictures, 8, 2 if pictures[0].shape[0] < 128 else 1).save(options.output, optimize=True)
    for k, prompt in enumerate(PROMPTS):
        print(f"{k + 1}. {prompt}")


if __name__ == "__main__":
    main()
