"""Pages in the reader's language, and in its direction."""

from __future__ import annotations

import re
from gettext import NullTranslations
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


class Pseudo(NullTranslations):
    """A language that marks every sentence, and makes it longer as German would."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}{'·' * (len(message) // 3)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.mark.parametrize("path", ["/", "/jams/better", "/jams/better/board", "/inbox", "/drafts", "/search", "/people"])
async def test_every_page_speaks_a_language_made_up_for_the_test(
    path: str, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.language._catalogue", lambda language: Pseudo())
    browser = await site.browser(site.mara)
    answer, page = await browser.get(path)
    assert answer.status == 200
    assert "⟦Skip to the page" in page
    said = re.findall(r"⟦([^⟦⟧]*)⟧", page)
    assert len(said) > 15
    assert not [one for one in said if "%(" in one]


# What stands between two tags of a template: words, unless a statement or an expression of Jinja's is among them.
PIECES = re.compile(
    r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<(script|style|svg|code)\b.*?</\1>|<!--.*?-->"
    r"|<(?:\{\{.*?\}\}|\{%.*?%\}|[^>{]|\{)*?>",
    re.S,
)
TEMPLATES = sorted((Path(__file__).parents[3] / "web/templates").rglob("*.html"))


def bare_words(text: str) -> list[str]:
    text = re.sub(r"\{% trans .*?\{% endtrans %\}", "", text, flags=re.S)
    left = [piece.strip() for piece in PIECES.sub("\x00", text).split("\x00")]
    return [one for one in left if re.search(r"[A-Za-z]{3}", one) and not re.search(r"[&%{}=\"<>]", one)]


def test_bare_words_are_seen() -> None:
    assert bare_words('<p class="a{{ b }}">Bare {{ _("Said") }}{% if x > 1 %} too{% endif %}</p><svg>no</svg>') == [
        "Bare", "too"
    ]  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_the_words_of_a_template_go_through_a_catalogue(template: Path) -> None:
    if template.parent.name == "mail":
        pytest.skip("mails are English")
    bare = bare_words(template.read_text("utf-8"))
    assert not bare, f"Write {{{{ _(…) }}}} around these: {bare}"
