from __future__ import annotations

import gettext
import io

import pytest

from tests.test_messages import values_in
from tools.build_click_catalogue import CATALOGUE, SENTENCES, catalogue


def test_the_catalogue_that_ships_is_made_of_these_sentences() -> None:
    assert CATALOGUE.read_bytes() == catalogue(SENTENCES)


@pytest.mark.parametrize("english", SENTENCES)
def test_gettext_finds_the_translation(english: str) -> None:
    translations = gettext.GNUTranslations(io.BytesIO(catalogue(SENTENCES)))
    one, _, several = english.partition("\0")
    if several:
        assert translations.ngettext(one, several, 1) == SENTENCES[english]
        assert translations.ngettext(one, several, 2) == SENTENCES[english]
    else:
        assert translations.gettext(one) == SENTENCES[english]
    assert values_in(SENTENCES[english]) <= values_in(english)
