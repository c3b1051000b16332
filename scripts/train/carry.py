"""Lets networks that were trained with an older codebook go on with a newer one that keeps its components.

Give make_codebook.py the older one as --basis first. A new code begins with what the decoder knew of the nearest old one, moved
by what the linear maps of its tables say of the difference; the painter sees rows, so it just goes on. Reads codebook.pt,
decoder.pt and tokenizer.pt of an older training folder, and writes decoder.pt and tokenizer.pt beside the newer codebook.pt.
"""

import argparse
from pathlib import Path

import torch

import common
from decoder import CodeTable


def carried(state: dict, old: torch.Tensor, new: torch.Tensor, near: torch.Tensor) -> dict:
    """A decoder's checkpoint for the rows `new`, of which `near` are the nearest of the rows `old`."""
    before, after = (CodeTable.even(rows) for rows in (old, new))
    # What the old numbers of a row are in terms of the new ones: both are affine in the row.
    gain = after.scale / before.scale
    shift = (after.mean - before.mean) / before.scale
    for key in ("model", "average"):
        tensors = state[key]
        for table in ("visual_embedding", "head"):
            offset = shift @ tensors[f"{table}.map"]
            tensors[f"{table}.map"] = tensors[f"{table}.map"] * gain[:, None]
            tensors[f"{table}.rest"] = tensors[f"{table}.rest"][near] + offset
            tensors[f"{table}.rows"] = after.rows
    adam = state["optimizers"][0]["state"] if "optimizers" in state else {}  # which has the tables
    for moments in adam.values():
        for name, power in (("exp_avg", 1), ("exp_avg_sq", 2)):
            if moments[name].shape[0] == len(old):
                moments[name] = moments[name][near]
            elif moments[name].shape[0] == old.shape[1] and moments[name].ndim == 2:
                moments[name] = moments[name] / gain[:, None] ** power
    return state


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("older", type=Path, help="the folder of the older training")
    options = parser.parse_args()
    old, new = (common.load(folder / "codebook.pt")["rows"] for folder in (options.older, common.WORK))
    near = torch.cdist(new, old).argmin(1)
    common.save(carried(common.load(options.older / "decoder.pt"), old, new, near), common.WORK / "decoder.pt")
    painter = common.load(options.older / "tokenizer.pt")
    painter["model"]["quantize.embedding.weight"] = new
    common.save(painter, common.WORK / "tokenizer.pt")
    print(f"{len(new)} codes begin as {len(near.unique())} of {len(old)}")


if __name__ == "__main__":
    main()
