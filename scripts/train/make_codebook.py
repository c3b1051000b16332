"""Stage 1a: the codes: principal components of 8x8-pixel patches of the training world, and k-means among the patches.

A patch's token is the nearest of 8192 rows; the painter (stage 1b) sees the rows, which hold the mean picture of a token.
Writes training/codebook.pt; takes minutes. Everything after it depends on it: make it once.
"""

import argparse
import itertools
import random
import time
from pathlib import Path

import numpy as np
import torch

import common
import world
from image_tokenizer import COLORS, CONFIGURATION
from train_tokenizer import MIX

SCALE = 0.25  # of components of pixels in [-1, 1]
COVER = 2.5  # how much an error of the cover (0 to 1) weighs, squared: what it does to the colors on a usual background


def patches(pictures: np.ndarray) -> np.ndarray:
    """uint8 [batch, n, n, channels] -> [patches, channels * 64], channels first, as a convolution sees them."""
    b, n, _, c = pictures.shape
    g = n // 8
    return pictures.reshape(b, g, 8, g, 8, c).transpose(0, 1, 3, 5, 2, 4).reshape(-1, c * 64)


def shown(scenes, grid: int, raw: bool) -> np.ndarray:
    """What becomes tokens: uint8 [batch, n, n, 4], colors and cover; `raw` as `weft encode` sees it, all covered."""
    picture, over, cover, cells = (np.stack(part) for part in zip(*(world.layers(s, 8 * grid) for s in scenes)))
    if raw:
        cells = np.zeros_like(cells)
    thing = cells.repeat(8, 1).repeat(8, 2)[..., None]
    return np.concatenate([np.where(thing, over, picture), np.where(thing, cover[..., None], 255)], -1).astype(np.uint8)


def parts(p: np.ndarray) -> torch.Tensor:
    """uint8 [patches, 256] -> float32, colors in [-1, 1] and cover in [0, 1]."""
    x = torch.from_numpy(p).float()
    return torch.cat([x[:, :192] / 127.5 - 1, x[:, 192:] / 255], 1)


def components(x, weight, dims):
    """The mean and the `dims` first components [dims, size] of rows, with the share of the variance that they hold."""
    mean = (x * weight[:, None]).sum(0) / weight.sum()
    centred = (x - mean) * weight.sqrt()[:, None]
    values, vectors = torch.linalg.eigh(centred.T @ centred / weight.sum())
    print(f"{dims} components hold {values.flip(0)[:dims].sum() / values.sum():.5f} of the variance", flush=True)
    return mean, vectors.flip(1)[:, :dims].T.contiguous()


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
        grid, count = ((8, 900), (8, 900), (16, 60))[i % 3]
        scenes = [world.training_scene(rng, grid, rng.choices(names, weights)[0]) for _ in range(count)]
        p = patches(shown(scenes, grid, i % 7 == 6))
        found.append(np.ascontiguousarray(p).view(np.dtype((np.void, 256))).ravel())
        if i % 20 == 19:  # keep the different ones, with their counts
            joined = np.concatenate(found)
            found = [joined]
    unique, first, count = np.unique(np.concatenate(found), return_index=True, return_counts=True)
    x = parts(unique.view(np.uint8).reshape(-1, 256).copy())
    weight = torch.from_numpy(count.astype(np.float32)).clamp(max=options.cap).pow(options.power)
    print(f"{count.sum()} patches, {len(x)} different, {time.time() - began:.0f} s", flush=True)
    size, dims = CONFIGURATION["codebook_size"], CONFIGURATION["codebook_dim"]
    if options.basis:  # so that networks trained with it can go on
        old = common.load(options.basis)
        mean, basis, cover_mean, cover_weight = (old[key] for key in ("mean", "basis", "cover_mean", "cover_weight"))
    else:
        mean, basis = components(x[:, :192], weight, COLORS)
        cover_mean, cover_basis = components(x[:, 192:], weight, dims - COLORS)
        cover_weight = cover_basis * SCALE * COVER**0.5
    color_weight = basis * SCALE
    color_bias, cover_bias = -(color_weight @ mean), -(cover_weight @ cover_mean)

    def embed(x):
        return torch.cat([x[:, :192] @ color_weight.T + color_bias, x[:, 192:] @ cover_weight.T + cover_bias], 1)

    z = embed(x)
    del x
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
    common.save({"weight": color_weight.view(COLORS, 3, 8, 8), "bias": color_bias, "cover_weight": cover_weight, "cover_bias": cover_bias,
                 "rows": rows, "mean": mean, "basis": basis, "cover_mean": cover_mean}, common.WORK / "codebook.pt")
    for grid, raw in itertools.product(world.GRIDS, (False, True)):
        p = parts(patches(shown(common.held_out_scenes(99, 200, grid), grid, raw)))
        code = nearest(embed(p), rows)
        back = (rows[code, :COLORS] / SCALE) @ basis + mean
        cover = rows[code, COLORS:] @ cover_weight / (SCALE**2 * COVER) + cover_mean
        error = ((back.clamp(-1, 1) - p[:, :192]) / 2).pow(2).mean(1).view(200, -1).mean(1)
        wrong = (cover - p[:, 192:]).pow(2).mean(1).view(200, -1).mean(1)
        print(f"grid {grid}, {'raw' if raw else 'layers'}: {-10 * torch.log10(error + 1e-10).mean():.2f} dB held out, without painter; "
              f"cover {-10 * torch.log10(wrong + 1e-10).mean():.2f} dB; {len(code.unique())} codes")


if __name__ == "__main__":
    main()
