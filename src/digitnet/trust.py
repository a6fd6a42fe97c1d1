"""Whether confidence can be trusted, in sentences: for the command line and for reports."""

from __future__ import annotations

from collections.abc import Sequence

from digitnet.acceptance import Acceptance
from digitnet.evaluation import Coverage, Trust
from digitnet.messages import say


def trust_sentences(trust: Trust, acceptance: Sequence[Acceptance] = ()) -> list[str]:
    """Return what confidence is worth, in sentences.

    Args:
        trust: on the digits that were answered.
        acceptance: what thresholds chosen on other digits come to; without them, what the best
            ones would be.
    """
    digits = sum(entry.count for entry in trust.reliability)
    sentences = (
        [_accepting(entry) for entry in acceptance]
        if acceptance
        else [_about(entry, digits) for entry in trust.coverage]
    )
    error = trust.calibration_error
    off = say("Its confidence is {error:.2%} off on average (calibration error).", error=error)
    return [*sentences, off]


def _accepting(entry: Acceptance) -> str:
    promise = round(1 / entry.error)
    if not entry.chosen:
        return say(
            "For at most 1 wrong in {promise:,} none of the answers can be accepted unseen.",
            promise=promise,
        )
    return say(
        "For at most 1 wrong in {promise:,} accept what it is at least {threshold:.4%} sure of, "
        "as {among:,} validation digits say: that is {share:.2%} of these digits, "
        "{wrong:,} of the {accepted:,} wrong."
        if entry.promising
        else "For 1 wrong in {promise:,} the {among:,} validation digits are too few; none of them "
        "is wrong from {threshold:.4%} on, and that is {share:.2%} of these digits, "
        "{wrong:,} of the {accepted:,} wrong.",
        promise=promise,
        threshold=entry.threshold,
        share=entry.share,
        accepted=entry.accepted,
        wrong=entry.wrong,
        among=entry.chosen_among,
    )


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
