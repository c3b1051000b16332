"""The tables of a run: what was measured, and how the targets stand."""

import statistics

from shapes import SHAPES  # noqa: F401

CONTEXTS = (256, 1024, 4096)  # tokens in the cache, where growth is measured


def read_bandwidth(found):
    """The median of what all runs measured, bytes a second; None if none did. A single run can be far off."""
    values = [line["read_bandwidth"] for line in found.values() if "read_bandwidth" in line]
    return statistics.median(values) if values else None


def measured(found):
    """A table of all medians with the spread of all steps: half of them lie within it."""
    lines = ["| program | work | rows | steps/s | tokens/s | seconds | spread |", "| --- | --- | ---: | ---: | ---: | ---: | --- |"]
    for (peer, work, rows), line in found.items():
        seconds, times = line["median"], sorted(line["seconds"])
        low, high = times[len(times) // 4], times[(3 * len(times)) // 4 if len(times) > 1 else 0]
        steps, tokens = ("", "")
        if work.startswith("decode"):
            steps, tokens = f"{1 / seconds:.2f}", f"{rows / seconds:.1f}"
        lines.append(f"| {peer} | {work} | {rows} | {steps} | {tokens} | {seconds:.4g} | {low:.4g} to {high:.4g} |")
    return "\n".join(lines) + "\n"


class Standing:
    """Lines of the table of targets."""

    def __init__(self, found):
        self.found = found
        self.lines = ["| work | target | measured | reached |", "| --- | --- | --- | --- |"]

    def rate(self, peer, rows):
        """Steps a second of decoding, or None."""
        line = self.found.get((peer, "decode", rows))
        return line and 1 / line["median"]

    def add(self, work, target, value, needed, unit="x", most=False):
        """A line: `value` is to be at least `needed`, or at most."""
        if value is None:
            self.lines.append(f"| {work} | {target} | not measured | |")
            return
        reached = value <= needed if most else value >= needed
        self.lines.append(f"| {work} | {target} | {value:.2f} {unit} | {'yes' if reached else 'no'} |")

    def ratio(self, a, b):
        return a / b if a and b else None


def _growth(table, found):
    """How throughput grows with rows, and seconds with the tokens that are in the cache."""
    rows = sorted(rows for peer, work, rows in found if (peer, work) == ("weft q8", "decode"))
    rates = [n * table.rate("weft q8", n) for n in rows]
    least = min((b / a for a, b in zip(rates, rates[1:])), default=None)
    table.add("growth with rows, 1 to 128", "tokens/s do not fall: each >= 0.95 x the one before", least, 0.95)
    steps = [found.get(("weft q8", f"decode after {context} tokens", 2)) for context in CONTEXTS]
    off = None
    if all(steps):
        (a, b, c), (x, y, z) = CONTEXTS, (line["median"] for line in steps)
        off = y / (x + (z - x) * (b - a) / (c - a))
    names = ", ".join(map(str, CONTEXTS))
    table.add(f"growth with tokens: {names}", f"a line: seconds after {CONTEXTS[1]} <= 1.1 x those on it", off, 1.1, most=True)


def targets(found):
    """The table of targets."""
    table = Standing(found)
    bandwidth = read_bandwidth(found)
    for work, mine, theirs, times, share in (
        ("1 picture, guidance, 8 bits", "weft q8", "llama.cpp Q8_0", 1.5, 0.9),
        ("1 picture, guidance, 4 bits", "weft q4", "llama.cpp Q4_0", 2.0, 0.85),
    ):
        rate, line = table.rate(mine, 2), found.get((mine, "decode", 2))
        table.add(work, f"steps/s >= {times} x {theirs} at 2 rows", table.ratio(rate, table.rate(theirs, 2)), times)
        used = line and rate * line["weight_bytes"] / bandwidth
        table.add(work, f"steps/s >= {share} x read bandwidth / weights", used, share)
    fastest = max(("weft q8", "weft q4", "weft bf16"), key=lambda name: table.rate(name, 64) or 0)
    table.add(
        f"64 rows ({fastest})", "tokens/s >= 4 x transformers bf16",
        table.ratio(table.rate(fastest, 64), table.rate("transformers bf16", 64)), 4.0,
    )  # fmt: skip
    pictures = next((line for (_, work, _), line in found.items() if work == "pictures"), None)
    table.add("30 pictures, guidance, pixels", "<= 60 s", pictures and 30 * pictures["median"], 60, "s", most=True)

    def seconds(peer, work):
        line = found.get((peer, work, 1))
        return line and line["median"]

    detokenizers = table.ratio(seconds("weft bf16", "detokenize"), seconds("PyTorch bf16", "detokenize"))
    table.add("detokenizer", "<= 0.5 x PyTorch bf16 channels-last", detokenizers, 0.5, most=True)
    for (peer, work, rows), line in found.items():
        if work == "decode" and rows in (2, 64) and line.get("peak_rss"):
            memory = line["peak_rss"] / line["planned_memory"]
            table.add(f"memory, {peer}, {rows} rows", "peak RSS <= 1.15 x planned", memory, 1.15, most=True)
    table.add("start", "first picture of a fresh process <= 1 s", seconds("weft", "first picture"), 1, "s", most=True)
    table.add("start", "first token of 1 GB, warm, <= 2 s", seconds("weft", "first token of 1 GB"), 2, "s", most=True)
    for model in ("weft-mini", "weft-mini widened"):
        drafts = found.get((f"{model}, jacobi", "picture", 1))
        passes = drafts and drafts["tokens"] / drafts["passes"]
        table.add(f"speculative Jacobi decoding ({model})", "passes: >= 1.8 x fewer", passes, 1.8)
        faster = table.ratio(seconds(model, "picture"), drafts and drafts["median"])
        table.add(f"speculative Jacobi decoding ({model})", "seconds: >= 1.5 x faster", faster, 1.5)
    _growth(table, found)
    return "\n".join(table.lines) + "\n"
