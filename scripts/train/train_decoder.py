"""Stage 4: trains the decoder on cached tokens. Resumes from its checkpoint; more seconds or more shards carry it on."""

import argparse
import copy
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import common
from decoder import Decoder
from image_tokenizer import CONFIGURATION as TOKENIZER
from muon import Muon

NULL, BOI = 1, 2


class Shards:
    """Batches of captions of one exact length, over all shards again and again, with any of a scene's captions each time."""

    def __init__(self, batch: int):
        self.batch = batch

    def pool(self, number: int):
        """The batches of pool `number`: two shards of those that are there by now, mixed and grouped by caption length."""
        rng = np.random.default_rng(number)
        paths = sorted((common.WORK / "tokens").glob("[0-9][0-9][0-9][0-9].npz"))
        if not paths:
            raise SystemExit(f"no token shards in {common.WORK / 'tokens'}: run make_tokens.py first")
        groups: dict[int, list] = {}
        for path in rng.choice(paths, size=min(2, len(paths)), replace=False):
            with np.load(path) as data:
                visual, lengths, text = data["tokens"], data["lengths"].astype(int), data["text"]
            ends = lengths.ravel().cumsum().reshape(lengths.shape)
            for row, tokens in enumerate(visual):
                which = rng.integers(lengths.shape[1])
                length, end = lengths[row, which], ends[row, which]
                groups.setdefault(length, []).append((text[end - length : end], tokens))
        batches = []
        for group in groups.values():
            rng.shuffle(group)
            for i in range(0, len(group) - self.batch // 2, self.batch):
                batches.append(group[i : i + self.batch])
        rng.shuffle(batches)
        for rows in batches:
            text = np.stack([t for t, _ in rows]).astype(np.int64)
            text[rng.random(len(rows)) < 0.1, :-1] = NULL  # guidance learns from prompts left out
            yield torch.from_numpy(text).to(common.DEVICE), torch.from_numpy(np.stack([v for _, v in rows]).astype(np.int64)).to(common.DEVICE)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=7200, help="training time in all, over all interruptions")
    parser.add_argument("--decay", type=float, default=0.45, help="the last share of the time, in which the rate falls to nothing")
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--muon-rate", type=float, default=0.02)
    parser.add_argument("--optimizer", choices=["muon", "adamw"], default="muon")
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True, help="needs a C++ compiler; 2 to 3 times faster")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(2)
    model = Decoder(TOKENIZER["quantizer"]["levels"]).to(common.DEVICE)
    columns = 8
    matrices = [p for n, p in model.named_parameters() if n.startswith("layers.") and p.ndim >= 2 and "router" not in n]
    if options.optimizer == "adamw":
        matrices = []
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    optimizers = [torch.optim.AdamW(others, lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)]
    if matrices:
        optimizers.append(Muon(matrices, lr=options.muon_rate))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["full"] = group["lr"]
    average = copy.deepcopy(model).eval()
    if options.compile:
        for layer in model.layers:
            layer.compile(dynamic=True)
    cross_entropy = torch.compile(F.cross_entropy, dynamic=True) if options.compile else F.cross_entropy
    path = common.WORK / "decoder.pt"
    step, seen, spent, pool = 0, 0, 0.0, 0
    if state := common.load(path):
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        for optimizer, saved in zip(optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        step, seen, spent, pool = state["step"], state["seen"], state["seconds"], state["pool"]

    def state():
        return {"model": model.state_dict(), "average": average.state_dict(), "optimizers": [o.state_dict() for o in optimizers],
                "step": step, "seen": seen, "seconds": spent, "pool": pool}

    log = common.Log(common.WORK / "decoder.csv", ["step", "pictures", "seconds", "rate", "cross_entropy", "least_expert_load", "most_expert_load"])
    shards = Shards(options.batch)
    began, saved, total, counted, stable = time.time() - spent, time.time(), 0.0, 0, spent > options.seconds * (1 - options.decay)
    while (spent := time.time() - began) < options.seconds:
        for text, visual in shards.pool(pool):
            spent = time.time() - began
            progress = spent / options.seconds
            if progress >= 1:
                break
            if not stable and progress > 1 - options.decay:
                common.save(state(), common.WORK / "decoder-stable.pt")  # longer training goes on from here
                stable = True
            factor = min(1, (step + 1) / 200) * max(0.001, min(1, (1 - progress) / options.decay))
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = group["full"] * factor
            with torch.autocast(common.DEVICE, torch.bfloat16):
                logits = model(text, visual, columns)
                loss = cross_entropy(logits.flatten(0, 1), visual.flatten())
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
            total, counted = total + loss.item(), counted + 1
            if step % 100 == 0:
                loads = torch.stack([l.moe.load for l in model.layers if hasattr(l, "moe")])
                log.write(step=step, pictures=seen, seconds=round(spent), rate=round(factor, 4), cross_entropy=round(total / counted, 4),
                          least_expert_load=round(loads.min().item(), 3), most_expert_load=round(loads.max().item(), 3))
                total, counted = 0.0, 0
            if time.time() - saved > 120:
                common.save(state(), path)
                saved = time.time()
        pool += 1
    common.save(state(), path)


if __name__ == "__main__":
    main()
