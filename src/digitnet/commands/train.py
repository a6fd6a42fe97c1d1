"""`digitnet train`."""

from __future__ import annotations

import errno
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digitnet.commands.shared import FULL, PATH, check_training, complain, data_option
from digitnet.errors import DigitnetError, UsageError
from digitnet.messages import say

if TYPE_CHECKING:
    from digitnet.training.ensemble import Ensemble
    from digitnet.training.train import Session

UNWRITABLE = (errno.EPIPE, *FULL)  # The first where nobody reads the output any more.


@click.command()
@click.argument(
    "recipe", required=False, help="What to train; see `digitnet recipes`. Default: tutorial."
)
@click.option(
    "--out",
    type=PATH,
    metavar="DIR",
    help="Folder for the run. Default: the next free runs/RECIPE-N.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    help="The same seed gives the same weights. Default: 0.",
)
@click.option(
    "--steps", type=click.IntRange(min=1), metavar="N", help="Instead of the recipe's number."
)
@data_option
@click.option(
    "--device",
    default="auto",
    type=click.Choice(["auto", "cpu", "cuda"]),
    help="auto takes CUDA where there is some.",
)
@click.option(
    "--precision",
    default="auto",
    type=click.Choice(["auto", "float32", "bf16"]),
    help="auto takes bf16 where the processor has it.",
)
@click.option(
    "--checkpoint-every",
    type=click.IntRange(min=1),
    metavar="N",
    help="Steps between checkpoints; there is one every 20 s too. Default: 500.",
)
@click.option(
    "--resume",
    type=PATH,
    metavar="RUN",
    help="Go on with a run that was stopped or killed.",
)
@click.option("--tensorboard", is_flag=True, help="Also write event files for TensorBoard.")
@click.option(
    "--ensemble",
    type=click.IntRange(min=2),
    metavar="N",
    help="Train so many networks, one after the other, and average them.",
)
@click.option(
    "--teacher",
    type=PATH,
    metavar="RUN",
    help="Learn from the answers of a finished run, too.",
)
def train(
    recipe: str | None,
    out: Path | None,
    seed: int | None,
    steps: int | None,
    data: str | None,
    device: str,
    precision: str,
    checkpoint_every: int | None,
    resume: Path | None,
    ensemble: int | None,
    teacher: Path | None,
    *,
    tensorboard: bool,
) -> None:
    """Train a network, with live progress, into a run folder."""
    from digitnet.console.output import be_quiet

    if os.environ.get("RANK", "0") != "0":
        be_quiet()  # Under torchrun the first process speaks for all.
    settings: dict[str, Any] = {
        "out": out,
        "seed": seed,
        "steps": steps,
        "data": data,
        "checkpoint_steps": checkpoint_every,
        "device": None if device == "auto" else device,
        "precision": None if precision == "auto" else precision,
        "teacher": teacher,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    begun: Session | Ensemble | None
    if resume is None:
        begun = _start(recipe, ensemble or 1, given, tensorboard=tensorboard)
    else:
        given |= {"ensemble": ensemble} if ensemble else {}
        begun = _resume(resume, recipe, given, tensorboard=tensorboard)
    if begun is not None:
        _show(begun, tensorboard=tensorboard)


def _start(
    recipe: str | None, members: int, given: dict[str, Any], *, tensorboard: bool
) -> Session | Ensemble:
    from digitnet.console.training import show_patience
    from digitnet.training.checks import check_seed
    from digitnet.training.recipe import DEFAULT_RECIPE, find_recipe

    chosen = find_recipe(recipe or DEFAULT_RECIPE)
    check_seed(given.get("seed", 0), members)
    _check_packages(members, tensorboard=tensorboard)
    # Only now that the call is right: it takes seconds to load PyTorch.
    if members > 1:
        from digitnet.training.ensemble import Ensemble

        return Ensemble.start(chosen, members, **given)
    from digitnet.training.train import Session

    show_patience(chosen)
    return Session.start(chosen, **given)


def _resume(
    folder: Path, recipe: str | None, given: dict[str, Any], *, tensorboard: bool
) -> Session | Ensemble | None:
    from digitnet.console.output import line
    from digitnet.console.training import show_patience, show_result
    from digitnet.training.run import Run

    run = Run(folder)
    chosen, members = run.settings.recipe, run.settings.members
    _check_resume(chosen.name, recipe, given)
    if run.finished:
        line(say("{folder} is finished already.", folder=folder))
        show_result(run.summary)
        return None
    _check_packages(members, tensorboard=tensorboard)
    if members > 1:
        from digitnet.training.ensemble import Ensemble

        return Ensemble.resume(folder)
    from digitnet.training.train import Session

    show_patience(chosen)
    return Session.resume(folder)


def _check_packages(members: int, *, tensorboard: bool) -> None:
    if members > 1 and tensorboard:
        raise UsageError("--tensorboard and ensembles do not go together.")
    check_training()


def _show(begun: Session | Ensemble, *, tensorboard: bool) -> None:
    """Train, and show how it goes and what came out."""
    from digitnet.console.training import show_result, show_run
    from digitnet.training.ensemble import Ensemble

    run = begun.run
    with _stopped_in_order(run.folder):
        if isinstance(begun, Ensemble):
            _train_ensemble(begun)
        else:
            _train_one(begun, tensorboard=tensorboard)
            if not begun.trainer.world.leads:
                return
    show_result(run.summary)
    show_run(run.folder, may_evaluate=not run.settings.recipe.strips)


def _train_one(session: Session, *, tensorboard: bool) -> None:
    from digitnet.console.live import TrainingView
    from digitnet.console.training import show_start

    show_start(session)
    events = _event_writer(session) if tensorboard and session.trainer.world.leads else None
    with ExitStack() as stack:
        view = TrainingView(session.trainer.recipe.steps)
        views: list[Any] = [stack.enter_context(view)]
        if events is not None:
            views.append(stack.enter_context(events))
        session.train(
            on_step=_each([view.on_step for view in views]),
            on_evaluation=_each([view.on_evaluation for view in views]),
        )


def _train_ensemble(ensemble: Ensemble) -> None:
    from digitnet.console.live import TrainingView
    from digitnet.console.training import show_ensemble

    show_ensemble(ensemble)
    steps = ensemble.settings.members * ensemble.settings.recipe.steps
    with TrainingView(steps) as view:
        ensemble.train(
            on_step=view.on_step, on_evaluation=view.on_evaluation, on_member=view.on_member
        )


@contextmanager
def _stopped_in_order(folder: Path) -> Iterator[None]:
    """Say how to go on where training is stopped from outside: it was saved before."""
    from digitnet.console.output import line
    from digitnet.training.interrupt import Interrupted

    try:
        yield
    except Interrupted as stop:
        sentence = say(
            "Stopped after {step} steps. To go on: digitnet train --resume {folder}",
            step=stop.step,
            folder=shlex.quote(str(folder)),
        )
        line(sentence)
        raise click.exceptions.Exit(128 + stop.signal_number) from stop
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        complain(
            say(
                "The output cannot be written any more, so training has stopped. "
                "To go on: digitnet train --resume {folder}",
                folder=shlex.quote(str(folder)),
            )
        )
        if isinstance(error, BrokenPipeError):
            raise click.exceptions.Exit(1) from error
        raise
    except DigitnetError as error:
        if getattr(error, "__notes__", None):  # Of what shows the progress: the run is whole.
            click.echo(
                say(
                    "The run was saved. To go on: digitnet train --resume {folder}",
                    folder=shlex.quote(str(folder)),
                ),
                err=True,
            )
        raise


def _each(watchers: list[Callable[[Any], None]]) -> Callable[[Any], None]:
    def watch(progress: Any) -> None:
        for watcher in watchers:
            watcher(progress)

    return watch


def _event_writer(session: Any) -> Any:
    from digitnet.training.tensorboard import EventWriter

    return EventWriter(session.run.folder, session.trainer.step)


def _check_resume(recorded: str, recipe: str | None, given: dict[str, Any]) -> None:
    if recipe not in (None, recorded):
        raise UsageError(
            "That run is of recipe {recorded}, not {recipe}; "
            "to go on with it, leave the recipe out.",
            recorded=recorded,
            recipe=recipe,
        )
    if given:
        raise UsageError(
            "--resume goes on with everything as it was; leave out {options}.",
            options=", ".join(
                "--" + name.replace("checkpoint_steps", "checkpoint-every") for name in given
            ),
        )
