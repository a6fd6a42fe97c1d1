"""Digits read wrong on pages and single digits, ours beside others.

Pages and single digits are composed from MNIST digits (`digitnet.pages`) under every condition,
and every reader reads the very same pictures in turn, one picture at a time. Figures are digits
wrong in percent of the digits written, from the edit distance, lines that are not read whole and
without a mistake, and by how much a reader's confidence in what it read is off on average (expected
calibration error). Test digits are for measuring; use ``--split validation`` to choose anything by.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median

import cv2
import numpy as np

from benchmarks._machine import machine, versions
from benchmarks._readers import Read, Reader, assemble
from benchmarks._scoring import digits_right, digits_wrong, lines_wrong, share
from digitnet.datasets import Digits, load_mnist
from digitnet.evaluation import calibration_error
from digitnet.pages import CONDITIONS, SINGLE_KINDS, Page, compose, compose_single

PAGES = 6
SINGLES = 20
OURS_ONLY = 10  # times as many pictures, when nobody slower takes part


@dataclass
class Tally:
    """One reader under one condition.

    Attributes:
        digits: written, per picture.
        wrong: of them, per picture.
        seconds: per picture.
        lines: written, per picture.
        lines_wrong: of them, per picture: not read whole, or with a mistake.
        confidences: of all digits read, where the reader gives any.
        right: of all digits read, whether they are.
    """

    digits: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    lines_wrong: list[int] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def add(self, page: Page, read: Read) -> None:
        """Count one picture."""
        self.digits.append(sum(map(len, page.lines)))
        self.wrong.append(digits_wrong(page.lines, read.text))
        self.seconds.append(read.seconds)
        self.lines.append(sum(map(bool, page.lines)))
        self.lines_wrong.append(lines_wrong(page.lines, read.text))
        if read.confidences:
            self.confidences += read.confidences
            self.right += digits_right(page.lines, read.text)

    def percent(self) -> float:
        """Digits wrong in percent."""
        return share(self.wrong, self.digits)


Tallies = dict[str, dict[str, Tally]]
"""By condition, then by the reader's name."""


