"""Signs: how each is written, and how they stand among digits."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from digitnet.pages.pen import parts
from digitnet.pages.signs import BARS, FALL_APART, MARKS, SIGNS, STOPS
from digitnet.pages.signs.hand import Strokes
from digitnet.pages.strokes import dense
from tests.pages.composed import contrast, page_of


def pieces(strokes: Strokes) -> int:
    """Into how many pieces the ink falls where a pen of usual width writes 60 pixels high."""
    return len(parts([((60 * dense(stroke, 0.03)).astype(np.float32),
                       np.full(len(dense(stroke, 0.03)), 1.8, np.float32))
                      for stroke in strokes]))  # fmt: skip


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_signs_stand_in_the_frame_of_a_digit_and_differ_each_time(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for write in (SIGNS | STOPS | BARS | MARKS).values():
        points = np.concatenate(write(rng))
        assert np.isfinite(points).all()
        assert points.min() > -0.5
        assert points.max() < 1.5
        assert not np.array_equal(points, np.concatenate(write(rng)))


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_makes_a_sign_of_a_digit_is_never_left_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for name, count in {"!": 2, "?": 2, "÷": 3, "=": 2}.items():
        assert pieces(SIGNS[name](rng)) == count
    for name in "$¢":  # The bar stands out, above and below.
        bow, bar = SIGNS[name](rng)[:2]
        assert bar[:, 1].min() < bow[:, 1].min()
        assert bar[:, 1].max() > bow[:, 1].max()


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32 - 1))
def test_bars_stand_out_above_and_below_and_brackets_bend_apart(seed: int) -> None:
    rng = np.random.default_rng(seed)
    bends = {}
    for name, write in BARS.items():
        (stroke,) = write(rng)
        assert np.ptp(stroke[:, 1]) > 0.95
        ends = (stroke[0, 0] + stroke[-1, 0]) / 2
        bends[name] = stroke[np.abs(stroke[:, 1] - 0.5).argmin(), 0] - ends
    assert bends["("] < -0.05
    assert bends[")"] > 0.05
    (slash,) = BARS["/"](rng)
    assert slash[0, 0] > slash[-1, 0]  # It leans to the right.


def test_signs_are_written_among_the_digits_in_the_same_ink() -> None:
    pages = [page_of("signs", seed) for seed in range(6)]
    assert sum(len(page.signs) for page in pages) > 20
    for page in pages:
        digits = [box for line in page.boxes for box in line]
        assert len(digits) == len(page.text.replace("\n", ""))
        usual = np.median([contrast(page, box) for box in digits])
        for box in page.signs:
            x, y, w, h = box
            assert 0 <= x < x + w <= page.image.shape[1]
            assert 0 <= y < y + h <= page.image.shape[0]
            assert contrast(page, box) > 0.4 * usual
            assert not any(
                min(x + w, left + width) - max(x, left) > 0.3 * min(w, width)
                and min(y + h, top + height) - max(y, top) > 0.3 * min(h, height)
                for left, top, width, height in digits
            )


def test_parts_of_signs_that_look_like_digits_are_named() -> None:
    pages = [page_of("signs", seed) for seed in range(6)]
    assert any(page.lookalikes for page in pages)
    for page in pages:
        for x, y, w, h in page.lookalikes:
            assert any(
                left - 2 <= x <= x + w <= left + width + 2
                and top - 2 <= y <= y + h <= top + height + 2
                for left, top, width, height in page.signs
            )


def test_signs_that_fall_apart_are_signs() -> None:
    assert set(FALL_APART) <= set(SIGNS | MARKS)


def test_a_page_without_signs_has_none() -> None:
    assert page_of("clean", 0).signs == ()


def test_marks_are_no_signs_nor_stops() -> None:
    names = [*SIGNS, *STOPS, *BARS, *MARKS]
    assert len(names) == len(set(names))


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_tally_is_one_piece_and_a_face_has_eyes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert pieces(MARKS["卌"](rng)) == 1
    assert pieces(MARKS["☺"](rng)) >= 4
