"""What `digitnet evaluate` prints: of one model all there is to say, of several what they share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rich.columns import Columns
from rich.table import Table
from rich.text import Text

from digitnet.assessment import Assessment, mean_probabilities
from digitnet.console.datasets import show_parts
from digitnet.console.output import line, out, wrapped
from digitnet.evaluation import Evaluation
from digitnet.messages import say
from digitnet.trust import trust_sentences

NAMED = 20  # Mistakes; the rest stands in the JSON.
SURE = 0.9  # From here on, models that agree against the label put it in doubt.


def show_assessment(found: Assessment, *, own_data: bool) -> None:
    """Print what there is to say of one model: accuracy, confusion, confidence, mistakes.

    Args:
        found: what the model answered.
        own_data: whether the digits are the user's, who may want to see how many of each there are.
    """
    line(_on_what(str(found.model), found))
    if own_data:
        show_parts({say("count"): found.digits.counts()})
    _show_confusion(found.evaluation)
    if found.evaluation.trust:
        line()
        for sentence in trust_sentences(found.evaluation.trust, found.acceptance):
            wrapped.print(Text(sentence))
    if len(found.mistakes):
        line()
        line(say("Its worst mistakes, by the digit's number from 0:"))
        _show_mistakes(found.mistakes, [found])


def show_several(found: Sequence[Assessment], shared: NDArray[np.intp]) -> None:
    """Print several models side by side, and the digits that all of them read wrong.

    Args:
        found: what each answered to the same digits.
        shared: which digits all of them read wrong, the worst first.
    """
    line(_on_what(say("{count} models", count=len(found)), found[0]))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(say("model"))
    table.add_column(say("wrong"), justify="right")
    table.add_column(say("accuracy"), justify="right")
    table.add_column(say("95% interval"), justify="right")
    for each in found:
        evaluation = each.evaluation
        low, high = evaluation.accuracy_interval
        table.add_row(
            str(each.model),
            f"{evaluation.count - evaluation.correct:,}",
            f"{evaluation.accuracy:.2%}",
            f"{low:.2%} – {high:.2%}",
        )
    out.print(table)
    line()
    line(say("{count:,} digits that all of them read wrong.", count=len(shared)))
    if len(shared):
        _show_mistakes(shared, found)
    disputable = disputed(found, shared)
    if len(disputable):
        line()
        wrapped.print(
            Text(
                say(
                    "Of these the label is disputable, for all of them say the same other digit, "
                    "at least {sure:.0%} sure: {digits}.",
                    sure=SURE,
                    digits=", ".join(f"{index}" for index in disputable),
                )
            )
        )


def disputed(found: Sequence[Assessment], shared: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return those of the digits for which all models give one and the same other answer, surely.

    Args:
        found: what each model answered.
        shared: which digits all of them read wrong.
    """
    answers = np.array([each.answers[shared] for each in found])
    sure = np.array([each.probabilities[shared].max(1) for each in found]) >= SURE
    return np.asarray(shared[(answers == answers[0]).all(0) & sure.all(0)], np.intp)


def _on_what(model: str, found: Assessment) -> str:
    return say(
        "{model} on the {count:,} digits of {name}",
        model=model,
        count=len(found.digits),
        name=found.name,
    )


def _show_mistakes(indices: NDArray[np.intp], found: Sequence[Assessment]) -> None:
    """Print which digits are meant, with their labels and answers."""
    given, labels = mean_probabilities(found), found[0].digits.labels
    named = []
    for index in indices[:NAMED]:
        answers = [_class_name(int(each.answers[index])) for each in found]
        answer = answers[0] if len(set(answers)) == 1 else " | ".join(answers)
        named.append(f"{index}: {labels[index]} → {answer} ({given[index].max():.0%})")
    wrapped.print(Columns([Text(each) for each in named], equal=True, padding=(0, 3)))
    if len(indices) > NAMED:
        line(say("and {count:,} more", count=len(indices) - NAMED))


def _class_name(number: int) -> str:
    return str(number) if number < 10 else say("none")


def _show_confusion(evaluation: Evaluation) -> None:
    low, high = evaluation.accuracy_interval
    line(
        say(
            "Accuracy {accuracy:.2%}: {errors:,} of {count:,} digits wrong "
            "(95% interval {low:.2%} to {high:.2%}).",
            accuracy=evaluation.accuracy,
            errors=evaluation.count - evaluation.correct,
            count=evaluation.count,
            low=low,
            high=high,
        ),
        style="bold",
    )
    line()
    line(say("Rows: the true digit. Columns: the answer."))
    table = Table(box=None, pad_edge=False)
    table.add_column("", justify="right", style="bold")
    for digit in range(10):
        table.add_column(str(digit), justify="right")
    rejects = bool(evaluation.unanswered.any())
    if rejects:
        table.add_column(say("none"), justify="right")
    table.add_column(say("recall"), justify="right")
    for digit, row in enumerate(evaluation.confusion):
        cells = [_confusion_cell(digit, answer, int(count)) for answer, count in enumerate(row)]
        if rejects:
            cells.append(Text(str(evaluation.unanswered[digit])))
        recall = evaluation.recall[digit]
        table.add_row(str(digit), *cells, "–" if np.isnan(recall) else f"{recall:.2%}")
    out.print(table)


def _confusion_cell(digit: int, answer: int, count: int) -> Text:
    if digit == answer:
        return Text(str(count), style="green")
    return Text(str(count) if count else "·", style="red" if count else "dim")
