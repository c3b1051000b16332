"""Draws the sample sheet of the model card with `weft`: one picture a prompt, seed 1, whatever comes out."""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from evaluate import ROOT, contact_sheet

PROMPTS = [
    "three red circles", "a blue star to the left of a yellow ring", "a cat", 'a yellow sign with the word "WEFT"',
    "five green hearts", "a big purple square and a small orange triangle", "a slice of pizza", 'a red sign that says "HELLO"',
    "a pink diamond above a black cross", "two white stars on a blue background", "an octopus", "a small red heart in the top left corner",
    "four cyan rings on a black background", "a green circle and a brown square", "a sailboat on a cyan background", "six orange triangles",
]


def main():
    pictures = []
    with tempfile.TemporaryDirectory() as folder:
        for k, prompt in enumerate(PROMPTS):
            path = Path(folder) / f"{k}.png"
            subprocess.run([ROOT / "scripts" / "weft", "generate", prompt, "--seed", "1", "-o", path, "--progress", "none"], check=True)
            pictures.append(np.asarray(Image.open(path).convert("RGB")))
    contact_sheet(pictures, 8, 2).save(ROOT / "Models" / "weft-mini" / "samples.png", optimize=True)
    for k, prompt in enumerate(PROMPTS):
        print(f"{k + 1}. {prompt}")


if __name__ == "__main__":
    main()
