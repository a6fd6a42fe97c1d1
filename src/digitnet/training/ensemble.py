"""Several networks of one recipe, trained one after the other, that answer by their mean."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from digitnet.datasets import Dataset, StreamedDataset
from digitnet.errors import UsageError
from digitnet.networks import NETWORKS
from digitnet.training.interrupt import Interrupted, StopSignal, stop_signal
from digitnet.training.learned import learned_from
from digitnet.training.lock import locked
from digitnet.training.plan import plan_run
from digitnet.training.progress import Progress, Watcher
from digitnet.training.recipe import Recipe
from digitnet.training.run import Run, Settings, create_run
from digitnet.training.teacher import check_teacher, load_teacher
from digitnet.training.train import Session
from digitnet.training.world import join_world


class Ensemble:
    """A run that trains several networks, and what they are together.

    Each member is a run of its own, in the folder ``member-<seed>`` of the ensemble's, with a seed
    of its own, from the ensemble's on. The mean of their probabilities is free of much that each
    gets wrong by chance (Hansen and Salamon, *Neural network ensembles*, IEEE TPAMI 12, 1990).

    Made by `start` or `resume`.
    """

    def __init__(self, run: Run, dataset: Dataset | StreamedDataset) -> None:
        self.run = run
        self.dataset = dataset  # Loaded once, for all members.
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
        if not isinstance(members, int) or members < 2:
            raise UsageError("An ensemble takes 2 networks or more.")
        _check_alone(device)
        settings, dataset = plan_run(
            recipe,
            seed=seed,
            steps=steps,
            data=data,
            device=device,
            precision=precision,
            teacher=teacher,
            checkpoint_steps=checkpoint_steps,
            members=members,
        )
        if settings.recipe.strips:
            raise UsageError(
                "Recipe {recipe} is trained alone; leave out --ensemble.",
                recipe=settings.recipe.name,
            )
        _check_teaching(settings)
        return cls(create_run(out, settings), dataset)

    @classmethod
    def resume(cls, folder: str | Path) -> Ensemble:
        """Go on with an ensemble that was stopped or killed.

        Raises:
            RunError: the folder is no run's, is damaged, or its data or teacher have changed since.
        """
        run = Run(Path(folder))
        _check_alone(run.settings.device)
        torch.set_num_threads(run.settings.threads)
        check_teacher(run)
        return cls(run, learned_from(run))

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
            Interrupted: SIGINT or SIGTERM came; `resume` goes on. One that comes when the last
                member is averaged with the others is too late: the ensemble is finished.
        """
        pace = _Pace(len(self.members) * self.settings.recipe.steps)
        # The signal is listened for all the time: it may come while a member is finished, too.
        with locked(self.run), stop_signal() as stop:
            if self.run.finished:  # By another process, before the lock was free.
                return self.run
            for number, member in enumerate(self.members, start=1):
                if member.finished:
                    continue
                session = self._session(member, self.settings.seed + number - 1)
                if on_member:
                    on_member(number, session)
                before = (number - 1) * self.settings.recipe.steps
                try:
                    session.train_until(
                        stop,
                        on_step=pace.watch(on_step, number, counts=True),
                        on_evaluation=pace.watch(on_evaluation, number),
                    )
                except Interrupted as one:
                    raise self._interrupted(before + one.step, stop) from one
                if stop.number:
                    raise self._interrupted(before + self.settings.recipe.steps, stop)
            # Loaded only here, as what ends other runs is.
            from digitnet.training.finish_ensemble import finish_ensemble

            finish_ensemble(self.run, self.dataset)
        return self.run

    def _interrupted(self, step: int, stop: StopSignal) -> Interrupted:
        return Interrupted(self.run.folder, step, stop.number)

    def _session(self, member: Run, seed: int) -> Session:
        if (member.folder / "run.json").exists():
            return Session.resume(member.folder, self.dataset)
        return Session.begin(_of_member(self.settings, seed), self.dataset, member.folder)


def _of_member(ensemble: Settings, seed: int) -> Settings:
    """What the run.json of a member is to hold; it may begin with other versions than the first."""
    return Settings(
        recipe=ensemble.recipe,
        seed=seed,
        data=ensemble.data,
        data_sha256=ensemble.data_sha256,
        device=ensemble.device,
        precision=ensemble.precision,
        threads=torch.get_num_threads(),
        checkpoint_steps=ensemble.checkpoint_steps,
        teacher=ensemble.teacher,
        teacher_sha256=ensemble.teacher_sha256,
    )


def _check_teaching(settings: Settings) -> None:
    """Check that the teacher suits the members, before there is a folder that waits for them."""
    if settings.teacher is not None:
        device = torch.device(settings.device)
        teacher = load_teacher(Path(settings.teacher), settings.recipe, device, settings.precision)
        teacher.check_for(NETWORKS[settings.recipe.network]().to(device))


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
