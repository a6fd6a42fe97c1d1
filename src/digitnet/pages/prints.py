"""Print beside the writing: forms, letters, web pages, the bars and squares of codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import cv2
import numpy as np

from digitnet.pages.arrays import Bytes, as_floats
from digitnet.pages.camera import Pose
from digitnet.pages.codes import bars, square
from digitnet.pages.layout import WrittenLine
from digitnet.pages.page import Box
from digitnet.pages.panels import Rectangle
from digitnet.pages.pen import Draughtsman, Ink
from digitnet.pages.plan import Plan
from digitnet.pages.press import HERSHEY, Face, Press

Random = np.random.Generator

_HEADINGS = ("Meter reading", "Order form", "Delivery note", "Membership application",
             "Monthly report", "Declaration", "Results of the class", "Parcel slip")  # fmt: skip
_LABELS = ("Account number", "Amount", "Telephone", "Customer no.", "Postcode", "Date of birth",
           "Meter no.", "Reading", "Total", "Quantity", "Room", "Reference", "Invoice no.",
           "Weight", "Points", "Number of persons")  # fmt: skip
_UNITS = ("kWh", "kg", "pieces", "Euro", "cm", "hours", "points", "m", "persons")
_SMALL_PRINT = ("Please write clearly and stay within the lines.",
                "For office use only. Do not write below this line.",
                "Return this form to the address above.",
                "All data are kept for the time that the law demands.")  # fmt: skip
_PROSE = tuple(
    "Dear customer, thank you for your letter. We have looked into the matter and found that "  # noqa: SIM905
    "the number below belongs to your contract. Please keep it in a safe place and name it "
    "whenever you call us. Goods that are signed for on delivery can be given back for some "
    "weeks, as long as nothing is missing. Our shops are closed on Sunday. If you have any "
    "questions, one of our agents will be glad to help you. Yours sincerely".split()
)
_LETTER = (40, 200)  # words
_TITLES = ("Draw a digit", "Handwriting demo", "Try it yourself", "Digit recognizer")
_BUTTONS = ("Clear", "Predict", "Submit", "Undo", "Recognize")


def add_print(
    plan: Plan,
    lines: list[WrittenLine],
    rectangles: list[Rectangle],
    pose: Pose,
    brush: Draughtsman,
    rng: Random,
) -> list[Box]:
    """Print what is planned on a flat sheet, beside what is to be written there.

    Args:
        plan: the page.
        lines: what is to be written.
        rectangles: where else nothing may be printed.
        pose: how the sheet lies.
        brush: draws on the picture.
        rng: decides what is printed where.

    Returns:
        The boxes of letters in the picture that look like digits.
    """
    press = Press(_taken(plan, lines, rectangles))
    if plan.printed != "none":
        _KINDS[plan.printed](press, plan, lines, rng)
    for _ in range(plan.codes):
        _code(press, plan, rng)
    height, width = brush.picture.shape[:2]
    shade = float(rng.uniform(10, 80))
    alpha = as_floats(pose.warp(press.layer, (width, height))) / np.float32(255)
    brush.lay(alpha, 0, 0, Ink((shade, shade, shade), 0.95, 0.0, 0.0))
    return [_posed(box, pose) for box in press.letters]


def _taken(plan: Plan, lines: list[WrittenLine], rectangles: list[Rectangle]) -> Bytes:
    taken = np.zeros((plan.height, plan.width), np.uint8)
    pad = 0.22 * plan.digit_height
    frames = [line.extent() for line in lines]
    for left, top, right, bottom in [*frames, *rectangles]:
        corners = (left - pad, top - pad, right + pad, bottom + pad)
        x0, y0, x1, y1 = (max(round(value), 0) for value in corners)
        taken[y0:y1, x0:x1] = 1
    return taken


def _posed(box: Box, pose: Pose) -> Box:
    x, y, width, height = box
    corners = np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
    left, top, wide, high = cv2.boundingRect(pose(as_floats(corners)))
    return left, top, wide, high


def _face(capitals: float, rng: Random, *, bold: bool = False) -> Face:
    hershey = int(rng.choice(HERSHEY)) if rng.random() < 0.35 else None
    return Face(max(capitals, 6.0), hershey, int(bold))


def _form(press: Press, plan: Plan, lines: list[WrittenLine], rng: Random) -> None:
    """A heading, a label for every line, units behind some, and small print."""
    size = plan.digit_height
    face = _face(float(rng.uniform(0.22, 0.45)) * size, rng)
    margin = float(rng.uniform(0.03, 0.1)) * plan.width
    beside = rng.random() < 0.4
    for line in lines:
        left, top, right, bottom = line.extent()
        label = str(rng.choice(_LABELS)) + (":" if rng.random() < 0.5 else "")
        placed = beside and press.word(label, face, margin, bottom - 0.1 * size)
        if not placed:
            press.word(label, face, left, top - 0.45 * size)
        if rng.random() < 0.3:
            press.word(str(rng.choice(_UNITS)), face, right + 0.8 * size, bottom - 0.1 * size)
    heading = _face(float(rng.uniform(0.5, 0.9)) * size, rng, bold=rng.random() < 0.5)
    press.word(str(rng.choice(_HEADINGS)), heading, margin, 2.4 * heading.capitals)
    small = _face(0.8 * face.capitals, rng)
    for number, text in enumerate(rng.permutation(_SMALL_PRINT)[: int(rng.integers(4))]):
        baseline = plan.height - (2.5 + 1.8 * number) * small.capitals
        press.word(str(text), small, margin, baseline)


def _letter(press: Press, plan: Plan, lines: list[WrittenLine], rng: Random) -> None:
    """Lines of prose above and below what is written, and before some of it."""
    face = _face(float(rng.uniform(0.22, 0.5)) * plan.digit_height, rng)
    pitch = float(rng.uniform(1.8, 2.4)) * face.capitals
    margin = float(rng.uniform(0.04, 0.1)) * plan.width
    free = [line.extent() for line in lines if rng.random() < 0.7]
    words = islice(_prose(rng), int(rng.integers(*_LETTER)))
    word = next(words, "")
    for baseline in np.arange(margin + face.capitals, plan.height - margin, pitch).tolist():
        left = margin
        if any(top - pitch < baseline < bottom + pitch for _, top, _, bottom in free):
            continue
        while word and left + face.width(word) < plan.width - margin:
            if not press.word(word, face, left, baseline):
                break
            left += face.width(word) + max(0.5 * face.capitals, 5.0)
            word = next(words, "")


def _prose(rng: Random) -> Iterator[str]:
    start = int(rng.integers(len(_PROSE)))
    while True:
        yield from _PROSE[start:]
        start = 0


def _buttons(press: Press, plan: Plan, _lines: list[WrittenLine], rng: Random) -> None:
    """The title of a web page, and buttons on it."""
    capitals = max(0.025 * plan.height, 8.0)
    title = _face(float(rng.uniform(1.2, 2.0)) * capitals, rng, bold=True)
    press.word(str(rng.choice(_TITLES)), title, 0.05 * plan.width, 2.5 * title.capitals)
    face = _face(capitals, rng)
    for text in rng.permutation(_BUTTONS)[: int(rng.integers(1, 4))]:
        width, height = round(face.width(str(text)) + 3 * capitals), round(3 * capitals)
        place = press.place(width + 8, height + 8, rng)
        if place is None:
            continue
        x, y = place[0] + 4, place[1] + 4
        cv2.rectangle(press.layer, (x, y), (x + width, y + height), 150, max(1, height // 24))
        face.draw(press.layer, str(text), x + round(1.5 * capitals), y + 2 * round(capitals))


def _code(press: Press, plan: Plan, rng: Random) -> None:
    """A bar code, or a square of modules with its three corners."""
    modules = bars(rng) if rng.random() < 0.6 else square(rng)
    across = float(rng.uniform(1.5, 4.0)) * plan.digit_height
    unit = max(round(across / modules.shape[1]), 1)
    tall = max(round(modules.shape[1] * unit * rng.uniform(0.25, 0.5)), 8)
    repeats = tall if len(modules) == 1 else unit
    pattern = np.repeat(np.repeat(modules, repeats, axis=0), unit, axis=1)
    quiet = 4 * unit
    height, width = pattern.shape
    place = press.place(width + 2 * quiet, height + 2 * quiet, rng)
    if place is not None:
        x, y = place[0] + quiet, place[1] + quiet
        press.layer[y : y + height, x : x + width] = 255 * pattern


_KINDS: dict[str, Callable[[Press, Plan, list[WrittenLine], Random], None]] = {
    "form": _form,
    "letter": _letter,
    "buttons": _buttons,
}
