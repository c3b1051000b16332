"""Contact sheets: look.py scenes OUT.png [size] [seed] [grid]: three scenes of each category, with captions on stdout."""

import random
import sys

import numpy as np
from PIL import Image

import world


def sheet(pictures, columns, scale=1):
    rows = -(-len(pictures) // columns)
    h, w = pictures[0].shape[:2]
    out = np.full((rows * (h + 2), columns * (w + 2), 3), 255, np.uint8)
    for k, p in enumerate(pictures):
        out[k // columns * (h + 2) :][:h, k % columns * (w + 2) :][:, :w] = p
    return Image.fromarray(out).resize((out.shape[1] * scale, out.shape[0] * scale), Image.Resampling.NEAREST)


if __name__ == "__main__":
    size = int(sys.argv[3]) if len(sys.argv) > 3 else 128
    rng = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    grid = int(sys.argv[5]) if len(sys.argv) > 5 else 8
    found = [world.sample(rng, grid, c) for c in world.CATEGORIES for _ in range(6)]
    sheet([world.render(s, size) for s in found], 12).save(sys.argv[2])
    try:
        import captions
    except ImportError:
        sys.exit()
    for s in found:
        print(s.category, "|", captions.caption(rng, s), "| HELD OUT" if world.held_out(s) else "")
