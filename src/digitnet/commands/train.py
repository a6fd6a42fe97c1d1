"""`digitnet train`."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from digitnet.commands.shared import PATH, check_training, data_option
from digitnet.errors import UsageError
from digitnet.messages import say


@click.command()
@click.argument(
    "recipe", required=False, help="What to train; see `digitnet recipes`. Default: tutorial."
)
@click.option(
    "--out",
    type=PATH,
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
    from digitnet import console
    from digitnet.training.recipe import DEFAULT_RECIPE, find_recipe
    from digitnet.training.run import Run

    if os.environ.get("RANK", "0") != "0":
        console.be_quiet()  # Under torchrun the first process speaks for all.
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
    if resume is None:
        chosen, members = find_recipe(recipe or DEFAULT_RECIPE), ensemble or 1
    else:
        run = Run(resume)
        chosen, members = run.settings.recipe, run.settings.members
        _check_resume(chosen.name, recipe, given | ({"ensemble": ensemble} if ensemble else {}))
        if run.finished:
            console.line(say("{folder} is finished already.", folder=resume))
            console.show_result(run.summary)
            return
    if members > 1 and tensorboard:
        raise UsageError("--tensorboard and ensembles do not go together.")
    check_training()
    # Only now that the call is right: it takes seconds to load PyTorch.
    if members > 1:
        from digitnet.training.ensemble import Ensemble

        _train_ensemble(
            Ensemble.resume(resume) if resume else Ensemble.start(chosen, members, **given)
        )
        return
    from digitnet.training.interrupt import Interrupted
    from digitnet.training.train import Session

    console.show_patience(chosen)
    session = Session.resume(resume) if resume else Session.start(chosen, **given)
    console.show_start(session)
    events = _event_writer(session) if tensorboard and session.trainer.world.leads else None
    try:
        with ExitStack() as stack:
            views: list[Any] = [
                stack.enter_context(console.TrainingView(session.trainer.recipe.steps))
            ]
            if events is not None:
                views.append(stack.enter_context(events))
            run = session.train(
                on_step=_each([view.on_step for view in views]),
                on_evaluation=_each([view.on_evaluation for view in views]),
            )
    except Interrupted as stop:
        raise _stopped(stop) from stop
    if session.trainer.world.leads:
        console.show_result(run.summary)
        console.show_run(run.folder, may_evaluate=not run.settings.recipe.strips)


def _train_ensemble(ensemble: Any) -> None:
    from digitnet import console
    from digitnet.training.interrupt import Interrupted

    console.show_ensemble(ensemble)
    steps = ensemble.settings.members * ensemble.settings.recipe.steps
    try:
        with console.TrainingView(steps) as view:
            run = ensemble.train(
                on_step=view.on_step, on_evaluation=view.on_evaluation, on_member=view.on_member
            )
    except Interrupted as stop:
        raise _stopped(stop) from stop
    console.show_result(run.summary)
    console.show_run(run.folder)


def _stopped(stop: Any) -> click.exceptions.Exit:
    from digitnet import console

    console.line(
        say(
            "Stopped after {step} steps. To go on: digitnet train --resume {folder}",
            step=stop.step,
            folder=stop.folder,
        )
    )
    return click.exceptions.Exit(128 + stop.signal_number)


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
