"""Whether what a run is asked to be makes sense. No torch: a wrong call is refused at once."""

from __future__ import annotations

from collections.abc import Collection

from digitnet.errors import UsageError

MOST_SEED = 2**64 - 1  # What PyTorch's generators take.


def check_whole(name: str, value: object, least: int) -> None:
    """Check that a setting is a whole number, and not too small.

    Raises:
        UsageError: it is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise UsageError(
            "{name} must be a whole number of {least} or more, not {given}.",
            name=name,
            least=least,
            given=repr(value),
        )


def check_number(name: str, value: object, most: float = float("inf")) -> None:
    """Check that a setting is a number from 0 to ``most``.

    Raises:
        UsageError: it is not.
    """
    if not isinstance(value, int | float) or not 0 <= value <= most:
        raise UsageError(
            "{name} must be a number from 0 to {most}, not {given}.",
            name=name,
            most="∞" if most == float("inf") else most,
            given=repr(value),
        )


def check_word(name: str, value: object, known: Collection[str]) -> None:
    """Check that a setting is one of those that there are.

    Raises:
        UsageError: it is not.
    """
    if value not in known:
        raise UsageError(
            "{name} must be one of {known}, not {given}.",
            name=name,
            known=", ".join(known),
            given=repr(value),
        )


def check_seed(seed: object, members: int = 1) -> None:
    """Check a seed, and those after it that the members of an ensemble have.

    Raises:
        UsageError: one of them is no whole number, is below 0, or is beyond what PyTorch takes.
    """
    check_whole("seed", seed, 0)
    most = MOST_SEED - (members - 1)
    if isinstance(seed, int) and seed > most:
        raise UsageError("seed must be at most {most}, not {given}.", most=most, given=seed)
