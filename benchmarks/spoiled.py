"""Digits read wrong on pages that were faxed, stamped or crumpled.

Pages are composed from MNIST digits under eight of the conditions in turn, and then spoiled
(`digitnet.pages.spoiling`) in ways of which the reader has learnt none. The first line is of the
same pages as they were. Every reader reads the very same pictures. Test digits are for measuring;
use ``--split validation`` to choose anything by.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from benchmarks._readers import assemble
from benchmarks.reading import Measurement, header, table
from digitnet.datasets import Digits, load_mnist
from digitnet.pages import Page, compose
from digitnet.pages.spoiling import SPOILINGS, spoil

PAGES = 8
OURS_ONLY = 5  # times as many pages, when nobody slower takes part
UNSPOILED = "unspoiled"
CONDITIONS = ("light", "tilt", "pencil", "marker", "ruled", "grid", "table", "dates")
"""Paper, pens, poses and phrases that are common; a page of each in turn."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print the table."""
    options = _options(arguments)
    unknown = set(options.spoilings) - {UNSPOILED, *SPOILINGS}
    if unknown:
        print(f"There is no spoiling {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    if options.pages < 1:
        print(f"--pages {options.pages}: a spoiling needs at least one page.", file=sys.stderr)
        return 2
    digits: Digits = getattr(load_mnist(), options.split)
    readers = assemble(ours_only=options.ours_only, peers_only=False)
    spoilings = [name for name in (UNSPOILED, *SPOILINGS) if name in options.spoilings]
    measurement = Measurement(digits, readers, options.seed, options.failures)
    tallies = measurement.run(spoilings, options.pages, spoiled_page, single=False)
    print(header(readers, f"MNIST {options.split} digits"))
    print(f"\n{table('spoiled pages', tallies, [reader.name for reader in readers])}")
    return 0


def spoiled_page(digits: Digits, spoiling: str, seed: int) -> Page:
    """A page of one of the conditions, spoiled or, if `spoiling` is `UNSPOILED`, as it is."""
    page = _composed(digits, CONDITIONS[seed % len(CONDITIONS)], seed)
    return page if spoiling == UNSPOILED else spoil(page, spoiling, seed)


# Every spoiling is of the same pages, and composing takes longer than spoiling.
_composed = lru_cache(maxsize=64)(compose)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks spoiled", description=__doc__)
    parser.add_argument("--split", choices=("test", "validation", "train"), default="test")
    parser.add_argument(
        "--spoilings",
        type=lambda text: text.split(","),
        default=[UNSPOILED, *SPOILINGS],
        help="some of them, separated by commas",
    )
    parser.add_argument("--pages", type=int, help=f"pages a spoiling (default {PAGES})")
    parser.add_argument("--seed", type=int, default=0, help="of the first page")
    parser.add_argument("--ours-only", action="store_true", help="more pages, no peers")
    parser.add_argument(
        "--failures", type=Path, metavar="FOLDER", help="save the pictures the first reader misread"
    )
    options = parser.parse_args(arguments)
    if options.pages is None:
        options.pages = PAGES * (OURS_ONLY if options.ours_only else 1)
    return options
