"""Requests that nobody should send, fewer than `python -m benchmarks serving hostile` sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks._hostile import ATTACKS, attack, over_sockets
from tests.serving.conftest import Service, running, seven


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_request_makes_the_service_fail(tmp_path: Path) -> None:
    with running("--runs", str(tmp_path)) as service, service.client() as client:
        answers = attack(service.port, 260, seed=0)
        assert sum(answers.values()) == 260
        assert "hung" not in answers
        assert not [answer for answer in answers if answer.startswith("5") and answer != "503"]
        assert client.post("/v1/read", content=seven()).json()["text"] == "7"
        assert service.process.poll() is None
    assert service.log == ""


def test_attacks_of_every_kind_are_made(service: Service) -> None:
    answers = over_sockets(service.port, len(ATTACKS), seed=1)
    assert sum(answers.values()) == len(ATTACKS)
    assert answers["400"]
