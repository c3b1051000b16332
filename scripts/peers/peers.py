"""Runs Weft and its peers on the same shapes, in turns, and prints how the targets stand.

Every program runs several times, one after the other and then all of them again, so that what else the machine does
falls on all of them; medians of all steps are compared. What cannot run is listed with the reason.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path

import document
import targets
from drawing import DRAWINGS

HERE = Path(__file__).parent
CONTEXT, STEPS = 4, 8


class Program:
    """A program that measures one kind of work and prints JSON lines."""

    def __init__(self, name, work, command, read):
        self.name, self.work, self.command, self.read = name, work, command, read

    def run(self):
        """The measurements of one run, or why there are none."""
        done = subprocess.run(self.command, capture_output=True, text=True)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
            error = next((line for line in lines if line.startswith("Error: ")), lines[-1])
            return None, error.removeprefix("Error: ")
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        return [self.read(line) | {"peer": self.name, "work": self.work} for line in lines], None


def weft_line(line):
    keep = (
        "rows", "weights", "weight_bytes", "cache_bytes", "bytes_per_step", "read_bandwidth", "planned_memory", "peak_rss",
        "pictures", "tokens",
    )  # fmt: skip
    return {"seconds": [line["seconds_median"]]} | {key: line[key] for key in keep}


def programs(options):
    """All programs, in the order in which they take turns."""
    rows = "1,2,8" if options.quick else "1,2,8,32,64"
    result = []

    def weft(name, work, phase, *flags, shape=options.shape):
        command = [options.weft, "bench", "-f", "jsonl", "--shape", shape, "--phase", phase, *flags]
        result.append(Program(name, work, command, weft_line))

    def python(name, work, script, *arguments):
        result.append(Program(name, work, [sys.executable, HERE / script, *arguments], dict))

    decode = ("--batch", rows, "--context", str(CONTEXT), "--steps", str(STEPS), "-r", "1")
    for weights in ("q8", "q4", "bf16"):
        weft(f"weft {weights}", "decode", "decode", "--weights", weights, *decode)
    if not options.quick:
        flags = ("--weights", "q8", "--steps", str(STEPS), "-r", "1")
        weft("weft q8", "decode", "decode", "--batch", "128", "--context", str(CONTEXT), *flags)
        for context in targets.CONTEXTS:
            weft("weft q8", f"decode after {context} tokens", "decode", "--batch", "2", "--context", str(context), *flags)
    for kind in ("Q8_0", "Q4_0"):
        file = options.files / f"{options.shape}-{kind}.gguf"
        python(f"llama.cpp {kind}", "decode", "llama_cpp_decode.py", str(file), rows, str(CONTEXT), str(STEPS))
    python("transformers bf16", "decode", "transformers_decode.py", options.shape, rows, str(CONTEXT), str(STEPS))
    weft("weft bf16", "detokenize", "detokenize", "--weights", "bf16", "-r", "2")
    python("PyTorch bf16", "detokenize", "torch_detokenizer.py", "2")
    if not options.quick:
        weft("weft q8", "pictures", "picture", "--weights", "q8", "--cache", "q8", "--batch", "30", "-r", "1", "--no-warmup")
    return [program for program in result if matches(program.name, program.work, options.only)]


def matches(name, work, only):
    """Whether a word of `only` is in the name or the work of a program."""
    return not only or any(word in f"{name} {work}" for word in only.split(","))


def make_files(options, wanted):
    """Random weights for llama.cpp, kept for the next time."""
    options.files.mkdir(parents=True, exist_ok=True)
    for kind in ("Q8_0", "Q4_0"):
        file = options.files / f"{options.shape}-{kind}.gguf"
        if file.exists() or not any(program.name == f"llama.cpp {kind}" for program in wanted):
            continue
        part = file.with_suffix(".part")
        subprocess.run([sys.executable, HERE / "random_gguf.py", options.shape, kind, part], check=True)
        part.rename(file)


def machine():
    """Cores, model, instruction sets that matter, and the versions of the peers."""
    text = Path("/proc/cpuinfo").read_text()
    fields = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    fields = {key.strip(): value.strip() for key, value in fields.items()}
    flags = fields.get("flags", "").split()
    features = [name for name in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16") if name in flags]
    cores = text.count("processor\t:")
    name = fields.get("model name", platform.processor())
    return f"{cores} cores of {name} (family {fields.get('cpu family')}, model {fields.get('model')}; {', '.join(features)})"


def collect(wanted, drawings, rounds, options):
    """Runs all in turns; returns measurements by (peer, work, rows), and the reasons of those that did not run."""
    found, failures = {}, {}
    for turn in range(rounds):
        for program in wanted:
            if program.name + program.work in failures or (program.work == "pictures" and turn > 0):
                continue
            print(f"turn {turn + 1} of {rounds}: {program.name}, {program.work}", file=sys.stderr, flush=True)
            lines, error = program.run()
            if error:
                failures[program.name + program.work] = (program, error)
                continue
            for line in lines:
                known = found.setdefault((line["peer"], line["work"], line["rows"]), line | {"seconds": []})
                known["seconds"] += line["seconds"]
        for name, work, draw in drawings:
            print(f"turn {turn + 1} of {rounds}: {name}, {work}", file=sys.stderr, flush=True)
            line = {"peer": name, "work": work, "rows": 1} | draw(options.weft, options.files)
            known = found.setdefault((name, work, 1), line | {"seconds": []})
            known["seconds"] += line["seconds"]
    return found, [f"{program.name}, {program.work}: {error}" for program, error in failures.values()]


def main():
    parser = argparse.ArgumentParser(prog="peers", description=__doc__)
    parser.add_argument("--weft", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="two turns, at most 8 rows, no thirty pictures")
    parser.add_argument("--only", default="", help="words of names or works, as in llama.cpp,detokenize")
    parser.add_argument("--shape", default="janus-pro-1b", choices=targets.SHAPES)
    parser.add_argument("--turns", type=int, default=0, help="how often all programs run (default: 3, or 2 with --quick)")
    parser.add_argument("--files", type=Path, default=Path(".build/peers"), help="where llama.cpp's weights are kept")
    parser.add_argument("-o", "--output", type=Path, help="the measurements as JSON lines")
    parser.add_argument("--document", type=Path, help="a document whose tables are replaced")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    if load > 1:
        # Threads that wait awake, as llama.cpp's do, lose many times their share then.
        print(f"the load average is {load:.1f}: ratios of a busy machine say little", file=sys.stderr)
    wanted = programs(options)
    make_files(options, wanted)
    drawings = [drawing for drawing in DRAWINGS if matches(drawing[0], drawing[1], options.only)]
    found, failures = collect(wanted, drawings, options.turns or (2 if options.quick else 3), options)
    for line in found.values():
        line["median"] = statistics.median(line["seconds"])
    if options.output:
        options.output.write_text("".join(json.dumps(line) + "\n" for line in found.values()))
    read = targets.read_bandwidth(found)
    bandwidth = f"; read bandwidth {read / 1e9:.1f} GB/s" if read else ""
    parts = [
        f"{machine()}{bandwidth}; shape {options.shape}; load average {load:.1f} at the start; medians of all "
        "turns, half of the steps lie within the spread\n",
        targets.measured(found), targets.targets(found),
        "".join(f"- not measured: {failure}\n" for failure in failures),
    ]  # fmt: skip
    text = "\n".join(part for part in parts if part)
    print(f"{date.today().isoformat()}\n{text}", end="")
    if options.document:
        document.fill(options.document, "peers", "scripts/peers/peers " + " ".join(sys.argv[3:]), text)


if __name__ == "__main__":
    main()
