"""Run a benchmark: ``python -m benchmarks NAME [options]``."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence

import benchmarks
from digitnet.errors import DigitnetError


def names() -> list[str]:
    """The benchmarks there are; modules with an underscore only help them."""
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
    return sorted(name for name in found if not name.startswith("_"))


def listing() -> str:
    """Every benchmark with the question that it answers."""
    lines = ["python -m benchmarks NAME [options]", ""]
    for name in names():
        doc = importlib.import_module(f"benchmarks.{name}").__doc__ or ""
        lines.append(f"  {name:<12} {doc.strip().splitlines()[0]}")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments name; list what there is when they name nothing."""
    if not arguments or arguments[0] in ("-h", "--help"):
        print(listing())
        return 0
    name, *rest = arguments
    if name not in names():
        print(f"There is no benchmark {name}: use one of {', '.join(names())}.", file=sys.stderr)
        return 2
    try:
        return int(importlib.import_module(f"benchmarks.{name}").main(rest))
    except DigitnetError as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
