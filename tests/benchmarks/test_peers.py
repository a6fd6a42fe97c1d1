from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import _peers
from benchmarks._peers import MissingPeerError, Peer, environment

ECHO = """
import json, sys
print(json.dumps({"hello": sys.argv[1:]}), flush=True)
for line in iter(sys.stdin.buffer.readline, b""):
    question = json.loads(line)
    data = sys.stdin.buffer.read(question["bytes"])
    if question.get("die"):
        break
    print(json.dumps({"sum": sum(data)}), flush=True)
"""


def _script(folder: Path) -> Path:
    script = folder / "_echo.py"
    script.write_text(ECHO, "utf-8")
    return script


def test_a_peer_is_greeted_and_asked(tmp_path: Path) -> None:
    with Peer(Path(sys.executable), _script(tmp_path), ["a", "b"]) as peer:
        assert peer.answer() == {"hello": ["a", "b"]}
        assert peer.ask({"bytes": 3}, b"\x01\x02\x03") == {"sum": 6}
        assert peer.ask({"bytes": 0}) == {"sum": 0}


def test_a_peer_that_ends_is_missing(tmp_path: Path) -> None:
    with Peer(Path(sys.executable), _script(tmp_path)) as peer:
        peer.answer()
        with pytest.raises(MissingPeerError, match="echo ended"):
            peer.ask({"bytes": 0, "die": True})


def test_an_environment_is_made_once_and_anew_for_other_requirements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_peers, "PEERS", tmp_path)
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> None:
        (tmp_path / "some").mkdir(exist_ok=True)
        calls.append(command)

    monkeypatch.setattr("benchmarks._peers.subprocess.run", run)
    python = environment("some", ["one==1"])
    assert python.parent.parent == tmp_path / "some"
    assert len(calls) == 2
    assert calls[1][-1] == "one==1"
    environment("some", ["one==1"])
    assert len(calls) == 2
    environment("some", ["one==1", "two==2"])
    assert calls[3][-2:] == ["one==1", "two==2"]
    assert capsys.readouterr().err.count("(once)") == 2


def test_what_cannot_be_installed_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_peers, "PEERS", tmp_path)
    monkeypatch.setattr("benchmarks._peers.sys.executable", "/bin/false")
    with pytest.raises(MissingPeerError, match="nothing-at-all==0 could not be installed"):
        environment("some", ["nothing-at-all==0"])
