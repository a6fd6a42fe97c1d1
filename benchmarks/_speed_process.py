"""How long one picture takes as a whole process: from the command to the digit in the terminal."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from benchmarks._peers import MissingPeerError, environment, plain_variables
from benchmarks._readers import RAPIDOCR
from benchmarks._section import Section
from benchmarks._turns import take_turns
from digitnet.datasets import load_mnist

IMPORTS = ("digitnet", "numpy", "cv2", "onnxruntime", "click", "torch")
ONE_READ = """
import sys
from rapidocr_onnxruntime import RapidOCR
found, _ = RapidOCR()(sys.argv[1])
print(found)
"""


def measure(rounds: int) -> Section:
    """Measure fresh processes, ours and others', and what they import."""
    with tempfile.TemporaryDirectory() as folder:
        picture = str(Path(folder) / "one.png")
        digit = Image.fromarray(255 - load_mnist().validation.images[0])
        digit.resize((112, 112), Image.Resampling.BICUBIC).save(picture)
        commands, notes = _commands(picture)
        figures = take_turns({name: _timer(words) for name, words in commands.items()}, rounds)
    rows: list[dict[str, object]] = [
        {
            "command": name,
            "seconds, median": found.median,
            "fastest": min(found.values),
            "slowest": max(found.values),
        }
        for name, found in figures.items()
    ]
    return Section(
        "Reading: one picture of a digit, as a whole process",
        rows,
        ["Each was run once before, so that files are in memory and bytecode is there.", *notes],
    )


def _commands(picture: str) -> tuple[dict[str, Sequence[str]], list[str]]:
    """Every contestant's command line, and what is to be said of them."""
    ours = sys.executable
    found: dict[str, Sequence[str]] = {
        "digitnet read one.png": (ours, "-m", "digitnet", "read", picture)
    }
    notes = ["“By way of PyTorch” stands for digit-recognizer-py: its network without torchvision."]
    try:
        rapid = str(environment("rapidocr", [RAPIDOCR]))
        found["RapidOCR, a script of four lines"] = (rapid, "-c", ONE_READ, picture)
    except MissingPeerError as error:
        notes.append(str(error))
    script = Path(__file__).with_name("_torch_reading.py")
    found["a script by way of PyTorch"] = (ours, str(script), picture)
    found["python -c pass"] = (ours, "-c", "pass")
    for package in IMPORTS:
        found[f"import {package}"] = (ours, "-c", f"import {package}")
    return found, notes


def _timer(command: Sequence[str]) -> Callable[[], float]:
    """What runs a command and returns the seconds it took."""
    variables = plain_variables(ours=command[0] == sys.executable)

    def seconds() -> float:
        began = time.perf_counter()
        done = subprocess.run(command, env=variables, capture_output=True, check=False)
        passed = time.perf_counter() - began
        if done.returncode:
            raise MissingPeerError(
                f"{' '.join(command[1:3])} failed: {done.stderr.decode(errors='replace')[-500:]}"
            )
        return passed

    return seconds
