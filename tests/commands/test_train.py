"""How `digitnet train` ends when it cannot come to its end."""

from __future__ import annotations

import errno
from pathlib import Path

import click
import pytest

from digitnet.commands.train import _stopped_in_order
from digitnet.errors import DigitnetError
from digitnet.training.interrupt import Interrupted

HOW = "To go on: digitnet train --resume 'a b'\n"


def test_a_signal_ends_it_with_a_line_and_the_signals_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(click.exceptions.Exit) as stopped, _stopped_in_order(Path("a b")):
        raise Interrupted(Path("a b"), 7, 15)
    assert stopped.value.exit_code == 143
    assert capsys.readouterr().out == f"Stopped after 7 steps. {HOW}"


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC])
def test_where_the_output_ends_the_other_stream_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], number: int
) -> None:
    kind = click.exceptions.Exit if number == errno.EPIPE else OSError
    with pytest.raises(kind), _stopped_in_order(Path("a b")):
        raise OSError(number, "no more")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith(HOW)


def test_what_goes_wrong_beside_a_run_that_is_saved_is_no_loss(
    capsys: pytest.CaptureFixture[str],
) -> None:
    saved, lost = DigitnetError("The curves' disk is full."), DigitnetError("It diverged.")
    saved.add_note("The run was saved")
    for error, told in ((saved, f"The run was saved. {HOW}"), (lost, "")):
        with pytest.raises(DigitnetError), _stopped_in_order(Path("a b")):
            raise error
        assert capsys.readouterr().err == told
