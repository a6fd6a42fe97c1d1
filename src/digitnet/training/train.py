"""One training run from beginning to end: it starts or goes on, keeps its folder, and finishes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from filelock import FileLock, Timeout

from digitnet.datasets import (
    Dataset,
    StreamedDataset,
    load_mnist,
    open_dataset,
    reload_dataset,
)
from digitnet.errors import RunError, UsageError
from digitnet.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from digitnet.training.interrupt import Interrupted, StopSignal, stop_signal
from digitnet.training.loop import Step, Trainer
from digitnet.training.precision import choose_device, choose_precision
from digitnet.training.recipe import Recipe, find_recipe
from digitnet.training.run import Run, Settings, create_run
from digitnet.training.teacher import Teacher, load_teacher
from digitnet.training.world import join_world, restarted

CHECKPOINT_SECONDS = 20.0
METRICS_STEPS = 10  # A line of metrics.jsonl every so many steps: enough for a smooth curve.


@dataclass(frozen=True)
class Progress:
    """Where a run stands after a step.

    Attributes:
        step: the step's number, from 0.
        steps: how many there are in all.
        loss: of the step's batch.
        accuracy: the newest accuracy on the watched images.
        watched: ``"test"`` or ``"validation"``: which digits those are.
        images_per_second: of training, evaluations apart, since the last line of metrics.
        seconds_left: by the time that this process took so far, evaluations included; of an
            ensemble, until the last of its members is trained.
        member: of an ensemble, which of its members this is, from 1.
        members: how many there are.
    """

    step: int
    steps: int
    loss: float
    accuracy: float
    watched: str
    images_per_second: float
    seconds_left: float
    member: int = 1
    members: int = 1

    def __str__(self) -> str:
        return (
            f"Step {self.step}: train loss={self.loss:.4f}, "
            f"{self.watched} accuracy={self.accuracy:.4f}"
        )


Watcher = Callable[[Progress], None]


def train(
    recipe: str | Recipe = "tutorial",
    *,
    out: str | Path | None = None,
    seed: int = 0,
    steps: int | None = None,
    data: str | Path | None = None,
    device: str = "auto",
    precision: str = "auto",
    ensemble: int | None = None,
    teacher: str | Path | None = None,
    on_step: Watcher | None = None,
    on_evaluation: Watcher | None = None,
) -> Run:
    """Train a network, or an ensemble of several, and return its run.

    Args:
        recipe: a recipe, or the name of one (`digitnet recipes` lists them).
        out: folder for the run, new or empty; by default ``runs/<recipe>-<n>``.
        seed: 0 or more; the same seed gives bit-equal weights on the same machine.
        steps: instead of the recipe's number of steps.
        data: one's own digits (folder of class folders, IDX, CSV, npz, Parquet, Arrow) instead of
            MNIST; Parquet and Arrow are streamed, and may be a URI such as ``s3://…``.
        device: ``auto``, ``cpu`` or ``cuda``.
        precision: ``auto``, ``float32`` or ``bf16``.
        ensemble: how many networks to train, one after the other, with the seeds from ``seed`` on,
            and to average.
        teacher: the folder of a finished run, or of an ensemble, whose answers to learn from, too.
        on_step: called after each step.
        on_evaluation: called after each evaluation; ``print`` gives the tutorial's lines.

    Raises:
        DigitnetError: one sentence says what is wrong.
        Interrupted: Ctrl-C; the run can be resumed.
    """
    if ensemble is not None:
        from digitnet.training.ensemble import Ensemble  # It is made of sessions, defined here.

        whole = Ensemble.start(
            recipe,
            ensemble,
            out=out,
            seed=seed,
            steps=steps,
            data=data,
            device=device,
            precision=precision,
            teacher=teacher,
        )
        return whole.train(on_step=on_step, on_evaluation=on_evaluation)
    session = Session.start(
        recipe,
        out=out,
        seed=seed,
        steps=steps,
        data=data,
        device=device,
        precision=precision,
        teacher=teacher,
    )
    return session.train(on_step=on_step, on_evaluation=on_evaluation)


class Session:
    """A run, its data and its trainer, in one process. Made by `start` or `resume`."""

    def __init__(
        self, run: Run, dataset: Dataset | StreamedDataset, trainer: Trainer, train_seconds: float
    ) -> None:
        self.run = run
        self.dataset = dataset
        self.trainer = trainer
        self.train_seconds = train_seconds

    @classmethod
    def start(
        cls,
        recipe: str | Recipe,
        *,
        out: str | Path | None = None,
        seed: int = 0,
        steps: int | None = None,
        data: str | Path | None = None,
        device: str = "auto",
        precision: str = "auto",
        teacher: str | Path | None = None,
        checkpoint_steps: int = 500,
    ) -> Session:
        """Begin a new run; the arguments are those of `train`.

        Its folder is made last, when nothing else can go wrong any more. Under torchrun, a run
        that was begun in ``out`` before a process died goes on.
        """
        if isinstance(recipe, str):
            recipe = find_recipe(recipe)
        recipe = recipe if steps is None else replace(recipe, steps=steps)
        if min(seed, recipe.steps - 1, checkpoint_steps - 1) < 0:
            raise UsageError("The seed must be 0 or more, and steps 1 or more.")
        world = join_world(device)
        if world.size > 1 and out is None:
            raise UsageError("Under torchrun give --out, so that all processes know the folder.")
        if out is not None and world.largest(restarted() and (Path(out) / "run.json").exists()):
            return cls.resume(out)
        dataset = load_mnist() if data is None else open_dataset(data)
        trainer = Trainer(
            recipe,
            dataset,
            seed=seed,
            device=device,
            precision=precision,
            world=world,
            teacher=_teacher(teacher, recipe, device, precision),
        )
        settings = Settings(
            recipe=recipe,
            seed=seed,
            data=dataset.source,
            data_sha256=dataset.sha256,
            device=trainer.device.type,
            precision=trainer.precision,
            threads=torch.get_num_threads(),
            checkpoint_steps=checkpoint_steps,
            teacher=None if teacher is None else str(teacher),
        )
        run = create_run(out, settings) if world.leads else Run(Path(str(out)))
        return cls(run, dataset, trainer, train_seconds=0.0)

    @classmethod
    def resume(cls, folder: str | Path) -> Session:
        """Go on with a run that was stopped or killed, from its folder alone.

        Raises:
            RunError: the folder is no run's, is damaged, or its data have changed since.
        """
        run = Run(Path(folder))
        settings = run.settings
        world = join_world(settings.device)
        if world.size == 1:
            torch.set_num_threads(settings.threads)
        dataset = same_data(run)
        trainer = Trainer(
            settings.recipe,
            dataset,
            seed=settings.seed,
            device=settings.device,
            precision=settings.precision,
            world=world,
            teacher=_teacher(
                settings.teacher, settings.recipe, settings.device, settings.precision
            ),
        )
        checkpoint = load_checkpoint(run.checkpoint)
        if checkpoint is not None:
            trainer.load_state(checkpoint.tensors, checkpoint.step, checkpoint.accuracies)
        return cls(run, dataset, trainer, checkpoint.train_seconds if checkpoint else 0.0)

    def train(self, on_step: Watcher | None = None, on_evaluation: Watcher | None = None) -> Run:
        """Train to the end and write the model, the curves and the summary.

        Raises:
            RunError: training diverged, or the folder cannot be written; the last good checkpoint
                is kept.
            Interrupted: SIGINT or SIGTERM came; a checkpoint was written after the step.
        """
        with self._locked(), stop_signal() as stop:
            if self.trainer.world.leads:
                self.run.keep_metrics_before(self.trainer.step)
            self._learn(stop, on_step, on_evaluation)
            if self.trainer.world.leads:
                self._finish()
        return self.run

    def _finish(self) -> None:
        # What exports and draws is loaded only here: it takes a second, which nobody should wait
        # before the first step.
        if self.run.settings.recipe.strips:
            from digitnet.training.finish_strips import finish_strips as finish
        else:
            from digitnet.training.finish import finish
        finish(self.run, self.trainer, self.dataset, self.train_seconds)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if not self.trainer.world.leads:
            yield
            return
        lock = FileLock(self.run.folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise RunError(
                "Another process is training in {folder}; wait for its end, or stop it first.",
                folder=self.run.folder,
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _learn(
        self, stop: StopSignal, on_step: Watcher | None, on_evaluation: Watcher | None
    ) -> None:
        trainer, steps = self.trainer, self.trainer.recipe.steps
        pace = _Pace(trainer.recipe.batch_size, steps - trainer.step)
        saved_at, saved_step = time.monotonic(), trainer.step
        accuracy = trainer.accuracies[-1] if trainer.accuracies else float("nan")
        leads = trainer.world.leads
        with self.run.metrics_writer() if leads else nullcontext() as metrics:
            for step in trainer.run():
                self.train_seconds += step.seconds
                pace.note(step)
                accuracy = accuracy if step.accuracy is None else step.accuracy
                progress = Progress(
                    step=step.number,
                    steps=steps,
                    loss=step.loss,
                    accuracy=accuracy,
                    watched=trainer.recipe.evaluate_on,
                    images_per_second=pace.rate,
                    seconds_left=pace.seconds_left,
                )
                if on_step:
                    on_step(progress)
                if on_evaluation and step.accuracy is not None:
                    on_evaluation(progress)
                if metrics and (step.accuracy is not None or step.number % METRICS_STEPS == 0):
                    metrics.write(self._metrics_line(step, pace.rate))
                if step.number + 1 < trainer.step:
                    continue  # Of several steps taken at once: the weights are those of the last.
                if stopped := trainer.world.largest(stop.number):
                    self._save()
                    raise Interrupted(self.run.folder, trainer.step, stopped)
                due = trainer.step - saved_step >= self.run.settings.checkpoint_steps
                if due or time.monotonic() - saved_at >= CHECKPOINT_SECONDS:
                    self._save()
                    saved_at, saved_step = time.monotonic(), trainer.step
        if trainer.step != saved_step:
            self._save()

    def _metrics_line(self, step: Step, rate: float) -> dict[str, float]:
        line = {"step": step.number, "train_loss": step.loss}
        if step.accuracy is not None:
            line[f"{self.trainer.recipe.evaluate_on}_accuracy"] = step.accuracy
        return line | {
            "images_per_second": round(rate, 1),
            "seconds": round(self.train_seconds, 3),
        }

    def _save(self) -> None:
        if not self.trainer.world.leads:
            return
        if not self.trainer.is_finite():
            raise RunError(
                "Training diverged before step {step}: a weight is not a finite number any more. "
                "A smaller learning rate may help.",
                step=self.trainer.step,
            )
        save_checkpoint(
            self.run.checkpoint,
            Checkpoint(
                step=self.trainer.step,
                accuracies=self.trainer.accuracies,
                train_seconds=self.train_seconds,
                tensors=self.trainer.state(),
            ),
        )


def _teacher(
    folder: str | Path | None, recipe: Recipe, device: str, precision: str
) -> Teacher | None:
    if folder is None:
        return None
    if recipe.strips:
        raise UsageError(
            "Recipe {recipe} learns from its labels alone; leave out --teacher.",
            recipe=recipe.name,
        )
    where = choose_device(device)
    return load_teacher(Path(folder), recipe, where, choose_precision(precision, where))


def same_data(run: Run) -> Dataset | StreamedDataset:
    """Load what a run learns from.

    Raises:
        RunError: it is not what it was when the run began.
        DigitnetError: it cannot be loaded any more.
    """
    settings = run.settings
    dataset = reload_dataset(settings.data)
    if dataset.sha256 != settings.data_sha256:
        raise RunError(
            "The data in {data} have changed since {folder} began; "
            "put the old ones back, or train anew.",
            data=settings.data,
            folder=run.folder,
        )
    return dataset


class _Pace:
    """How fast it goes, and how long it will still take."""

    def __init__(self, batch_size: int, steps: int) -> None:
        self._batch_size = batch_size
        self._steps = steps
        self._done = 0
        self._began = time.monotonic()
        self._recent: deque[float] = deque(maxlen=100)

    def note(self, step: Step) -> None:
        self._done += 1
        self._recent.append(step.seconds)

    @property
    def rate(self) -> float:
        """Images a second over the last 100 steps, evaluations apart."""
        return self._batch_size * len(self._recent) / sum(self._recent)

    @property
    def seconds_left(self) -> float:
        """By all the time so far: evaluations and checkpoints take theirs too."""
        elapsed = time.monotonic() - self._began
        return elapsed / self._done * (self._steps - self._done)
