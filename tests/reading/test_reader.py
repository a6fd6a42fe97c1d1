"""The reader: what it takes, what it gives, and how often it asks the network."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from digitnet.classes import NO_DIGIT
from digitnet.datasets import Digits
from digitnet.errors import ImageError, UsageError
from digitnet.pages import compose
from digitnet.reading import Reader, Reading
from digitnet.reading.recognise import LEFT_DOUBT
from digitnet.reading.rows.opinions import Opinions
from tests.reading.readings import text_of


def test_a_sure_digit_alone_is_looked_at_once_and_not_cut(
    validation: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cutting it, or looking at its paper, took most of the time, and changed no answer."""
    asked = []
    classify = Opinions.classify_all

    def counting(self: Opinions, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        asked.append(len(glyphs))
        return classify(self, glyphs)

    monkeypatch.setattr(Opinions, "classify_all", counting)
    digits = validation.images[:200]
    readings = Reader().read_many([255 - digit for digit in digits])
    right = sum(text_of(r) == str(k) for r, k in zip(readings, validation.labels, strict=False))
    assert right >= 196
    assert sum(asked) < 1.5 * len(digits)


def test_nothing_is_looked_at_twice(validation: Digits, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in doubt is seen as one digit, as a close-up and as writing: mostly it is alike."""
    asked: list[bytes] = []
    classify = Opinions.classify_all

    def noting(self: Opinions, glyphs: NDArray[np.uint8]) -> NDArray[np.float32]:
        asked.extend(glyph.tobytes() for glyph in glyphs)
        return classify(self, glyphs)

    monkeypatch.setattr(Opinions, "classify_all", noting)
    doubtful = 255 - validation.images[132]
    assert Reader().read(doubtful).text
    assert len(asked) > 3
    assert len(set(asked)) == len(asked)


def test_bytes_paths_images_and_arrays_read_the_same(
    reader: Reader, validation: Digits, tmp_path: object
) -> None:
    page = compose(validation, "clean", 1)
    image = Image.fromarray(page.image)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    file = f"{tmp_path}/page.png"
    image.save(file)
    with Path(file).open("rb") as opened:
        sources = (
            page.image,
            image,
            buffer.getvalue(),
            io.BytesIO(buffer.getvalue()),
            file,
            opened,
        )
        readings = [reader.read(source) for source in sources]
    assert all(r.lines == readings[0].lines for r in readings)


def test_a_reading_can_be_sent_to_another_process(reader: Reader, validation: Digits) -> None:
    buffer = io.BytesIO()
    Image.fromarray(compose(validation, "clean", 1).image).save(buffer, "PNG")
    reading = reader.read(buffer.getvalue())
    sent = pickle.dumps(reading)
    assert len(sent) < len(buffer.getvalue()) + 2000 * len(reading.digits), "the page is sent, too"
    received = pickle.loads(sent)  # noqa: S301 (it was made two lines above)
    assert received == reading
    assert received.annotate().tobytes() == reading.annotate().tobytes()


@pytest.mark.parametrize("least", [-0.1, 5, float("nan"), "sure"])
def test_a_least_confidence_that_is_none_is_refused(reader: Reader, least: Any) -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        reader.read(np.zeros((30, 30), np.uint8), least)
    with pytest.raises(UsageError, match="from 0 to 1"):
        reader.read_many([], least)


def test_no_threads_are_refused() -> None:
    with pytest.raises(UsageError, match="1 thread or more"):
        Reader(threads=0)


def test_many_pictures_read_as_each_alone(reader: Reader, validation: Digits) -> None:
    pictures = [255 - image for image in validation.images[:20]]
    pictures.append(compose(validation, "clean", 2).image)
    together = [text_of(reading) for reading in reader.read_many(pictures)]
    assert together == [reader.read(picture).text for picture in pictures]


def test_a_picture_that_cannot_be_read_leaves_the_others_alone(
    reader: Reader, validation: Digits
) -> None:
    image = validation.images[0]
    first, second, third = reader.read_many([image, b"no picture", image])
    assert isinstance(second, ImageError)
    assert first == third


def test_what_takes_longer_holds_back_no_other(reader: Reader, validation: Digits) -> None:
    sure = Opinions().classify(validation.images[:20]).max(axis=1) > 0.99
    digits = [255 - image for image in validation.images[:20][sure][:3]]
    pictures = [compose(validation, "touching", 2).image, digits[0], b"no picture", *digits[1:]]
    each = list(reader.read_each(pictures))
    order = [number for number, _ in each]
    assert sorted(order) == [0, 1, 2, 3, 4]
    assert order[-1] == 0
    whole, together = dict(each), reader.read_many(pictures)
    assert isinstance(whole.pop(2), ImageError)
    assert all(together[number] == reading for number, reading in whole.items())


def test_doubt_becomes_a_question_mark(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "clean", 1)
    plain = reader.read(page.image)
    sure = [digit.confidence for digit in plain.digits]
    careful = reader.read(page.image, min_confidence=max(sure))
    assert careful.digits == plain.digits
    shown = careful.text.replace("\n", "")
    assert [sign == "?" for sign in shown] == [confidence < max(sure) for confidence in sure]
    assert "?" in shown


def test_all_pages_of_a_tiff_are_read(reader: Reader, validation: Digits) -> None:
    pages = [compose(validation, "clean", seed) for seed in (0, 1)]
    buffer = io.BytesIO()
    first, second = (Image.fromarray(page.image) for page in pages)
    first.save(buffer, "TIFF", save_all=True, append_images=[second])
    reading = reader.read(buffer.getvalue())
    assert isinstance(reading, Reading)
    assert reading.pages == 2
    assert {line.page for line in reading.lines} == {0, 1}
    assert reading.annotate().height >= first.height + second.height


def test_reading_never_loads_torch() -> None:
    code = (
        "import sys, numpy, digitnet.reading as r; r.read(numpy.zeros((28, 28), 'uint8'));"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_digit_keeps_what_the_network_saw(reader: Reader, validation: Digits) -> None:
    page = compose(validation, "clean", 0)
    digits = reader.read(page.image).digits
    glyphs = np.stack([digit.glyph for digit in digits if digit.glyph is not None])
    assert glyphs.shape == (len(digits), 28, 28)
    again = Opinions().classify(glyphs)
    assert [int(row.argmax()) for row in again] == [digit.digit for digit in digits]
    doubt = again[:, NO_DIGIT]
    certain = again.max(1) / (1 - doubt + LEFT_DOUBT * doubt)
    assert np.allclose(certain, [digit.confidence for digit in digits], atol=1e-4)
