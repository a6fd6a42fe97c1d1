"""What several commands share."""

from __future__ import annotations

import sys

import pytest

from digitnet.commands.shared import check_networks, check_training
from digitnet.errors import DigitnetError


def test_all_that_a_run_needs_is_there() -> None:
    check_training()


@pytest.mark.parametrize("package", ["torch", "matplotlib"])
def test_what_is_missing_is_named_before_the_first_step(
    monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # As where it is not installed.
    with pytest.raises(DigitnetError, match=rf"needs {package}, which is not installed: pip"):
        check_training()


def test_to_show_a_network_takes_torch_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("matplotlib", "onnx", "filelock"):
        monkeypatch.setitem(sys.modules, package, None)
    check_networks()
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(DigitnetError, match="with torch, which is not installed: pip"):
        check_networks()
