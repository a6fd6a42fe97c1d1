"""Signs as hands write them between and beside numbers: of arithmetic, of money, of dates.

Each function gives the strokes of one sign, in the frame of a digit: x about from 0 to 1, and y
from 0 at the top of the digits to 1 where they stand. Left out are the plain bar and the small ring
of degrees: where there is no unit behind them, they are a digit to people, too.
"""

from __future__ import annotations

from collections.abc import Callable

from digitnet.pages.signs import arithmetic, chinese, latin, marks, money, stops
from digitnet.pages.signs.hand import Random, Strokes
from digitnet.pages.signs.letters import LETTERS

Sign = Callable[[Random], Strokes]

SIGNS: dict[str, Sign] = {
    "+": arithmetic.plus,
    "×": arithmetic.times,
    "÷": arithmetic.divided,
    "=": arithmetic.equals,
    "%": arithmetic.percent,
    "€": money.euro,
    "$": money.dollar,
    "£": money.pound,
    "¥": money.yen,
    "¢": money.cent,
    "#": latin.number,
    "@": latin.at,
    "&": latin.ampersand,
    "?": latin.question,
    "!": latin.exclamation,
    "*": latin.asterisk,
    "元": chinese.yuan,
    "年": chinese.year,
    "月": chinese.month,
    "日": chinese.day,
    "号": chinese.ordinal,
    "个": chinese.piece,
}
"""How each sign is written."""

STOPS: dict[str, Sign] = {"-": stops.minus, ".": stops.point, ",": stops.comma, ":": stops.colon}
"""The little ones, of which nothing is left to see when they are made as large as a digit."""

BARS: dict[str, Sign] = {"/": stops.slash, "(": stops.opening, ")": stops.closing}
"""Those that are a 1 to anyone who sees them alone, and only their neighbours tell them apart."""

MARKS: dict[str, Sign] = {
    "✓": marks.tick,
    "→": marks.arrow,
    "★": marks.star,
    "☺": marks.face,
    "卌": marks.tally,
    "▒": marks.crossing_out,
    **LETTERS,
}
"""What stands beside numbers and belongs to none: ticks and the like, letters."""

FALL_APART = "%?!号☺卌"
"""Signs of which a part, seen alone, may be a digit: rings, the hook, the stroke."""
