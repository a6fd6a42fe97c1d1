"""The rules of squared paper: where they run, also where digits lie on them."""

from __future__ import annotations

from digitnet.reading.arrays import Mask
from digitnet.reading.rules.courses import Course, between_strokes, course, long_rules
from digitnet.reading.rules.straight import turned

RULES = 6  # of squared paper, either way, at least


def pitch(level: Mask, upright: Mask) -> float | None:
    """How far apart the rules of squared paper are, in pixels.

    Args:
        level: uint8 (h, w), nearly level lines.
        upright: those that stand.

    Returns:
        The wider of both ways, on the mean; None where they are not all over the page.
    """
    either = level, turned(upright)
    rules = [len(long_rules(lines, lines.shape[1])) for lines in either]
    if min(rules) < RULES:
        return None
    return max(len(lines) / count for lines, count in zip(either, rules, strict=True))


def squares(mask: Mask, level: Mask, upright: Mask) -> tuple[Mask, Mask]:
    """The ink of the rules of squared paper, but where a stroke crosses them.

    Args:
        mask: all ink, uint8 (h, w).
        level: nearly level lines: rules, and straight parts of digits.
        upright: those that stand.

    Returns:
        The level rules, and those that stand.
    """
    return between_strokes(mask, _across(level), _across(turned(upright)))


def _across(level: Mask) -> list[Course]:
    """Where the rules run that cross a page."""
    return [course(rule, level.shape) for rule in long_rules(level, level.shape[1])]
