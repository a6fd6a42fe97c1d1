from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from benchmarks import ablation
from digitnet.datasets import Digits, load_mnist
from digitnet.networks import NETWORKS, layers
from tests.conftest import write_digits


def test_every_version_differs_from_the_whole_in_one_thing() -> None:
    whole = ablation.BEST.to_dict()
    for version in ablation.VERSIONS[1:]:
        changed = version.change(ablation.BEST).to_dict()
        assert [name for name in whole if changed[name] != whole[name]], version.name
        assert sum(changed[name] != whole[name] for name in whole) == 1, version.name


def test_the_networks_are_what_their_names_say() -> None:
    whole = NETWORKS["DeepCNN"](dropout=0.3)
    without = NETWORKS["DeepCNN without batch norm"](dropout=0.3)
    assert not any(row.kind == "BatchNorm2d" for row in layers(without))
    # A bias in place of each shift; the scales are gone.
    scales = sum(row.parameters // 2 for row in layers(whole) if row.kind == "BatchNorm2d")
    count = sum(parameter.numel() for parameter in whole.parameters())
    assert sum(parameter.numel() for parameter in without.parameters()) == count - scales
    half = NETWORKS["DeepCNN of half the width"](dropout=0.3)
    assert half(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert sum(parameter.numel() for parameter in half.parameters()) < 0.3 * count


def test_two_versions_are_trained_compared_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = write_digits(tmp_path / "few.npz", 600)
    mnist = load_mnist()
    some = Digits(mnist.validation.images[:300], mnist.validation.labels[:300])
    monkeypatch.setattr(ablation, "load_mnist", lambda: replace(mnist, validation=some))
    call = ["--seeds", "1", "--steps", "2", "--data", str(few)]
    call += ["--out", str(tmp_path / "runs"), "--json", str(tmp_path / "ablation.json")]
    call += ["--only", "whole", "no augmentation"]
    assert ablation.main(call) == 0
    assert capsys.readouterr().out.count("trained ") == 2
    assert ablation.main(call) == 0
    printed = capsys.readouterr().out
    assert "trained " not in printed, "what is finished is not trained again"
    rows = json.loads((tmp_path / "ablation.json").read_text())["rows"]
    assert [row["version"] for row in rows] == ["whole", "no augmentation"]
    for row in rows:
        assert 0 < row["wrong"][0] <= 300
        assert row["cross_entropy"][0] > 0
        assert f"| {row['version']} | {row['wrong'][0]} | {row['wrong_mean']:.1f} |" in printed
