from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import _speed_growth
from benchmarks._growth_fit import exponent, line
from benchmarks._section import Section

SIZES = [10.0, 30.0, 100.0, 1000.0]


@given(st.floats(0, 10), st.floats(0.001, 10))
def test_a_line_is_found_again(fixed: float, each: float) -> None:
    found = line(SIZES, [fixed + each * size for size in SIZES])
    assert found.fixed == pytest.approx(fixed, abs=1e-6)
    assert found.each == pytest.approx(each)
    assert found.r2 == pytest.approx(1)


@given(st.floats(0.2, 3), st.floats(0.001, 10))
def test_a_power_is_found_again(power: float, times: float) -> None:
    assert exponent(SIZES, [times * size**power for size in SIZES]) == pytest.approx(power)


def test_a_square_is_no_line() -> None:
    assert line([1, 2, 3, 4], [1, 4, 9, 16]).r2 < 0.99
    assert line(SIZES, [7.0] * 4).r2 == 1.0


def test_a_page_holds_as_many_digits_as_are_wanted() -> None:
    page = _speed_growth.page_of(101)
    assert page.shape == (2200, 2200)
    cells = page.reshape(100, 22, 100, 22).min(axis=(1, 3)) < 128
    assert cells.sum() == 101
    assert cells[1, 0]
    assert not cells[1, 1:].any()


def test_growth_is_said_and_drawn(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"digits": int(n), "seconds": 0.1 + 0.002 * n, "largest memory, MB": 100 + n / 100}
        for n in SIZES
    ]
    said = _speed_growth.growth(SIZES, rows, "digit")
    assert "100 ms + 2,000 µs a digit explains 100.00%" in said
    _speed_growth.draw([Section("Training", rows), Section("Reading", rows)], tmp_path / "new")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"growth.svg", "growth.png"}
    assert "100 ms + 2,000 µs a digit" in (tmp_path / "new" / "growth.svg").read_text("utf-8")
    assert (
        np.frombuffer((tmp_path / "new" / "growth.png").read_bytes(), np.uint8)[1:4].tobytes()
        == b"PNG"
    )
