"""Draw a reading onto its picture: frames round the digits, what they are, doubt in colour."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from digitnet.reading.reading import Digit, Line, Reading

Colour = tuple[int, int, int]

# Sure, doubtful, a guess: blue, amber and red can be told apart by nearly everyone.
SCALE: tuple[tuple[float, Colour], ...] = (
    (1.00, (0, 114, 178)),
    (0.90, (0, 114, 178)),
    (0.70, (230, 145, 0)),
    (0.50, (204, 36, 29)),
    (0.00, (204, 36, 29)),
)
LEAST_SIDE = 280  # smaller pictures are enlarged, so that the labels are legible
SMOOTH = 3  # everything is drawn this much larger and shrunk, for smooth edges


def draw(reading: Reading, pages: list[Image.Image]) -> Image.Image:
    """Draw a reading.

    Args:
        reading: what was read.
        pages: the upright RGB pages it was read from.

    Returns:
        RGB; pages one below the other. Small pictures come back enlarged.
    """
    drawn = [
        _draw_page(page, [line for line in reading.lines if line.page == number])
        for number, page in enumerate(pages)
    ]
    if len(drawn) == 1:
        return drawn[0]
    width = max(page.width for page in drawn)
    canvas = Image.new("RGB", (width, sum(page.height for page in drawn)), "white")
    top = 0
    for page in drawn:
        canvas.paste(page, (0, top))
        top += page.height
    return canvas


def _draw_page(page: Image.Image, lines: list[Line]) -> Image.Image:
    factor = -(-LEAST_SIDE // min(page.size))
    if factor > 1:
        page = page.resize((page.width * factor, page.height * factor), Image.Resampling.NEAREST)
    else:
        page = page.copy()
    for line in lines:
        height = max(digit.box[3] for digit in line.digits) * factor
        for digit in line.digits:
            unsure = digit.confidence < line.min_confidence
            _draw_digit(page, digit, factor, height, unsure=unsure)
    return page


def _draw_digit(
    page: Image.Image, digit: Digit, factor: int, line_height: int, *, unsure: bool
) -> None:
    """Frame one digit and put a label at the frame, where there is room for it."""
    x, y, w, h = (value * factor for value in digit.box)
    side = min(page.size)
    stroke = max(1.5, min(0.03 * line_height, 0.008 * side))
    text_height = min(max(0.34 * line_height, 15.0), 0.16 * side)
    margin = 2 * stroke
    frame = (x - margin, y - margin, x + w + margin, y + h + margin)
    label = _label(digit, unsure=unsure)
    font = ImageFont.load_default(text_height * SMOOTH)
    label_width = font.getlength(label) / SMOOTH + 0.5 * text_height
    label_height = 1.12 * text_height
    label_x = min(max(0.0, frame[0]), max(0.0, page.width - label_width))
    label_y = frame[1] - label_height
    if label_y < 0:
        label_y = frame[3] if frame[3] + label_height <= page.height else 0.0
    left = int(max(0, min(frame[0], label_x)) - 2)
    top = int(max(0, min(frame[1], label_y)) - 2)
    right = int(max(frame[2], label_x + label_width)) + 3
    bottom = int(max(frame[3], label_y + label_height)) + 3
    layer = Image.new("RGBA", ((right - left) * SMOOTH, (bottom - top) * SMOOTH))
    pen = ImageDraw.Draw(layer)

    def place(*values: float) -> list[float]:
        return [(v - (top if i % 2 else left)) * SMOOTH for i, v in enumerate(values)]

    colour = _colour(digit.confidence)
    pen.rounded_rectangle(
        place(*frame),
        radius=0.08 * line_height * SMOOTH,
        outline=(*colour, 255),
        fill=(*colour, 26),
        width=round(stroke * SMOOTH),
    )
    pen.rounded_rectangle(
        place(label_x, label_y, label_x + label_width, label_y + label_height),
        radius=0.22 * text_height * SMOOTH,
        fill=(*colour, 255),
    )
    pen.text(
        (
            (label_x + label_width / 2 - left) * SMOOTH,
            (label_y + label_height / 2 - top) * SMOOTH,
        ),
        label,
        fill="white",
        font=font,
        anchor="mm",
    )
    small = layer.resize((right - left, bottom - top), Image.Resampling.BOX)
    page.paste(small.convert("RGB"), (left, top), small.getchannel("A"))


def _label(digit: Digit, *, unsure: bool) -> str:
    """The digit; with its probability where it is in doubt."""
    name = f"{digit.digit}?" if unsure else str(digit.digit)
    return name if digit.confidence >= SCALE[1][0] else f"{name} {digit.confidence:.0%}"


def _colour(confidence: float) -> Colour:
    """The colour of a confidence, blended between the stops of `SCALE`."""
    for (high, upper), (low, lower) in pairwise(SCALE):
        if confidence >= low:
            share = (confidence - low) / (high - low)
            red, green, blue = (
                round(b + (a - b) * share) for a, b in zip(upper, lower, strict=True)
            )
            return red, green, blue
    return SCALE[-1][1]
