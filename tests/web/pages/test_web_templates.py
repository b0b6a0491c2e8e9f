"""Rules for templates that a strict Content-Security-Policy and a safe form depend on."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pytest

from web.assets import STATIC
from web.templates import without_turns

ROOT = Path(__file__).resolve().parents[3]
INSIDE = sorted((ROOT / "web" / "templates").rglob("*.html"))
EDGE = sorted((ROOT / "federation" / "edge" / "templates").rglob("*.html"))
NAMED = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in [*INSIDE, *EDGE]]

FORBIDDEN = {
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline handler": r"\son[a-z]+\s*=",
    "hx-on": r"\bhx-on\b",
    "evaluated values": r"""["'\s]js:|javascript:""",
    "a trigger filter": r"""hx-trigger\s*=\s*["'][^"']*\[""",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "unescaped text": r"\|\s*safe\b|autoescape\s+false",
    "a foreign address": r"""(?:src|href)\s*=\s*["']\s*(?:https?:)?//""",
}


@pytest.mark.parametrize("path", NAMED)
def test_a_template_holds_nothing_that_the_policy_blocks(path: Path) -> None:
    text = path.read_text("utf-8")
    for words, pattern in FORBIDDEN.items():
        found = re.search(pattern, text, re.IGNORECASE)
        assert found is None, f"{path.name} has {words}: {found[0] if found else ''}"


@pytest.mark.parametrize(("words", "planted"), [
    ("an inline style", '<p style="color:red">'),
    ("an inline handler", '<p onclick="x()">'),
    ("hx-on", '<p hx-on:click="x()">'),
    ("evaluated values", """<p hx-vals='js:{a:1}'>"""),
    ("a trigger filter", '<p hx-trigger="click[ctrlKey]">'),
    ("an inline script", "<script>x()</script>"),
])  # fmt: skip
def test_the_rules_find_what_they_forbid(words: str, planted: str) -> None:
    assert re.search(FORBIDDEN[words], planted, re.IGNORECASE)


TOKEN = "csrf_field()"
#: Visitors' forms at the edge; who is about to sign in there has no token yet, and is asked where the form stood.
VISITORS_TOKENS = ('<input type="hidden" name="csrf" value="{{ visit.csrf }}">', "{{ sealed(visit, once) }}")


@pytest.mark.parametrize("path", NAMED)
def test_a_form_that_changes_something_carries_the_token(path: Path) -> None:
    for form in re.findall(r'<form\b[^>]*method="post".*?</form>', path.read_text("utf-8"), re.DOTALL):
        token = TOKEN in form if path in INSIDE else any(one in form for one in VISITORS_TOKENS)
        assert token or ('action="/sign-in"' in form and path not in INSIDE), f"{path.name}: {form[:80]}"


def test_what_seals_the_forms_of_visitors_carries_their_token() -> None:
    sealed = re.search(
        r"{% macro sealed\(.*?endmacro %}",
        next(path for path in EDGE if path.name == "write.html").read_text("utf-8"),
        re.DOTALL,
    )
    assert sealed is not None
    assert VISITORS_TOKENS[0] in sealed[0]


def test_every_icon_and_file_that_a_template_names_is_there() -> None:
    sprite = (STATIC / "vendor" / "lucide.svg").read_text("utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    text = "\n".join(path.read_text("utf-8") for path in INSIDE)
    assert set(re.findall(r'icon\("([a-z0-9-]+)"\)', text)) <= known
    for name in re.findall(r"asset\('([^']+)'\)", text):
        assert (STATIC / name).is_file(), name


@pytest.mark.parametrize("folder", ["web/templates", "federation/edge/templates"])
def test_every_template_compiles(folder: str) -> None:
    loader = jinja2.FileSystemLoader(ROOT / folder)
    environment = jinja2.Environment(loader=loader, autoescape=True, extensions=["jinja2.ext.i18n"])
    filters = ("when", "count", "clock", "iso", "stamp", "told", "role", "duty", "tongue")
    environment.filters.update(dict.fromkeys(filters, str))
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


def test_the_edge_uses_no_script_at_all() -> None:
    assert EDGE
    for path in EDGE:
        assert "<script" not in path.read_text("utf-8")
        assert "hx-" not in path.read_text("utf-8")


def test_signs_that_turn_the_text_around_them_reach_no_page() -> None:
    turned = "in\u202eside\u202c and \u2066out\u2069 \u200f"
    assert without_turns(turned) == "inside and out \u200f"
