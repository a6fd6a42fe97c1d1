from __future__ import annotations

import pickle

from digitnet.errors import DataError, DigitnetError, UsageError


def test_an_error_says_its_sentence() -> None:
    assert str(DataError("{path}: row {row} is empty.", path="a.csv", row=3)) == (
        "a.csv: row 3 is empty."
    )


def test_an_error_without_values_may_hold_braces_in_none() -> None:
    assert str(UsageError("Nothing to read.")) == "Nothing to read."


def test_a_wrong_call_exits_with_2_and_a_failed_job_with_1() -> None:
    assert UsageError("").exit_code == 2
    assert DigitnetError("").exit_code == 1


def test_an_error_survives_the_way_to_another_process() -> None:
    error = pickle.loads(pickle.dumps(DataError("{path} is empty.", path="a.csv")))  # noqa: S301
    assert isinstance(error, DataError)
    assert str(error) == "a.csv is empty."
