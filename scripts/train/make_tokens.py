"""Stage 3: renders training scenes, encodes them with the codebook, and writes shards of tokens and captions.

The decoder's training makes its shards itself; by hand: make_tokens.py --grid 16 --first 0 --shards 4.
"""

import argparse
import random

import numpy as np
import sentencepiece
import torch

import captions
import common
import world
from image_tokenizer import ImageTokenizer
from prompts import encode_prompt

CAPTIONS = 3  # a scene, the first of which says every fact
SCENES = {8: 8000, 16: 1000}  # a shard; the finer grid learns from the coarser


class Maker:
    def __init__(self):
        self.model = ImageTokenizer().to(common.DEVICE).to(memory_format=torch.channels_last).eval()
        self.model.load_codebook(common.load(common.WORK / "codebook.pt"))
        self.processor = sentencepiece.SentencePieceProcessor(model_file=str(common.TEXT_MODEL))

    @torch.no_grad()
    def tokens(self, scenes, grid: int) -> np.ndarray:
        return self.model.encode_layers(*common.layers(scenes, 8 * grid)).flatten(1).cpu().numpy().astype(np.uint16)

    def scenes(self, scenes, rng, grid: int, count: int = CAPTIONS):
        """Arrays of tokens, caption lengths and caption pieces of scenes."""
        size = 1024 if grid == 8 else 256
        tokens = [self.tokens(scenes[i : i + size], grid) for i in range(0, len(scenes), size)]
        texts = [[encode_prompt(self.processor, captions.caption(rng, s, full=k == 0), grid) for k in range(count)] for s in scenes]
        lengths = np.array([[len(t) for t in each] for each in texts], np.uint8)
        flat = np.array([i for each in texts for t in each for i in t], np.uint16)
        return {"tokens": np.concatenate(tokens), "lengths": lengths, "text": flat}

    @staticmethod
    def path(grid: int, index: int):
        return common.WORK / "tokens" / f"grid{grid}-{index:05}.npz"

    def shard(self, grid: int, index: int):
        """The path of a shard, which is made if it is not there."""
        path = self.path(grid, index)
        if not path.exists():
            rng = random.Random(f"tokens {grid} {index}")
            data = self.scenes([world.training_scene(rng, grid) for _ in range(SCENES[grid])], rng, grid)
            path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(path.with_suffix(".tmp.npz"), **data)
            path.with_suffix(".tmp.npz").rename(path)
        return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grid", type=int, default=8)
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(2)
    maker = Maker()
    for index in range(options.first, options.first + options.shards):
        print(maker.shard(options.grid, index), flush=True)


if __name__ == "__main__":
    main()
