"""Encodes and decodes held-out pictures with `weft`, and says how near the result is, in decibels."""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import suite
from evaluate import ROOT


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    kinds = [kind for kind in suite.KINDS if "seen" not in kind]
    weft = ROOT / "scripts" / "weft"
    means = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind in kinds:
            originals = [suite.world.render(scene) for _, scene in suite.prompts(kind, options.count // len(kinds))]
            paths = [folder / f"{k}.png" for k in range(len(originals))]
            for path, picture in zip(paths, originals):
                Image.fromarray(picture).save(path)
            subprocess.run([weft, "encode", *paths, "-o", folder / "tokens.json"], check=True)
            subprocess.run([weft, "decode", folder / "tokens.json", "-o", folder / "again-{index}.png"], check=True)
            again = [np.asarray(Image.open(folder / f"again-{k}.png"), float) for k in range(len(originals))]
            errors = [np.mean((a - b) ** 2) for a, b in zip(again, originals)]
            decibels = [10 * np.log10(255**2 / max(e, 1e-6)) for e in errors]
            means += decibels
            print(f"{kind}: mean {np.mean(decibels):.1f} dB, least {min(decibels):.1f} dB of {len(decibels)} pictures")
    print(f"all: mean {np.mean(means):.2f} dB of {len(means)} pictures")


if __name__ == "__main__":
    main()
