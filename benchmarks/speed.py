"""How fast it trains and reads, beside others and the limit.

Everything is measured in one run, contestants taking turns, and held against what the machine was
measured to do in the same run.

    python -m benchmarks speed --only reading --json reading.json

Parts: training (the tutorial's network), ninety-nine (seconds to 99%), reading, growth.
"""

from __future__ import annotations

import argparse
import importlib
import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks._ceilings import Ceilings, ceilings
from benchmarks._machine import machine, versions
from benchmarks._section import WIDTH, Section, number

# The module of each part has measure(rounds), which returns a Section or a list of them, and may
# have draw(sections, folder).
PARTS = {
    "training": "benchmarks._speed_training",
    "ninety-nine": "benchmarks._speed_99",
    "reading": "benchmarks._speed_reading",
    "growth": "benchmarks._speed_growth",
}
ROUNDS = 5


def main(arguments: Sequence[str]) -> int:
    """Measure the parts that are asked for, print their tables, and write the JSON."""
    options = _options(arguments)
    print(header(ceilings()), flush=True)
    sections: dict[str, list[Section]] = {}
    for part in options.only:
        module = importlib.import_module(PARTS[part])
        found = module.measure(options.rounds)
        sections[part] = found if isinstance(found, list) else [found]
        for section in sections[part]:
            print(f"\n{section.to_text()}", flush=True)
        if options.figures and hasattr(module, "draw"):
            module.draw(sections[part], options.figures)
    if options.json:
        text = json.dumps(report(ceilings(), sections, options.rounds), indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--only",
        type=parts,
        default=list(PARTS),
        metavar="PART,…",
        help=f"some of them: {', '.join(PARTS)}",
    )
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help=f"turns a contestant (default {ROUNDS})"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--figures", type=Path, metavar="DIR", help="plot there what grows")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("argument --rounds: at least one is needed")
    return options


def parts(text: str) -> list[str]:
    """The parts that a list with commas names, in our order.

    Raises:
        argparse.ArgumentTypeError: there is no such part.
    """
    wanted = text.split(",")
    unknown = set(wanted) - set(PARTS)
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(PARTS)}"
        )
    return [part for part in PARTS if part in wanted]


def header(limits: Ceilings) -> str:
    """On what it was measured, and what that reaches at best."""
    packages = ", ".join(f"{name} {text}" for name, text in _versions().items())
    return (
        f"{machine()}\n{textwrap.fill(packages, WIDTH)}\n"
        f"matrix product {number(limits.matmul_float32)} GFLOP/s in float32, "
        f"{number(limits.matmul_bf16)} in bf16\n"
        f"convolution    {number(limits.convolution_float32)} GFLOP/s in float32, "
        f"{number(limits.convolution_bf16)} in bf16\n"
        f"copy           {number(limits.copy)} GB/s, read and written"
    )


def report(limits: Ceilings, sections: dict[str, list[Section]], rounds: int) -> dict[str, object]:
    """Everything as plain values for JSON."""
    return {
        "machine": machine(),
        "versions": _versions(),
        "ceilings": asdict(limits),
        "rounds": rounds,
        "parts": {
            part: [section.to_dict() for section in found] for part, found in sections.items()
        },
    }


def _versions() -> dict[str, str]:
    return versions("digitnet", "numpy", "torch", "onnxruntime", "opencv-python-headless")
