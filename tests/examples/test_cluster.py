"""The cluster file is one that Ray's launcher takes, and means what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ray.autoscaler._private.util import prepare_config, validate_config

import digitnet

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def prepared() -> dict[str, Any]:
    """As `ray up` sees it: with Ray's defaults, and one node type for all machines."""
    text = (ROOT / "examples" / "cluster.yaml").read_text(encoding="utf-8")
    config: dict[str, Any] = prepare_config(yaml.safe_load(text))
    return config


def test_ray_takes_it(prepared: dict[str, Any]) -> None:
    validate_config(prepared)
    with pytest.raises(Exception, match="setup_comands"):
        validate_config({**prepared, "setup_comands": []})


def test_it_starts_all_machines(prepared: dict[str, Any]) -> None:
    (machines,) = prepared["available_node_types"].values()
    addresses = prepared["provider"]["worker_ips"]
    assert machines["min_workers"] == machines["max_workers"] == len(addresses)


def test_it_installs_this_version(prepared: dict[str, Any]) -> None:
    """Once, where `ray` is found by its name."""
    _, install, path = prepared["head_setup_commands"]
    assert f"digitnet[cluster]=={digitnet.__version__}'" in install
    assert prepared["worker_setup_commands"] == prepared["head_setup_commands"]
    assert "bin/pip" in install
    assert "PATH=~/digitnet-cluster/bin:$PATH" in path
