"""What requests and answers look like, for /openapi.json."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class DigitRead(BaseModel):
    """One digit."""

    digit: int = Field(ge=0, le=9)
    confidence: float = Field(ge=0, le=1)
    box: tuple[int, int, int, int] = Field(description="x, y, width, height in pixels")
    glyph: str | None = Field(
        None,
        description="with `glyphs=true`: what the network saw, a PNG of 28×28 pixels in base64",
    )


class LineRead(BaseModel):
    """The digits of one line, from left to right."""

    text: str
    box: tuple[int, int, int, int]
    page: int | None = Field(None, description="of a file of several pages, from 0")
    digits: list[DigitRead]


class Read(BaseModel):
    """What stands on a picture, as `digitnet read --json` prints it."""

    text: str
    lines: list[LineRead]


class Failed(BaseModel):
    """Why a picture of a batch could not be read."""

    error: str


class Batch(BaseModel):
    """A result for every picture, in their order."""

    results: list[Read | Failed]


class Packed(BaseModel):
    """Values as bytes in base64, 0 for `low` to 255 for `high`."""

    height: int
    width: int
    low: float
    high: float
    data: str


class Look(BaseModel):
    """What the network sees of one digit; see `digitnet.look.look`."""

    digit: int
    confidence: float
    box: tuple[int, int, int, int] | None = Field(None, description="not with `glyph=true`")
    glyph: dict[str, Any]
    probabilities: list[float] = Field(
        description="of the digits 0 to 9 and of no digit, given that the mark was taken for one; "
        "they sum to 1, and that of `digit` is `confidence`"
    )
    layers: list[dict[str, Any]]
    filters: dict[str, Any] | None
    evidence: Packed


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": description,
        "model": Problem,
        "content": {"application/problem+json": {"schema": schema}},
    }


ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": _problem("What was sent cannot be used; `detail` says why, in one sentence."),
    "5XX": _problem("The service cannot answer now; 503 comes with Retry-After."),
}

_BYTES = {"type": "string", "format": "binary"}


def _form(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    whole = {"type": "object", "required": [name], "properties": {name: schema}}
    return {"multipart/form-data": {"schema": whole}}


PICTURE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": _BYTES},
            "image/*": {"schema": _BYTES},
            **_form("file", _BYTES),
        },
    }
}
BATCH_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": _form(
            "files", {"type": "array", "items": _BYTES, "minItems": 1, "maxItems": 64}
        ),
    }
}
