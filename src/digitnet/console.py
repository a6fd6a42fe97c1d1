"""What a person sees in the terminal: live on a terminal, plain lines in a pipe."""

from __future__ import annotations

import errno
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from digitnet.messages import say, say_error

if TYPE_CHECKING:
    from digitnet.cluster.read import JobProgress
    from digitnet.datasets.fetch import Availability, Check
    from digitnet.datasets.fetch import Progress as DownloadProgress
    from digitnet.networks import Layer
    from digitnet.training.ensemble import Ensemble
    from digitnet.training.recipe import Recipe
    from digitnet.training.train import Progress as TrainingProgress
    from digitnet.training.train import Session


class _Output(Console):
    """Says so when nobody reads any more; rich would end the process, whatever it is doing."""

    def on_broken_pipe(self) -> None:
        """Print nothing from now on, not even at Python's end, and raise what the system said."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


out = _Output(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)
# For tables with sentences in them, which are folded to the width of the terminal, and for
# sentences, which in a pipe are a line each.
wrapped = _Output(highlight=False, soft_wrap=not out.is_terminal)


def line(text: str = "", style: str | None = None) -> None:
    """Print one line as it stands, without looking for markup in it."""
    out.print(Text(text, style=style or ""))


def be_quiet() -> None:
    """Print nothing from now on but errors."""
    out.quiet = wrapped.quiet = True


def show_start(session: Session) -> None:
    """Print what is going to be trained, on what, how and where."""
    from digitnet.datasets import Digits

    trainer, dataset = session.trainer, session.dataset
    line(
        say(
            "Recipe {recipe}, seed {seed}, {steps:,} steps, on {device} in {precision}.",
            recipe=trainer.recipe.name,
            seed=trainer.seed,
            steps=trainer.recipe.steps,
            device=trainer.device.type,
            precision=trainer.precision,
        ),
        style="bold",
    )
    line(
        say(
            "Data {name}: {train:,} digits to learn from, {validation:,} for validation, "
            "{test:,} to test.",
            name=dataset.name,
            train=len(dataset.train),
            validation=len(dataset.validation),
            test=len(dataset.test),
        )
    )
    if dataset.source != "mnist":
        counts = {
            say("validation"): dataset.validation.counts(),
            say("test"): dataset.test.counts(),
        }
        if isinstance(dataset.train, Digits):  # To count a stream's would be to read them all.
            counts = {say("train"): dataset.train.counts()} | counts
        show_parts(counts)
    if trainer.step:
        line(
            say(
                "Going on after {step:,} steps in {folder}.",
                step=trainer.step,
                folder=session.run.folder,
            )
        )
    else:
        line(say("Everything goes into {folder}.", folder=session.run.folder))


def show_ensemble(ensemble: Ensemble) -> None:
    """Print which networks are going to be trained, how and where."""
    settings = ensemble.settings
    line(
        say(
            "Recipe {recipe}, {members} networks of {steps:,} steps, seeds {first} to {last}, "
            "on {device} in {precision}.",
            recipe=settings.recipe.name,
            members=settings.members,
            steps=settings.recipe.steps,
            first=settings.seed,
            last=settings.seed + settings.members - 1,
            device=settings.device,
            precision=settings.precision,
        ),
        style="bold",
    )
    line(say("Everything goes into {folder}.", folder=ensemble.run.folder))
    finished = sum(member.finished for member in ensemble.members)
    if finished:
        line(say("{count} of them are finished already.", count=finished))


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


JOB_LINE_SECONDS = 10.0  # Where a log is kept, it should not fill up.


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


def show_job(progress: JobProgress, folder: str) -> None:
    """Print what a finished job did."""
    line(
        say(
            "All {pictures:,} pictures are read; {digits:,} digits this time, in {seconds:.1f} s.",
            pictures=progress.pictures,
            digits=progress.digits,
            seconds=progress.seconds,
        ),
        style="bold",
    )
    if progress.errors:
        line(
            say(
                "{errors:,} pictures could not be read this time: column error says why.",
                errors=progress.errors,
            )
        )
    line(say("The shards are in {folder}.", folder=folder))


def show_available(rows: Sequence[Availability]) -> None:
    """Print each data set: whether it is here, how large it is, what it is for."""
    states = {
        "shipped": say("shipped"),
        "fetched": say("fetched"),
        "not fetched": say("not fetched"),
    }
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(say("name"), style="bold", no_wrap=True)
    table.add_column(say("state"), no_wrap=True)
    table.add_column(say("size"), justify="right", no_wrap=True)
    table.add_column(say("what it is"), overflow="fold")
    for row in rows:
        size = "" if row.size is None else f"{row.size / 1e6:,.1f} MB"
        table.add_row(row.name, states[row.state], size, f"{say(row.purpose)} ({row.licence})")
    wrapped.print(table)


def show_checks(checks: Sequence[Check]) -> None:
    """Print, for each data set that is here, whether it is as it should be."""
    for check in checks:
        if check.error is None:
            line(say("{name}: right ({path})", name=check.name, path=check.path))
        else:
            err.print(Text(say("Error: {sentence}", sentence=say_error(check.error))))


def show_parts(counts: dict[str, NDArray[np.int64]]) -> None:
    """Print how many of each digit there are, a column a part."""
    table = Table(box=None, pad_edge=False)
    table.add_column(say("digit"), justify="right")
    for part in counts:
        table.add_column(part, justify="right")
    for digit in range(10):
        table.add_row(str(digit), *(f"{part[digit]:,}" for part in counts.values()))
    table.add_row(say("all"), *(f"{part.sum():,}" for part in counts.values()))
    out.print(table)


def show_patience(recipe: Recipe) -> None:
    """Announce what a recipe makes first, where that takes a while."""
    if recipe.variations or recipe.strips:
        line(
            say(
                "First {count:,} examples are made from the training digits; this takes minutes.",
                count=recipe.variations + recipe.strips + recipe.harvest,
            )
        )


def show_result(summary: dict[str, Any]) -> None:
    """Print how a run ended: the accuracy, then the tutorial's closing lines."""
    low, high = summary["test_error_interval"]
    line(
        say(
            "Test accuracy {accuracy:.2%}: {errors:,} of {count:,} strips wrong "
            "(95% interval {low:.2%} to {high:.2%})."
            if isinstance(summary["true"][0], str)
            else "Test accuracy {accuracy:.2%}: {errors:,} of {count:,} digits wrong "
            "(95% interval {low:.2%} to {high:.2%}).",
            accuracy=summary["test_accuracy"],
            errors=summary["test_errors"],
            count=summary["test_images"],
            low=1 - high,
            high=1 - low,
        ),
        style="bold",
    )
    line(
        say(
            "Trained for {seconds:.1f} s at {rate:,.0f} images/s.",
            seconds=summary["train_seconds"],
            rate=summary["images_per_second"],
        )
    )
    if "members" in summary:
        errors = [member["test_errors"] for member in summary["members"]]
        line(
            say(
                "Its {count} members alone: {errors} digits wrong, "
                "{accuracy:.2%} right on average.",
                count=len(errors),
                errors=", ".join(f"{number:,}" for number in errors),
                accuracy=1 - sum(errors) / len(errors) / summary["test_images"],
            )
        )
    line(say("{digits} inferred digits", digits=_digits(summary["inferred"])))
    line(say("{digits} true digits", digits=_digits(summary["true"])))


