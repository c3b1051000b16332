"""A sign with its word, alone or with other things."""

import seeing
import words
from checks.found import Found
from checks.apart import apart
from stated import Facts


def sign(picture, ground, mask, original, facts: Facts) -> str | None:
    wanted = facts.sign
    seen = words.find_sign(original, wanted.color)
    if seen is None:
        return f"no {wanted.color} sign is seen"
    x0, y0, x1, y1 = seen.box
    rest = mask.copy()
    rest[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3] = False
    if wanted.word and wanted.ink and seen.ink != wanted.ink:
        return f"the sign's letters are {seen.ink}, not {wanted.ink}"
    if not wanted.word:
        text = "something" if seen.ink else None
    else:
        text = words.says(seen, wanted.word) if seen.ink else ""
    if text is not None:
        return f'a {wanted.color} sign with "{text}" is read, not with "{wanted.word}"'
    if not facts.things:
        return "something else is there too" if any(p.sum() > 2 * seeing.SPECK for p in seeing.pieces(rest)) else None
    board = Found("sign", wanted.color, None, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, 1)
    return apart(picture, ground, rest, facts, board)
