"""What several tests of composed pages share."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from digitnet.datasets import load_mnist
from digitnet.pages import Box, Page, compose


def check_consistent(page: Page) -> None:
    height, width, colours = page.image.shape
    assert page.image.dtype == np.uint8
    assert colours == 3
    assert page.text == "\n".join(page.lines)
    assert page.lines
    assert all(line and set(line) <= set("0123456789") for line in page.lines)
    assert [len(line) for line in page.lines] == [len(boxes) for boxes in page.boxes]
    for boxes in page.boxes:
        for x, y, w, h in boxes:
            assert w > 0
            assert h > 0
            assert 0 <= x <= x + w <= width
            assert 0 <= y <= y + h <= height


@cache
def page_of(condition: str, seed: int) -> Page:
    return compose(load_mnist().validation, condition, seed)


def contrast(page: Page, box: Box) -> float:
    """How far the ink in a box is from the paper around it, in grey levels."""
    grey = cv2.cvtColor(page.image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    x, y, w, h = box
    inside = np.sort(grey[y : y + h, x : x + w], axis=None)
    around = grey[max(y - 3, 0) : y + h + 3, max(x - 3, 0) : x + w + 3]
    paper = np.median(np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]]))
    some = max(len(inside) // 20, 2)
    return float(max(paper - inside[:some].mean(), inside[-some:].mean() - paper))
