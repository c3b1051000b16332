"""Stage 1b: trains the painter (from tokens to pixels, all grids and scales) on scenes made on the fly. Resumes from its checkpoint.

The codes are those of make_codebook.py and stay what they are: decoders trained on them stay valid, however long the
painter is trained. Goes on for `--seconds` more at a constant rate; `--finish` lets the rate fall to nothing over those
seconds and writes tokenizer-final.pt, and the checkpoint of the constant rate stays.
"""

import argparse
import collections
import itertools
import multiprocessing
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import common
import world
from image_tokenizer import ImageTokenizer

# Small things, letters and artwork are the hard part: more of them than in the decoder's mix.
MIX = {
    "single": 9, "count": 10, "object": 14, "objects": 8, "pair": 6, "relation": 6, "inside": 4, "occlusion": 5, "scale": 6,
    "three": 6, "composition": 7, "word": 16, "sign and thing": 5, "light": 6, "built": 6,
}
# (grid, scale): pixels a side are 8 * grid * scale.
KINDS = [(8, 1), (8, 2), (8, 4), (16, 1), (16, 2)]
CYCLE = [(8, 1), (8, 2), (16, 1), (8, 4), (8, 1), (8, 2), (16, 2), (8, 4)]


RAW = 0.2  # of the batches have the tokens that the encoder finds in a picture, as `weft encode` does; the others those of layers


def pictures(rng, count, grid, scale):
    """What becomes tokens, 8 pixels a token (see world.layers), and what the painter is to paint."""
    names, weights = list(MIX), list(MIX.values())
    scenes = [world.training_scene(rng, grid, rng.choices(names, weights)[0]) for _ in range(count)]
    for scene in scenes:  # what shines through is the hard part
        if scene.background == "white" and rng.random() < 0.5:
            colors = {"color": scene.sign.board} if scene.sign else {}
            scene.background = world.ground_for(rng, [g.thing for g in scene.groups], 0, 0.6, **colors)
            scene.variant = world.some_variant(rng, scene.background)
    picture, over, cover, cells = (np.stack(part) for part in zip(*(world.layers(s, 8 * grid) for s in scenes)))
    if rng.random() < RAW:
        cells = np.zeros_like(cells)
    return picture, over, cover, cells, picture if scale == 1 else np.stack([world.render(s, 8 * grid * scale) for s in scenes])


def _job(job):
    step, count, grid, scale = job
    return pictures(random.Random(f"tokenizer {step}"), count, grid, scale)


def stream(step, batch, workers):
    """Endless (grid, scale, picture, over, cover, cells, to paint) from `step` on, made by other processes if there are workers."""

    def jobs():
        for number in itertools.count(step):
            grid, scale = CYCLE[number % len(CYCLE)]
            yield number, batch * 64 // grid**2, grid, scale

    if not workers:
        for job in jobs():
            yield job[2], job[3], *_job(job)
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        waiting = collections.deque()
        for job in jobs():
            waiting.append((job, pool.apply_async(_job, (job,))))
            if len(waiting) > 3 * workers:
                (_, _, grid, scale), result = waiting.popleft()
                yield grid, scale, *result.get()


def huber(d, knee=0.2):
    """Absolute difference, but quadratic below the knee: with a sharp one, the many flat pixels, which are right from the
    start, hold all layers at doing nothing."""
    a = d.abs()
    return torch.where(a < knee, a * a / (2 * knee), a - knee / 2).mean()


def loss(output, target):
    """Differences of pixels, of neighbours (sharp edges) and of means of 4x4 pixels (no boxes of another shade around things),
    and twice the squared error."""
    d = output - target
    return 1.5 * huber(F.avg_pool2d(d, 4), 0.01) + huber(d) + 2 * d.pow(2).mean() + huber(d[..., 1:, :] - d[..., :-1, :]) + huber(d[..., :, 1:] - d[..., :, :-1])


def by_pixel(cells):  # [batch, rows, columns] -> [batch, 1, 8 * rows, 8 * columns]
    return cells[:, None].repeat_interleave(8, 2).repeat_interleave(8, 3)


def box_loss(output, target, cover, cells, scale):
    """What is wrong in another way than in the rest of its row, of means of 4x4 pixels of background: a background in a slightly wrong
    tone is still one, but a change of tone around a thing shows as a box."""
    near = F.max_pool2d(cover * by_pixel(cells), 3, 1, 1)
    empty = 1 - F.max_pool2d(F.interpolate(near, scale_factor=float(scale)), 4).sign()
    count = empty.sum(3, keepdim=True).clamp(min=1)
    d = F.avg_pool2d(output - target, 4) * empty
    return huber((d - d.sum(3, keepdim=True) / count) * empty, 0.01)


