"""The run folder: all that is known of one training run. No torch: reports read it too."""

from __future__ import annotations

import json
import os
import platform
import shlex
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from digitnet.errors import RunError, UsageError
from digitnet.files import cannot_write, write_atomically, write_json
from digitnet.run_folder import finished_model, is_finished, no_run
from digitnet.training.recipe import Recipe

RUNS = Path("runs")
PACKAGES = ("digitnet", "torch", "numpy", "onnx", "onnxruntime", "safetensors")


@dataclass(frozen=True)
class Settings:
    """What run.json holds: all it takes to run it again.

    Attributes:
        recipe: with every setting, the number of steps that was asked for included.
        seed: where everything random starts.
        data: ``"mnist"`` or the path of the data.
        data_sha256: checksums, by file or part.
        device: ``"cpu"`` or ``"cuda"``.
        precision: ``"float32"`` or ``"bf16"``.
        threads: of PyTorch; the order of sums, and so the last bits, depend on it.
        checkpoint_steps: a checkpoint is written every so many steps (and every 20 s).
        members: how many networks are trained, one after the other, and averaged.
        teacher: the whole path of the run whose answers are learned from, too.
        teacher_sha256: checksums of what is taken of it, by network.
        versions: of Python and the packages that matter.
        machine: where it began.
    """

    recipe: Recipe
    seed: int
    data: str
    data_sha256: dict[str, str]
    device: str
    precision: str
    threads: int
    checkpoint_steps: int
    members: int = 1
    teacher: str | None = None
    teacher_sha256: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(
        default_factory=lambda: {
            "python": platform.python_version(),
            **{package: version(package) for package in PACKAGES},
        }
    )
    machine: dict[str, Any] = field(
        default_factory=lambda: {
            "system": platform.platform(),
            "processor": processor_name(),
            "cores": os.cpu_count(),
        }
    )


# Of what kind the values in a run's files are, as far as they are read again.
_SETTINGS: dict[str, type | tuple[type, ...]] = {
    "seed": int,
    "data": str,
    "data_sha256": dict,
    "device": str,
    "precision": str,
    "threads": int,
    "checkpoint_steps": int,
    "members": int,
    "teacher": (str, type(None)),
    "teacher_sha256": dict,
    "versions": dict,
    "machine": dict,
}
_SUMMARY: dict[str, type | tuple[type, ...]] = {
    "recipe": str,
    "steps": int,
    "test_accuracy": (int, float),
    "test_error_interval": list,
    "test_images": int,
    "test_errors": int,
    "train_seconds": (int, float),
    "images_per_second": (int, float),
    "inferred": list,
    "true": list,
}
_METRICS: dict[str, type | tuple[type, ...]] = {"step": int, "train_loss": (int, float)}


