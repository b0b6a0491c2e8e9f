"""Taking out what may not cross, and looking again at what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.boundary.detectors import mask
from server.boundary.facts import WHOLE
from server.boundary.rules import NAME_TO_ROLE
from server.domain.actors import Member
from server.domain.files import File
from server.domain.ideas import Contribution
from server.domain.polls import words_of
from server.services.house import Rulebook
from server.services.text import render


@dataclass(frozen=True, slots=True)
class Words:
    """Title, text and markup of a contribution as one audience may read them; the answers of a poll by themselves."""

    title: str
    text: str
    html: str
    choices: tuple[str, ...] = ()
    of_files: tuple[str, ...] = ()


def redact(
    book: Rulebook, made: Contribution | Words, author: Member, redactions: frozenset[str], files: Sequence[File] = ()
) -> Words | None:
    """Return the words without what `redactions` name, or None when something of it is still there.

    `files` are those that cross with them: what is said of each is redacted as well.
    """
    of_files = [_said(one) for one in files]
    if not redactions:
        return Words(made.title, made.text, made.html, of_files=tuple(of_files))
    if redactions & WHOLE:
        return None
    kinds = {"person" if redaction == NAME_TO_ROLE else redaction for redaction in redactions}
    names = [author.name, author.username] if NAME_TO_ROLE in redactions else []
    title = _clean(book, made.title, kinds, names)
    text = _clean(book, made.text, kinds, names)
    of_files = [_clean(book, said, kinds, names) for said in of_files]
    whole = "\n".join((title, text, *of_files))
    left = {finding.kind for finding in book.detectors.scan(whole)} & kinds
    if left or any(name.casefold() in whole.casefold() for name in names if len(name) > 2):
        return None
    return Words(title, text, render(text), of_files=tuple(of_files))


def _said(file: File) -> str:
    """Return what is told of a file: what a picture shows; another's name, and what is said of it."""
    return file.alt if file.is_picture else f"{file.name}: {file.alt}" if file.alt else file.name


def redact_poll(
    book: Rulebook,
    made: Contribution,
    question: str,
    choices: Sequence[str],
    author: Member,
    redactions: frozenset[str],
) -> Words | None:
    """Return a poll's words without what `redactions` name, or None when that leaves something, or two answers alike.

    Question and answers are cleaned each by itself, because votes come by the words of one answer; then the whole
    is looked at again.
    """
    asked = redact(book, replace(made, text=question, html=render(question)), author, redactions)
    named = [redact(book, replace(made, text=choice, html=""), author, redactions) for choice in choices]
    names = tuple(one.text for one in named if one is not None)
    if asked is None or len({name.casefold() for name in names}) < len(choices):
        return None
    text = words_of(asked.text, names)
    whole = redact(book, replace(made, text=text), author, redactions)
    return Words(made.title, asked.text, asked.html, names) if whole is not None and whole.text == text else None


def _clean(book: Rulebook, text: str, kinds: set[str], names: list[str]) -> str:
    cleaned = mask(text, book.detectors.scan(text), kinds)
    for name in names:
        if len(name) > 2:
            cleaned = _without(cleaned, name)
    return cleaned


def _without(text: str, name: str) -> str:
    folded, target, result, start = text.casefold(), name.casefold(), [], 0
    if len(folded) != len(text):
        # Folding changed lengths, so places in one are not places in the other: compare as written.
        folded, target = text, name
    while (at := folded.find(target, start)) >= 0:
        result += [text[start:at], "[name removed]"]
        start = at + len(target)
    return "".join(result) + text[start:]
