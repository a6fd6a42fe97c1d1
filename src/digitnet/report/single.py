"""The report of one run: its questions in the order in which a person asks them."""

from __future__ import annotations

import json
import shlex
from functools import partial

import numpy as np

from digitnet import figures
from digitnet.assessment import Assessment
from digitnet.evaluation import Evaluation
from digitnet.figures import Curve
from digitnet.messages import say
from digitnet.report.findings import Findings
from digitnet.report.html import Code, Page, Picture, Section, Table, Text, Tile
from digitnet.training.run import Run, Settings
from digitnet.trust import trust_sentences

WORST = 50


def one_run(findings: Findings) -> Page:
    """Return the report of one run."""
    run, settings, assessment = findings.run, findings.run.settings, findings.assessment
    title = say("{recipe} on {data}", recipe=settings.recipe.name, data=assessment.name)
    return Page(
        title=title,
        lead=_lead(assessment.evaluation),
        tiles=_tiles(findings),
        sections=[
            _learning(run),
            _confusion(assessment.evaluation),
            _mistakes(assessment),
            _trust(assessment),
            *_seeing(findings),
            _arrangement(findings),
            _again(settings),
        ],
        footer=footer(settings),
    )


def _lead(evaluation: Evaluation) -> str:
    """How good a run is, in a sentence."""
    low, high = evaluation.accuracy_interval
    return say(
        "It reads {accuracy:.2%} of {count:,} test digits right and {errors:,} wrong "
        "(95% interval {low:.2%} to {high:.2%}).",
        accuracy=evaluation.accuracy,
        count=evaluation.count,
        errors=evaluation.count - evaluation.correct,
        low=low,
        high=high,
    )


def footer(settings: Settings) -> str:
    """Return by what the report was made."""
    return say(
        "Made by digitnet report. The network was trained by digitnet {version}.",
        version=settings.versions.get("digitnet", "?"),
    )


def _tiles(findings: Findings) -> list[Tile]:
    summary, settings = findings.run.summary, findings.run.settings
    evaluation = findings.assessment.evaluation
    low, high = evaluation.accuracy_interval
    cards = [
        Tile(
            say("test accuracy"),
            f"{evaluation.accuracy:.2%}",
            say("95%: {low:.2%} to {high:.2%}", low=low, high=high),
        ),
        Tile(
            say("trained for"),
            say("{seconds:,.0f} s", seconds=summary["train_seconds"]),
            say(
                "{steps:,} steps of {size}", steps=summary["steps"], size=settings.recipe.batch_size
            ),
        ),
        Tile(
            say("images a second"),
            f"{summary['images_per_second']:,.0f}",
            f"{settings.device}, {settings.precision}",
        ),
    ]
    first = findings.assessment.acceptance[0]
    if first.promising:
        note = say("with 1 wrong in {count:,}", count=round(1 / first.error))
        cards.append(Tile(say("can answer"), f"{first.share:.1%}", note))
    return cards


def _learning(run: Run) -> Section:
    curves = [
        Curve(each.folder.name, each.metrics(), each.summary) for each in run.members or [run]
    ]
    caption = say(
        "The loss of the batches while it trained, and the share of digits read wrong. Both axes "
        "are logarithmic, so that a halving looks the same everywhere."
    )
    parts: list[Text | Picture] = []
    if all(curve.metrics for curve in curves):
        parts.append(Picture("learning", partial(figures.learning, curves), caption))
    else:
        parts.append(Text(say("The run folder holds no metrics.jsonl, so there are no curves.")))
    if run.settings.recipe.accuracy == "running":
        parts.append(
            Text(
                say(
                    "The recipe averages accuracy over all evaluations so far, so the curve lags "
                    "behind what the network can do; the point at the end does not."
                )
            )
        )
    return Section(say("How did it learn?"), parts)


def _confusion(evaluation: Evaluation) -> Section:
    wrong = evaluation.confusion * (1 - np.eye(10, dtype=int))
    parts: list[Text | Picture] = []
    if wrong.any():
        digit, answer = np.unravel_index(wrong.argmax(), wrong.shape)
        parts.append(
            Text(
                say(
                    "Most often it takes {digit} for {answer}: {count:,} times.",
                    digit=digit,
                    answer=answer,
                    count=int(wrong.max()),
                )
            )
        )
    caption = say(
        "Rows are the true digits, columns the answers; on the right, the share of each digit "
        "that was recognised."
    )
    parts.append(Picture("confusion", partial(figures.confusion, evaluation), caption))
    return Section(say("Which digits does it confuse?"), parts)


