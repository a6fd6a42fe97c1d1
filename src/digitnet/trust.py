"""Whether confidence can be trusted, in sentences: for the command line and for reports."""

from __future__ import annotations

from digitnet.evaluation import Trust
from digitnet.messages import say


def trust_sentences(trust: Trust) -> list[str]:
    """Return what confidence is worth, in sentences."""
    sentences = [
        say(
            "With at most 1 wrong answer in {count:,} it can answer {share:.2%} of the digits: "
            "those it is at least {threshold:.4%} sure of.",
            count=round(1 / entry.error),
            share=entry.share,
            threshold=entry.threshold,
        )
        if entry.share
        else say(
            "With at most 1 wrong answer in {count:,} it can answer none of the digits.",
            count=round(1 / entry.error),
        )
        for entry in trust.coverage
    ]
    error = trust.calibration_error
    off = say("Its confidence is {error:.2%} off on average (calibration error).", error=error)
    return [*sentences, off]
