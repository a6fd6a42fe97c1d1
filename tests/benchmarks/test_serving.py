"""The service's benchmark, for a moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.__main__ import main
from benchmarks._load import Job, ask
from benchmarks._service import Service, floor, peer, running


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["load", "--ours-only", "--seconds", "0.5"], "digitnet serve, 1 worker"),
        (["memory", "--requests", "50"], "        50 "),
    ],
)
def test_it_prints_its_figures(
    arguments: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmarks.serving.PARTS", 2)
    monkeypatch.setattr("benchmarks.serving.WARM_UP", 0.1)
    assert main(["serving", *arguments, "--workers", "1", "--connections", "4"]) == 0
    assert says in capsys.readouterr().out


@pytest.fixture(scope="module")
def a_peer() -> Iterator[Service]:
    with running(peer(1)) as service:
        yield service


def test_the_peer_answers_the_very_same_requests(a_peer: Service) -> None:
    figures = ask(Job(a_peer.port, 2, 20, requests=20, form=True))
    assert figures.statuses == {"200": figures.answered}
    assert figures.errors == figures.hung == 0


def test_one_that_reads_nothing_takes_the_very_same_requests() -> None:
    with running(floor(1)) as service:
        figures = ask(Job(service.port, 2, 20, requests=20, form=True))
    assert figures.statuses == {"200": figures.answered}
    assert figures.errors == figures.hung == 0


def test_with_a_rate_requests_go_out_whether_answered_or_not(a_peer: Service) -> None:
    figures = ask(Job(a_peer.port, 20, 1.0, rate=30, form=True))
    assert 25 <= figures.answered <= 30
