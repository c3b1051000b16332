"""The tables of a run: what was measured, and how the targets stand."""

import statistics

from shapes import SHAPES  # noqa: F401


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
        if work == "decode":
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
    table.add("speculative Jacobi decoding", ">= 1.5 x faster", None, 1.5)
    return "\n".join(table.lines) + "\n"
