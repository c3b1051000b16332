"""Blocks: squares of a picture that have another tone than they should, or than their row has elsewhere."""

import numpy as np

OFF = 8  # levels of 255: less than that is hard to see
STEP = 4  # the same beside what it should be alike


def squares(picture: np.ndarray, square: int) -> np.ndarray:
    """float64 [rows, columns, square, square, 3]"""
    rows, columns = (n // square for n in picture.shape[:2])
    return picture.astype(float).reshape(rows, square, columns, square, 3).swapaxes(1, 2)


def wrong_tones(again: np.ndarray, original: np.ndarray, square: int) -> tuple[int, int]:
    """How many squares of one color have another mean than they should, and how many are of one color."""
    before, after = squares(original, square), squares(again, square)
    flat = np.ptp(before, axis=(2, 3)).max(-1) <= 2
    off = np.abs(after.mean((2, 3)) - before.mean((2, 3))).max(-1) > OFF
    return int((off & flat).sum()), int(flat.sum())


def steps(again: np.ndarray, original: np.ndarray, square: int) -> tuple[int, int]:
    """How many squares of a background have another mean than most of their row have, and how many are of a background: of a plain one or
    a gradient, where every row of pixels has one color, in most of its squares the same."""
    before, after = squares(original, square), squares(again, square)
    smooth = (np.ptp(before, axis=3) <= 2).all((2, 3))
    found = total = 0
    for row, flat in enumerate(smooth):
        means, painted = before[row].mean((1, 2)), after[row].mean((1, 2))
        if flat.mean() > 0.5:
            ground = flat & (np.abs(means - np.median(means[flat], axis=0)).max(1) <= 2)
            if ground.mean() > 0.5:
                off = np.abs(painted[ground] - np.median(painted[ground], axis=0)).max(1) > STEP
                found, total = found + int(off.sum()), total + len(off)
    return found, total
