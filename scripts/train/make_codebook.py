"""Stage 1a: the codes: principal components of 8x8-pixel patches of the training world, and k-means among the patches.

A patch's token is the nearest of 16384 rows; the painter (stage 1b) sees the rows, which hold the mean picture of a token.
Small things and letters are rare among the patches, and every one of their pixels counts: they weigh more than they are
frequent (see must_be_right). The tones of backgrounds are nearer to each other than codes are: they have rows of their own.
Writes training/codebook.pt; takes minutes. Everything after it depends on it: make it once, or let the networks go on with carry.py.
"""

import argparse
import itertools
import random
import time
from pathlib import Path

import numpy as np
import torch

import artwork
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


def alone(things) -> np.ndarray:
    """The different patches of things that stand alone on white; things are pairs of a world.Thing and its side in cells."""
    found = []
    for thing, side in things:
        scene = world.Scene("single", [world.Group(thing, world.boxes_of([(0, 0)], side))])
        found.append(patches(shown([scene], 8, False)).reshape(8, 8, -1)[:side, :side].reshape(side * side, -1))
    return np.unique(np.concatenate(found), axis=0)


def must_be_right() -> dict[str, tuple[np.ndarray, float]]:
    """Patches [patches, 256] of things that k-means would blur, and how often each counts at least."""
    colors = [c for c in world.COLORS if c != "black"]
    shapes = [(kind, color) for kind in world.SHAPES for color in world.COLORS]
    letters = [world.Scene("word", [], "gray", world.Sign(world.LETTERS[i : i + 6], board, ink, 0, 0, world.CELL))
               for board, inks in world.INKS.items() for ink in inks for i in range(0, len(world.LETTERS), 6)]
    lit = [world.Scene("light", [world.Group(world.Thing(kind, color), world.boxes_of([(x, 7 - side)], side))], light=light)
           for kind in world.SOLIDS for color in colors for side in (3, 4)
           for light, x in (("left", 0), ("right", 8 - side), ("above", (8 - side) // 2))]
    rng = random.Random("built")
    built = [(world.built_thing(rng), side) for _ in range(2000) for side in (4, 6)]
    out = {f"objects of {side} cells": (alone((world.Thing(n), side) for n in artwork.NAMES), floor) for side, floor in ((2, 300), (3, 100))}
    out |= {f"shapes of {side} cells": (alone((world.Thing(*s), side) for s in shapes), floor) for side, floor in ((2, 300), (3, 100))}
    out |= {f"patterned shapes of {side} cells": (alone((world.Thing(*s, p), side) for s in shapes for p in world.PATTERNS), floor)
            for side, floor in ((3, 60), (4, 40))}
    out["letters"] = np.unique(patches(shown(letters, 8, False)), axis=0), 300
    out["solids in light"] = np.unique(patches(shown(lit, 8, False)), axis=0), 70
    out["solids"] = alone((world.Thing(k, c), side) for k in world.SOLIDS for c in colors for side in (3, 4)), 20
    out["houses, trees, faces"] = alone(built), 30
    return out


def nearest(x, rows):
    c2 = rows.pow(2).sum(1)
    parts = [(c2 - 2 * (x[i : i + 16384].bfloat16() @ rows.bfloat16().T).float()).min(1).indices for i in range(0, len(x), 16384)]
    return torch.cat(parts)


def bytewise(p: np.ndarray) -> np.ndarray:
    """Patches [patches, 256] as values [patches] that can be sorted."""
    return np.ascontiguousarray(p).view(np.dtype((np.void, p.shape[1]))).ravel()


def gather(count: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """The different patches [patches, 256] of about `count` scenes, and how often each was there."""
    found = []
    names, weights = list(MIX), list(MIX.values())
    for i in range(count // 620):
        grid, number = ((8, 900), (8, 900), (16, 60))[i % 3]
        scenes = [world.training_scene(rng, grid, rng.choices(names, weights)[0]) for _ in range(number)]
        found.append(bytewise(patches(shown(scenes, grid, i % 7 == 6))))
    unique, frequency = np.unique(np.concatenate(found), return_counts=True)
    return unique.view(np.uint8).reshape(-1, 256), frequency


def weighted(p: np.ndarray, frequency: np.ndarray, options) -> tuple[np.ndarray, torch.Tensor]:
    """Patches and their weights, those that must be right among them."""
    weight = torch.from_numpy(frequency.astype(np.float32)).clamp(max=options.cap).pow(options.power)
    keys, more, floors = bytewise(p), [], []
    for name, (wanted, floor) in must_be_right().items():
        place = np.searchsorted(keys, bytewise(wanted)).clip(max=len(keys) - 1)
        there = keys[place] == bytewise(wanted)
        weight[place[there]] = weight[place[there]].clamp(min=floor)
        more.append(wanted[~there])
        floors.append(torch.full((int((~there).sum()),), float(floor)))
        print(f"{name}: {len(wanted)} patches, {len(more[-1])} of them new", flush=True)
    return np.concatenate([p, *more]), torch.cat([weight, *floors])


def least_missed(rows, mass, count: int):
    """The `count` rows whose loss would cost least: the points nearest to a row, of weight `mass`, would go to the next row."""
    distances = torch.cdist(rows, rows).fill_diagonal_(torch.inf)
    return (mass * distances.min(1).values.pow(2)).topk(count, largest=False).indices


def k_means(z, weight, rows, rounds: int, generator, began: float):
    """Rows [codes, dims] for points z [points, dims]; the rows whose loss costs least move to where the error is greatest."""
    size = len(rows)
    for number in range(rounds):
        code = nearest(z, rows)
        error = (z - rows[code]).pow(2).sum(1) * weight
        total = torch.zeros_like(rows).index_add_(0, code, z * weight[:, None])
        mass = torch.zeros(size).index_add_(0, code, weight)
        rows = torch.where(mass[:, None] > 0, total / mass.clamp(min=1e-6)[:, None], rows)
        print(f"round {number}: error {error.sum() / weight.sum():.5f}, {time.time() - began:.0f} s", flush=True)
        if number < rounds - 3:
            weak = least_missed(rows, mass, size // 40)
            rows[weak] = z[drawn(error, len(weak), generator)]
    return rows


def grounds() -> np.ndarray:
    """The different patches of all tones and ways of plain backgrounds and sceneries, on both grids."""
    scenes = [world.Scene("single", [], name, variant=v) for name in world.PLAIN + world.SCENES for v in range(world.VARIANTS[name])]
    return np.unique(np.concatenate([patches(shown(scenes, g, False)) for g in world.GRIDS]), axis=0)


def with_exact(rows, wanted, z, weight):
    """Rows among which `wanted` points are exact, for those whose loss costs points `z` least: tones differ less than codes do."""
    mass = torch.zeros(len(rows)).index_add_(0, nearest(z, rows), weight)
    return rows.index_copy(0, least_missed(rows, mass, len(wanted)), wanted)


def drawn(weight, count: int, generator):
    """`count` different indices, drawn in proportion to weights."""
    noise = -torch.log(-torch.log(torch.rand(len(weight), generator=generator).clamp(1e-9, 1 - 1e-9)))
    return (weight.clamp(min=1e-12).log() + noise).topk(count).indices


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=110000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--cap", type=float, default=20000, help="counts above it weigh no more")
    parser.add_argument("--power", type=float, default=0.8, help="of a patch's count, its weight")
    parser.add_argument("--basis", type=Path, help="an older codebook whose components are kept, and with whose rows k-means begins")
    options = parser.parse_args()
    torch.set_num_threads(2)
    began = time.time()
    unique, frequency = gather(options.scenes, random.Random("codebook"))
    print(f"{frequency.sum()} patches, {len(unique)} different, {time.time() - began:.0f} s", flush=True)
    unique, weight = weighted(unique, frequency, options)
    x = parts(unique)
    size, dims = CONFIGURATION["codebook_size"], CONFIGURATION["codebook_dim"]
    rows = torch.zeros(0, dims)
    if options.basis:  # so that networks trained with it can go on
        old = common.load(options.basis)
        mean, basis, cover_mean, cover_weight, rows = (old[key] for key in ("mean", "basis", "cover_mean", "cover_weight", "rows"))
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
    error = (z - rows[nearest(z, rows)]).pow(2).sum(1) * weight if len(rows) else weight
    rows = torch.cat([rows, z[drawn(error, size - len(rows), generator)]])
    rows = k_means(z, weight, rows, options.rounds, generator, began)
    rows = with_exact(rows, embed(parts(grounds())), z, weight)
    if not options.basis:  # neighbours in the table look alike: ordered by their first component
        rows = rows[rows[:, 0].argsort()]
    rows = rows.half().float()  # as they are stored
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
