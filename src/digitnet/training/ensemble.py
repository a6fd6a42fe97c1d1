"""Several networks of one recipe, trained one after the other, that answer by their mean."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from digitnet.datasets import load_mnist, open_dataset
from digitnet.errors import UsageError
from digitnet.training.interrupt import Interrupted
from digitnet.training.precision import choose_device, choose_precision
from digitnet.training.recipe import Recipe, find_recipe
from digitnet.training.run import Run, Settings, create_run
from digitnet.training.train import Progress, Session, Watcher, same_data
from digitnet.training.world import join_world


class Ensemble:
    """A run that trains several networks, and what they are together.

    Each member is a run of its own, in the folder ``member-<seed>`` of the ensemble's, with a seed
    of its own, from the ensemble's on. The mean of their probabilities is free of much that each
    gets wrong by chance (Hansen and Salamon, *Neural network ensembles*, IEEE TPAMI 12, 1990).

    Made by `start` or `resume`.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.settings = run.settings
        self.members = run.members

    @classmethod
    def start(
        cls,
        recipe: str | Recipe,
        members: int,
        *,
        out: str | Path | None = None,
        seed: int = 0,
        steps: int | None = None,
        data: str | Path | None = None,
        device: str = "auto",
        precision: str = "auto",
        teacher: str | Path | None = None,
        checkpoint_steps: int = 500,
    ) -> Ensemble:
        """Begin a new ensemble; the arguments but ``members`` are those of `digitnet.train`.

        Raises:
            UsageError: a number is out of range, or torchrun started several processes.
            DigitnetError: the data or the folder cannot be used.
        """
        if isinstance(recipe, str):
            recipe = find_recipe(recipe)
        recipe = recipe if steps is None else replace(recipe, steps=steps)
        if members < 2:
            raise UsageError("An ensemble takes 2 networks or more.")
        if min(seed, recipe.steps - 1, checkpoint_steps - 1) < 0:
            raise UsageError("The seed must be 0 or more, and steps 1 or more.")
        if recipe.strips:
            raise UsageError(
                "Recipe {recipe} is trained alone; leave out --ensemble.", recipe=recipe.name
            )
        _check_alone(device)
        dataset = load_mnist() if data is None else open_dataset(data)
        where = choose_device(device)
        settings = Settings(
            recipe=recipe,
            seed=seed,
            data=dataset.source,
            data_sha256=dataset.sha256,
            device=where.type,
            precision=choose_precision(precision, where),
            threads=torch.get_num_threads(),
            checkpoint_steps=checkpoint_steps,
            members=members,
            teacher=None if teacher is None else str(teacher),
        )
        return cls(create_run(out, settings))

    @classmethod
    def resume(cls, folder: str | Path) -> Ensemble:
        """Go on with an ensemble that was stopped or killed.

        Raises:
            RunError: the folder is no run's, or is damaged.
        """
        ensemble = cls(Run(Path(folder)))
        _check_alone(ensemble.settings.device)
        torch.set_num_threads(ensemble.settings.threads)
        return ensemble

    def train(
        self,
        on_step: Watcher | None = None,
        on_evaluation: Watcher | None = None,
        on_member: Callable[[int, Session], None] | None = None,
    ) -> Run:
        """Train the members that are not finished yet, and write what they are together.

        Args:
            on_step: called after each step of each member.
            on_evaluation: called after each evaluation of each member.
            on_member: called with the number of a member, from 1, before it is trained.

        Raises:
            RunError: training diverged, or a folder cannot be written.
            Interrupted: SIGINT or SIGTERM came; `resume` goes on.
        """
        pace = _Pace(len(self.members) * self.settings.recipe.steps)
        for number, member in enumerate(self.members, start=1):
            if member.finished:
                continue
            session = self._session(member, self.settings.seed + number - 1)
            if on_member:
                on_member(number, session)
            try:
                session.train(
                    on_step=pace.watch(on_step, number, counts=True),
                    on_evaluation=pace.watch(on_evaluation, number),
                )
            except Interrupted as stop:
                step = (number - 1) * self.settings.recipe.steps + stop.step
                raise Interrupted(self.run.folder, step, stop.signal_number) from stop
        # Loaded only here, as what ends other runs is.
        from digitnet.training.finish_ensemble import finish_ensemble

        finish_ensemble(self.run, same_data(self.run))
        return self.run

    def _session(self, member: Run, seed: int) -> Session:
        if (member.folder / "run.json").exists():
            return Session.resume(member.folder)
        settings = self.settings
        return Session.start(
            settings.recipe,
            out=member.folder,
            seed=seed,
            data=None if settings.data == "mnist" else settings.data,
            device=settings.device,
            precision=settings.precision,
            teacher=settings.teacher,
            checkpoint_steps=settings.checkpoint_steps,
        )


class _Pace:
    """Puts into what watchers are told how long the whole ensemble will still take."""

    def __init__(self, steps: int) -> None:
        self._steps = steps  # Of all members.
        self._done = 0  # In this process.
        self._began = time.monotonic()

    def watch(self, watcher: Watcher | None, number: int, *, counts: bool = False) -> Watcher:
        """Return a watcher of member ``number``'s steps that tells ``watcher`` of the whole."""

        def told(progress: Progress) -> None:
            self._done += counts
            if watcher:
                members = self._steps // progress.steps
                to_do = self._steps - (number - 1) * progress.steps - progress.step - 1
                # By all the time so far: what comes between the members takes its own too.
                left = (time.monotonic() - self._began) / self._done * to_do
                watcher(replace(progress, seconds_left=left, member=number, members=members))

        return told


def _check_alone(device: str) -> None:
    if join_world(device).size > 1:
        raise UsageError(
            "An ensemble's members are trained one after the other by one process; "
            "leave out torchrun."
        )
