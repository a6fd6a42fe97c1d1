from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from digitnet.classes import BLANK, NO_DIGIT, TRANSCRIPT_CLASSES
from digitnet.training.objective import Classify, Transcribe, objective
from digitnet.training.recipe import RECIPES

SPELLED = {"-77--1-": [7, 1], "11-11--": [1, 1], "-------": [], "012345-": [0, 1, 2, 3, 4, 5]}


def labels(*rows: list[int]) -> torch.Tensor:
    return torch.tensor([row + [BLANK] * (6 - len(row)) for row in rows])


def columns(*paths: str) -> torch.Tensor:
    symbols = [[BLANK if s == "-" else int(s) for s in path] for path in paths]
    return 12 * F.one_hot(torch.tensor(symbols), TRANSCRIPT_CLASSES).float()


def test_each_recipe_has_its_objective() -> None:
    assert isinstance(objective(RECIPES["best"]), Classify)
    assert isinstance(objective(RECIPES["strips"]), Transcribe)


def test_a_doubtful_no_digit_counts_less() -> None:
    logits = torch.zeros(3, 111)
    logits[:, 3] = 20.0
    truth = torch.tensor([NO_DIGIT, 3, 5])
    plain = Classify(RECIPES["best"])
    doubting = Classify(replace(RECIPES["best"], doubt=0.1))
    a, b = plain.losses(logits, truth), doubting.losses(logits, truth)
    assert b[0] < 0.01 * a[0]
    assert torch.equal(a[1:], b[1:])


def test_transcripts_are_right_where_every_digit_is() -> None:
    truth = labels(*SPELLED.values())
    assert Transcribe().right(columns(*SPELLED), truth).all()
    for k in range(4):
        wrong = truth.roll(1, dims=0)
        assert not Transcribe().right(columns(*SPELLED), wrong)[k]


def test_more_digits_than_a_label_can_hold_are_wrong() -> None:
    assert not Transcribe().right(columns("0123456"), labels([0, 1, 2, 3, 4, 5]))


def test_the_loss_is_least_for_what_is_written() -> None:
    logits = columns(*SPELLED)
    right = Transcribe().losses(logits, labels(*SPELLED.values()))
    wrong = Transcribe().losses(logits, labels([7, 2], [1], [4], [0, 1]))
    assert right == pytest.approx(torch.zeros(4), abs=0.01)
    assert (wrong > 5).all()
