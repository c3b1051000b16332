"""What is measured by drawing with `weft generate`: how long a fresh process takes to its first picture or token, and drafts."""

import json
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
PROMPT, COUNT = "three red circles above a blue star", 32


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


def drafts(weft, folder, *flags):
    """Pictures of the embedded model, one at a time, without other candidates: seconds a picture, and passes for each token."""
    _, events = _generate(weft, PROMPT, "--count", str(COUNT), "--batch-size", "1", "--best-of", "1", *flags, "-o", f"{folder}/drafts/")
    done = events[-1]
    return {"seconds": [done["seconds"] / COUNT], "passes": done.get("passes", done["tokens"]), "tokens": done["tokens"]}


# Name, work, and how it is measured.
DRAWINGS = [
    ("weft", "first picture", first_picture),
    ("weft", "first token of 1 GB", first_token),
    ("weft-mini", "picture", drafts),
    ("weft-mini --decode jacobi --window 4", "picture", lambda weft, folder: drafts(weft, folder, "--decode", "jacobi", "--window", "4")),
]  # fmt: skip
