"""Several runs held against the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from digitnet import figures
from digitnet.assessment import Assessment
from digitnet.figures import Curve
from digitnet.messages import say
from digitnet.report.findings import Findings
from digitnet.report.html import Code, Page, Picture, Section, Table, Text
from digitnet.report.single import command, footer
from digitnet.significance import McNemar, holm, mcnemar

PICTURED = 36  # As many digits as one looks through.
SIGNIFICANT = 0.05


def several_runs(found: Sequence[Findings]) -> Page:
    """Return the report that holds runs against the first of them, all on the same digits."""
    first, *others = found
    names = _names(found)
    tests = [mcnemar(first.assessment.right, other.assessment.right) for other in others]
    p_values = holm([test.p_value for test in tests])
    sentences = [
        _verdict(names[0], name, test, p_value)
        for name, test, p_value in zip(names[1:], tests, p_values, strict=True)
    ]
    return Page(
        title=say("{count} runs on {data}", count=len(found), data=first.assessment.name),
        lead=" ".join(sentences),
        tiles=(),
        sections=[
            _accuracies(found, names),
            _differences(names, tests, p_values),
            _learning(found, names),
            *(
                _pictures(first.assessment, other.assessment, names[0], name)
                for other, name in zip(others, names[1:], strict=True)
            ),
            Section(
                say("How can they be run again?"),
                [Code("\n".join(command(one.run.settings) for one in found))],
            ),
        ],
        footer=footer(first.run.settings),
    )


def _names(found: Sequence[Findings]) -> list[str]:
    """The folders' names, or their paths where two are called the same."""
    names = [one.run.folder.resolve().name for one in found]
    return names if len(set(names)) == len(names) else [str(one.run.folder) for one in found]


def _verdict(first: str, second: str, test: McNemar, p_value: float) -> str:
    better, worse = (first, second) if test.only_first > test.only_second else (second, first)
    if p_value < SIGNIFICANT:
        return say(
            "{better} is better than {worse}, and that is no accident (p = {p}).",
            better=better,
            worse=worse,
            p=_p(p_value),
        )
    return say(
        "Between {first} and {second} these digits show no real difference (p = {p}).",
        first=first,
        second=second,
        p=_p(p_value),
    )


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def _accuracies(found: Sequence[Findings], names: Sequence[str]) -> Section:
    rows = []
    for one, name in zip(found, names, strict=True):
        summary, evaluation = one.run.summary, one.assessment.evaluation
        low, high = evaluation.accuracy_interval
        rows.append(
            (
                name,
                f"{evaluation.accuracy:.2%}",
                f"{low:.2%} – {high:.2%}",
                f"{evaluation.count - evaluation.correct:,}",
                f"{one.assessment.acceptance[0].share:.1%}",
                f"{summary['steps']:,}",
                say("{seconds:,.0f} s", seconds=summary["train_seconds"]),
            )
        )
    head = (
        say("run"),
        say("test accuracy"),
        say("95% interval"),
        say("wrong"),
        say("answered at 1 wrong in 1,000"),
        say("steps"),
        say("time"),
    )
    return Section(say("How good are they?"), [Table(rows, head, numbers=True)])


def _differences(
    names: Sequence[str], tests: Sequence[McNemar], p_values: Sequence[float]
) -> Section:
    rows = [
        (name, f"{test.only_first:,}", f"{test.only_second:,}", _p(test.p_value), _p(p_value))
        for name, test, p_value in zip(names[1:], tests, p_values, strict=True)
    ]
    head = (
        say("against {first}", first=names[0]),
        say("only {name} right", name=names[0]),
        say("only the other right"),
        "p",
        say("p after Holm"),
    )
    return Section(
        say("Is the difference real?"),
        [
            Text(
                say(
                    "McNemar's exact test looks only at the digits that one run reads right and "
                    "the other wrong: if neither were better, each would have about half of them. "
                    "p says how likely a difference as large as this would be then; Holm's "
                    "correction allows for several comparisons. It compares these two networks: "
                    "whether one recipe is better than another takes several seeds of each."
                )
            ),
            Table(rows, head, numbers=True),
        ],
    )


def _learning(found: Sequence[Findings], names: Sequence[str]) -> Section:
    curves = [
        Curve(name, one.run.metrics(), one.run.summary)
        for one, name in zip(found, names, strict=True)
        if one.run.metrics()
    ]
    if not curves:
        text = say("The run folders hold no metrics.jsonl, so there are no curves.")
        return Section(say("How did they learn?"), [Text(text)])
    caption = say(
        "Loss and error of every run; a diamond is the final error on all test digits, with its "
        "95% interval."
    )
    return Section(
        say("How did they learn?"),
        [Picture("learning", partial(figures.learning, curves), caption)],
    )


def _pictures(first: Assessment, other: Assessment, first_name: str, other_name: str) -> Section:
    title = say("Where do {first} and {second} differ?", first=first_name, second=other_name)
    parts: list[Text | Picture] = []
    kinds = (
        (first.right & ~other.right, first_name, other_name, "first"),
        (other.right & ~first.right, other_name, first_name, "second"),
    )
    answers = np.stack([first.answers, other.answers])
    for those, right, wrong, word in kinds:
        chosen = np.flatnonzero(those)
        if not len(chosen):
            text = say(
                "{right} reads none right that {wrong} reads wrong.", right=right, wrong=wrong
            )
            parts.append(Text(text))
            continue
        shown = chosen[:PICTURED]
        caption = say(
            "{count:,} digits that {right} reads right and {wrong} wrong, {shown} of them here: "
            "the truth, then what {first} | {second} says.",
            count=len(chosen),
            right=right,
            wrong=wrong,
            shown=len(shown),
            first=first_name,
            second=other_name,
        )
        name = f"only-{word}-{_file_name(other_name)}"
        draw = partial(figures.differing, first.digits, answers, shown)
        parts.append(Picture(name, draw, caption))
    return Section(title, parts)


def _file_name(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name)
