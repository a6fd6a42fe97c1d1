"""How a training run begins and how it ended, in sentences."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitnet.console.datasets import show_parts
from digitnet.console.output import line
from digitnet.messages import say

if TYPE_CHECKING:
    from digitnet.training.ensemble import Ensemble
    from digitnet.training.recipe import Recipe
    from digitnet.training.train import Session


def show_patience(recipe: Recipe) -> None:
    """Announce what a recipe makes first, where that takes a while."""
    if recipe.variations or recipe.strips:
        line(
            say(
                "First {count:,} examples are made from the training digits; this takes minutes.",
                count=recipe.variations + recipe.strips + recipe.harvest,
            )
        )


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
