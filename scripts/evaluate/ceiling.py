"""How often the checkers accept pictures whose tokens are right: scenes of the suite through the codebook and the painter.

What is missing there is lost in tokens, painter or checkers; what `weft evaluate` misses beyond it is the decoder's.
Prints a table: category, and the share accepted at each number of pixels and tokens a side.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

import checker
import suite
import common
import unpack
from stated import scene_facts


def painter(folder: Path):
    """The image tokenizer of a model's folder, to make and to paint tokens."""
    tensors = unpack.even(load_file(folder / "image_tokenizer.safetensors"))
    return unpack.image_tokenizer(tensors, unpack.codebook(tensors)).eval()


def painted(model, scenes, pixels: int, grid: int) -> np.ndarray:
    """Scenes as their tokens show them, uint8 [count, pixels, pixels, 3]."""
    with torch.no_grad():
        tokens = model.encode_layers(*common.layers(scenes, 8 * grid))
        out = torch.cat([model.decode(t, pixels // (8 * grid)) for t in tokens.split(8)])
    return ((out.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()


def main():
    parser = argparse.ArgumentParser(prog="evaluate ceiling", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=common.ROOT / "Models" / "weft-mini")
    parser.add_argument("--count", type=int, default=40, help="scenes a category")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sizes", default="128x8", help="pixels and tokens a side, as in 128x8,256x16")
    parser.add_argument("--categories", default=",".join(suite.CATEGORIES))
    parser.add_argument("--reasons", action="store_true", help="says of each mistake what it is")
    options = parser.parse_args()
    sizes = [tuple(map(int, size.split("x"))) for size in options.sizes.split(",")]
    model = painter(options.model)
    print(f"| category | {' | '.join(f'{p} pixels, {g}x{g} tokens' for p, g in sizes)} |\n|{'---|' * (len(sizes) + 1)}")
    for category in options.categories.split(","):
        pairs = suite.prompts(category, options.count, options.seed)
        cells = []
        for pixels, grid in sizes:
            pictures = painted(model, [scene for _, scene in pairs], pixels, grid)
            wrong = [checker.wrong(p, scene_facts(scene, prompt)) for p, (prompt, scene) in zip(pictures, pairs)]
            cells.append(f"{sum(w is None for w in wrong) / len(wrong):.1%}")
            if options.reasons:
                for k, (why, (prompt, _)) in enumerate(zip(wrong, pairs)):
                    if why:
                        print(f"  {category}-{k + 1:03}, {pixels} pixels: {why} | {prompt}")
        print(f"| {category} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
