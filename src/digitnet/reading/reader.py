"""The reader: from a picture to the digits on it, stage by stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from digitnet.errors import ImageError, UsageError
from digitnet.reading.arrays import Floats
from digitnet.reading.classify import Classifier
from digitnet.reading.decode import Page, Source, decode
from digitnet.reading.jobs import Ask, Glyphs, Job, remembering
from digitnet.reading.reading import Line, Reading
from digitnet.reading.recognise import read_page
from digitnet.reading.rows.opinions import Opinions
from digitnet.reading.rows.transcribe import Transcriber

PICTURES_AT_ONCE = 64  # read side by side


class ReadingStopped(Exception):  # noqa: N818 (it is no error)
    """Whoever asked for a reading wants it no more."""


class Reader:
    """Reads the digits on pictures.

    Args:
        model: an ONNX model as `digitnet train` exports it, or the folder of its run, which reads
            alone; without it, the models that ship.
        threads: of the network, as for `Classifier`. Several threads may share one reader.

    Raises:
        ModelError: the model cannot be used.
        UsageError: there are fewer threads than one.
    """

    def __init__(self, model: str | Path | None = None, threads: int | None = None) -> None:
        # Who brings a network wants to see what that one reads.
        self._is_helped = model is None
        self._threads = threads
        self._classifier = Opinions(threads) if model is None else Classifier(model, threads)

    @cached_property
    def _transcriber(self) -> Transcriber:
        # Opened for the first strip: most small pictures need none.
        return Transcriber(self._threads)

    def read(self, image: Source, min_confidence: float = 0.0) -> Reading:
        """Read the digits on a picture.

        Args:
            image: an encoded picture as bytes, its path, a Pillow image, or an array of pixels.
            min_confidence: digits less sure than this, 0 to 1, are ``?`` in the text.

        Returns:
            What was read; without lines where there is no digit.

        Raises:
            ImageError: the picture cannot be read.
            UsageError: ``min_confidence`` is no probability.
        """
        check_confidence(min_confidence)
        job = _read_picture(decode(image), min_confidence)
        ((_, reading),) = self._run({0: job})
        return reading

    def read_many(
        self,
        images: Iterable[Source],
        min_confidence: float = 0.0,
        stop: Callable[[], bool] | None = None,
    ) -> list[Reading | ImageError]:
        """Read several pictures; faster than one by one where they are small.

        Args:
            images: see `read`.
            min_confidence: see `read`.
            stop: asked between the stages of reading whether the work is to end there.

        Returns:
            For every picture what was read or, where it cannot be read, the error in its place.

        Raises:
            ReadingStopped: ``stop`` said so.
            UsageError: ``min_confidence`` is no probability.
        """
        results = dict(self.read_each(images, min_confidence, stop))
        return [results[number] for number in range(len(results))]

    def read_each(
        self,
        images: Iterable[Source],
        min_confidence: float = 0.0,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[tuple[int, Reading | ImageError]]:
        """Read several pictures, and give each as soon as it is read.

        Args:
            images: see `read`.
            min_confidence: see `read`.
            stop: see `read_many`.

        Yields:
            A picture's number, from 0, and what `read_many` returns for it. They are read side by
            side, 64 at once, and those that take longer hold back no others of them.

        Raises:
            ReadingStopped: ``stop`` said so.
            UsageError: ``min_confidence`` is no probability.
        """
        check_confidence(min_confidence)
        numbered = enumerate(images)
        while some := list(islice(numbered, PICTURES_AT_ONCE)):
            jobs: dict[int, Job[Reading]] = {}
            for number, image in some:
                _go_on_unless(stop)
                try:
                    jobs[number] = _read_picture(decode(image), min_confidence)
                except ImageError as error:
                    yield number, error
            yield from self._run(jobs, stop)

    def _run(
        self, jobs: dict[int, Job[Reading]], stop: Callable[[], bool] | None = None
    ) -> Iterator[tuple[int, Reading]]:
        """Run jobs side by side, and classify what they ask for together."""
        readings: dict[int, Reading] = {}
        asked: dict[int, Ask] = {}

        def go_on(number: int, answer: Floats | None) -> None:
            try:
                asked[number] = jobs[number].send(answer)
            except StopIteration as end:
                readings[number] = end.value

        for number in jobs:
            go_on(number, None)
        while asked:
            yield from readings.items()
            readings.clear()
            _go_on_unless(stop)
            waiting, asked = asked, {}
            for network in (self._answer_glyphs, self._answer_strips):
                for number, answer in network(waiting):
                    go_on(number, answer)
        yield from readings.items()

    def _answer_glyphs(self, asked: dict[int, Ask]) -> Iterator[tuple[int, Floats]]:
        glyphs = {number: ask.images for number, ask in asked.items() if ask.of == "glyphs"}
        return _answered(glyphs, self._classifier.classify_all)

    def _answer_strips(self, asked: dict[int, Ask]) -> Iterator[tuple[int, Floats | None]]:
        strips = {number: ask.images for number, ask in asked.items() if ask.of == "strips"}
        if not self._is_helped:
            return ((number, None) for number in strips)
        return _answered(strips, self._transcriber.columns) if strips else iter(())


def _answered(
    asked: dict[int, Glyphs], network: Callable[[Glyphs], Floats]
) -> Iterator[tuple[int, Floats]]:
    """Ask a network about the images of several jobs at once, and yield each job's answer."""
    if not asked:
        return
    answers = network(np.concatenate(list(asked.values())))
    start = 0
    for number, images in asked.items():
        yield number, answers[start : start + len(images)]
        start += len(images)


def check_confidence(least: float) -> None:
    """Check that digits can be less sure than this.

    Raises:
        UsageError: it is no probability.
    """
    if not (isinstance(least, int | float | np.floating) and 0 <= least <= 1):
        raise UsageError(
            "The least confidence is a number from 0 to 1, not {given}.", given=repr(least)
        )


def _go_on_unless(stop: Callable[[], bool] | None) -> None:
    if stop is not None and stop():
        raise ReadingStopped


def _read_picture(pages: list[Page], min_confidence: float) -> Job[Reading]:
    lines: list[Line] = []
    for number, page in enumerate(pages):
        lines += yield from remembering(read_page(page, number, min_confidence))
    return Reading(tuple(lines), len(pages), tuple(page.rgb for page in pages))


@cache
def _shipped_reader() -> Reader:
    return Reader()


def read(image: Source, min_confidence: float = 0.0) -> Reading:
    """Read the digits on a picture with the model that ships; see `Reader.read`."""
    return _shipped_reader().read(image, min_confidence)
