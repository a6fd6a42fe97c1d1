"""A run's curves as event files, for those who live in TensorBoard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from digitnet.errors import DigitnetError
from digitnet.files import cannot_write

if TYPE_CHECKING:
    from digitnet.training.progress import Progress

EVERY = 10  # Steps from one point of the loss to the next.


class EventWriter:
    """Writes what a run's watchers see into the folder ``tensorboard`` of the run.

    Args:
        folder: of the run.
        step: where it begins or goes on; what a run that was stopped had written from there on is
            taken back.

    Raises (every member, too):
        DigitnetError: the package tensorboard is not installed, or the folder cannot be written.
    """

    def __init__(self, folder: Path, step: int) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ModuleNotFoundError as error:
            raise DigitnetError(
                "--tensorboard needs the package tensorboard, which is not installed: "
                "pip install 'digitnet[tensorboard]'"
            ) from error
        self._folder = folder / "tensorboard"
        with self._sentence():
            self._writer = SummaryWriter(self._folder, purge_step=step or None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._sentence():
            self._writer.close()

    def on_step(self, progress: Progress) -> None:
        """Add a point to the loss and to the pace."""
        if progress.step % EVERY == 0:
            self._add("loss/train", progress.loss, progress.step)
            self._add("images_per_second", progress.images_per_second, progress.step)

    def on_evaluation(self, progress: Progress) -> None:
        """Add a point to the accuracy."""
        self._add(f"accuracy/{progress.watched}", progress.accuracy, progress.step)

    def _add(self, curve: str, value: float, step: int) -> None:
        with self._sentence():
            self._writer.add_scalar(curve, value, step)

    @contextmanager
    def _sentence(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise cannot_write(self._folder, error) from error
