"""One training run from beginning to end: it starts or goes on, keeps its folder, and finishes."""

from __future__ import annotations

import shlex
import time
from contextlib import nullcontext
from pathlib import Path

import torch

from digitnet.datasets import Dataset, StreamedDataset
from digitnet.errors import RunError, UsageError
from digitnet.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from digitnet.training.interrupt import Interrupted, StopSignal, stop_signal
from digitnet.training.learned import learned_from
from digitnet.training.lock import locked
from digitnet.training.loop import Step, Trainer
from digitnet.training.plan import plan_run
from digitnet.training.precision import choose_device
from digitnet.training.progress import Pace, Progress, Watcher, tell
from digitnet.training.recipe import Recipe
from digitnet.training.run import Run, Settings, create_run
from digitnet.training.teacher import check_teacher, load_teacher
from digitnet.training.world import World, join_world, restarted

CHECKPOINT_SECONDS = 20.0
METRICS_STEPS = 10  # A line of metrics.jsonl every so many steps: enough for a smooth curve.


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
        seed: 0 to 2⁶⁴ - 1; the same seed gives bit-equal weights on the same machine.
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

    What a watcher raises ends the run; a checkpoint is written first.

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
        world = join_world(device)
        if world.size > 1 and out is None:
            raise UsageError("Under torchrun give --out, so that all processes know the folder.")
        if out is not None and world.largest(restarted() and (Path(out) / "run.json").exists()):
            return cls.resume(out)
        settings, dataset = plan_run(
            recipe,
            seed=seed,
            steps=steps,
            data=data,
            device=device,
            precision=precision,
            teacher=teacher,
            checkpoint_steps=checkpoint_steps,
        )
        return cls.begin(settings, dataset, out)

    @classmethod
    def begin(
        cls, settings: Settings, dataset: Dataset | StreamedDataset, out: str | Path | None
    ) -> Session:
        """Begin a new run as it was planned.

        Args:
            settings: what its run.json is to hold.
            dataset: what it learns from.
            out: its folder, as for `start`.
        """
        world = join_world(settings.device)
        trainer = _trainer(settings, dataset, world)
        run = create_run(out, settings) if world.leads else Run(Path(str(out)))
        return cls(run, dataset, trainer, train_seconds=0.0)

    @classmethod
    def resume(
        cls, folder: str | Path, dataset: Dataset | StreamedDataset | None = None
    ) -> Session:
        """Go on with a run that was stopped or killed, from its folder alone.

        Args:
            folder: of the run.
            dataset: what it learns from, where that is loaded already.

        Raises:
            RunError: the folder is no run's, is damaged, or its data or teacher have changed since.
        """
        run = Run(Path(folder))
        world = join_world(run.settings.device)
        if world.size == 1:
            torch.set_num_threads(run.settings.threads)
        dataset = learned_from(run, dataset)
        check_teacher(run)
        session = cls(run, dataset, _trainer(run.settings, dataset, world), train_seconds=0.0)
        session._catch_up()
        return session

    def train(self, on_step: Watcher | None = None, on_evaluation: Watcher | None = None) -> Run:
        """Train to the end and write the model, the curves and the summary.

        What a watcher raises ends the run; a checkpoint is written first.

        Raises:
            RunError: training diverged, or the folder cannot be written; the last good checkpoint
                is kept.
            Interrupted: SIGINT or SIGTERM came; a checkpoint was written after the step. One that
                comes when the last step is done is too late: the run is finished.
        """
        with stop_signal() as stop:
            return self.train_until(stop, on_step, on_evaluation)

    def train_until(
        self,
        stop: StopSignal,
        on_step: Watcher | None = None,
        on_evaluation: Watcher | None = None,
    ) -> Run:
        """Train as `train` does, for one who listens for the signal."""
        world = self.trainer.world
        with locked(self.run) if world.leads else nullcontext():
            # Another process may have gone on with this run, even to its end, before the lock was
            # free. All processes of this one ask after the first has it.
            if world.largest(int(self.run.finished)):
                return self.run
            self._catch_up()
            if world.leads:
                self.run.keep_metrics_before(self.trainer.step)
            self._learn(stop, on_step, on_evaluation)
            if world.leads:
                self._finish()
        return self.run

    def _catch_up(self) -> None:
        """Take over the newest checkpoint, where this trainer does not stand there already."""
        checkpoint = load_checkpoint(self.run.checkpoint)
        if checkpoint is not None and checkpoint.step != self.trainer.step:
            self.trainer.load_state(checkpoint.tensors, checkpoint.step, checkpoint.accuracies)
            self.train_seconds = checkpoint.train_seconds

    def _finish(self) -> None:
        # What exports and draws is loaded only here: it takes a second, which nobody should wait
        # before the first step.
        if self.run.settings.recipe.strips:
            from digitnet.training.finish_strips import finish_strips as finish
        else:
            from digitnet.training.finish import finish
        finish(self.run, self.trainer, self.dataset, self.train_seconds)

    def _learn(
        self, stop: StopSignal, on_step: Watcher | None, on_evaluation: Watcher | None
    ) -> None:
        trainer, steps = self.trainer, self.trainer.recipe.steps
        pace = Pace(trainer.recipe.batch_size, steps - trainer.step)
        saved_at, saved_step = time.monotonic(), trainer.step
        accuracy = trainer.accuracies[-1] if trainer.accuracies else float("nan")
        leads = trainer.world.leads
        failure: BaseException | None = None
        with self.run.metrics_writer() if leads else nullcontext() as metrics:
            for step in trainer.run():
                self.train_seconds += step.seconds
                pace.note(step)
                evaluated = step.accuracy is not None
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
                if failure is None:
                    failure = tell(progress, on_step, on_evaluation if evaluated else None)
                if metrics and (evaluated or step.number % METRICS_STEPS == 0):
                    metrics.write(self._metrics_line(step, pace.rate))
                if step.number + 1 < trainer.step:
                    continue  # Of several steps taken at once: the weights are those of the last.
                if failure is not None:
                    self._save()
                    words = shlex.join(["digitnet", "train", "--resume", str(self.run.folder)])
                    failure.add_note(f"The run was saved after step {step.number}; {words} goes on")
                    raise failure
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


def _trainer(settings: Settings, dataset: Dataset | StreamedDataset, world: World) -> Trainer:
    device, precision = settings.device, settings.precision
    teacher = None
    if settings.teacher is not None:
        folder = Path(settings.teacher)
        teacher = load_teacher(folder, settings.recipe, choose_device(device), precision)
    return Trainer(
        settings.recipe,
        dataset,
        seed=settings.seed,
        device=device,
        precision=precision,
        world=world,
        teacher=teacher,
    )
