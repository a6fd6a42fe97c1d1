"""Threads that read beside the event loop, and the few requests that may wait for them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from digitnet.errors import DigitnetError, ServiceError
from digitnet.reading import Reader, Reading

# Small pictures that are read together: twice as many would save 2% and keep who waits for longer.
TOGETHER = 8
SMALL = 64 * 1024  # bytes of an encoded picture: larger ones are read alone
# A burst may wait until it is read. Once one had to be refused, it is a crowd: there is more to
# read than can be, and a long queue would keep all of them waiting, though a short one lets as many
# through. The crowd is gone when the threads have had nothing to read for so long.
IN_A_CROWD = 3  # requests that may wait then
LULL_SECONDS = 0.01
# While pictures wait, the event loop lets the reading thread alone for so long between its rounds.
# They share one interpreter lock, and the thread would have to ask for it again after every call
# into OpenCV: under too much load, that took a quarter of what is read.
REST_SECONDS = 0.001

Answer = Reading | DigitnetError


@dataclass(eq=False)
class _Task:
    """Pictures to be read, and who waits for what they say."""

    pictures: list[bytes]
    deadline: float
    done: asyncio.Future[list[Answer]]
    loop: asyncio.AbstractEventLoop
    given_up: bool = False
    answers: dict[int, Answer] = field(default_factory=dict)

    def is_late(self) -> bool:
        return self.given_up or time.monotonic() > self.deadline

    def answer(self, place: int, answer: Answer) -> None:
        """Note what one picture says; who waits is told when it was the last."""
        self.answers[place] = answer
        if len(self.answers) == len(self.pictures):
            self._tell(self._set, [self.answers[n] for n in range(len(self.pictures))])

    def fail(self, error: BaseException) -> None:
        self._tell(self._set_error, error)

    def _tell(self, call: Callable[[Any], None], what: object) -> None:
        # Who asked, and the loop with them, may be gone already.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(call, what)

    def _set(self, answers: list[Answer]) -> None:
        if not self.done.done():
            self.done.set_result(answers)

    def _set_error(self, error: BaseException) -> None:
        if not self.done.done():
            self.done.set_exception(error)


class ReadingPool:
    """Reads pictures in threads; small ones that wait at the same time are classified together.

    Nothing waits for others to come: what has gathered while the last were read goes together, and
    each is answered when it is read.

    Args:
        reader: reads; it is shared by all threads.
        threads: how many read at once.
        waiting: requests that may wait; more are refused at once.
        seconds: a request may take, with the time it waits.
        note: told how many requests wait whenever that changes, by one thread at a time.
    """

    def __init__(
        self,
        reader: Reader,
        *,
        threads: int,
        waiting: int,
        seconds: float,
        note: Callable[[int], None] = lambda _waiting: None,
    ) -> None:
        self._reader = reader
        self._note = note
        self._limit = waiting
        self._seconds = seconds
        self._queue: deque[_Task] = deque()
        self._changed = threading.Condition()
        self._stopped = False
        self._rests = False
        self._is_crowded = False
        self._threads = [
            threading.Thread(target=self._work, name=f"reading-{n}", daemon=True)
            for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def turns_away(self) -> bool:
        """Whether a request that comes now is refused. With the first that is, a crowd begins."""
        limit = min(self._limit, IN_A_CROWD) if self._is_crowded else self._limit
        is_full = len(self._queue) >= limit
        self._is_crowded |= is_full
        return is_full

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._queue)

    async def read(self, pictures: list[bytes]) -> list[Answer]:
        """Return what stands on each picture, or the error in its place.

        Raises:
            ServiceError: too many wait already (503), or the time is over (504); in that case the
                work stops before its next stage.
        """
        loop = asyncio.get_running_loop()
        task = _Task(pictures, time.monotonic() + self._seconds, loop.create_future(), loop)
        with self._changed:
            if self.turns_away() or self._stopped:
                raise overloaded()
            self._queue.append(task)
            self._note(len(self._queue))
            self._changed.notify()
        if not self._rests:
            self._rests = True
            loop.call_soon(self._rest, loop)
        try:
            return await asyncio.wait_for(task.done, self._seconds)
        except TimeoutError:
            raise ServiceError(
                504,
                "Reading took longer than {seconds:g} seconds and was stopped; "
                "send a smaller picture.",
                seconds=self._seconds,
            ) from None
        finally:
            task.given_up = True

    def _rest(self, loop: asyncio.AbstractEventLoop) -> None:
        """Keep the event loop still for a moment, again and again, until no picture waits."""
        self._rests = bool(self._queue)
        if self._rests:
            time.sleep(REST_SECONDS)
            loop.call_soon(self._rest, loop)

    def stop(self) -> None:
        """Let the threads end when what they have is done."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _work(self) -> None:
        while True:
            tasks = self._next()
            if not tasks:
                return
            try:
                self._read(tasks)
            except BaseException as error:
                for task in tasks:
                    task.fail(error)

    def _next(self) -> list[_Task]:
        """Wait for work; take a large task, or the small ones that wait at its side."""
        with self._changed:
            while not self._queue:
                if self._stopped:
                    return []
                if not self._changed.wait(LULL_SECONDS if self._is_crowded else None):
                    self._is_crowded = False
            tasks = [self._queue.popleft()]
            if _is_small(tasks[0]):
                while self._queue and len(tasks) < TOGETHER and _is_small(self._queue[0]):
                    tasks.append(self._queue.popleft())
            self._note(len(self._queue))
            return tasks

    def _read(self, tasks: list[_Task]) -> None:
        tasks = [task for task in tasks if not task.is_late()]
        if not tasks:
            return
        owners = [(task, place) for task in tasks for place in range(len(task.pictures))]
        pictures = [picture for task in tasks for picture in task.pictures]
        alone = tasks[0].is_late if len(tasks) == 1 else None
        for number, answer in self._reader.read_each(pictures, stop=alone):
            task, place = owners[number]
            task.answer(place, answer)


def overloaded() -> ServiceError:
    """Return the error that tells a client to come again."""
    return ServiceError(503, "The service has more to read than it can; try again in a moment.")


def _is_small(task: _Task) -> bool:
    return len(task.pictures) == 1 and len(task.pictures[0]) <= SMALL
