"""What the stages share: the device, checkpoints that survive an interruption, logs, pictures as tensors."""

import csv
import os
import random
import signal
import time
from pathlib import Path

import numpy as np
import torch

import world

ROOT = Path(__file__).resolve().parents[2]
WORK = Path(os.environ.get("WEFT_TRAINING", ROOT / "training"))
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
TEXT_MODEL = ROOT / "Tokenizers" / "weft-text.model"

stopped = False  # a polite end was asked for: the loops save and return


def _stop(*_):
    global stopped
    stopped = True


signal.signal(signal.SIGTERM, _stop)
signal.signal(signal.SIGINT, _stop)


def pixels(pictures: np.ndarray) -> torch.Tensor:
    """uint8 [batch, height, width, 3] -> float32 [batch, 3, height, width] in [-1, 1], channels last."""
    x = torch.from_numpy(pictures).to(DEVICE).permute(0, 3, 1, 2).float() / 127.5 - 1
    return x.contiguous(memory_format=torch.channels_last)


def layers(scenes, size: int):
    """What becomes tokens of scenes: see world.layers. Pictures, their things over white, cover (0 to 1), bool squares."""
    pictures, over, cover, cells = (np.stack(part) for part in zip(*(world.layers(s, size) for s in scenes)))
    return pixels(pictures), pixels(over), shares(cover), torch.from_numpy(cells).to(DEVICE)


def shares(cover: np.ndarray) -> torch.Tensor:
    """uint8 [batch, height, width] -> float32 [batch, 1, height, width] in [0, 1]."""
    return torch.from_numpy(cover).to(DEVICE)[:, None].float() / 255


def held_out_scenes(seed: int, count: int, grid: int, categories=None):
    """`count` held-out scenes of the training mix; the same seed gives the same scenes."""
    rng, found = random.Random(f"{seed} {grid}"), []
    names = list(categories or world.CATEGORIES)
    while len(found) < count:
        scene = world.sample(rng, grid, rng.choices(names, [world.CATEGORIES[n] for n in names])[0])
        if world.held_out(scene):
            found.append(scene)
    return found


def save(state: dict, path: Path):
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    os.replace(temporary, path)


def load(path: Path):
    return torch.load(path, map_location=DEVICE, weights_only=False) if path.exists() else None


class Log:
    """A CSV that is appended to over interruptions, echoed to stdout."""

    def __init__(self, path: Path, fields: list[str]):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        self.file = open(path, "a", newline="")
        self.writer = csv.DictWriter(self.file, fields)
        if new:
            self.writer.writeheader()
            self.file.flush()

    def write(self, **row):
        self.writer.writerow(row)
        self.file.flush()
        print(time.strftime("%H:%M:%S"), " ".join(f"{k} {v}" for k, v in row.items()), flush=True)
