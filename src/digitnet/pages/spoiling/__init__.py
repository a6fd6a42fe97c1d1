"""Pages spoiled after they were composed, as phones, programs, desks and other pens spoil them.

    from digitnet.pages import compose
    from digitnet.pages.spoiling import SPOILINGS, spoil

    page = spoil(compose(load_mnist().test, "pencil", seed=1), "dusty", seed=1)

The conditions of `digitnet.pages` are those the reader has learnt from. None of these has been
learnt: they tell how it does with what nobody thought of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from digitnet.errors import UsageError
from digitnet.pages.arrays import Bytes
from digitnet.pages.page import Page
from digitnet.pages.spoiling import additions, afterwards, mishaps

_Spoiling = Callable[[Page, np.random.Generator], Bytes]

# The number of a spoiling is part of its pages' seed: new ones go to the end.
_SPOILINGS: Final[dict[str, _Spoiling]] = {
    **afterwards.AFTERWARDS,
    **mishaps.MISHAPS,
    **additions.ADDITIONS,
}
SPOILINGS: Final = tuple(_SPOILINGS)
"""Every spoiling there is: what programs do to a picture, what happens to a sheet and its light,
and what else is printed or drawn where the digits stand."""


def spoil(page: Page, spoiling: str, seed: int) -> Page:
    """Spoil a page; what is written on it stays legible, and where it was.

    Args:
        page: a composed page.
        spoiling: one of `SPOILINGS`.
        seed: the same page, spoiling and seed give the same picture, to the pixel.

    Returns:
        The page with another picture of the same size, and the spoiling for its condition.

    Raises:
        UsageError: there is no such spoiling.
    """
    if spoiling not in _SPOILINGS:
        raise UsageError(
            "There is no spoiling {spoiling}: use one of {spoilings}.",
            spoiling=spoiling,
            spoilings=", ".join(SPOILINGS),
        )
    rng = np.random.default_rng([seed, SPOILINGS.index(spoiling)])
    return replace(page, image=_SPOILINGS[spoiling](page, rng), condition=spoiling)


__all__ = ["SPOILINGS", "spoil"]
