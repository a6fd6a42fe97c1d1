"""Settings that make no sense, refused before there is a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from digitnet import train
from digitnet.errors import UsageError
from digitnet.training.recipe import RECIPES
from tests.conftest import write_digits


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"seed": -1}, "seed must be a whole number of 0 or more, not -1"),
        ({"seed": 2**64}, f"seed must be at most {2**64 - 1}, not {2**64}"),
        ({"seed": 2**64 - 2, "ensemble": 3}, f"seed must be at most {2**64 - 3}"),
        ({"steps": 0}, "steps must be a whole number of 1 or more, not 0"),
        ({"steps": 2.5}, r"steps must be a whole number of 1 or more, not 2\.5"),
        ({"device": "tpu"}, "device must be one of auto, cpu, cuda, not 'tpu'"),
        ({"precision": "fp16"}, "precision must be one of auto, float32, bf16, not 'fp16'"),
        ({"ensemble": 1}, "2 networks or more"),
        ({"ensemble": 2, "precision": "fp16"}, "precision must be one of"),
    ],
)
def test_what_makes_no_sense_is_refused_before_there_is_a_folder(
    own: Path, tmp_path: Path, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        train("tutorial", data=own, out=tmp_path / "run", **settings)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"schedule": "cosine"}, "schedule must be one of constant, one-cycle, not 'cosine'"),
        ({"evaluate_every": 0}, "evaluate_every must be a whole number of 1 or more, not 0"),
        ({"evaluate_on": "train"}, "evaluate_on must be one of test, validation"),
        ({"dropout": 1.5}, r"dropout must be a number from 0 to 1, not 1\.5"),
        ({"learning_rate": float("nan")}, "learning_rate must be a number from 0 to ∞, not nan"),
        ({"network": "X"}, "network must be one of TutorialCNN, .* not 'X'"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(
    own: Path, tmp_path: Path, settings: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        train(replace(RECIPES["tutorial"], **settings), data=own, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("members", [1, 2])
def test_too_few_digits_for_a_batch_leave_no_folder(tmp_path: Path, members: int) -> None:
    few = write_digits(tmp_path / "few.npz", 55)
    with pytest.raises(UsageError, match="at least 50 digits to learn from, and here are 44"):
        train("tutorial", data=few, out=tmp_path / "oz", ensemble=members if members > 1 else None)
    assert not (tmp_path / "oz").exists()