def show_run(folder: Path, *, may_evaluate: bool = True) -> None:
    """Print where the run is, and what one may do with it."""
    line(say("The run is in {folder}: model.onnx, training.png, summary.json.", folder=folder))
    if may_evaluate:
        line(say("Next: digitnet evaluate {folder}", folder=shlex.quote(str(folder))))


def _digits(digits: Sequence[int | str]) -> str:
    return f"[{' '.join(str(digit) or '–' for digit in digits)}]"


def show_recipes(recipes: Sequence[Recipe]) -> None:
    """Print each recipe: what it is for and what it reaches."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(say("recipe"), style="bold", no_wrap=True)
    table.add_column(say("steps"), justify="right")
    table.add_column(say("test accuracy"), justify="right", no_wrap=True)
    table.add_column(say("what it is for"), overflow="fold")
    for recipe in recipes:
        table.add_row(recipe.name, f"{recipe.steps:,}", recipe.reaches, say(recipe.purpose))
    wrapped.print(table)


def show_layers(layers: Sequence[Layer]) -> None:
    """Print a network as a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_footer=True)
    table.add_column(say("layer"), footer=say("all"))
    table.add_column(say("kind"))
    table.add_column(say("output shape"))
    parameters = sum(layer.parameters for layer in layers)
    multiply_adds = sum(layer.multiply_adds for layer in layers)
    table.add_column(say("parameters"), justify="right", footer=f"{parameters:,}")
    table.add_column(say("multiply-adds"), justify="right", footer=f"{multiply_adds:,}")
    for layer in layers:
        shape = " × ".join(str(size) for size in layer.output_shape)
        table.add_row(
            layer.name, layer.kind, shape, f"{layer.parameters:,}", f"{layer.multiply_adds:,}"
        )
    out.print(table)


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds, or hours too where it takes them."""
    minutes, whole = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{whole:02}" if hours else f"{minutes}:{whole:02}"