def main(arguments: Sequence[str]) -> int:
    """Measure, print the tables, and write the JSON that was asked for."""
    options = _options(arguments)
    unknown = set(options.conditions) - {*CONDITIONS, *SINGLE_KINDS}
    if unknown:
        print(f"There is no condition {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    digits: Digits = getattr(load_mnist(), options.split)
    readers = assemble(
        ours_only=options.ours_only, peers_only=options.peers_only, beside=options.beside
    )
    many = OURS_ONLY if options.ours_only else 1
    pages = PAGES * many if options.pages is None else options.pages
    singles = SINGLES * many if options.singles is None else options.singles
    conditions = [name for name in CONDITIONS if name in options.conditions]
    kinds = [name for name in SINGLE_KINDS if name in options.conditions]
    measure = Measurement(digits, readers, options.seed, options.failures)
    on_pages = measure.run(conditions if pages else [], pages, compose, single=False)
    on_singles = measure.run(kinds if singles else [], singles, compose_single, single=True)
    print(header(readers, f"MNIST {options.split} digits"))
    for title, tallies in (("pages", on_pages), ("single digits", on_singles)):
        if tallies:
            print(f"\n{table(title, tallies, [reader.name for reader in readers])}")
    if options.json:
        report = _report(readers, options.split, {**on_pages, **on_singles})
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks reading", description=__doc__)
    parser.add_argument("--split", choices=("test", "validation", "train"), default="test")
    parser.add_argument(
        "--conditions",
        type=lambda text: text.split(","),
        default=[*CONDITIONS, *SINGLE_KINDS],
        help="some of them, separated by commas",
    )
    parser.add_argument("--pages", type=int, help=f"pages a condition (default {PAGES})")
    parser.add_argument("--singles", type=int, help=f"digits a kind (default {SINGLES})")
    parser.add_argument("--seed", type=int, default=0, help="of the first picture")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--ours-only", action="store_true", help="more pictures, no peers")
    who.add_argument("--peers-only", action="store_true")
    parser.add_argument(
        "--beside", type=Path, nargs="*", default=(), metavar="RUN", help="runs to read with, too"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument(
        "--failures", type=Path, metavar="FOLDER", help="save the pictures the first reader misread"
    )
    return parser.parse_args(arguments)


class Measurement:
    """Every reader on the same pictures, in turn.

    Args:
        digits: of which the pictures are composed.
        readers: who reads them.
        seed: of the first picture of every condition; the next ones follow it.
        failures: a folder for the pictures that the first reader misreads, or None.
    """

    def __init__(
        self, digits: Digits, readers: Sequence[Reader], seed: int, failures: Path | None
    ) -> None:
        self._digits, self._readers, self._seed, self._failures = digits, readers, seed, failures

    def run(
        self,
        conditions: Sequence[str],
        count: int,
        make: Callable[[Digits, str, int], Page],
        *,
        single: bool,
    ) -> Tallies:
        """Read `count` pictures under each condition."""
        if conditions:
            # What is loaded at the first call is not part of reading a page.
            for reader in self._readers:
                reader.read(make(self._digits, conditions[0], self._seed).image, single=single)
        tallies: Tallies = {}
        for condition in conditions:
            tallies[condition] = {reader.name: Tally() for reader in self._readers}
            for number, page in self._pictures(condition, count, make):
                for reader in self._readers:
                    read = reader.read(page.image, single=single)
                    tally = tallies[condition][reader.name]
                    tally.add(page, read)
                    if tally.wrong[-1] and reader is self._readers[0]:
                        self._keep(page, read.text, number)
            print(".", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        return tallies

    def _pictures(
        self, condition: str, count: int, make: Callable[[Digits, str, int], Page]
    ) -> Iterator[tuple[int, Page]]:
        for number in range(self._seed, self._seed + count):
            yield number, make(self._digits, condition, number)

    def _keep(self, page: Page, text: str, number: int) -> None:
        if self._failures is None:
            return
        self._failures.mkdir(parents=True, exist_ok=True)
        stem = self._failures / f"{page.condition}-{number}"
        cv2.imwrite(f"{stem}.png", page.image[:, :, ::-1])
        Path(f"{stem}.txt").write_text(f"written\n{page.text}\n\nread\n{text}\n", encoding="utf-8")


def header(readers: Sequence[Reader], digits: str) -> str:
    """Where, with which programs, and on which digits: what a figure has to say of itself."""
    programs = ", ".join(f"{reader.name} {reader.version}" for reader in readers)
    packages = ", ".join(f"{name} {text}" for name, text in _versions().items())
    return f"{machine()}\n{programs}\n{packages}\n{digits}"


def _versions() -> dict[str, str]:
    return versions("numpy", "opencv-python-headless", "onnxruntime")


def table(title: str, tallies: Tallies, names: Sequence[str]) -> str:
    """Digits wrong in percent, a line a condition and a column a reader; at most 80 wide."""
    lines = [f"{title:<16}{'digits':>8}" + "".join(f"{name:>12}" for name in names)]
    for condition, by_reader in tallies.items():
        lines.append(_line(condition, by_reader, names))
    every = {name: _joined([by_reader[name] for by_reader in tallies.values()]) for name in names}
    lines.append(_line("all", every, names))
    cells = "".join(
        f"{share(every[name].lines_wrong, every[name].lines):>11.2f}%" for name in names
    )
    lines.append(f"{'lines wrong':<24}{cells}")
    cells = "".join(_off(every[name]) for name in names)
    lines.append(f"{'confidence off':<24}{cells}")
    for what, average in (("seconds, mean", mean), ("seconds, median", median)):
        cells = "".join(f"{average(every[name].seconds):>12.3f}" for name in names)
        lines.append(f"{what:<24}{cells}")
    return "\n".join(lines)


def _line(condition: str, by_reader: dict[str, Tally], names: Sequence[str]) -> str:
    digits = sum(by_reader[names[0]].digits)
    cells = "".join(f"{by_reader[name].percent():>11.2f}%" for name in names)
    return f"{condition:<16}{digits:>8}{cells}"


def _off(tally: Tally) -> str:
    """By how much confidence is off (expected calibration error), in the width of a column."""
    if not tally.confidences:
        return f"{'–':>12}"
    error = calibration_error(np.array(tally.confidences), np.array(tally.right))
    return f"{100 * error:>11.2f}%"


def _joined(tallies: Sequence[Tally]) -> Tally:
    joined = Tally()
    for tally in tallies:
        joined.digits += tally.digits
        joined.wrong += tally.wrong
        joined.seconds += tally.seconds
        joined.lines += tally.lines
        joined.lines_wrong += tally.lines_wrong
        joined.confidences += tally.confidences
        joined.right += tally.right
    return joined


def _report(readers: Sequence[Reader], split: str, tallies: Tallies) -> dict[str, object]:
    return {
        "machine": machine(),
        "versions": {**_versions(), **{reader.name: reader.version for reader in readers}},
        "split": split,
        "conditions": {
            condition: {
                name: {
                    "pictures": len(tally.digits),
                    "digits": sum(tally.digits),
                    "wrong": sum(tally.wrong),
                    "percent": round(tally.percent(), 3),
                    "lines": sum(tally.lines),
                    "lines_wrong": sum(tally.lines_wrong),
                    "seconds_mean": round(mean(tally.seconds), 4),
                }
                for name, tally in by_reader.items()
            }
            for condition, by_reader in tallies.items()
        },
    }
