from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks._section import Section, number, table

# Narrow enough for a terminal: only where there is no other way, words are broken.
WORDS = st.text("abcdefgh", min_size=1, max_size=6)
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
NUMBERS = st.floats(1e-3, 1e6) | st.integers(0, 10**6)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.08712, "0.0871"),
        (8.7123, "8.71"),
        (87.123, "87.1"),
        (871.23, "871"),
        (8712.3, "8,712"),
        (-1.5, "-1.50"),
        (0.0, "0.00"),
        (99.96, "100.0"),
    ],
)
def test_numbers_have_three_digits_that_mean_something(value: float, text: str) -> None:
    assert number(value) == text


def test_the_points_of_a_column_stand_under_one_another() -> None:
    head, rule, *lines = table([{"what": "a", "ms": 0.0871}, {"what": "b", "ms": 1234.6}])
    assert head.split() == ["what", "ms"]
    assert lines == ["a         0.0871", "b     1,235"]
    assert len(rule) == len(lines[0])


def test_what_is_missing_is_a_dash() -> None:
    *_, first, second = table([{"who": "ours", "s": 1.5}, {"who": "theirs"}])
    assert first.endswith("1.50")
    assert second.split() == ["theirs", "–"]


@given(
    st.lists(
        st.fixed_dictionaries(
            {"who": SENTENCES, "in which way": SENTENCES},
            optional={"images/s": NUMBERS, "milliseconds at 1": NUMBERS, "share of it": NUMBERS},
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_table_fits_a_terminal_and_loses_nothing(rows: list[dict[str, object]]) -> None:
    lines = table(rows)
    assert max(map(len, lines)) <= 80
    shown = " ".join(lines).split()
    for row in rows:
        for value in row.values():
            wanted = value.split() if isinstance(value, str) else []
            assert set(wanted) <= set(shown)
    for value in (v for row in rows for v in row.values() if isinstance(v, int)):
        assert f"{value:,}" in shown


def test_too_many_numbers_for_a_terminal_are_an_error() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        table([{f"column {index}": 10**9 for index in range(9)}])


def test_a_section_is_text_and_plain_values() -> None:
    section = Section("Reading", [{"who": "ours", "images/s": 31_000}], ["word " * 40])
    lines = section.to_text().splitlines()
    assert lines[:2] == ["Reading", "======="]
    assert max(map(len, lines)) <= 80
    assert section.to_dict()["rows"] == [{"who": "ours", "images/s": 31_000}]
