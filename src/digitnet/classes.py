"""What a glyph may be: one of ten digits, no digit, or two digits in one piece of ink.

Touching digits need not be cut apart to be read: a hundred further classes, one for every pair,
let the network read both at once (Ciresan, *Avoiding segmentation in multi-digit numeral string
recognition by combining single and two-digit classifiers trained without negative examples*,
SYNASC 2008).
"""

from __future__ import annotations

NO_DIGIT = 10
FIRST_PAIR = 11  # 00; the others follow in order, up to 99.
CLASSES = FIRST_PAIR + 100

BLANK = 10  # Of a transcript: between two digits, and where there is none.
TRANSCRIPT_CLASSES = BLANK + 1


def pair(first: int, second: int) -> int:
    """Return the class of two digits, 0…9 each, from left to right."""
    return FIRST_PAIR + 10 * first + second
