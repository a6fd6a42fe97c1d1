"""The pool of reading threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable

import pytest

from digitnet.errors import ImageError, ServiceError
from digitnet.reading import Reader, Reading, ReadingStopped
from digitnet.reading.decode import Source
from digitnet.serving.pool import BURST_SECONDS, ReadingPool
from tests.serving.conftest import seven


class Gate(Reader):
    """A reader that does not begin before it may."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.groups: list[int] = []
        self.stopped = threading.Event()

    def read_many(
        self,
        images: Iterable[Source],
        min_confidence: float = 0.0,
        stop: Callable[[], bool] | None = None,
    ) -> list[Reading | ImageError]:
        pictures = list(images)
        self.groups.append(len(pictures))
        self.open.wait(10)
        try:
            return super().read_many(pictures, min_confidence, stop)
        except ReadingStopped:
            self.stopped.set()
            raise


def test_what_gathers_meanwhile_is_read_together() -> None:
    reader = Gate()
    pool = ReadingPool(reader, threads=1, waiting=20, seconds=10)

    async def all_at_once() -> list[str]:
        asked = [asyncio.create_task(pool.read([seven()])) for _ in range(8)]
        await asyncio.sleep(0.2)
        reader.open.set()
        answers = [await task for task in asked]
        return [answer.text for (answer,) in answers if isinstance(answer, Reading)]

    assert asyncio.run(all_at_once()) == ["7"] * 8
    assert reader.groups[0] in (1, 8)
    assert sum(reader.groups) == 8
    assert len(reader.groups) <= 2
    pool.stop()


def test_a_full_queue_refuses_at_once() -> None:
    reader = Gate()
    pool = ReadingPool(reader, threads=1, waiting=2, seconds=10)

    async def too_many() -> int:
        asked = []
        for _ in range(3):
            asked.append(asyncio.create_task(pool.read([seven()])))
            await asyncio.sleep(0.1)  # The first is being read, the others wait.
        with pytest.raises(ServiceError, match="more to read") as refused:
            await pool.read([seven()])
        reader.open.set()
        await asyncio.gather(*asked)
        return refused.value.status

    assert asyncio.run(too_many()) == 503
    pool.stop()


def test_a_burst_may_wait_but_no_queue_that_stays() -> None:
    reader = Gate()
    pool = ReadingPool(reader, threads=1, waiting=20, seconds=10)

    async def burst_then_more() -> None:
        asked = [asyncio.create_task(pool.read([seven()])) for _ in range(17)]
        await asyncio.sleep(0)
        assert not pool.is_full
        await asyncio.sleep(2 * BURST_SECONDS)  # The first are being read, the others wait.
        assert pool.is_full
        with pytest.raises(ServiceError, match="more to read"):
            await pool.read([seven()])
        reader.open.set()
        await asyncio.gather(*asked)
        assert not pool.is_full

    asyncio.run(burst_then_more())
    pool.stop()


def test_what_takes_too_long_is_given_up_and_stops() -> None:
    reader = Gate()
    pool = ReadingPool(reader, threads=1, waiting=2, seconds=0.3)

    async def slow() -> int:
        with pytest.raises(ServiceError, match="longer than") as late:
            await pool.read([seven()])
        return late.value.status

    assert asyncio.run(slow()) == 504
    reader.open.set()
    assert reader.stopped.wait(5)
    pool.stop()


def test_a_fault_is_told_to_who_asked_and_the_thread_goes_on() -> None:
    class Faulty(Gate):
        def read_many(self, *_: object, **__: object) -> list[Reading | ImageError]:
            if not self.open.is_set():
                self.open.set()
                raise MemoryError
            return Reader.read_many(self, [seven()])

    pool = ReadingPool(Faulty(), threads=1, waiting=2, seconds=10)
    with pytest.raises(MemoryError):
        asyncio.run(pool.read([seven()]))
    (answer,) = asyncio.run(pool.read([seven()]))
    assert isinstance(answer, Reading)
    assert answer.text == "7"
    pool.stop()
