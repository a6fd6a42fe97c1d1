"""From glyphs to probabilities, with whatever network the model file holds."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from digitnet.classes import CLASSES, NO_DIGIT
from digitnet.errors import ModelError, UsageError
from digitnet.glyph import SIDE
from digitnet.run_folder import MODEL, SETTINGS, finished_model
from digitnet.strip import HEIGHT, WIDTH

# Images a thread at once: their feature maps stay in its cache. Two threads with a batch each are
# faster than two that share one: in 8-bit integers a layer is too little work to be divided.
BATCH = 32


class Classifier:
    """The network that tells digits apart.

    Args:
        model: an ONNX file as `digitnet train` writes it, or the folder of its run; without one,
            the model that ships.
        threads: that compute batches beside each other; by default two, where there are two
            processors.

    Raises:
        UsageError: ``threads`` is less than 1.
        ModelError: there is no such file, or it is no model that takes images (N, 1, 28, 28) and
            gives logits (N, 10), (N, 11) or (N, 111), see `digitnet.classes`.
    """

    def __init__(self, model: str | Path | None = None, threads: int | None = None) -> None:
        if threads is not None and threads < 1:
            raise UsageError("There must be 1 thread or more, not {given}.", given=threads)
        self._path = model_file(model)
        self._session = open_model(self._path)
        self._threads = threads or usual_threads()
        self._helpers = ThreadPoolExecutor(max(1, self._threads - 1))
        self._input, self._takes_bytes = self._check_input()
        self._check_output()
        self._temperature = read_temperature(self._session, self._path)

    def classify(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the probability of every digit, and of none, for every glyph.

        Args:
            glyphs: (N, 28, 28) as `digitnet.glyph.place` gives them.

        Returns:
            (N, 11): the digits 0 to 9, then “no single digit”, which is 0 throughout for a model
            that knows digits only. Each row sums to 1.

        Raises:
            ModelError: see `classify_all`.
        """
        return without_pairs(self.classify_all(glyphs))

    def classify_all(self, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the probability of every class, pairs of digits too, for every glyph.

        The probabilities are calibrated: the model's logits are divided by the temperature that
        stands in its metadata (Guo et al., *On calibration of modern neural networks*, ICML 2017).

        Args:
            glyphs: (N, 28, 28) as `digitnet.glyph.place` gives them.

        Returns:
            (N, 111), as `digitnet.classes` numbers them; 0 throughout for classes that the model
            does not know. Each row sums to 1.

        Raises:
            ModelError: the model fails on these glyphs, or gives something else than numbers.
        """
        images = glyphs[:, None]
        if self._threads == 1 or len(images) <= BATCH:
            return self._probabilities(images)
        parts = np.array_split(images, min(self._threads, -(-len(images) // BATCH)))
        beside = [self._helpers.submit(self._probabilities, part) for part in parts[1:]]
        return np.concatenate(
            [self._probabilities(parts[0]), *(answer.result() for answer in beside)]
        )

    def _probabilities(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """`classify_all` in one thread, for images (N, 1, 28, 28)."""
        probabilities = np.zeros((len(images), CLASSES), np.float32)
        for start in range(0, len(images), BATCH):
            logits = self._logits(images[start : start + BATCH])
            rows, classes = logits.shape
            probabilities[start : start + rows, :classes] = softmax(logits / self._temperature)
        return probabilities

    def _logits(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        pixels = images if self._takes_bytes else images / np.float32(255)
        try:
            (logits,) = self._session.run(None, {self._input: pixels})
        except Exception as error:  # onnxruntime's exceptions have no ancestor of their own.
            raise ModelError(
                "{path}: the model failed while it was reading; use one that digitnet exported.",
                path=self._path,
            ) from error
        if not np.isfinite(logits).all():
            raise ModelError(
                "{path}: the model's answers are not finite numbers; train it again.",
                path=self._path,
            )
        return np.asarray(logits, np.float32)

    def _check_input(self) -> tuple[str, bool]:
        inputs = self._session.get_inputs()
        if len(inputs) == 1 and inputs[0].type in ("tensor(uint8)", "tensor(float)"):
            batch, *rest = inputs[0].shape or [1]
            if rest == [1, SIDE, SIDE] and not isinstance(batch, int):
                return inputs[0].name, inputs[0].type == "tensor(uint8)"
            if rest == [1, HEIGHT, WIDTH]:
                raise ModelError(
                    "{path}: this model reads strips of several digits, as a help of the reader; "
                    "use one of single digits.",
                    path=self._path,
                )
        raise ModelError(
            "{path}: this model does not take images of shape (N, 1, 28, 28); "
            "use one that digitnet exported.",
            path=self._path,
        )

    def _check_output(self) -> None:
        outputs = self._session.get_outputs()
        if len(outputs) == 1 and outputs[0].type == "tensor(float)":
            _, *rest = outputs[0].shape or [1]
            if rest in ([NO_DIGIT], [NO_DIGIT + 1], [CLASSES]):
                return
        raise ModelError(
            "{path}: this model does not give logits of shape (N, 10), (N, 11) or (N, 111); "
            "use one that digitnet exported.",
            path=self._path,
        )


def usual_threads() -> int:
    """How many threads compute batches beside each other: two, where there are two processors."""
    return min(2, os.cpu_count() or 1)


def model_file(model: str | Path | None) -> Path:
    """The file of a model: a run folder's, the file itself, or for None the model that ships.

    Raises:
        RunError: the folder is no run's, or the run is not finished.
    """
    if model is None:
        return shipped_model()
    path = Path(model)
    if not path.is_dir():
        return path
    file = path / MODEL
    if file.exists() and not (path / SETTINGS).exists():
        return file
    return finished_model(path)


def shipped_model(name: str = "digits.onnx") -> Path:
    """The file of a model that ships."""
    return Path(str(resources.files("digitnet") / "model" / name))


def open_model(path: Path) -> onnxruntime.InferenceSession:
    """Open a model for one thread.

    Raises:
        ModelError: it cannot be opened, or is none.
    """
    # From memory: a file opened by its name could name further files for its weights.
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(
            "{path}: the model cannot be opened ({reason}).", path=path, reason=error.strerror
        ) from error
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # What goes wrong is said below, once.
    options.intra_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions have no ancestor of their own.
        raise ModelError(
            "{path}: this is no ONNX model that can be run here; use one that digitnet exported.",
            path=path,
        ) from error


def read_temperature(session: onnxruntime.InferenceSession, path: Path) -> np.float32:
    """Return the temperature that a model's metadata hold, or 1.

    Raises:
        ModelError: it is no number above 0.
    """
    written = session.get_modelmeta().custom_metadata_map.get("temperature", "1")
    try:
        temperature = np.float32(written)
    except ValueError:
        temperature = np.float32(np.nan)
    if not (np.isfinite(temperature) and temperature > 0):
        raise ModelError(
            "{path}: the model's temperature is {temperature}, and should be a number above 0; "
            "export the model again.",
            path=path,
            temperature=written,
        )
    return temperature


def without_pairs(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities (N, 11) for (N, 111): two digits are no single one."""
    single = probabilities[:, : NO_DIGIT + 1].copy()
    single[:, NO_DIGIT] += probabilities[:, NO_DIGIT + 1 :].sum(axis=1)
    return single


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities (…, classes) for logits (…, classes)."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True))
