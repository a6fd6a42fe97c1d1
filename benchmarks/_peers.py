"""Programs that we are measured against, each in an environment and a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

PEERS = Path(__file__).parent / ".peers"


class MissingPeerError(Exception):
    """A peer that cannot take part; the sentence says how to add it."""


def environment(name: str, requirements: Sequence[str]) -> Path:
    """The Python of the virtual environment of that name; made at the first call.

    It is made anew where the requirements are others than those it was made of.

    Args:
        name: of its folder in ``benchmarks/.peers``.
        requirements: what pip installs, with versions, so that everyone measures the same.

    Raises:
        MissingPeerError: it cannot be made.
    """
    folder = PEERS / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    ready, wanted = folder / "ready", "\n".join(requirements)
    if not ready.exists() or ready.read_text("utf-8") != wanted:
        listed = ", ".join(requirements)
        print(f"Making an environment for {listed} (once) ...", file=sys.stderr)
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            subprocess.run(
                [str(python), "-m", "pip", "install", "--quiet", *requirements], check=True
            )
        except subprocess.CalledProcessError as error:
            raise MissingPeerError(
                f"{listed} could not be installed, so its place is left empty: "
                "check the connection and run again."
            ) from error
        ready.write_text(wanted, "utf-8")
    return python


class Peer:
    """A script in another Python that answers questions: a line of JSON for each.

    The script reads its standard input until that ends and prints an answer a line, flushed; what
    else it has to say belongs on standard error. After a question's line, bytes may follow.

    Args:
        python: that runs it, as `environment` returns it.
        script: its path.
        arguments: of the script.
        variables: of its environment, besides those of this process.
        ours: whether it may import digitnet, also from a checkout.
    """

    def __init__(
        self,
        python: Path,
        script: Path,
        arguments: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        *,
        ours: bool = False,
    ) -> None:
        self._name = script.stem.strip("_")
        self._process = subprocess.Popen(
            [str(python), str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**plain_variables(ours=ours), **(variables or {})},
        )
        self._questions = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    def ask(self, question: Mapping[str, object], data: bytes = b"") -> dict[str, Any]:
        """Put a question, with bytes behind it where it announces some, and wait for the answer.

        Raises:
            MissingPeerError: the script ended instead.
        """
        try:
            self._questions.write(json.dumps(question).encode() + b"\n" + data)
            self._questions.flush()
        except BrokenPipeError:
            pass  # The missing answer says it.
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """Wait for an answer that needs no question, such as a greeting.

        Raises:
            MissingPeerError: the script ended instead.
        """
        line = self._answers.readline()
        if not line:
            raise MissingPeerError(f"The process {self._name} ended before it answered.")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """Let the script come to its end."""
        self._questions.close()
        self._answers.close()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def plain_variables(*, ours: bool) -> dict[str, str]:
    """This process's variables, for another one; not those that keep bytecode from being written.

    What is installed has its bytecode, and a checkout that is measured should have it, too.

    Args:
        ours: lead Python to our packages, these benchmarks among them.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
    }
    if ours:
        places = [str(PEERS.parent.parent), os.environ.get("PYTHONPATH", "")]
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, places))
    return kept
