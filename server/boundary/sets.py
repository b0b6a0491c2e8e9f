"""Facts that are sets of texts (findings, categories, media types) as dimensions; see masks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from server.boundary.facts import KINDS, OWN_PREFIXES, UNKNOWN_TYPE
from server.boundary.rule import ANY_CATEGORY, Rule


def unused(stem: str, taken: Callable[[str], bool]) -> str:
    """Return ``stem``, or the first of ``stem-2``, ``stem-3`` … that is not taken."""
    name, number = stem, 1
    while taken(name):
        number += 1
        name = f"{stem}-{number}"
    return name


class Sets:
    """A fact that is a set of texts, compared with sets: for guards one listed text is enough, permits (shares
    and accepts) want some, and all of them listed.

    ``spelt`` returns the entries that list a text (itself and wildcards), ``fresh`` yields texts that stand for
    those that no rule names. Entries that begin with ``!`` list all other texts.
    """

    def __init__(
        self,
        name: str,
        rules: Sequence[Rule],
        wanted: Sequence[frozenset[str] | None],
        spelt: Callable[[str], Iterable[str]],
        fresh: Callable[[Collection[str]], Iterable[str]],
    ) -> None:
        self.facts: tuple[str, ...] = (name,)
        self._spelt = spelt
        self._entries: dict[str, int] = {}
        self._but: dict[str, int] = {}
        self._open = self._negated = 0
        for index, values in enumerate(wanted):
            if values is None:
                self._open |= 1 << index
            for value in values or ():
                table = self._but if value.startswith("!") else self._entries
                table[value.removeprefix("!")] = table.get(value.removeprefix("!"), 0) | 1 << index
                self._negated |= 1 << index if value.startswith("!") else 0
        self.asking = ((1 << len(wanted)) - 1) & ~self._open
        self._permits = self.asking & sum(1 << n for n, rule in enumerate(rules) if rule.kind != "guard")
        self._guards = self.asking & ~self._permits
        named = sorted({*self._entries, *self._but})
        texts = [each for each in named if each != "*" and not each.endswith((":*", "/*"))]
        self.texts = [*texts, *fresh(named)]

    def by(self, text: str) -> int:
        """Return the mask of the rules that list ``text``."""
        listed, but = 0, 0
        for entry in self._spelt(text):
            listed |= self._entries.get(entry, 0)
            but |= self._but.get(entry, 0)
        return listed | (self._negated & ~but)

    def mask(self, texts: frozenset[str]) -> int:
        if not texts:
            return self._open
        some, every = 0, -1
        for text in texts:
            listed = self.by(text)
            some |= listed
            every &= listed
        return self._open | (some & self._guards) | (every & self._permits)

    def samples(self) -> Iterable[tuple[frozenset[str]]]:
        """Yield sets, one for each mask that any set can have, smaller ones first."""
        yield (frozenset(),)
        sorts: dict[int, str] = {}
        for text in self.texts:
            sorts.setdefault(self.by(text), text)
        reached: dict[tuple[int, int], frozenset[str]] = {(0, self._permits): frozenset()}
        newest = dict(reached)
        while newest:
            wider: dict[tuple[int, int], frozenset[str]] = {}
            for (some, every), texts in newest.items():
                for listed, text in sorts.items():
                    state = (some | listed & self._guards, every & listed & self._permits)
                    if state not in wider and (state not in reached or not texts):
                        wider[state] = texts | {text}
                        yield (wider[state],)
            reached |= wider
            newest = wider


def kind_entries(kind: str) -> tuple[str, ...]:
    """Return under what rules can list a kind of finding: itself, and all of its sort."""
    prefix = next((prefix for prefix in OWN_PREFIXES if kind.startswith(prefix)), "")
    return (kind, prefix + "*") if prefix else (kind,)


def _fresh_kinds(named: Collection[str]) -> Iterator[str]:
    yield from (unused(prefix + "other", named.__contains__) for prefix in OWN_PREFIXES)
    yield from sorted(KINDS.difference(named))[:1]


def findings_of(rules: Sequence[Rule], also: Collection[str] = ()) -> Sets:
    """Return the dimension of what the detectors found; ``also`` names kinds besides those the rules name."""
    wanted = [rule.conditions.findings for rule in rules]
    return Sets("findings", rules, wanted, kind_entries, lambda named: [*_fresh_kinds({*named, *also}), *sorted(also)])


class TwoViews:
    """What the detectors of two rule sets find in one text, where they do not look for the same.

    Some kinds are found by the first set's detectors alone (``vanishing``), some by the second's alone
    (``appearing``). The rules ``late`` (a mask) belong to the second set, others that ask to the first.
    """

    facts = ("findings", "findings_after")

    def __init__(
        self, rules: Sequence[Rule], late: int, vanishing: Collection[str], appearing: Collection[str]
    ) -> None:
        self._sets = findings_of(rules, {*vanishing, *appearing})
        self._late = late
        self._vanishing, self._appearing = vanishing, appearing
        self.asking = self._sets.asking

    def mask(self, before: frozenset[str], after: frozenset[str]) -> int:
        return (self._sets.mask(before) & ~self._late) | (self._sets.mask(after) & self._late)

    def samples(self) -> Iterable[tuple[frozenset[str], frozenset[str]]]:
        """Yield what both find, one for each mask that there can be, less of it first."""
        yield frozenset(), frozenset()
        sorts: dict[tuple[int, bool, bool], str] = {}
        for text in self._sets.texts:
            sorts.setdefault((self._sets.by(text), text in self._vanishing, text in self._appearing), text)
        reached = {self._state(frozenset(), frozenset())}
        newest = [(frozenset[str](), frozenset[str]())]
        while newest:
            wider = []
            for before, after in newest:
                for (_, vanishes, appears), text in sorts.items():
                    more = {text}
                    found = [(before | more, after | more)]
                    found += [(before | more, after)] if vanishes else []
                    found += [(before, after | more)] if appears else []
                    for pair in found:
                        if self._state(*pair) not in reached:
                            reached.add(self._state(*pair))
                            wider.append(pair)
                            yield pair
            newest = wider

    def _state(self, before: frozenset[str], after: frozenset[str]) -> tuple[bool, int, bool, int]:
        return bool(before), self._sets.mask(before), bool(after), self._sets.mask(after)


def _category_entries(category: str) -> tuple[str, ...]:
    return category, ANY_CATEGORY


def categories_of(rules: Sequence[Rule]) -> Sets:
    """Return the dimension of a label's categories."""
    wanted = [rule.conditions.categories for rule in rules]
    return Sets("categories", rules, wanted, _category_entries, lambda named: [unused("internal", named.__contains__)])


def _type_entries(media_type: str) -> tuple[str, ...]:
    return media_type, media_type.partition("/")[0] + "/*", "*/*"


def _fresh_types(named: Collection[str]) -> Iterator[str]:
    families = {each.partition("/")[0] for each in named} - {"*"}
    yield UNKNOWN_TYPE if "application" not in families else f"{unused('model', families.__contains__)}/data"
    yield from (unused(f"{family}/another", named.__contains__) for family in sorted(families))


def types_of(rules: Sequence[Rule]) -> Sets:
    """Return the dimension of the media types of what is attached."""
    wanted = [rule.conditions.attachment_types for rule in rules]
    return Sets("attachment_types", rules, wanted, _type_entries, _fresh_types)
