"""Pages in the reader's language, and in its direction."""

from __future__ import annotations

from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.pofile import read_po

from web.language import LANGUAGES, LOCALES, asked_for, ngettext, speaking

FOREIGN = [code for code in LANGUAGES if code != "en"]


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "fr, ar;q=0.5, en;q=0.4", "ar"),
        ("", "fr;q=nonsense, de;q=0", "en"),
        ("ar", "de", "ar"),
        ("xx", "de", "de"),
        ("../../etc", "\x00,,;q=", "en"),
    ],
)
def test_the_chosen_language_comes_before_what_the_browser_asks_for(cookie: str, header: str, language: str) -> None:
    assert asked_for(cookie, header) == language


async def test_a_page_comes_in_the_language_and_direction_that_was_chosen(site: Any) -> None:
    browser = await site.browser(site.mara)
    _, page = await browser.get("/", **{"Accept-Language": "de"})
    assert '<html lang="de" dir="ltr"' in page
    assert "Abmelden" in page
    await browser.post("/me/appearance", language="ar")
    _, page = await browser.get("/")
    assert '<html lang="ar" dir="rtl"' in page
    answer, _ = await browser.post("/me/appearance", language="xx")
    assert answer.status == 404


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text.replace("%(", "{").replace(")s", "}")) if name}


@pytest.mark.parametrize("language", FOREIGN)
def test_a_catalogue_names_the_same_things_in_every_sentence(language: str) -> None:
    path: Path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    told = [message for message in catalogue if message.id and any(message.string)]
    assert len(told) > 100
    for message in told:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in strings:
            assert string, message.id
            assert _placeholders(string) <= _placeholders(ids[-1]), message.id


def test_numbers_take_the_form_that_the_language_has_for_them() -> None:
    with speaking("en"):
        assert [ngettext("%(num)s reply", "%(num)s replies", n) for n in (1, 2)] == ["%(num)s reply", "%(num)s replies"]
