"""Prompts to text tokens, as the Swift library does it: quoted stretches are spelled, a final <boi> asks for the picture."""

import re

OPEN, CLOSE = '"“', '"”'


def encode_prompt(processor, prompt: str, grid: int = 8) -> list[int]:
    parts = re.split(r"[\"“”]", prompt)
    ids = []
    for k, part in enumerate(parts):
        if k % 2 == 0:
            text = re.sub(r"\s+", " ", part).strip()
            if k == len(parts) - 1 and text.endswith("."):
                text = text[:-1].rstrip()
            ids += processor.encode(text) if text else []
        else:
            spelled = ["<space>" if ch == " " else f"<{ch}>" for ch in part.upper()]
            ids += [processor.piece_to_id(p) for p in ["<quote>", *spelled, "<unquote>"]]
    return ids + [begin(processor, grid)]


def begin(processor, grid: int) -> int:
    """What asks for the picture: one piece for each grid of tokens."""
    return processor.piece_to_id({8: "<boi>", 16: "<boi16>"}[grid])


def null_prompt(processor, length: int, grid: int = 8) -> list[int]:
    """The unconditional row: as long as the prompt, nothing but <null>, and the final begin of image."""
    return [processor.piece_to_id("<null>")] * (length - 1) + [begin(processor, grid)]
