"""Languages in which people write, as tags of BCP 47 ("de", "pt-BR", "zh-Hant"); "" where it is not known. Pure."""

from __future__ import annotations

import re
from typing import Literal

from server.domain.errors import Invalid

LONGEST_TAG = 35
#: What is offered to those who write, each by its own name. Any other tag is taken over the API.
WRITTEN = {
    "ar": "العربية",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
RIGHT_TO_LEFT_SCRIPTS = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm"})
# "und" and "mul" are tags, but no language; "zxx" says that there is none.
_NONE = frozenset({"und", "mul", "mis", "zxx"})
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,4}")


def tag_of(value: object) -> str:
    """Return a language as somebody states it in its usual form; "" for what is none."""
    if not isinstance(value, str) or len(value) > LONGEST_TAG:
        return ""
    lower = value.strip().replace("_", "-").lower()
    if not _TAG.fullmatch(lower):
        return ""
    language, *rest = lower.split("-")
    return "" if language in _NONE else "-".join([language, *map(_subtag, rest)])


def _subtag(lower: str) -> str:
    """Return a part of a tag as it is usually written: scripts as Latn, regions as DE."""
    if len(lower) == 4 and lower.isalpha():
        return lower.title()
    return lower.upper() if len(lower) == 2 and lower.isalpha() else lower


def require_tag(value: str) -> str:
    """Return the language that somebody says they wrote in, or raise Invalid; "" where they say nothing."""
    if not value.strip():
        return ""
    if tag := tag_of(value):
        return tag
    raise Invalid("language", "A language is told by its tag, like de or pt-BR.")


def direction_of(tag: str) -> Literal["rtl", "auto"]:
    """Return how words in a language run; "auto" leaves it to the words: many a stated language is wrong."""
    language, *rest = tag.split("-")
    scripts = {part for part in rest if len(part) == 4 and part.isalpha()}
    if scripts:
        return "rtl" if scripts & RIGHT_TO_LEFT_SCRIPTS else "auto"
    return "rtl" if language in RIGHT_TO_LEFT else "auto"
