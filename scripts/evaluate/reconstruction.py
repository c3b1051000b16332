"""Encodes and decodes held-out pictures with `weft`, and says how near the result is, for every size of the model: in decibels, and
what one sees as blocks: how many flat squares, a quarter of a token a side, have another tone than they should, and how many squares of
plain backgrounds and gradients another than their row has elsewhere.

`layers` are the same scenes with the tokens that training makes of things and of what is behind them, as the decoder does.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import ceiling
import suite
import world
from tones import steps, wrong_tones

ROOT = Path(__file__).resolve().parents[2]


def through_weft(pictures: list, quality: str) -> list:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{k}.png" for k in range(len(pictures))]
        for path, picture in zip(paths, pictures):
            Image.fromarray(picture).save(path)
        weft = ROOT / "scripts" / "weft"
        subprocess.run([weft, "encode", *paths, "--quality", quality, "-o", folder / "tokens.json"], check=True)
        subprocess.run([weft, "decode", folder / "tokens.json", "-o", folder / "again-{index}.png"], check=True)
        return [np.asarray(Image.open(folder / f"again-{k}.png").convert("RGB")) for k in range(len(pictures))]


def main():
    parser = argparse.ArgumentParser(prog="evaluate reconstruction", description=__doc__)
    parser.add_argument("--count", type=int, default=120, help="pictures a size")
    parser.add_argument("--sizes", help="pixels a side, as in 64,128 (default: all of the model)")
    parser.add_argument("--categories", action="store_true", help="says it of every category too")
    options = parser.parse_args()
    each = max(1, options.count // len(suite.CATEGORIES))
    scenes = {category: [scene for _, scene in suite.prompts(category, each)] for category in suite.CATEGORIES}
    print("| pixels | tokens | from | category | pictures | mean | least | flat squares of another tone | squares of another tone than their row |\n|---|---|---|---|---|---|---|---|---|")
    model = json.loads((ROOT / "Models" / "weft-mini" / "config.json").read_text())
    painter = ceiling.painter(ROOT / "Models" / "weft-mini")
    for size, grid, quality in sorted((s["width"], s["columns"], s["quality"]) for s in model["sizes"]):
        if options.sizes and str(size) not in options.sizes.split(","):
            continue
        ways = {"encode": lambda scenes, originals: through_weft(originals, quality), "layers": lambda scenes, _: ceiling.painted(painter, scenes, size, grid)}
        for way, paint in ways.items():
            rows = {}
            for category in suite.CATEGORIES:
                originals = [world.render(scene, size) for scene in scenes[category]]
                again = paint(scenes[category], originals)
                if again[0].shape != originals[0].shape:
                    print(f"weft: {originals[0].shape[0]} pixels come back as {again[0].shape[0]}", file=sys.stderr)
                    return 1
                errors = [np.mean((a.astype(float) - b) ** 2) for a, b in zip(again, originals)]
                counts = [(*wrong_tones(a, b, size // grid // 4), *steps(a, b, size // grid // 4)) for a, b in zip(again, originals)]
                rows[category] = [(10 * np.log10(255**2 / max(e, 1e-6)), *count) for e, count in zip(errors, counts)]
            for category, found in (rows | {"all": sum(rows.values(), [])}).items():
                if options.categories or category == "all":
                    decibels, *counts = zip(*found)
                    off, flat, stepped, ground = map(sum, counts)
                    print(f"| {size} | {grid}x{grid} | {way} | {category} | {len(found)} | {np.mean(decibels):.2f} dB | {min(decibels):.1f} dB | {off / flat:.1%} | {stepped / ground:.1%} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
