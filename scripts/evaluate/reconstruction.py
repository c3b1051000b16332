"""Encodes and decodes held-out pictures with `weft`, and says how near the result is, in decibels, for every size of the model."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import suite
import world

ROOT = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(prog="evaluate reconstruction", description=__doc__)
    parser.add_argument("--count", type=int, default=120, help="pictures a size")
    parser.add_argument("--sizes", help="pixels a side, as in 64,128 (default: all of the model)")
    parser.add_argument("--categories", action="store_true", help="says it of every category too")
    options = parser.parse_args()
    weft = ROOT / "scripts" / "weft"
    each = max(1, options.count // len(suite.CATEGORIES))
    scenes = {category: [scene for _, scene in suite.prompts(category, each)] for category in suite.CATEGORIES}
    print("| pixels | tokens | category | pictures | mean | least |\n|---|---|---|---|---|---|")
    model = json.loads((ROOT / "Models" / "weft-mini" / "config.json").read_text())
    for size, _, quality in sorted((s["width"], s["rows"] * s["columns"], s["quality"]) for s in model["sizes"]):
        if options.sizes and str(size) not in options.sizes.split(","):
            continue
        rows, grid = {}, ""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for category in suite.CATEGORIES:
                originals = [world.render(scene, size) for scene in scenes[category]]
                paths = [folder / f"{k}.png" for k in range(len(originals))]
                for path, picture in zip(paths, originals):
                    Image.fromarray(picture).save(path)
                subprocess.run([weft, "encode", *paths, "--quality", quality, "-o", folder / "tokens.json"], check=True)
                subprocess.run([weft, "decode", folder / "tokens.json", "-o", folder / "again-{index}.png"], check=True)
                tokens = json.loads((folder / "tokens.json").read_text())
                first = tokens[0] if isinstance(tokens, list) else tokens
                grid = f"{first['rows']}x{first['columns']}"
                again = [np.asarray(Image.open(folder / f"again-{k}.png").convert("RGB"), float) for k in range(len(originals))]
                if again[0].shape != originals[0].shape:
                    print(f"weft: {originals[0].shape[0]} pixels come back as {again[0].shape[0]}", file=sys.stderr)
                    return 1
                errors = [np.mean((a - b) ** 2) for a, b in zip(again, originals)]
                rows[category] = [10 * np.log10(255**2 / max(e, 1e-6)) for e in errors]
        everything = [d for decibels in rows.values() for d in decibels]
        for category, decibels in (rows | {"all": everything}).items():
            if options.categories or category == "all":
                print(f"| {size} | {grid} | {category} | {len(decibels)} | {np.mean(decibels):.2f} dB | {min(decibels):.1f} dB |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
