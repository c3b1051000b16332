"""Blocks: flat squares of a picture that have another tone than they should."""

import numpy as np

OFF = 8  # levels of 255: less than that is hard to see


def wrong_tones(again: np.ndarray, original: np.ndarray, square: int) -> tuple[int, int]:
    """How many squares of one color have another mean than they should, and how many are of one color."""
    rows, columns = (n // square for n in original.shape[:2])

    def squares(picture):
        return picture.astype(float).reshape(rows, square, columns, square, 3).transpose(0, 2, 1, 3, 4).reshape(rows * columns, -1, 3)

    before, after = squares(original), squares(again)
    flat = np.ptp(before, axis=1).max(1) <= 2
    off = np.abs(after.mean(1) - before.mean(1)).max(1) > OFF
    return int((off & flat).sum()), int(flat.sum())
