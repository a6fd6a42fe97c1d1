"""Marks with many meshes."""

from __future__ import annotations

import cv2
import numpy as np

from digitnet.reading.rules.nets import is_net, nets


def test_squares_in_a_row_are_found_among_digits() -> None:
    mask = np.zeros((100, 400), np.uint8)
    cv2.ellipse(mask, (40, 50), (15, 25), 0, 0, 360, 255, 3)
    for x in range(100, 380, 40):
        cv2.rectangle(mask, (x, 20), (x + 40, 60), 255, 2)
    (row,) = nets(mask, meshes=7)
    assert cv2.boundingRect(row)[:2] == (99, 19)
    assert not nets(mask, meshes=8)


def test_squared_paper_is_a_net_and_a_digit_is_none() -> None:
    paper = np.zeros((200, 200), np.uint8)
    paper[::20] = paper[:, ::20] = 255
    digit = np.zeros((200, 200), np.uint8)
    cv2.ellipse(digit, (100, 100), (40, 70), 0, 0, 360, 255, 9)
    assert is_net(paper)
    assert not is_net(digit)
