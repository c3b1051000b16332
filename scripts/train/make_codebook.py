"""Stage 1a: the codes: principal components of 8x8-pixel patches of the training world, and k-means among the patches.

A patch's token is the nearest of 8192 rows; the painter (stage 1b) sees the rows, which hold the mean picture of a token.
Writes training/codebook.pt; takes minutes. Everything after it depends on it: make it once.
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch

import common
import world
from image_tokenizer import CONFIGURATION
from train_tokenizer import MIX

SCALE = 0.25  # of components of pixels in [-1, 1]


def patches(pictures: np.ndarray) -> np.ndarray:
    """uint8 [batch, n, n, 3] -> [patches, 192], channels first, as a convolution sees them."""
    b, n = pictures.shape[:2]
    g = n // 8
    return pictures.reshape(b, g, 8, g, 8, 3).transpose(0, 1, 3, 5, 2, 4).reshape(-1, 192)


def nearest(x, rows):
    c2 = rows.pow(2).sum(1)
    parts = [(c2 - 2 * (x[i : i + 16384].bfloat16() @ rows.bfloat16().T).float()).min(1).indices for i in range(0, len(x), 16384)]
    return torch.cat(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=160000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--cap", type=float, default=20000, help="counts above it weigh no more")
    parser.add_argument("--power", type=float, default=0.8, help="of a patch's count, its weight")
    parser.add_argument("--basis", type=Path, help="an older codebook whose components are kept")
    options = parser.parse_args()
    torch.set_num_threads(2)
    began = time.time()
    rng, found = random.Random("codebook"), []
    names, weights = list(MIX), list(MIX.values())
    for i in range(options.scenes // 620):
        grid, count = ((8, 800), (8, 800), (16, 250))[i % 3]
        scenes = [world.training_scene(rng, grid, rng.choices(names, weights)[0]) for _ in range(count)]
        picture, over, cells = (np.stack(part) for part in zip(*(world.layers(s, 8 * grid) for s in scenes)))
        if i % 7 < 6:  # the rest as `weft encode` sees them
            picture = np.where(cells.repeat(8, 1).repeat(8, 2)[..., None], over, picture)
        p = patches(picture)
        found.append(np.ascontiguousarray(p).view(np.dtype((np.void, 192))).ravel())
        if i % 20 == 19:  # keep the different ones, with their counts
            joined = np.concatenate(found)
            found = [joined]
    unique, first, count = np.unique(np.concatenate(found), return_index=True, return_counts=True)
    x = torch.from_numpy(unique.view(np.uint8).reshape(-1, 192).copy()).float() / 127.5 - 1
    weight = torch.from_numpy(count.astype(np.float32)).clamp(max=options.cap).pow(options.power)
    print(f"{count.sum()} patches, {len(x)} different, {time.time() - began:.0f} s", flush=True)
    size, dims = CONFIGURATION["codebook_size"], CONFIGURATION["codebook_dim"]
    mean = (x * weight[:, None]).sum(0) / weight.sum()
    centred = (x - mean) * weight.sqrt()[:, None]
    values, vectors = torch.linalg.eigh(centred.T @ centred / weight.sum())
    basis = vectors.flip(1)[:, :dims].T.contiguous()  # [dims, 192]
    if old := common.load(options.basis) if options.basis else None:  # so that networks trained with it can go on
        mean, basis = old["mean"], old["basis"]
    print(f"{dims} components hold {values.flip(0)[:dims].sum() / values.sum():.5f} of the variance", flush=True)
    z = (x - mean) @ basis.T * SCALE
    generator = torch.Generator().manual_seed(1)
    top = torch.from_numpy(np.argsort(-count)[: size // 2].copy())
    chance = weight.clone()
    chance[top] = 0
    pick = chance.log() - torch.log(-torch.log(torch.rand(len(chance), generator=generator).clamp(1e-9, 1 - 1e-9)))
    rows = torch.cat([z[top], z[pick.topk(size - size // 2).indices]])
    for number in range(options.rounds):
        code = nearest(z, rows)
        error = (z - rows[code]).pow(2).sum(1)
        total = torch.zeros(size, dims).index_add_(0, code, z * weight[:, None])
        mass = torch.zeros(size).index_add_(0, code, weight)
        rows = total / mass.clamp(min=1e-6)[:, None]
        empty = mass == 0
        if n := int(empty.sum()):
            worst = (error * weight).topk(3 * n).indices
            rows[empty] = z[worst[torch.randperm(3 * n, generator=generator)[:n]]]
        print(f"round {number}: error {error.mean():.5f}, empty {n}, {time.time() - began:.0f} s", flush=True)
    # Neighbours in the table look alike: ordered by their first component.
    rows = rows[rows[:, 0].argsort()]
    common.save({"weight": (basis * SCALE).view(dims, 3, 8, 8), "bias": -(basis @ mean) * SCALE, "rows": rows, "mean": mean, "basis": basis}, common.WORK / "codebook.pt")
    for grid in world.GRIDS:
        picture, over, cells = (np.stack(part) for part in zip(*(world.layers(s, 8 * grid) for s in common.held_out_scenes(99, 200, grid))))
        p = np.where(cells.repeat(8, 1).repeat(8, 2)[..., None], over, picture)
        p = torch.from_numpy(patches(p)).float() / 127.5 - 1
        code = nearest((p - mean) @ basis.T * SCALE, rows)
        shown = (rows[code] / SCALE) @ basis + mean
        error = ((shown.clamp(-1, 1) - p) / 2).pow(2).mean(1).view(200, -1).mean(1)
        print(f"grid {grid}: {-10 * torch.log10(error + 1e-10).mean():.2f} dB held out, without painter; {len(code.unique())} codes")


if __name__ == "__main__":
    main()
