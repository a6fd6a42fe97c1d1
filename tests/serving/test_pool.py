"""The pool of reading threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator

import pytest

from digitnet.errors import ImageError, ServiceError
from digitnet.reading import Reader, Reading, ReadingStopped
from digitnet.reading.decode import Source
from digitnet.serving.pool import IN_A_CROWD, LULL_SECONDS, Answer, ReadingPool
from tests.serving.conftest import seven


class Gate(Reader):
    """A reader that does not begin before it may."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.groups: list[int] = []
        self.stopped = threading.Event()

    def read_each(
        self,
        images: Iterable[Source],
        min_confidence: float = 0.0,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[tuple[int, Reading | ImageError]]:
        pictures = list(images)
        self.groups.append(len(pictures))
        self.open.wait(10)
        try:
            yield from super().read_each(pictures, min_confidence, stop)
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
    assert sum(reader.groups) == 8
    assert len(reader.groups) <= 2
    pool.stop()


def test_how_many_wait_is_noted_as_it_changes() -> None:
    reader, noted = Gate(), list[int]()
    pool = ReadingPool(reader, threads=1, waiting=20, seconds=10, note=noted.append)

    async def three() -> None:
        asked = []
        for _ in range(3):
            asked.append(asyncio.create_task(pool.read([seven()])))
            await asyncio.sleep(0.1)  # The first is being read, the others wait.
        reader.open.set()
        await asyncio.gather(*asked)

    asyncio.run(three())
    assert noted == [1, 0, 1, 2, 0]
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


def test_a_burst_may_wait_but_a_crowd_is_kept_short_until_it_is_gone() -> None:
    class Turnstile(Gate):
        """Reads one group at a time, each when it is let in."""

        let_in = threading.Semaphore(0)

        def read_each(
            self, images: Iterable[Source], *_: object, **__: object
        ) -> Iterator[tuple[int, Reading | ImageError]]:
            pictures = list(images)
            self.groups.append(len(pictures))
            assert self.let_in.acquire(timeout=10)
            yield from Reader.read_each(self, pictures)

    reader = Turnstile()
    pool = ReadingPool(reader, threads=1, waiting=20, seconds=10)

    async def accepted(requests: int) -> int:
        """How many of so many requests at once are not refused."""
        asked = [asyncio.create_task(pool.read([seven()])) for _ in range(requests)]
        await asyncio.sleep(0.1)
        refused = [task for task in asked if task.done() and task.exception()]
        held.extend(set(asked) - set(refused))
        return len(asked) - len(refused)

    async def groups(number: int) -> None:
        while len(reader.groups) < number:
            await asyncio.sleep(0.001)

    async def a_burst_a_crowd_and_a_burst() -> None:
        assert await accepted(18) == 18, "a burst may wait"
        assert await accepted(18) < 18, "no more than there is room for"
        while pool.waiting:
            reader.let_in.release()
            await groups(len(reader.groups) + 1)
        assert await accepted(9) == IN_A_CROWD
        reader.let_in.release(100)
        await asyncio.gather(*held)
        await asyncio.sleep(10 * LULL_SECONDS)
        assert await accepted(18) == 18, "a burst may wait again"

    held: list[asyncio.Task[list[Answer]]] = []
    asyncio.run(a_burst_a_crowd_and_a_burst())
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
        def read_each(
            self, images: Iterable[Source], *_: object, **__: object
        ) -> Iterator[tuple[int, Reading | ImageError]]:
            if not self.open.is_set():
                self.open.set()
                raise MemoryError
            yield from Reader.read_each(self, images)

    pool = ReadingPool(Faulty(), threads=1, waiting=2, seconds=10)
    with pytest.raises(MemoryError):
        asyncio.run(pool.read([seven()]))
    (answer,) = asyncio.run(pool.read([seven()]))
    assert isinstance(answer, Reading)
    assert answer.text == "7"
    pool.stop()
