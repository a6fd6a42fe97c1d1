"""RapidOCR in a process of its own. Runs in the peers' environment, without digitnet.

Standard input: a line of JSON with height and width, then the picture's RGB bytes, again and again.
Standard output: a line of JSON at the start and one a picture.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
from importlib.metadata import version

import numpy as np


def main() -> None:
    """Answer until the input ends."""
    logging.disable(logging.CRITICAL)
    engine = importlib.import_module("rapidocr_onnxruntime").RapidOCR()
    _say({"version": version("rapidocr-onnxruntime")})
    for line in iter(sys.stdin.buffer.readline, b""):
        question = json.loads(line)
        height, width = question["height"], question["width"]
        data = sys.stdin.buffer.read(height * width * 3)
        picture = np.frombuffer(data, np.uint8).reshape(height, width, 3)
        start = time.perf_counter()
        found, _ = engine(np.ascontiguousarray(picture[:, :, ::-1]))
        seconds = time.perf_counter() - start
        _say({"text": "\n".join(text for _, text, _ in found or []), "seconds": seconds})


def _say(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
