"""`digitnet train`."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from digitnet.commands.shared import PATH, data_option, training
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
@click.option("--seed", type=int, help="The same seed gives the same weights. Default: 0.")
@click.option("--steps", type=int, help="Instead of the recipe's number.")
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
    type=int,
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
    type=int,
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
        "device": None if device == "auto" else device,
        "precision": None if precision == "auto" else precision,
        "teacher": teacher,
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
