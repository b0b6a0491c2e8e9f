"""The languages in which the server speaks to people: pages, mails, live parts and public pages."""

from server.language.catalogues import (
    DEFAULT,
    LANGUAGES,
    LOCALES,
    RIGHT_TO_LEFT,
    _,
    liked_best,
    ngettext,
    speaking,
    spoken,
    told,
)

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "LOCALES",
    "RIGHT_TO_LEFT",
    "_",
    "liked_best",
    "ngettext",
    "speaking",
    "spoken",
    "told",
]
