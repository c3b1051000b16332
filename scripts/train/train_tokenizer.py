"""Stage 1: trains the image tokenizer on scenes made on the fly. Resumes from its checkpoint."""

import argparse
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import common
import world
from image_tokenizer import ImageTokenizer


# Small things, letters and artwork are the hard part: more of them than in the decoder's mix.
MIX = {"single": 14, "count": 18, "pair": 10, "relation": 8, "scale": 12, "word": 20, "object": 12, "objects": 3, "meeting": 3}


def training_pictures(rng, count):
    found = []
    while len(found) < count:
        scene = world.sample(rng, rng.choices(list(MIX), MIX.values())[0])
        if not world.held_out(scene):
            found.append(world.render(scene))
    return np.stack(found)


def edges(x):
    return x[..., 1:, :] - x[..., :-1, :], x[..., :, 1:] - x[..., :, :-1]


def loss(output, target):
    """L1, twice the squared error, and L1 of the differences of neighbours (sharp edges)."""
    (oy, ox), (ty, tx) = edges(output), edges(target)
    return F.l1_loss(output, target) + 2 * F.mse_loss(output, target) + F.l1_loss(oy, ty) + F.l1_loss(ox, tx)


def decibels(output, target):
    error = ((output.clamp(-1, 1) - target) / 2).pow(2).mean((1, 2, 3))
    return (-10 * torch.log10(error + 1e-10)).mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800, help="training time in all, over all interruptions")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = ImageTokenizer().to(common.DEVICE).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    path = common.WORK / "tokenizer.pt"
    step, spent = 0, 0.0
    if state := common.load(path):
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step, spent = state["step"], state["seconds"]
    log = common.Log(common.WORK / "tokenizer.csv", ["step", "pictures", "seconds", "loss", "psnr_held_out", "codes"])
    held_out = common.pixels(np.stack([world.render(s) for s in common.scenes(99, 256, world.held_out)]))
    began, saved, total = time.time() - spent, time.time(), 0.0
    while (spent := time.time() - began) < options.seconds:
        progress = spent / options.seconds
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / 100) * max(0.005, min(1, (1 - progress) / 0.7))
        rng = random.Random(f"tokenizer {step}")
        x = common.pixels(training_pictures(rng, options.batch))
        with torch.autocast(common.DEVICE, torch.bfloat16):
            y = model(x).float()
        value = loss(y, x)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        total += value.item()
        if step % 200 == 0:
            with torch.no_grad():
                ids = model.encode(held_out)
                psnr = decibels(model.decode(ids), held_out)
            log.write(step=step, pictures=step * options.batch, seconds=round(spent), loss=round(total / 200, 4),
                      psnr_held_out=round(psnr, 2), codes=len(ids.unique()))
            total = 0.0
        if time.time() - saved > 60:
            common.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "seconds": spent}, path)
            saved = time.time()
    common.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "seconds": spent}, path)


if __name__ == "__main__":
    main()
