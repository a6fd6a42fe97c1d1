"""What moves in the terminal while something is at work; in a pipe, plain lines now and then."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from digitnet.console.output import line, out
from digitnet.messages import say

if TYPE_CHECKING:
    from digitnet.cluster.read import JobProgress
    from digitnet.datasets.fetch import Progress as DownloadProgress
    from digitnet.training.progress import Progress as TrainingProgress
    from digitnet.training.train import Session

JOB_LINE_SECONDS = 10.0  # Where a log is kept, it should not fill up.


class _LiveView:
    """A display that lives as long as its ``with`` block."""

    _progress: Progress

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()


class TrainingView(_LiveView):
    """Shows a training run: a live line with what changes, and one line an evaluation above it.

    In a pipe there are only the evaluations' lines.
    """

    def __init__(self, steps: int) -> None:
        self._progress = Progress(
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[status]}"),
            console=out,
            transient=True,
            disable=not out.is_terminal,
            expand=True,
        )
        self._task = self._progress.add_task("", total=steps, status="")

    def on_step(self, progress: TrainingProgress) -> None:
        """Move the live line."""
        status = say(
            "{rate:,.0f} img/s, {left} left, loss {loss:.4f}, acc. {accuracy:.4f}",
            rate=progress.images_per_second,
            left=clock(progress.seconds_left),
            loss=progress.loss,
            accuracy=progress.accuracy,
        )
        done = (progress.member - 1) * progress.steps + progress.step + 1
        self._progress.update(self._task, completed=done, status=status)

    def on_evaluation(self, progress: TrainingProgress) -> None:
        """Print the tutorial's line."""
        text = say(
            "Step {step}: train loss={loss:.4f}, test accuracy={accuracy:.4f}"
            if progress.watched == "test"
            else "Step {step}: train loss={loss:.4f}, validation accuracy={accuracy:.4f}",
            step=progress.step,
            loss=progress.loss,
            accuracy=progress.accuracy,
        )
        self._progress.console.print(Text(text))

    def on_member(self, number: int, session: Session) -> None:
        """Print which member of an ensemble is trained next."""
        trainer = session.trainer
        text = (
            say(
                "Member {number}, seed {seed}, goes on after {step:,} steps.",
                number=number,
                seed=trainer.seed,
                step=trainer.step,
            )
            if trainer.step
            else say("Member {number}, seed {seed}.", number=number, seed=trainer.seed)
        )
        self._progress.console.print(Text(text, style="bold"))


class DownloadView(_LiveView):
    """Shows a download: a bar for each file. In a pipe it says nothing."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=out,
            disable=not out.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def on_progress(self, progress: DownloadProgress) -> None:
        """Move the file's bar."""
        if progress.file not in self._tasks:
            self._tasks[progress.file] = self._progress.add_task(progress.file)
        self._progress.update(
            self._tasks[progress.file], completed=progress.done, total=progress.total
        )


class JobView(_LiveView):
    """Shows a job: a live line; in a pipe, a line now and then."""

    def __init__(self) -> None:
        self._progress = Progress(
            BarColumn(bar_width=None),
            TextColumn("{task.fields[status]}"),
            console=out,
            transient=True,
            disable=not out.is_terminal,
            expand=True,
        )
        self._task = self._progress.add_task("", status="")
        self._spoke = 0.0

    def on_progress(self, progress: JobProgress) -> None:
        """Move the live line, or print another one."""
        status = say(
            "{done:,} of {pictures:,} pictures, {rate:,.0f}/s, {left} left",
            done=progress.done,
            pictures=progress.pictures,
            rate=progress.pictures_per_second,
            left=clock(progress.seconds_left),
        )
        self._progress.update(
            self._task, completed=progress.done, total=progress.pictures, status=status
        )
        if not out.is_terminal and progress.seconds - self._spoke >= JOB_LINE_SECONDS:
            line(status)
            self._spoke = progress.seconds


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds, or hours too where it takes them."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"
