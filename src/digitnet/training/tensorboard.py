"""A run's curves as event files, for those who live in TensorBoard."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digitnet.errors import DigitnetError

if TYPE_CHECKING:
    from digitnet.training.train import Progress

EVERY = 10  # Steps from one point of the loss to the next.


class EventWriter:
    """Writes what a run's watchers see into the folder ``tensorboard`` of the run.

    Args:
        folder: of the run.
        step: where it begins or goes on; what a run that was stopped had written from there on is
            taken back.

    Raises:
        DigitnetError: the package tensorboard is not installed.
    """

    def __init__(self, folder: Path, step: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ModuleNotFoundError as error:
            raise DigitnetError(
                "--tensorboard needs the package tensorboard, which is not installed: "
                "pip install 'digitnet[tensorboard]'"
            ) from error
        self._writer = SummaryWriter(folder / "tensorboard", purge_step=step or None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._writer.close()

    def on_step(self, progress: Progress) -> None:
        """Add a point to the loss and to the pace."""
        if progress.step % EVERY == 0:
            self._writer.add_scalar("loss/train", progress.loss, progress.step)
            self._writer.add_scalar("images_per_second", progress.images_per_second, progress.step)

    def on_evaluation(self, progress: Progress) -> None:
        """Add a point to the accuracy."""
        self._writer.add_scalar(f"accuracy/{progress.watched}", progress.accuracy, progress.step)
