"""Contestants that take turns, so that whatever disturbs the machine disturbs all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figures:
    """What one contestant reached, a figure a round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle of the rounds."""
        return median(self.values)

    @property
    def spread(self) -> str:
        """The lowest and the highest, in words."""
        return f"{min(self.values):.4g} to {max(self.values):.4g}"


def take_turns(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Figures]:
    """Let every contestant run once a round, each round beginning with another one.

    Args:
        contestants: by name, what runs once and returns its figure (a rate, or seconds).
        rounds: how many; each contestant runs once before, uncounted, to warm up.
    """
    names = list(contestants)
    for name in names:
        contestants[name]()
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            values[name].append(contestants[name]())
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return {name: Figures(tuple(found)) for name, found in values.items()}
