"""What a client sends: read no further than the limits, kept in memory, forgotten afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager

from fastapi import Request
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from digitnet.errors import ServiceError
from digitnet.serving.pool import overloaded
from digitnet.serving.settings import (
    BODY_GRACE_SECONDS,
    BODY_RATE,
    BODY_STALL_SECONDS,
    MAX_ARRIVING,
    MAX_BATCH,
    MAX_BODY,
)

# What a client sends is not logged: without a handler, it would say what is wrong with every form.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())


class _InMemory(MultiPartParser):
    """Parts stay in memory: the whole body is limited, and no file is to hold what was sent."""

    spool_max_size = MAX_BODY + 1


class _Arriving:
    """How much has come of bodies that are not all here: many slow clients must not fill memory."""

    total = 0

    @classmethod
    @contextmanager
    def body(cls) -> Iterator[bytearray]:
        body = bytearray()
        try:
            yield body
        finally:
            cls.total -= len(body)

    @classmethod
    def add(cls, body: bytearray, chunk: bytes) -> None:
        if cls.total + len(chunk) > MAX_ARRIVING:
            raise overloaded()
        body += chunk
        cls.total += len(chunk)


async def picture_of(request: Request) -> bytes:
    """Return the one picture of a request: its raw body, or the part ``file`` of a form.

    Raises:
        ServiceError: there is none, or the body is too large or too slow.
    """
    body = await _body(request)
    if _is_form(request):
        wrong_number = ServiceError(400, "Send one picture, in a form as the part “file”.")
        pictures = await _parts(request.headers, body, "file", wrong_number)
        if len(pictures) != 1:
            raise wrong_number
        (body,) = pictures
    if not body:
        raise ServiceError(400, "The request is empty; send a picture as its body.")
    return body


async def pictures_of(request: Request) -> list[bytes]:
    """Return the pictures of a batch: the parts ``files`` of a form, in their order.

    Raises:
        ServiceError: there are none or too many, or the body is too large or too slow.
    """
    body = await _body(request)
    wrong_number = ServiceError(
        400,
        "Send 1 to {most} pictures as a form (multipart/form-data), each a part “files”.",
        most=MAX_BATCH,
    )
    if not _is_form(request):
        raise wrong_number
    pictures = await _parts(request.headers, body, "files", wrong_number)
    if not 1 <= len(pictures) <= MAX_BATCH:
        raise wrong_number
    return pictures


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith("multipart/form-data")


async def _body(request: Request) -> bytes:
    too_large = ServiceError(
        413, "The request is larger than {most} MB; send a smaller picture.", most=MAX_BODY // 2**20
    )
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > MAX_BODY:
        raise too_large
    try:
        with _Arriving.body() as body:
            now = asyncio.get_running_loop().time
            began = now()
            async with asyncio.timeout(BODY_STALL_SECONDS) as limit:
                while True:
                    message = await request.receive()
                    if message["type"] == "http.disconnect":
                        raise ServiceError(400, "The request was cut short; send it again.")
                    _Arriving.add(body, message.get("body", b""))
                    if len(body) > MAX_BODY:
                        raise too_large
                    if not message.get("more_body", False):
                        return bytes(body)
                    # What keeps coming may take long, but not so long as a client that drips likes.
                    late = began + max(BODY_GRACE_SECONDS, len(body) / BODY_RATE)
                    limit.reschedule(min(now() + BODY_STALL_SECONDS, late))
    except TimeoutError:
        raise ServiceError(
            408, "The request came too slowly; send it again, or a smaller picture."
        ) from None


async def _parts(
    headers: Headers, body: bytes, name: str, wrong_number: ServiceError
) -> list[bytes]:
    """The parts of a form that are files of that name; of very many, the error is raised."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await _InMemory(
            headers, whole(), max_files=MAX_BATCH + 1, max_fields=8, max_part_size=2**16
        ).parse()
    except (MultiPartException, KeyError, ValueError, LookupError) as error:
        if isinstance(error, MultiPartException) and error.message.startswith("Too many files"):
            raise wrong_number from None
        raise ServiceError(
            400, "The form cannot be understood; send multipart/form-data."
        ) from None
    parts = [part for part in form.getlist(name) if isinstance(part, UploadFile)]
    contents = [await part.read() for part in parts]
    await form.close()
    return contents