def cover_loss(output, cover, cells, scale):
    """What covers of tokens of layers lack where a thing is surely all of a pixel, and have where nothing is: what is left of either
    has a tone of its own, and shows as a box."""
    cover = torch.where(by_pixel(cells), cover, 0.5)
    outside, inside = 1 - F.max_pool2d(cover, 3, 1, 1).sign(), 1 - F.max_pool2d(1 - cover, 3, 1, 1).sign()
    outside, inside = (F.interpolate(mask, scale_factor=float(scale)) for mask in (outside, inside))
    return (outside * output + inside * (1 - output)).mean()


def decibels(output, target):
    error = ((output.clamp(-1, 1) - target) / 2).pow(2).mean((1, 2, 3))
    return (-10 * torch.log10(error + 1e-10)).mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800, help="training time of this call")
    parser.add_argument("--finish", action="store_true", help="the rate falls to nothing; writes tokenizer-final.pt")
    parser.add_argument("--batch", type=int, default=32, help="pictures of 8x8 tokens; of 16x16 a quarter")
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--workers", type=int, default=0, help="processes that draw, where there are many cores")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compile", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = ImageTokenizer().to(common.DEVICE).to(memory_format=torch.channels_last)
    model.load_codebook(common.load(common.WORK / "codebook.pt"))
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=options.rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    path = common.WORK / "tokenizer.pt"
    step, begun, spent, seen = 0, 0, 0.0, 0
    if state := common.load(path):
        model.load_state_dict(state["model"])
        step, spent, seen = state["step"], state["seconds"], state["pictures"]
        begun = state.get("begun", step)
        if "optimizer" in state:
            optimizer.load_state_dict(state["optimizer"])
    if options.finish:
        path = path.with_stem(path.stem + "-final")
    paint = torch.compile(model.decode_layers, dynamic=False) if options.compile else model.decode_layers

    def store():
        common.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "begun": begun, "seconds": spent, "pictures": seen}, path)

    names = [f"{kind}_{8 * g * s}_grid{g}" for kind in ("psnr", "layers") for g, s in KINDS]
    log = common.Log(common.WORK / "tokenizer.csv", ["step", "pictures", "seconds", "rate", "loss"] + names)
    tests = {}
    for grid, scale in KINDS:
        scenes = common.held_out_scenes(99, 96 if scale * grid < 32 else 48, grid)
        shown = common.layers(scenes, 8 * grid)
        y = common.pixels(np.stack([world.render(s, 8 * grid * scale) for s in scenes]))
        tests["psnr", grid, scale] = model.encode(shown[0]), y
        tests["layers", grid, scale] = model.encode_layers(*shown), y
    source = stream(step, options.batch, options.workers)
    first, began, saved, total, counted = spent, time.time(), time.time(), 0.0, 0
    while (progress := (time.time() - began) / options.seconds) < 1 and not common.stopped:
        spent = first + time.time() - began
        factor = min(1, (step - begun + 1) / 100) * (max(0.002, 1 - progress) if options.finish else 1)
        for group in optimizer.param_groups:
            group["lr"] = options.rate * factor
        grid, scale, x, over, cover, cells, y = next(source)
        x, over, y = (common.pixels(p) for p in (x, over, y))
        cover, cells = common.shares(cover), torch.from_numpy(cells).to(common.DEVICE)
        ids = model.encode_layers(x, over, cover, cells) if cells.any() else model.encode(x)
        with torch.autocast(common.DEVICE, torch.bfloat16):
            output, covered = paint(ids, scale)
        value = loss(output, y) + cover_loss(covered, cover, cells, scale)
        if cells.any():
            value = value + 1.5 * box_loss(output, y, cover, cells, scale)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        seen += len(x)
        total, counted = total + value.item(), counted + 1
        if step % 100 == 0:
            with torch.no_grad():
                psnr = {f"{k}_{8 * g * s}_grid{g}": round(decibels(model.decode(ids, s), y), 2) for (k, g, s), (ids, y) in tests.items()}
            log.write(step=step, pictures=seen, seconds=round(spent), rate=round(factor, 4), loss=round(total / counted, 4), **psnr)
            total, counted = 0.0, 0
        if time.time() - saved > 120:
            store()
            saved = time.time()
    store()


if __name__ == "__main__":
    main()
