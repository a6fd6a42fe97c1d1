"""Whether confidence can be trusted, in sentences: for the command line and for reports."""

from __future__ import annotations

from digitnet.evaluation import Coverage, Trust
from digitnet.messages import say


def trust_sentences(trust: Trust) -> list[str]:
    """Return what confidence is worth, in sentences."""
    digits = sum(entry.count for entry in trust.reliability)
    sentences = [_about(entry, digits) for entry in trust.coverage]
    error = trust.calibration_error
    off = say("Its confidence is {error:.2%} off on average (calibration error).", error=error)
    return [*sentences, off]


def _about(entry: Coverage, digits: int) -> str:
    answers = round(1 / entry.error)
    if not entry.share:
        return say(
            "With at most 1 wrong answer in {count:,} it can answer none of the digits.",
            count=answers,
        )
    if entry.share * digits < answers:
        return say(
            "It can answer {share:.2%} of the digits without an error, those it is at least "
            "{threshold:.4%} sure of; they are too few to promise 1 wrong answer in {count:,}.",
            share=entry.share,
            threshold=entry.threshold,
            count=answers,
        )
    return say(
        "With at most 1 wrong answer in {count:,} it can answer {share:.2%} of the digits: "
        "those it is at least {threshold:.4%} sure of.",
        count=answers,
        share=entry.share,
        threshold=entry.threshold,
    )
