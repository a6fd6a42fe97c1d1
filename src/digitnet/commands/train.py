"""`digitnet train`."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from digitnet.commands.shared import DataPath, training
from digitnet.errors import UsageError
from digitnet.messages import say


class Device(StrEnum):
    """Where to compute."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


class Precision(StrEnum):
    """How to compute."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BF16 = "bf16"


def train(
    recipe: Annotated[
        str | None, typer.Argument(help="What to train; see `digitnet recipes`. Default: tutorial.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the run. Default: the next free runs/RECIPE-N.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same weights. Default: 0.")
    ] = (None),
    steps: Annotated[int | None, typer.Option(help="Instead of the recipe's number.")] = None,
    data: DataPath = None,
    device: Annotated[Device, typer.Option(help="auto takes CUDA where there is some.")] = (
        Device.AUTO
    ),
    precision: Annotated[
        Precision, typer.Option(help="auto takes bf16 where the processor has it.")
    ] = Precision.AUTO,
    checkpoint_every: Annotated[
        int | None,
        typer.Option(help="Steps between checkpoints; there is one every 20 s too. Default: 500."),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(metavar="RUN", help="Go on with a run that was stopped or killed."),
    ] = None,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Also write event files for TensorBoard.")
    ] = False,
    ensemble: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Train so many networks, one after the other, and average them."
        ),
    ] = None,
) -> None:
    """Train a network, with live progress, into a run folder."""
    from digitnet import console
    from digitnet.training.recipe import DEFAULT_RECIPE

    session_module = training()
    if os.environ.get("RANK", "0") != "0":
        console.be_quiet()  # Under torchrun the first process speaks for all.
    settings = {
        "out": out,
        "seed": seed,
        "steps": steps,
        "data": data,
        "checkpoint_steps": checkpoint_every,
        "device": None if device is Device.AUTO else device.value,
        "precision": None if precision is Precision.AUTO else precision.value,
    }
    given = {name: value for name, value in settings.items() if value is not None}
    several = ensemble is not None
    if resume is not None:
        run = session_module.Run(resume)
        several = several or run.settings.members > 1
    if several and tensorboard:
        raise UsageError("--tensorboard and ensembles do not go together.")
    if resume is not None:
        _check_resume(
            run.settings.recipe.name, recipe, given | ({"ensemble": 1} if ensemble else {})
        )
        if run.finished:
            console.line(say("{folder} is finished already.", folder=resume))
            console.show_result(run.summary)
            return
        if run.settings.members > 1:
            _train_ensemble(_ensemble().resume(resume))
            return
        console.show_patience(run.settings.recipe)
        session = session_module.Session.resume(resume)
    else:
        chosen = session_module.find_recipe(recipe or DEFAULT_RECIPE)
        if ensemble is not None:
            _train_ensemble(_ensemble().start(chosen, ensemble, **given))
            return
        console.show_patience(chosen)
        session = session_module.Session.start(chosen, **given)
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
    except session_module.Interrupted as stop:
        raise _stopped(stop) from stop
    if session.trainer.world.leads:
        console.show_result(run.summary)
        console.show_run(run.folder, may_evaluate=not run.settings.recipe.strips)


def _ensemble() -> Any:
    from digitnet.training.ensemble import Ensemble

    return Ensemble


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


def _stopped(stop: Any) -> typer.Exit:
    from digitnet import console

    console.line(
        say(
            "Stopped after {step} steps. To go on: digitnet train --resume {folder}",
            step=stop.step,
            folder=stop.folder,
        )
    )
    return typer.Exit(128 + stop.signal_number)


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
