"""Names what stands alone in a crop: a small convolutional network trained on the artwork, never on generated pictures.

Its classes are the objects, the shapes in all colors and patterns, the solids, the built things, and "other": several
things, parts of things. It learns from drawings of 16 to 128 pixels on all backgrounds, a little blurred, noisy or
compressed. Made in minutes on two cores and kept in training/checker/; made again when it is not there.
"""

import argparse
import hashlib
import os
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

import seeing  # puts train/ on the path
import artwork
import world
from world import Thing

KEPT = Path(os.environ.get("WEFT_CHECKER", Path(__file__).resolve().parents[2] / "training" / "checker"))
OTHER = "other"
CLASSES = [*artwork.NAMES, *world.SHAPES, *world.SOLIDS, *world.BUILT, OTHER]
COUNT = 48_000  # drawings to learn from
EXAMPLES = 1  # to be raised with every change of the crops or of the network: kept networks are then made again
INDEX = {name: k for k, name in enumerate(CLASSES)}


# MARK: Examples


def damaged(rng, picture: np.ndarray, strength=1.0) -> np.ndarray:
    """A picture, uint8, that is blurred, noisy, compressed, or has ragged edges and colors that are a little off."""
    out = picture.astype(np.float32)
    if rng.random() < 0.4 * strength:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 0.5 + 0.5 * picture.shape[0] / 128))
    if rng.random() < 0.35 * strength:  # ragged: pixels from somewhere near
        n, k = picture.shape[0], rng.choice((3, 5, 9))
        noise = np.random.default_rng(rng.randrange(1 << 30)).normal(size=(2, n // k + 2, n // k + 2)).astype(np.float32)
        shift = [cv2.resize(a, (n, n), interpolation=cv2.INTER_CUBIC) * rng.uniform(0.3, 1.2) * n / 96 for a in noise]
        y, x = np.mgrid[:n, :n].astype(np.float32)
        out = cv2.remap(out, x + shift[0], y + shift[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.4 * strength:
        out = out * rng.uniform(0.93, 1.05) + np.array([rng.uniform(-10, 10) for _ in range(3)], np.float32)
    if rng.random() < 0.4 * strength:
        out = out + np.random.default_rng(rng.randrange(1 << 30)).normal(0, rng.uniform(2, 12), out.shape)
    out = np.clip(np.round(out), 0, 255).astype(np.uint8)
    if rng.random() < 0.3 * strength:
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(45, 90)])[1], cv2.IMREAD_COLOR)
    return out


def _thing(rng) -> Thing:
    draw = rng.random()
    if draw < 0.7:
        return Thing(rng.choice(artwork.NAMES))
    if draw < 0.88:
        return Thing(rng.choice(world.SHAPES), rng.choice(world.COLORS), rng.choice(world.PATTERNS) if rng.random() < 0.3 else None)
    if draw < 0.94:
        return Thing(rng.choice(world.SOLIDS), rng.choice(world.COLORS))
    return world.built_thing(rng)


def _scene(rng, things: list[Thing], boxes, light=None) -> world.Scene:
    colors = {t.color for t in things if t.color}
    grounds = ["white"] * 12 + world.BACKGROUNDS
    ground = rng.choice([b for b in grounds if not world.AVOID[b] & colors] or ["white"])
    return world.Scene("", [world.Group(t, [b]) for t, b in zip(things, boxes)], ground, light=light)


def _example(rng) -> tuple[np.ndarray, str] | None:
    """A crop and its class."""
    size = rng.choice((64, 64, 128, 128, 256))
    other = rng.random() < 0.16
    first = _thing(rng)
    side = rng.choice((16, 16, 24, 32, 32, 40, 48, 48))
    light = rng.choice(world.LIGHTS) if rng.random() < (0.6 if first.kind in world.SOLIDS else 0.1) else None
    margin = side // 2 if light and side < 40 else 0  # room for the shadow
    x = rng.randint(margin, 64 - side - margin)
    y = rng.randint(0, max(0, 64 - side - (8 if light else 0)))
    things, boxes = [first], [(x, y, side)]
    if other:
        light = None
        how = rng.random()
        if how < 0.65:  # several things, alike or not
            side = rng.choice((16, 16, 24, 24, 32))
            columns, rows = rng.choice(((2, 1), (1, 2), (2, 2), (3, 1), (1, 3), (3, 2), (2, 3), (3, 3)))
            pitch = min(side + rng.choice((0, 0, 4, 8)), (64 - side) // max(1, columns - 1, rows - 1) if max(columns, rows) > 1 else 64)
            if pitch < side:
                side = 16  # patterns are drawn at multiples of 8
            spots = [(i * pitch, j * pitch) for j in range(rows) for i in range(columns)]
            spots = rng.sample(spots, max(2, len(spots) - rng.choice((0, 0, 1))))
            boxes = [(a, b, side) for a, b in spots]
            alike = rng.random() < 0.55
            things = [first if alike else _thing(rng) for _ in boxes]
    scene = _scene(rng, things, boxes, light)
    picture = seeing.scaled(damaged(rng, world.render(scene, size)))
    ground = seeing.find_ground(picture)
    mask = seeing.foreground(seeing.difference(picture, ground))
    if not mask.any():
        return None
    if light:
        mask = seeing.split_shadow(picture, ground, mask)[0]
    if other and len(boxes) == 1:  # a part: what lies on one side of a line
        a = rng.uniform(0, 2 * np.pi)
        gy, gx = np.mgrid[: seeing.SIDE, : seeing.SIDE]
        cx, cy = (x + side / 2) * seeing.UNIT, (y + side / 2) * seeing.UNIT
        mask &= (gx - cx) * np.cos(a) + (gy - cy) * np.sin(a) > rng.uniform(0.05, 0.3) * side * seeing.UNIT
    parts = seeing.pieces(mask, 12)
    if not parts:
        return None
    if other:
        mask = np.any(parts, 0)
    else:  # now and then small pieces are lost
        mask = np.any([p for p in parts if p is parts[0] or p.sum() > rng.choice((0, 0, 0, 40))], 0)
    x0, y0, x1, y1 = seeing.bounds(mask)
    j = 0.05 * max(x1 - x0, y1 - y0)
    x0, y0, x1, y1 = (v + rng.uniform(-j, j) for v in (x0, y0, x1, y1))
    return seeing.crop(picture, mask, (x0, y0, x1, y1)), OTHER if other else first.kind


def examples(job: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """`count` crops [count, CROP, CROP, 4] and their classes, for a seed."""
    seed, count = job
    rng, crops, labels = random.Random(f"crops {seed}"), [], []
    while len(crops) < count:
        example = _example(rng)
        if example:
            crops.append(example[0])
            labels.append(INDEX[example[1]])
    return np.stack(crops), np.array(labels)


# MARK: The network


def _network():
    import torch
    from torch import nn

    def block(a, b, stride):
        return [nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(inplace=True)]

    torch.manual_seed(1)
    return nn.Sequential(*block(4, 24, 2), *block(24, 56, 2), *block(56, 96, 1), *block(96, 192, 2),
                         nn.Conv2d(192, 192, 4, groups=192), nn.Flatten(), nn.Linear(192, len(CLASSES)))


def _input(crops: np.ndarray):
    import torch

    return torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 127.5 - 1


def _version() -> str:
    """Changes with the objects and their pictures, and with EXAMPLES."""
    return hashlib.sha256(repr((artwork.OBJECTS, CLASSES, EXAMPLES)).encode()).hexdigest()[:12]


def train(count=COUNT, epochs=3, say=lambda text: print(text, file=sys.stderr, flush=True)):
    """Trains the network and keeps it; returns it."""
    import torch

    torch.set_num_threads(2)
    start, chunk = time.time(), 2000
    say(f"weft: training the checker's classifier on {count} drawings (minutes, once)")
    with ProcessPoolExecutor(2) as pool:
        parts = list(pool.map(examples, [(seed, chunk) for seed in range(count // chunk)]))
    crops, labels = np.concatenate([c for c, _ in parts]), torch.from_numpy(np.concatenate([l for _, l in parts]))
    say(f"weft: {len(crops)} crops after {time.time() - start:.0f} s")
    model = _network().to(memory_format=torch.channels_last)
    batch = 128
    steps = epochs * (len(crops) // batch)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps, pct_start=0.15)
    generator = torch.Generator().manual_seed(1)
    lost = []
    for epoch in range(epochs):
        for rows in torch.randperm(len(crops), generator=generator)[: len(crops) // batch * batch].view(-1, batch):
            x = _input(crops[rows.numpy()])
            dy, dx = torch.randint(-1, 2, (2,), generator=generator).tolist()
            x = torch.roll(x, (dy, dx), (2, 3)).contiguous(memory_format=torch.channels_last)
            loss = torch.nn.functional.cross_entropy(model(x), labels[rows], label_smoothing=0.02)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            lost.append(loss.item())
        say(f"weft: pass {epoch + 1} of {epochs}, loss {np.mean(lost[-200:]):.3f}, {time.time() - start:.0f} s")
    model.eval()
    KEPT.mkdir(parents=True, exist_ok=True)
    partial = KEPT / f"classifier.pt.{os.getpid()}"
    torch.save({"version": _version(), "model": model.state_dict()}, partial)
    partial.replace(KEPT / "classifier.pt")
    return model


@lru_cache(maxsize=1)
def _model():
    import torch

    kept = KEPT / "classifier.pt"
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        if state["version"] == _version():
            model = _network()
            model.load_state_dict(state["model"])
            return model.eval()
    return train()


def probabilities(crops: list[np.ndarray]) -> np.ndarray:
    """The probability of each class [crops, classes]."""
    import torch

    model = _model()  # which may have to be trained first
    torch.set_num_threads(1)
    with torch.no_grad():
        return torch.softmax(model(_input(np.stack(crops))), -1).numpy()


# MARK: How good it is


def main():
    parser = argparse.ArgumentParser(prog="evaluate classifier", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT, help="drawings to train on")
    parser.add_argument("--kept", action="store_true", help="reports on the network that is there")
    options = parser.parse_args()
    if not options.kept:
        train(options.count)
        _model.cache_clear()
    print("| drawings | of | named right |\n|---|---|---|")
    for name, strength in (("clean", 0.0), ("damaged", 1.0)):
        for size in (64, 128, 256):
            rng, crops, labels = random.Random(f"report {size}"), [], []
            for thing in [Thing(n) for n in artwork.NAMES]:
                side = rng.choice((24, 32, 48))
                scene = _scene(rng, [thing], [(rng.randint(0, 64 - side), rng.randint(0, 64 - side), side)])
                picture = seeing.scaled(damaged(rng, world.render(scene, size), strength))
                mask = seeing.foreground(seeing.difference(picture, seeing.find_ground(picture)))
                if mask.any():
                    crops.append(seeing.crop(picture, mask))
                    labels.append(INDEX[thing.kind])
            right = probabilities(crops).argmax(1) == labels
            print(f"| objects, {name}, {size} pixels | {len(artwork.NAMES)} | {right.sum() / len(artwork.NAMES):.1%} |", flush=True)
    crops, labels = examples((-1, 2000))
    right = probabilities(list(crops)).argmax(1) == labels
    for name, mine in (("shapes", world.SHAPES), ("solids", world.SOLIDS), ("built things", world.BUILT), ("several things or parts", [OTHER])):
        rows = np.isin(labels, [INDEX[n] for n in mine])
        print(f"| {name}, as in training | {rows.sum()} | {right[rows].mean():.1%} |")


if __name__ == "__main__":
    sys.exit(main())
