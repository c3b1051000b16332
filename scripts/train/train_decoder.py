"""Stage 4: trains the decoder. Goes on from its checkpoint for `--seconds` more, at a constant rate, with ever new scenes.

`--finish` lets the rate fall to nothing over those seconds and writes decoder-final.pt (for export and evaluation); the
checkpoint of the constant rate stays as it is, and training goes on from it.
"""

import argparse
import copy
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import common
import world
from decoder import Decoder
from make_tokens import Maker
from muon import Muon

NULL = 1
REPEATED = 0.25  # of tokens that repeat a neighbour, which are easy, are trained on, and count for the others: the head is half of the work


def load_shard(path, rng):
    with np.load(path) as data:
        visual, lengths, text = data["tokens"], data["lengths"].astype(int), data["text"]
    ends = lengths.ravel().cumsum().reshape(lengths.shape)
    for row, tokens in enumerate(visual):
        which = rng.integers(lengths.shape[1])
        length, end = lengths[row, which], ends[row, which]
        yield text[end - length : end], tokens


def pool(maker, number: int, step: int, batch: int, fine: bool):
    """The batches of pool `number`: a new shard and an older one of each grid, mixed, by grid and caption length.

    Each scene is seen about twice, with any of its captions. A pool that was broken off comes in another order.
    """
    rng = np.random.default_rng([number, step])
    batches = []
    for grid in (8, 16) if fine else (8,):
        older = [i for i in range(max(0, number - 40), number) if maker.path(grid, i).exists()]
        indices = [number] + ([int(rng.choice(older))] if older else [])
        groups: dict[int, list] = {}
        for index in indices:
            for text, tokens in load_shard(maker.shard(grid, index), rng):
                groups.setdefault(len(text), []).append((text, tokens))
        size = batch * 64 // grid**2
        for group in groups.values():
            rng.shuffle(group)
            batches += [(grid, group[i : i + size]) for i in range(0, len(group) - size // 2, size)]
    rng.shuffle(batches)
    for grid, rows in batches:
        text = np.stack([t for t, _ in rows]).astype(np.int64)
        text[rng.random(len(rows)) < 0.1, :-1] = NULL  # guidance learns from prompts left out
        yield grid, torch.from_numpy(text).to(common.DEVICE), torch.from_numpy(np.stack([v for _, v in rows]).astype(np.int64)).to(common.DEVICE)


def held_out(maker, grid, count):
    """Batches of held-out scenes, one caption each."""
    scenes = common.held_out_scenes(98, count, grid)
    data = maker.scenes(scenes, random.Random(f"held out {grid}"), grid, 1)
    groups: dict[int, list] = {}
    for (text, tokens) in zip(np.split(data["text"], data["lengths"].ravel().cumsum()[:-1]), data["tokens"]):
        groups.setdefault(len(text), []).append((text, tokens))
    return [(torch.from_numpy(np.stack([t for t, _ in g]).astype(np.int64)).to(common.DEVICE),
             torch.from_numpy(np.stack([v for _, v in g]).astype(np.int64)).to(common.DEVICE)) for g in groups.values()]


def trained_on(visual, columns):
    """Which tokens [batch, rows * columns] are trained on, and how many each of them stands for [tokens]."""
    repeated = torch.zeros_like(visual, dtype=torch.bool)
    repeated[:, 1:] = visual[:, 1:] == visual[:, :-1]
    repeated[:, columns:] |= visual[:, columns:] == visual[:, :-columns]
    kept = ~repeated | (torch.rand(visual.shape, device=visual.device) < REPEATED)
    return kept, torch.where(repeated, 1 / REPEATED, 1.0)[kept]


def weighted_cross_entropy(logits, targets, weights):
    return (F.cross_entropy(logits, targets, reduction="none") * weights).sum()


@torch.no_grad()
def entropy(model, batches, grid):
    total = count = 0
    for text, visual in batches:
        with torch.autocast(common.DEVICE, torch.bfloat16):
            logits = model(text, visual, grid)
        total += F.cross_entropy(logits.float().flatten(0, 1), visual.flatten(), reduction="sum").item()
        count += visual.numel()
    return total / count


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600, help="training time of this call")
    parser.add_argument("--finish", action="store_true", help="the rate falls to nothing; writes decoder-final.pt")
    parser.add_argument("--batch", type=int, default=96, help="pictures of 8x8 tokens; of 16x16 a quarter")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--muon-rate", type=float, default=0.02)
    parser.add_argument("--fine", action=argparse.BooleanOptionalAction, default=True, help="pictures of 16x16 tokens too")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True, help="needs a C++ compiler; 2 to 3 times faster")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(2)
    maker = Maker()
    model = Decoder(common.load(common.WORK / "codebook.pt")["rows"]).to(common.DEVICE)
    matrices = [p for n, p in model.named_parameters() if n.startswith("layers.") and p.ndim >= 2 and "router" not in n]
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    optimizers = [
        torch.optim.AdamW(others, lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True),
        Muon(matrices, lr=options.muon_rate),
    ]
    average = copy.deepcopy(model).eval()
    path = common.WORK / "decoder.pt"
    step, begun, seen, spent, number = 0, 0, 0, 0.0, 0
    if state := common.load(path):
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        step, seen, spent, number = state["step"], state["seen"], state["seconds"], state["pool"]
        begun = state.get("begun", step)
        for optimizer, saved in zip(optimizers, state.get("optimizers", [])):
            optimizer.load_state_dict(saved)
    for optimizer, rate in zip(optimizers, (options.rate, options.muon_rate)):
        for group in optimizer.param_groups:
            group["full"] = rate
    if options.compile:
        for layer in model.layers:
            layer.compile(dynamic=True)
    cross_entropy = torch.compile(weighted_cross_entropy, dynamic=True) if options.compile else weighted_cross_entropy
    if options.finish:
        path = common.WORK / "decoder-final.pt"

    def store():
        common.save({"model": model.state_dict(), "average": average.state_dict(), "optimizers": [o.state_dict() for o in optimizers],
                     "step": step, "begun": begun, "seen": seen, "seconds": spent, "pool": number}, path)

    log = common.Log(common.WORK / "decoder.csv", ["step", "pictures", "seconds", "rate", "cross_entropy_8", "cross_entropy_16",
                                                   "held_out_8", "held_out_16", "least_expert_load", "most_expert_load"])
    tests = {grid: held_out(maker, grid, 512 if grid == 8 else 128) for grid in world.GRIDS}
    first, began, saved = spent, time.time(), time.time()
    totals = {8: [], 16: []}
    done = False
    while not done:
        for grid, text, visual in pool(maker, number, step, options.batch, options.fine):
            spent = first + time.time() - began
            progress = (spent - first) / options.seconds
            done = progress >= 1 or common.stopped
            if done:
                break
            factor = min(1, (step - begun + 1) / 200) * (max(0.001, 1 - progress) if options.finish else 1)
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = group["full"] * factor
            kept, weights = trained_on(visual, grid)
            with torch.autocast(common.DEVICE, torch.bfloat16):
                loss = cross_entropy(model(text, visual, grid, kept), visual[kept], weights) / visual.numel()
            extra = sum(0.01 * l.moe.losses[0] + 0.001 * l.moe.losses[1] for l in model.layers if hasattr(l, "moe"))
            for optimizer in optimizers:
                optimizer.zero_grad(set_to_none=True)
            (loss + extra).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optimizer in optimizers:
                optimizer.step()
            step += 1
            seen += len(text)
            with torch.no_grad():
                keep = min(0.999, step / (step + 100))
                torch._foreach_lerp_(list(average.parameters()), list(model.parameters()), 1 - keep)
            totals[grid].append(loss.item())
            if step % 100 == 0:
                loads = torch.stack([l.moe.load for l in model.layers if hasattr(l, "moe")])
                test = {f"held_out_{g}": round(entropy(average, tests[g], g), 4) for g in tests} if step % 500 == 0 else {}
                mean = {f"cross_entropy_{g}": round(sum(v) / len(v), 4) for g, v in totals.items() if v}
                log.write(step=step, pictures=seen, seconds=round(spent), rate=round(factor, 4), **mean, **test,
                          least_expert_load=round(loads.min().item(), 3), most_expert_load=round(loads.max().item(), 3))
                totals = {8: [], 16: []}
            if time.time() - saved > 180:
                store()
                saved = time.time()
        else:
            number += 1
    store()


if __name__ == "__main__":
    main()
