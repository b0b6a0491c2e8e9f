"""The words of released documents, without their markup."""

from __future__ import annotations

import html
from typing import Any

import nh3
import orjson

from federation.outside.crossings import Crossing


def document_of(found: Crossing) -> dict[str, Any]:
    """Return a released document as JSON values."""
    document = orjson.loads(found.document.body)
    assert isinstance(document, dict)
    return document


def text_of(value: object) -> str:
    """Return a value that is text, "" for anything else."""
    return value if isinstance(value, str) else ""


def plain(markup: str) -> str:
    """Return the words of HTML, on one line."""
    return " ".join(html.unescape(nh3.clean(markup, tags=set())).split())


def beginning(text: str, longest: int = 280) -> str:
    """Return as many words of a text as there is room for."""
    return text if len(text) <= longest else text[:longest].rsplit(" ", 1)[0] + " …"
