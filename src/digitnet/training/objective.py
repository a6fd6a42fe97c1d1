"""What a network is trained for: to name one digit, or to transcribe several."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from digitnet.classes import BLANK, NO_DIGIT
from digitnet.training.recipe import Recipe


class Objective(Protocol):
    """How wrong answers are, and which of them are right.

    Attributes:
        graphs: whether the losses can be computed on a GPU without the processor's looking at any
            number on the way, as a CUDA graph does.
    """

    graphs: bool

    def losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of every example, (N,)."""

    def right(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return whether each example is answered rightly, bool (N,)."""


class Classify:
    """One class an image: logits (N, classes), labels (N,)."""

    graphs = True

    def __init__(self, recipe: Recipe) -> None:
        self._smoothing = recipe.label_smoothing
        self._doubt = recipe.doubt

    def losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """See `Objective.losses`: the cross-entropy."""
        losses = F.cross_entropy(logits, labels, label_smoothing=self._smoothing, reduction="none")
        return losses * _trust(logits, labels, self._doubt) if self._doubt else losses

    def right(self, logits: Tensor, labels: Tensor) -> Tensor:
        """See `Objective.right`."""
        return logits.argmax(1) == labels


class Transcribe:
    """A row of digits an image: logits (N, columns, 11), labels (N, longest).

    What stands behind a label's last digit is `BLANK`. The loss is that of Graves et al.,
    *Connectionist temporal classification*, ICML 2006: where in the image a digit stands is for
    the network to find.
    """

    graphs = False  # How long each transcript is, PyTorch asks on the processor.

    def losses(self, logits: Tensor, labels: Tensor) -> Tensor:
        """See `Objective.losses`: minus the log probability of the whole transcript."""
        columns = torch.full((len(logits),), logits.shape[1])
        return F.ctc_loss(
            logits.log_softmax(2).transpose(0, 1),
            labels,
            columns,
            (labels != BLANK).sum(1).cpu(),
            blank=BLANK,
            reduction="none",
        )

    def right(self, logits: Tensor, labels: Tensor) -> Tensor:
        """See `Objective.right`: every digit of the likeliest path through the columns."""
        best = logits.argmax(2)
        starts = (best != BLANK) & (best != F.pad(best, (1, 0), value=BLANK)[:, :-1])
        place = starts.cumsum(1)
        # Digits beyond the longest label would fall off its end: they have a place of their own.
        longest = labels.shape[1]
        read = torch.full((len(labels), longest + 2), BLANK, device=labels.device)
        where = torch.where(starts, place.clamp(max=longest + 1), 0)
        read.scatter_(1, where, torch.where(starts, best, BLANK))
        return (read[:, 1:-1] == labels).all(1) & (read[:, -1] == BLANK)


def objective(recipe: Recipe) -> Objective:
    """Return what the recipe trains for."""
    return Transcribe() if recipe.strips else Classify(recipe)


def _trust(logits: Tensor, labels: Tensor, doubt: float) -> Tensor:
    """Return how much each label counts, (N,), 0…1: see `Recipe.doubt`."""
    with torch.no_grad():
        likely = (logits.softmax(1)[:, NO_DIGIT] / doubt).clamp(max=1)
        return torch.where(labels == NO_DIGIT, likely, 1.0)
