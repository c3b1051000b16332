"""Writes a folder with a checkpoint of random weights, of LlamaGen's kind, one gigabyte in bfloat16: random_checkpoint.py FOLDER.

Its pictures have one token, so that a program that draws one has done all that comes before a first token, and no more.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

WIDTH, LAYERS, HEADS, HIDDEN, CODES, CLASSES = 1280, 23, 20, 3584, 16384, 1000


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(1)

    def matrix(outputs, inputs):
        return (torch.rand(outputs, inputs, generator=generator) - 0.5).mul_(inputs**-0.5).bfloat16()

    def norm():
        return torch.ones(WIDTH, dtype=torch.bfloat16)

    tensors = {
        "tok_embeddings.weight": matrix(CODES, WIDTH), "output.weight": matrix(CODES, WIDTH), "norm.weight": norm(),
        "cls_embedding.embedding_table.weight": matrix(CLASSES + 1, WIDTH),
    }  # fmt: skip
    for layer in range(LAYERS):
        name = f"layers.{layer}."
        tensors |= {
            name + "attention.wqkv.weight": matrix(3 * WIDTH, WIDTH), name + "attention.wo.weight": matrix(WIDTH, WIDTH),
            name + "feed_forward.w1.weight": matrix(HIDDEN, WIDTH), name + "feed_forward.w3.weight": matrix(HIDDEN, WIDTH),
            name + "feed_forward.w2.weight": matrix(WIDTH, HIDDEN),
            name + "attention_norm.weight": norm(), name + "ffn_norm.weight": norm(),
        }  # fmt: skip
    save_file(tensors, folder / "model.safetensors")
    settings = {"family": "llamagen", "heads": HEADS, "rows": 1, "columns": 1, "image_tokenizer": None}
    (folder / "weft.json").write_text(json.dumps(settings) + "\n")


if __name__ == "__main__":
    main()
