"""Prints where the time of decode steps goes: perf, attached to `weft bench` once its weights are loaded."""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import document


def samples(options, rows, file):
    """Records the decode steps of one count of rows."""
    command = [
        options.weft, "bench", "-f", "jsonl", "--shape", options.shape, "--weights", options.weights, "--phase", "decode",
        "--batch", rows, "--context", str(options.context), "--steps", str(options.steps), "-r", "2", "--no-warmup",
    ]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as bench:
        said = []
        for line in bench.stderr:
            said.append(line)
            if " decode, batch" in line:
                record = ["perf", "record", "-q", "-F", "499", "-o", file, "-p", str(bench.pid)]
                subprocess.run(record, check=True)
                break
        if bench.wait() != 0:
            raise SystemExit("".join(said).strip())


def shares(file, most):
    """The functions that most samples are in, each with its share."""
    command = ["perf", "report", "-q", "-i", file, "--stdio", "--no-children", "-F", "overhead,symbol"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.findall(r"^ *([0-9.]+)% +\[(.)\] (\S+)", text, re.MULTILINE)
    names = subprocess.run(
        ["swift", "demangle", "--compact", "--simplified"], input="\n".join(name for _, _, name in found), check=True,
        capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    for (share, place, _), name in list(zip(found, names, strict=True))[:most]:
        yield f"{'kernel: ' if place == 'k' else ''}{name}".replace("|", "\\|"), float(share)


def main():
    parser = argparse.ArgumentParser(prog="profile", description=__doc__)
    parser.add_argument("--weft", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--shape", default="janus-pro-1b")
    parser.add_argument("--weights", default="bf16", help="a type that weft bench knows")
    parser.add_argument("--rows", default="1,64", help="counts of rows, one profile each")
    parser.add_argument("--context", type=int, default=256, help="tokens in the cache when decoding begins")
    parser.add_argument("--steps", type=int, default=8, help="steps of one repetition")
    parser.add_argument("--most", type=int, default=8, help="functions to show")
    parser.add_argument("--document", type=Path, help="a document whose profile is replaced")
    options = parser.parse_args()
    parts = []
    for rows in options.rows.split(","):
        with tempfile.TemporaryDirectory() as folder:
            file = f"{folder}/perf.data"
            samples(options, rows, file)
            lines = [f"| {share:.1f}% | `{name}` |" for name, share in shares(file, options.most)]
        title = f"{options.shape}, {options.weights}, {rows} rows, {options.context} tokens in the cache"
        parts.append("\n".join([f"{title}:\n", "| time | function |", "| ---: | --- |", *lines]) + "\n")
    text = "\n".join(parts)
    print(text, end="")
    if options.document:
        document.fill(options.document, "profile", "scripts/peers/profile " + " ".join(sys.argv[3:]), text)


if __name__ == "__main__":
    main()
