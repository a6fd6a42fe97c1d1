from __future__ import annotations

import numpy as np

from digitnet.pages.signs.marks import face
from digitnet.reading.ink.ink import Ink
from digitnet.reading.segment import find_pieces
from digitnet.reading.signs.faces import faces, without_faces
from tests.reading.marks import ink_of


def pieces_and_faces(ink: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> tuple[int, int]:
    """How many pieces there are, and how many of them are faces or in one."""
    ink = np.pad(ink, 20)
    (line,) = find_pieces(Ink(ink, (ink > 127).astype(np.uint8) * 255, 1.0, light=False))
    count, found = len(line.pieces), faces(line)
    in_faces = sum(piece in found for piece in line.pieces)
    assert without_faces([line]) == in_faces == count - len(line.pieces)
    return count, in_faces


def test_an_outline_with_eyes_and_a_mouth_is_a_face() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        count, in_faces = pieces_and_faces(ink_of(face(random), 100, 4))
        assert count == in_faces > 0


def test_a_dotted_zero_and_an_empty_one_are_none() -> None:
    outline, *_, mouth = face(np.random.default_rng(1))
    assert pieces_and_faces(ink_of([outline], 100, 4))[1] == 0
    assert pieces_and_faces(ink_of([outline, mouth], 100, 4))[1] == 0
