"""What a client sends: read no further than the limits, kept in memory, forgotten afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from digitnet.errors import ServiceError
from digitnet.serving.settings import BODY_SECONDS, MAX_BATCH, MAX_BODY


class _InMemory(MultiPartParser):
    """Parts stay in memory: the whole body is limited, and no file is to hold what was sent."""

    spool_max_size = MAX_BODY + 1


async def picture_of(request: Request) -> bytes:
    """Return the one picture of a request: its raw body, or the part ``file`` of a form.

    Raises:
        ServiceError: there is none, or the body is too large or too slow.
    """
    body = await _body(request)
    if _is_form(request):
        pictures = await _parts(request.headers, body, "file")
        if len(pictures) != 1:
            raise ServiceError(400, "Send one picture, in a form as the part “file”.")
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
    pictures = await _parts(request.headers, body, "files") if _is_form(request) else []
    if not 1 <= len(pictures) <= MAX_BATCH:
        raise ServiceError(
            400,
            "Send 1 to {most} pictures as a form (multipart/form-data), each a part “files”.",
            most=MAX_BATCH,
        )
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
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    raise too_large
    except TimeoutError:
        raise ServiceError(
            408,
            "The request did not arrive within {seconds:g} seconds; send it again.",
            seconds=BODY_SECONDS,
        ) from None
    except ClientDisconnect:
        raise ServiceError(400, "The request was cut short; send it again.") from None
    return bytes(body)


async def _parts(headers: Headers, body: bytes, name: str) -> list[bytes]:
    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        form = await _InMemory(
            headers, whole(), max_files=MAX_BATCH + 1, max_fields=8, max_part_size=2**16
        ).parse()
    except (MultiPartException, KeyError, ValueError, LookupError):
        raise ServiceError(
            400, "The form cannot be understood; send multipart/form-data."
        ) from None
    parts = [part for part in form.getlist(name) if isinstance(part, UploadFile)]
    contents = [await part.read() for part in parts]
    await form.close()
    return contents
