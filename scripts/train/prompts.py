"""Prompts to text tokens, as the Swift library does it: quoted stretches are spelled, a final <boi> asks for the picture."""

import re

OPEN, CLOSE = '"“', '"”'


_SAYS = r"(?i:\b(?:says|saying|reads|labell?ed|the (?:word|text|letters?|number))) |\b(?i:reading) (?=['‘’]?[A-Z0-9]+['‘’]?[,;:.!?]*(?: |$))"
_OTHERS = "a an and as at by in is it no of on or the to with".split()


def quote_named_word(prompt: str) -> str:
    """The prompt with quotation marks around the word that a sign is said to show, where it has none (NamedWord of the library)."""
    if re.search("[\"“”]", prompt):
        return prompt
    for match in re.finditer(rf"(?:{_SAYS})(['‘’]*([A-Za-z0-9]{{1,10}})['‘’]*)(?=[,;:.!?]*(?: |$))", prompt):
        if match[2].isupper() or match[2].lower() not in _OTHERS:
            return f'{prompt[: match.start(1)]}"{match[2]}"{prompt[match.end(1) :]}'
    return prompt


def encode_prompt(processor, prompt: str, grid: int = 8) -> list[int]:
    parts = re.split(r"[\"“”]", quote_named_word(re.sub(r"\s+", " ", prompt).strip()))
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
