"""digitnet's reader in a process of its own, that imports nothing else: for its time and memory.

Standard input: lines of JSON with a list of paths. Standard output: a line of JSON for each, with
the seconds it took to read them all, how many digits there were, and the largest memory so far.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks._memory import own_peak
from digitnet.reading import Reader, Reading


def main() -> None:
    """Answer until the input ends."""
    reader = Reader()
    for line in sys.stdin:
        pictures = [Path(path).read_bytes() for path in json.loads(line)["pictures"]]
        began = time.perf_counter()
        results = reader.read_many(pictures)
        seconds = time.perf_counter() - began
        digits = sum(len(found.digits) for found in results if isinstance(found, Reading))
        answer = {"seconds": seconds, "digits": digits, "megabytes": own_peak()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