@dataclass(frozen=True)
class Run:
    """One run, by its folder.

    Raises (every member that reads):
        RunError: the file is not there, or is damaged.
    """

    folder: Path

    @cached_property
    def settings(self) -> Settings:
        """What run.json says."""
        path = self.folder / "run.json"
        values = self._read(path.name)
        if set(values) - {each.name for each in fields(Settings)}:
            raise RunError(
                "{path} was written by another version of digitnet; "
                "use that version, or train anew.",
                path=path,
            )
        try:
            settings = Settings(**values | {"recipe": Recipe.from_dict(values["recipe"])})
        except (TypeError, KeyError, AttributeError, UsageError) as error:
            raise _damaged(path) from error
        if not _holds(vars(settings), _SETTINGS, needed=_SETTINGS):
            raise _damaged(path)
        return settings

    @property
    def model(self) -> Path:
        """The exported network, model.onnx; it is there when the run is finished."""
        if not self.finished:
            _ = self.settings  # One that is damaged cannot be gone on with.
        return finished_model(self.folder)

    @property
    def summary(self) -> dict[str, Any]:
        """What summary.json says; it is there when the run is finished."""
        values = self._read("summary.json")
        if not _holds(values, _SUMMARY, needed=("recipe", "steps", "test_accuracy")):
            raise _damaged(self.folder / "summary.json")
        return values

    @property
    def finished(self) -> bool:
        """Whether the run came to its end, and what it came to is still there.

        One whose model is gone can be gone on with: it is written again.
        """
        return is_finished(self.folder)

    @property
    def members(self) -> list[Run]:
        """The runs of which an ensemble is made, whether they have begun or not; else none."""
        settings = self.settings
        if settings.members == 1:
            return []
        seeds = range(settings.seed, settings.seed + settings.members)
        return [Run(self.folder / f"member-{seed}") for seed in seeds]

    @property
    def checkpoint(self) -> Path:
        """The folder of the newest complete state."""
        return self.folder / "checkpoint"

    def metrics(self) -> list[dict[str, Any]]:
        """Return the lines of metrics.jsonl; one that was cut off while it was written is left out.

        Each has ``step``, ``train_loss``, ``images_per_second``, ``seconds`` (of training so far,
        evaluations apart) and, where the step evaluated, ``test_accuracy``.
        """
        path = self.folder / "metrics.jsonl"
        if not path.exists():
            return []
        try:
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            found = [json.loads(line) for line in lines if line.endswith("\n")]
        except OSError as error:
            raise _cannot_read(path, error) from error
        except ValueError as error:
            raise _damaged_metrics(path) from error
        if not all(_holds(line, _METRICS, needed=("step",)) for line in found):
            raise _damaged_metrics(path)
        return found

    def keep_metrics_before(self, step: int) -> None:
        """Drop the lines from ``step`` on, which a resumed run will write again."""
        kept = [line for line in self.metrics() if line["step"] < step]
        text = "".join(json.dumps(line) + "\n" for line in kept)
        write_atomically(self.folder / "metrics.jsonl", lambda p: p.write_text(text, "utf-8"))

    @contextmanager
    def metrics_writer(self) -> Iterator[MetricsWriter]:
        """Open metrics.jsonl to add lines, each on the disk as soon as it is written."""
        path = self.folder / "metrics.jsonl"
        try:
            stream = path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            raise cannot_write(path, error) from error
        try:
            yield MetricsWriter(path, stream)
        finally:
            try:
                stream.close()
            except OSError as error:  # What could not be written is tried once more.
                raise cannot_write(path, error) from error

    def write_summary(self, summary: dict[str, Any]) -> None:
        """Write summary.json, which marks the run as finished."""
        write_json(self.folder / "summary.json", summary)

    def _read(self, name: str) -> dict[str, Any]:
        path = self.folder / name
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise no_run(self.folder, name) from error
        except OSError as error:
            raise _cannot_read(path, error) from error
        except ValueError as error:
            raise _damaged(path) from error
        if not isinstance(value, dict):
            raise _damaged(path)
        return value


class MetricsWriter:
    """Adds lines to metrics.jsonl."""

    def __init__(self, path: Path, stream: Any) -> None:
        self._path = path
        self._stream = stream

    def write(self, line: dict[str, Any]) -> None:
        """Add one line.

        Raises:
            RunError: the disk is full.
        """
        try:
            self._stream.write(json.dumps(line) + "\n")
        except OSError as error:
            raise cannot_write(self._path, error) from error


def create_run(out: str | Path | None, settings: Settings) -> Run:
    """Make the folder of a new run and write its run.json.

    Args:
        out: the folder, new or empty; None takes the next free ``runs/<recipe>-<n>``.
        settings: what run.json is to hold.

    Raises:
        UsageError: the folder holds something already.
        DigitnetError: it cannot be written.
    """
    folder = _next_free(settings.recipe.name) if out is None else _claim(Path(out))
    write_json(folder / "run.json", asdict(settings))
    return Run(folder)


def _claim(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not any(folder.iterdir()):
            return folder
    except OSError as error:
        raise cannot_write(folder, error) from error
    if (folder / "run.json").exists():
        raise UsageError(
            "{folder} holds a run of recipe {recipe} already; "
            "go on with it by --resume {folder}, or give another --out.",
            folder=shlex.quote(str(folder)),
            recipe=Run(folder).settings.recipe.name,
        )
    raise UsageError("{folder} is not empty; give a new or empty --out.", folder=folder)


def _next_free(recipe: str) -> Path:
    number = 1
    while True:
        folder = RUNS / f"{recipe}-{number}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise cannot_write(folder, error) from error
        else:
            return folder


def _damaged(path: Path) -> RunError:
    return RunError("{path} is damaged; put back a copy of it, or train anew.", path=path)


def _damaged_metrics(path: Path) -> RunError:
    return RunError(
        "{path} is damaged; put back a copy of it, or delete it: only the curves are lost.",
        path=path,
    )


def _cannot_read(path: Path, error: OSError) -> RunError:
    return RunError("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)


def _holds(values: Any, kinds: dict[str, type | tuple[type, ...]], needed: Collection[str]) -> bool:
    """Whether this is a dictionary with what is needed in it, and all of its kind."""
    return (
        isinstance(values, dict)
        and set(needed) <= set(values)
        and all(isinstance(values[name], kinds[name]) for name in kinds if name in values)
    )


def processor_name() -> str:
    """Return the processor's name as its maker writes it, or else the architecture."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # Not Linux: the architecture has to do.
    return platform.processor() or platform.machine()
