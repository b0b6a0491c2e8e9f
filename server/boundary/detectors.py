"""Detectors: find secrets, e-mail addresses, telephone numbers, code names, people and admins' own patterns.

All searches take time linear in the text (RE2 and Aho-Corasick), so no text and no admin's pattern can
stall them. Nothing finds a paraphrase: labels and reviewers are for that.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any

import ahocorasick_rs
import re2

from server.boundary import contacts, secret_patterns
from server.boundary.facts import FAILED, LIST_PREFIX, PATTERN_PREFIX
from server.boundary.own_patterns import PatternError, compile_own
from server.boundary.plain import Alphabet, Plain, bare, fold, folded, plainly

REMOVED = {
    "secret": "[secret removed]",
    "email": "[e-mail removed]",
    "phone": "[phone number removed]",
    "codename": "[code name removed]",
    "person": "[name removed]",
}
MOST_SPELLINGS = 500_000
MEMORY = 64 << 20
SETS_KEPT = 4


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something found at ``text[start:end]``; ``detail`` names the pattern or list, never the match."""

    start: int
    end: int
    kind: str
    detail: str


_Confirm = Callable[[str, Any], tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class _Search:
    """One pattern, searched for where ``trigger``, a quicker one, is found; ``pattern()`` compiles it when it first is.

    ``confirm(text, match)`` returns the span of what was found, or None if it is nothing.
    """

    kind: str
    detail: str
    pattern: Callable[[], Any]
    trigger: str
    confirm: _Confirm


class Detectors:
    """Detectors ready to scan; make them once and keep them.

    ``code_names`` and ``people`` are terms found as whole words in any case and spelling (blanks, hyphens,
    dots and underscores are the same; ``Project Lynx`` is also found in ``projectlynx``). ``patterns`` maps
    names to RE2 patterns and ``lists`` names to terms, found as the kind ``list:NAME``. Raises PatternError.
    """

    def __init__(
        self,
        code_names: Iterable[str] = (),
        people: Iterable[str] = (),
        patterns: Mapping[str, str] | None = None,
        lists: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self._alphabet = Alphabet()
        self._searches = (*_built_in(), *(_own(name, text) for name, text in (patterns or {}).items()))
        self._set = _set_of(tuple(search.trigger for search in self._searches))
        self._terms: list[tuple[str, str]] = []
        spellings: dict[str, int] = {}
        own = [(LIST_PREFIX + name, name, terms) for name, terms in (lists or {}).items()]
        for kind, detail, terms in (("codename", "code names", code_names), ("person", "people", people), *own):
            index = len(self._terms)
            self._terms.append((kind, detail))
            for term in terms:
                for spelling in self._spellings(term):
                    spellings[spelling] = spellings.get(spelling, 0) | 1 << index
                if len(spellings) > MOST_SPELLINGS:
                    raise PatternError(f"more than {MOST_SPELLINGS} spellings of code names, people and lists")
        self._owners = list(spellings.values())
        self._words = ahocorasick_rs.AhoCorasick(list(spellings)) if spellings else None

    def _spellings(self, term: str) -> Iterator[str]:
        text = " ".join(fold(plainly(term, self._alphabet).text).split())
        if len(text) > 1:
            yield text
        joined = text.replace(" ", "")
        if len(joined) > 5 and joined != text:
            yield joined

    def scan(self, text: str) -> tuple[Finding, ...]:
        """Return what was found, in order of place; offsets count characters of ``text`` as given."""
        plain = plainly(text, self._alphabet)
        stripped = bare(plain)
        found = self._found(plain)
        if stripped is not plain:
            found += self._found(stripped)
        return tuple(sorted(set(found))) if found else ()

    def _found(self, view: Plain) -> list[Finding]:
        patterns = self._set.Match(view.text)
        words = self._words is not None and self._words.find_matches_as_indexes(fold(view.text))
        found = list(self._by_pattern(view, patterns)) if patterns else []
        return found + list(self._by_word(view)) if words else found

    def kinds(self, text: str) -> frozenset[str]:
        """Return the kinds of findings as the facts want them: ``failed`` if the scan could not finish."""
        try:
            return frozenset(finding.kind for finding in self.scan(text))
        except Exception:
            return frozenset({FAILED})

    def _by_pattern(self, view: Plain, patterns: Iterable[int]) -> Iterator[Finding]:
        for index in patterns:
            search = self._searches[index]
            for match in search.pattern().finditer(view.text):
                span = search.confirm(view.text, match)
                if span is not None and span[0] < span[1]:
                    yield Finding(*view.span(*span), search.kind, search.detail)

    def _by_word(self, view: Plain) -> Iterator[Finding]:
        if self._words is None:
            return
        words = folded(view)
        text = words.text
        for index, start, end in self._words.find_matches_as_indexes(text, overlapping=True):
            if (start and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum()):
                continue
            for owner, (kind, detail) in enumerate(self._terms):
                if self._owners[index] >> owner & 1:
                    yield Finding(*words.span(start, end), kind, detail)


def mask(
    text: str,
    findings: Iterable[Finding],
    kinds: Collection[str],
    replacement: Mapping[str, str] | None = None,
) -> str:
    """Return the text with the findings of these kinds replaced, e.g. by ``[e-mail removed]``.

    ``replacement`` gives other words by kind. Findings that overlap are replaced together, by the
    words of the one that begins first.
    """
    words = {**REMOVED, **(replacement or {})}
    spans: list[tuple[int, int, str]] = []
    chosen = [each for each in findings if each.kind in kinds]
    for each in sorted(chosen, key=lambda each: (each.start, -each.end)):
        if spans and each.start < spans[-1][1]:
            start, end, kind = spans[-1]
            spans[-1] = (start, max(end, each.end), kind)
        else:
            spans.append((each.start, each.end, each.kind))
    for start, end, kind in reversed(spans):
        text = text[:start] + words.get(kind, "[removed]") + text[end:]
    return text


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    return options


@cache
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, _options())


@lru_cache(maxsize=SETS_KEPT)
def _set_of(triggers: tuple[str, ...]) -> Any:
    """Return the patterns compiled together. That takes a tenth of a second, and most tables add none of their own."""
    together = re2.Set.SearchSet(_options())
    for trigger in triggers:
        together.Add(trigger)
    together.Compile()
    return together


def _span(text: str, match: Any) -> tuple[int, int] | None:
    start, end = match.span()
    return start, end


def _own(name: str, pattern: str) -> _Search:
    """Return the search for an admin's own pattern."""
    compiled = compile_own(name, pattern)
    return _Search(PATTERN_PREFIX + name, name, lambda: compiled, pattern, _span)


@cache
def _built_in() -> tuple[_Search, ...]:
    return tuple(_known())


def _known() -> Iterator[_Search]:
    def search(kind: str, detail: str, pattern: str, confirm: _Confirm = _span, trigger: str = "") -> _Search:
        return _Search(kind, detail, partial(_compiled, pattern), trigger or pattern, confirm)

    for name, pattern in secret_patterns.TOKENS:
        yield search("secret", name, pattern)
    yield search("secret", "named secret", secret_patterns.NAMED, _named)
    yield search("secret", "bank account", secret_patterns.IBAN, _if(secret_patterns.is_iban))
    yield search("secret", "payment card", secret_patterns.CARD, _if(secret_patterns.is_card))
    yield search("email", "e-mail address", contacts.EMAIL, _email, contacts.AT)
    yield search("email", "e-mail address", contacts.EMAIL_SAID, _email)
    for sort, pattern in contacts.PHONES:
        yield search("phone", "phone number", pattern, _phone(sort))


def _named(text: str, match: Any) -> tuple[int, int] | None:
    if not secret_patterns.is_named_secret(match.group(1), match.group(2), match.group(3)):
        return None
    start, end = match.span(3)
    return start, end


def _if(test: Callable[[str], bool]) -> _Confirm:
    return lambda text, match: _span(text, match) if test(match.group()) else None


def _email(text: str, match: Any) -> tuple[int, int] | None:
    return _span(text, match) if contacts.is_email(text, *match.span()) else None


def _phone(sort: str) -> _Confirm:
    group = 1 if sort == "said" else 0

    def confirm(text: str, match: Any) -> tuple[int, int] | None:
        start, end = match.span(group)
        for _ in range(contacts.TRIES[sort]):
            if contacts.is_phone(sort, text, start, end):
                return start, end
            end = start + max(text[start:end].rfind(" "), 0)
            if start == end:
                break
        return None

    return confirm
