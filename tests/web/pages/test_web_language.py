"""Pages in the reader's language, and in its direction."""

from __future__ import annotations

import json
import re
from gettext import NullTranslations
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.pofile import read_po

from server.language import figures
from server.services import ideas
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
            same = _placeholders(string) == _placeholders(ids[-1])
            # A form for one thing may say the number in words.
            assert same or (len(ids) > 1 and _placeholders(string) <= _placeholders(ids[-1])), message.id


def test_german_says_everything() -> None:
    with (LOCALES / "de" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    left = [message.id for message in catalogue if message.id and not all(_forms(message.string))]
    assert not left, "Run `make messages` and say these in German"


def test_german_speaks_to_nobody_in_particular() -> None:
    """The pages say neither Sie nor du; a sentence may begin with the sie of many, or of a thing."""
    with (LOCALES / "de" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="de")
    said = [one for message in catalogue for one in _forms(message.string)]
    assert not [one for one in said if re.search(r"(?<![.:?!“„] )(?<!^)\b(Sie|Ihnen|Ihre[mnrs]?)\b", one)]


def _forms(string: object) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (str(string),)


def test_numbers_take_the_form_that_the_language_has_for_them() -> None:
    with speaking("en"):
        assert [ngettext("%(num)s reply", "%(num)s replies", n) for n in (1, 2)] == ["%(num)s reply", "%(num)s replies"]


class Pseudo(NullTranslations):
    """A language that marks every sentence, and makes it longer as German would."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}{'·' * (len(message) // 3)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


class Words(HTMLParser):
    """The words of a page that a reader sees, but for people's own: those stand in `dir="auto"`, `bdi`, `code`."""

    OWN = ("bdi", "code", "pre", "script", "style", "svg", "time", "textarea")
    EMPTY = ("input", "meta", "link", "br", "hr", "img", "use", "col", "source")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = dict(attrs)
        if tag not in self.EMPTY:
            own = (
                tag in self.OWN
                or had.get("id") == "zone"
                or had.get("dir") == "auto"
                or ("lang" in had and tag != "html")
            )
            self.open.append((tag, own))
        self.said += [str(had[name]) for name in ("aria-label", "placeholder", "alt") if had.get(name)]

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(own for _, own in self.open):
            self.said.append(data)


def english_of(page: str, own: set[str]) -> list[str]:
    """Return what of a page's words no catalogue was asked for; `own` are people's own, such as names."""
    reader = Words()
    reader.feed(page)
    left = []
    for said in reader.said:
        while (bare := re.sub(r"⟦[^⟦⟧]*⟧", " ", said)) != said:
            said = bare
        for word in sorted(own, key=len, reverse=True):
            said = said.replace(word, " ")
        if re.search(r"[A-Za-z]{3}", said):
            left.append(" ".join(said.split()))
    return left


def test_english_left_on_a_page_is_seen() -> None:
    page = '<p>⟦Good ⟦day⟧⟧ Mara <bdi>Jo Ann</bdi></p><a aria-label="Bare">x</a><p dir="auto">Own</p><b>Left</b>'
    assert english_of(page, {"Mara"}) == ["Bare", "Left"]


MAIN = (
    "/", "/jams/better", "/jams/better/board", "/jams/better/asking", "/jams/better/rota", "/jams/better/charter",
    "/inbox", "/drafts", "/search", "/search?q=crates", "/people", "/me/notices", "/me/following", "/catch-up", "/meet",
    "/who-knows", "/moderation", "/jams/better/moderation", "FORUM", "IDEA", "IDEA/reply", "IDEA/edit", "IDEA/history",
    "IDEA/delete", "IDEA/flag", "/people/jonas", "/people/mara", "/nowhere",
)  # fmt: skip
DUTIES = (
    "/jams/better/settings", "/jams/better/control", "/jams/better/control/radar", "/jams/better/control/cases",
    "/jams/better/control/heat", "/jams/better/control/moves", "/jams/better/control/shifts", "/jams/better/walls",
    "/jams/new", "/invitations", "/units", "/setup", "/people/jonas/change", "IDEA/hide", "IDEA/tools", "IDEA/move",
    "IDEA/label",
)  # fmt: skip
OWN_WORDS = {
    "Acme", "Marmalade", "Mara Okafor", "Jonas Lindqvist", "Better together", "UTC", "Globex", "AMBER", "GREEN",
    "CLEAR", "RED", "Atom", "Operations", "Deutsch", "English", "Fewer crates", "jam.globex.example", "Open floor",
    "Logistics", "Our own house", "Markdown", "mara", "jonas", "What could we do together?", "15 December", "Pseudo",
    "better-together", "@mara",
    "better-2", "S-better/open-floor", "From ideas to work", "What we stand for", "With our partners", "crates",
    "The second, converging jam",
}  # fmt: skip


@pytest.mark.parametrize("paths", [MAIN, DUTIES], ids=["everyday", "duties"])
async def test_no_english_is_left_on_pages_in_another_language(
    paths: tuple[str, ...], site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.language.catalogues._catalogue", lambda language: Pseudo())
    monkeypatch.setitem(LANGUAGES, "qps", "Pseudo")
    monkeypatch.setitem(figures.LOCALES, "qps", "en_GB")
    browser = await site.browser(site.mara)
    browser.headers["Accept-Language"] = "qps"
    idea = await ideas.post_idea(site.house, site.mara, site.open_floor, "Fewer crates", "The fillers wait for crates.")
    await ideas.reply(site.house, site.jonas, idea, "Crates of what?")
    left = {}
    for path in paths:
        at = path.replace("FORUM", f"/forums/{site.open_floor.id}").replace("IDEA", f"/ideas/{idea.id}")
        answer, page = await browser.get(at)
        assert answer.status == (404 if path == "/nowhere" else 200), path
        assert "⟦Skip to the page" in page
        assert "%(" not in page, path
        if found := english_of(page, OWN_WORDS):
            left[path] = found
    assert not left, json.dumps(left, indent=1)


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
