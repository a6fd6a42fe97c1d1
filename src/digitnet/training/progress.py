"""Where a run stands, how fast it goes, and who is told."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from digitnet.training.loop import Step


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


def tell(
    progress: Progress, on_step: Watcher | None, on_evaluation: Watcher | None
) -> BaseException | None:
    """Call the watchers of a run, and return what one of them raised."""
    try:
        if on_step:
            on_step(progress)
        if on_evaluation:
            on_evaluation(progress)
    except BaseException as error:  # Ctrl-C, too: the step is done, and to be saved.
        return error
    return None


class Pace:
    """How fast a run goes, and how long it will still take.

    Args:
        batch_size: images a step.
        steps: how many are left.
    """

    def __init__(self, batch_size: int, steps: int) -> None:
        self._batch_size = batch_size
        self._steps = steps
        self._done = 0
        self._began = time.monotonic()
        self._recent: deque[float] = deque(maxlen=100)

    def note(self, step: Step) -> None:
        """Count a step."""
        self._done += 1
        self._recent.append(step.seconds)

    @property
    def rate(self) -> float:
        """Images a second over the last 100 steps, evaluations apart."""
        return self._batch_size * len(self._recent) / sum(self._recent)

    @property
    def seconds_left(self) -> float:
        """Until the end, by all the time so far: evaluations and checkpoints take theirs too."""
        elapsed = time.monotonic() - self._began
        return elapsed / self._done * (self._steps - self._done)