def _mistakes(assessment: Assessment) -> Section:
    worst = assessment.mistakes[:WORST]
    title = say("What are its worst mistakes?")
    if not len(worst):
        return Section(title, [Text(say("It made none."))])
    caption = say(
        "The {count} digits to whose truth it gave the least probability, the worst first: the "
        "truth, the answer and how sure it was of it. Below, the probability of each digit, with "
        "the truth in green.",
        count=len(worst),
    )
    draw = partial(figures.mistakes, assessment.digits, assessment.probabilities, worst)
    return Section(title, [Picture("mistakes", draw, caption)])


def _trust(assessment: Assessment) -> Section:
    evaluation = assessment.evaluation
    parts: list[Text | Picture] = []
    if evaluation.trust:
        sentences = trust_sentences(evaluation.trust, assessment.acceptance)
        parts += [Text(sentence) for sentence in sentences]
        draw = partial(figures.reliability, list(evaluation.trust.reliability))
        caption = say(
            "Left: of the answers given with some confidence, the share that is right; on the "
            "dashed line its confidence is true. Right: how many answers there are."
        )
        parts.append(Picture("reliability", draw, caption))
    caption = say("If only the surest answers are taken: the share of wrong ones among them.")
    draw = partial(figures.coverage, assessment.probabilities, assessment.digits.labels)
    parts.append(Picture("coverage", draw, caption))
    return Section(say("Can its confidence be trusted?"), parts)


def _seeing(findings: Findings) -> list[Section]:
    layers = findings.convolutions()
    parts: list[Text | Picture] = []
    if layers:
        parts.append(
            Picture(
                "filters",
                partial(figures.filters, layers[0]),
                say(
                    "The filters of the first layer, {name}: each is laid over every place of the "
                    "digit. Orange asks for ink, purple for paper.",
                    name=layers[0].name,
                ),
            )
        )
        glyph = findings.assessment.digits.images[findings.example]
        parts.append(
            Picture(
                "feature-maps",
                partial(figures.feature_maps, glyph, layers),
                say("One digit on its way through the network: bright is where a filter answers."),
            )
        )
    parts.append(
        Picture(
            "evidence",
            partial(figures.evidence, findings.evidence()),
            say(
                "By how much the log-odds of the digit fall when a 5×5 patch is covered: orange "
                "ink speaks for the digit, purple ink against it."
            ),
        )
    )
    return [Section(say("What does it look at?"), parts)]


def _arrangement(findings: Findings) -> Section:
    points, labels, wrong = findings.arrangement()
    caption = say(
        "The values of the last layer but one for {count:,} test digits, brought into two "
        "dimensions by t-SNE: near each other lies what the network finds alike. Distances between "
        "the groups say little.",
        count=len(points),
    )
    draw = partial(figures.arrangement, points, labels, wrong)
    return Section(say("How does it arrange the digits?"), [Picture("arrangement", draw, caption)])


def _again(settings: Settings) -> Section:
    recipe = settings.recipe.to_dict()
    machine = {key: str(value) for key, value in settings.machine.items()}
    return Section(
        say("How can it be run again?"),
        [
            Text(
                say(
                    "The same command gives the same weights on the same machine with the same "
                    "versions."
                )
            ),
            Code(command(settings)),
            Table(
                [
                    (say("recipe"), json.dumps(recipe, ensure_ascii=False)),
                    (say("seed"), str(settings.seed)),
                    (say("data"), settings.data),
                    *((f"SHA-256 {name}", value) for name, value in settings.data_sha256.items()),
                    (say("threads"), str(settings.threads)),
                    (say("versions"), _listed(settings.versions)),
                    (say("machine"), _listed(machine)),
                ]
            ),
        ],
    )


def command(settings: Settings) -> str:
    """Return the command that runs it again."""
    words = ["digitnet", "train", settings.recipe.name, "--seed", str(settings.seed)]
    words += ["--steps", str(settings.recipe.steps)]
    words += ["--device", settings.device, "--precision", settings.precision]
    if settings.members > 1:
        words += ["--ensemble", str(settings.members)]
    if settings.data != "mnist":
        words += ["--data", settings.data]
    if settings.teacher:
        words += ["--teacher", settings.teacher]
    return shlex.join(words)


def _listed(values: dict[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items())
