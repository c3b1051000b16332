"""What is measured by drawing with `weft generate`: how long a fresh process takes to its first picture or token, and drafts."""

import json
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
MINI = HERE.parents[1] / "Models" / "weft-mini" / "transformer.safetensors"
PROMPT = "three red circles above a blue star"
JACOBI = "--decode", "jacobi", "--window", "4"


def _generate(weft, *flags):
    """Seconds of a whole process, and its events."""
    start = time.perf_counter()
    command = [weft, "generate", *flags, "--seed", "7", "--progress", "json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]


def first_picture(weft, folder):
    """A fresh process draws one picture with the embedded model."""
    return {"seconds": [_generate(weft, "three red circles", "-o", folder / "first.png")[0]]}


def first_token(weft, folder):
    """A fresh process draws the first token of a checkpoint of 1 GB, whose pages were read before."""
    model = folder / "one-gigabyte"
    if not (model / "weft.json").exists():
        subprocess.run([sys.executable, HERE / "random_checkpoint.py", model], check=True)
    for file in model.iterdir():
        file.read_bytes()
    return {"seconds": [_generate(weft, "-m", model, "--class", "3", "--tokens-out", folder / "token.json")[0]]}


def pictures(weft, folder, *flags, count=32):
    """Pictures of the embedded model, one at a time, without other candidates: seconds a picture, and passes for each token."""
    _, events = _generate(weft, PROMPT, "--count", str(count), "--batch-size", "1", "--best-of", "1", *flags, "-o", f"{folder}/drafts/")
    done = events[-1]
    return {"seconds": [done["seconds"] / count], "passes": done.get("passes", done["tokens"]), "tokens": done["tokens"]}


def widened_pictures(weft, folder, *flags):
    """The same with zeros around its matrices, so that a pass reads as much as with a model of 0.7 billion weights in q8."""
    model = folder / "widened"
    if not model.exists() or model.stat().st_mtime < MINI.stat().st_mtime:
        subprocess.run([sys.executable, HERE / "widened_checkpoint.py", weft, model], check=True)
    return pictures(weft, folder, "-m", model, *flags, count=8)


# Name, work, and how it is measured.
DRAWINGS = [
    ("weft", "first picture", first_picture),
    ("weft", "first token of 1 GB", first_token),
    ("weft-mini", "picture", pictures),
    ("weft-mini, jacobi", "picture", lambda weft, folder: pictures(weft, folder, *JACOBI)),
    ("weft-mini widened", "picture", widened_pictures),
    ("weft-mini widened, jacobi", "picture", lambda weft, folder: widened_pictures(weft, folder, *JACOBI)),
]  # fmt: skip
