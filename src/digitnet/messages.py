"""Sentences that a person reads, in English or Chinese.

English sentences stand where they are said; gettext finds the Chinese ones by them, in `locale/`.
Tests hold every sentence in the source against that catalogue.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from digitnet.errors import DigitnetError, UsageError

Language = Literal["en", "zh"]

CATALOGUES = Path(__file__).parent / "locale"
OURS = "digitnet"  # the catalogue of what is said here,
REASONS = "reasons"  # and of why the operating system refuses something

_language: Language = "en"


def choose_language(wanted: str | None, environment: Mapping[str, str] = os.environ) -> None:
    """Speak the language from now on: ``en``, ``zh``, or, for None, that of the locale.

    Raises:
        UsageError: another language is wanted.
    """
    global _language  # noqa: PLW0603 (one process speaks to one person)
    if wanted is None:
        _language = _locale_language(environment)
        return
    if wanted not in get_args(Language):
        raise UsageError("--lang takes en or zh, not “{wanted}”.", wanted=wanted)
    _language = "zh" if wanted == "zh" else "en"


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak a language for a while."""
    global _language  # noqa: PLW0603 (one process speaks to one person)
    before, _language = _language, language
    try:
        yield
    finally:
        _language = before


def language() -> Language:
    """Return the language that is spoken now."""
    return _language


def _locale_language(environment: Mapping[str, str]) -> Language:
    # The order in which POSIX and gettext look.
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(variable):
            return "zh" if value.startswith("zh") else "en"
    return "en"


def say(template: str, **values: object) -> str:
    """Return the sentence in the chosen language, with the values in their places."""
    return _said(_language, template, values)


def say_error(error: DigitnetError, language: Language | None = None) -> str:
    """Return an error's sentence in the chosen language, or in another for one that asks for it."""
    return _said(language or _language, error.template, error.values)


def _said(language: Language, template: str, values: Mapping[str, object]) -> str:
    if language == "zh":
        template = _chinese(OURS).gettext(template)
        reason = _chinese(REASONS).gettext  # of "" it would give the catalogue's head
        values = {n: reason(v) if v and isinstance(v, str) else v for n, v in values.items()}
    return template.format(**values) if values else template


@cache
def _chinese(catalogue: str) -> gettext.NullTranslations:
    return gettext.translation(catalogue, CATALOGUES, languages=["zh"])
