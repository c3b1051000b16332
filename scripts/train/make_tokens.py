"""Stage 3: renders training scenes, encodes them with the trained tokenizer, and writes shards of tokens and captions."""

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

CAPTIONS = 3  # a scene


def shard(model, processor, index: int, count: int):
    rng = random.Random(f"tokens {index}")
    tokens, texts = [], []
    for start in range(0, count, 256):
        found = [world.training_scene(rng) for _ in range(min(256, count - start))]
        x = common.pixels(np.stack([world.render(s) for s in found]))
        with torch.no_grad(), torch.autocast(common.DEVICE, torch.bfloat16, enabled=common.DEVICE == "cuda"):
            tokens.append(model.encode(x).flatten(1).cpu().numpy().astype(np.uint16))
        texts += [[encode_prompt(processor, captions.caption(rng, s)) for _ in range(CAPTIONS)] for s in found]
    lengths = np.array([[len(t) for t in three] for three in texts], np.uint8)
    flat = np.array([i for three in texts for t in three for i in t], np.uint16)
    path = common.WORK / "tokens" / f"{index:04}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path.with_suffix(".tmp.npz"), tokens=np.concatenate(tokens), lengths=lengths, text=flat)
    path.with_suffix(".tmp.npz").rename(path)
    print(path, count, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--scenes", type=int, default=20000, help="scenes a shard")
    options = parser.parse_args()
    torch.set_num_threads(2)
    model = ImageTokenizer().to(common.DEVICE).to(memory_format=torch.channels_last).eval()
    model.load_state_dict(torch.load(common.WORK / "tokenizer.pt", map_location=common.DEVICE, weights_only=False)["model"])
    processor = sentencepiece.SentencePieceProcessor(model_file=str(common.TEXT_MODEL))
    for index in range(options.first, options.first + options.shards):
        if not (common.WORK / "tokens" / f"{index:04}.npz").exists():
            shard(model, processor, index, options.scenes)


if __name__ == "__main__":
    main()
