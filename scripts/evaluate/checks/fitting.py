"""What stands alone, and which of several drawings is nearest to it."""

import cv2
import numpy as np

import seeing


def gathered(mask: np.ndarray) -> np.ndarray | None:
    """The mask of one thing with its small pieces, if the rest is not far from its main piece."""
    parts = seeing.pieces(mask)
    if not parts:
        return None
    near = cv2.dilate(parts[0].astype(np.uint8), np.ones((21, 21), np.uint8)).astype(bool)
    if any(not (p & near).any() and p.sum() > 3 * seeing.SPECK for p in parts[1:]):
        return None
    return np.any(parts, 0)


def _fitted(art: np.ndarray, box, ground: np.ndarray, n=64) -> np.ndarray:
    """An art [m, m, 4], premultiplied, uint8, over the ground of a box of the picture, its own tightest box stretched to n pixels."""
    ys, xs = np.where(art[..., 3] > 127)
    part = art[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1].astype(np.float32) / 255
    part = cv2.resize(part, (n, n), interpolation=cv2.INTER_LINEAR)
    return part[..., :3] + (1 - part[..., 3:]) * ground


def _boxed(picture, box, n=64):
    x0, y0, x1, y1 = box
    return cv2.resize(picture[y0:y1, x0:x1], (n, n), interpolation=cv2.INTER_LINEAR)


def nearest_art(picture, ground: seeing.Ground, box, arts: dict) -> object:
    """The key of the art that is nearest to what stands in a box."""
    area, back = cv2.GaussianBlur(_boxed(picture, box), (0, 0), 1), _boxed(ground.image, box)
    errors = {key: float(np.abs(cv2.GaussianBlur(_fitted(art, box, back), (0, 0), 1) - area).sum()) for key, art in arts.items()}
    return min(errors, key=errors.get)
