"""What the composer says beyond the verdict: how many it reaches, and the very words that leave."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from server.domain.crossings import EVERYONE, Verdict
from server.domain.files import ENDINGS, File
from server.services import guises, people
from server.services.house import House, Rulebook
from server.services.judging import Draft
from server.services.redaction import Words, redact
from server.services.text import render
from web.language import _, ngettext, told
from web.people import Names
from web.reach import among, listed, name_of
from web.views import CopiedFile, OutboundCopy

NAME_TO_ROLE = "name->role"
ATTACHMENTS = "attachments"


async def draw_copies(
    house: House, draft: Draft, verdicts: Sequence[Verdict], names: Names
) -> tuple[OutboundCopy, ...]:
    """Draw one copy for all audiences that get the same bytes; nothing typed has none."""
    if not draft.text.strip() and not draft.title.strip() and not draft.files:
        return ()
    book, html = await house.rulebook(), render(draft.text)
    found = []
    leaving = [verdict for verdict in verdicts if verdict.crosses or verdict.verdict == "held"]
    for held, redactions in dict.fromkeys((one.verdict == "held", one.redactions) for one in leaving):
        alike = [one for one in leaving if (one.verdict == "held", one.redactions) == (held, redactions)]
        whom = among([name_of(one.audience, names) for one in alike])
        leaves = () if ATTACHMENTS in redactions else draft.files
        words = redact(book, Words(draft.title, draft.text, html), draft.author, redactions, leaves)
        found.append(
            OutboundCopy(
                audiences=whom,
                title=words.title if words else "",
                # Rendered and sanitised just now: server.services.text.
                html=Markup(words.html if words else ""),  # noqa: S704
                author=await _author(house, draft, redactions),
                removed=tuple(sorted(redactions - {NAME_TO_ROLE})),
                held=held,
                unsafe=words is None,
                files=_files(book, draft, alike, words),
            )
        )
    return tuple(found)


def _files(book: Rulebook, draft: Draft, verdicts: Sequence[Verdict], words: Words | None) -> tuple[CopiedFile, ...]:
    """Say of each file what is told of it outside, or which rule keeps it; where no copy is safe, none leaves."""
    if words is not None and words.of_files:
        return tuple(
            CopiedFile(words=said, kind=_kind(file), crosses=True)
            for said, file in zip(words.of_files, draft.files, strict=True)
        )
    keeping = [
        rule
        for rule in book.rules.rules
        if ATTACHMENTS in rule.redactions and any(rule.id in verdict.rules for verdict in verdicts)
    ]
    why = "; ".join(_("rule %(id)s: %(note)s") % {"id": rule.id, "note": rule.note} for rule in keeping)
    stays = why or _("no copy of the words can be made safe")
    return tuple(CopiedFile(words=file.name, kind=_kind(file), crosses=False, why=stays) for file in draft.files)


def _kind(file: File) -> str:
    """What a file is, and how large."""
    what = _("picture") if file.is_picture else ENDINGS.get(file.media_type, file.media_type)
    return f"{what}, {-(-file.size // 1000)} kB"


async def _author(house: House, draft: Draft, redactions: frozenset[str]) -> str:
    if NAME_TO_ROLE in redactions:
        return await guises.appears_as(house, draft.author, draft.thread_id)
    return draft.author.name


async def count_heads(house: House, verdicts: Sequence[Verdict], names: Names) -> str:
    """Say how many people here can read it, and on how many servers outside it arrives."""
    known = await people.count_by_host(house)
    here = known.get("", 0)
    said = [
        ngettext("%(num)s person at %(name)s", "%(num)s people at %(name)s", here) % {"num": here, "name": house.name}
    ]
    hosts = [one.audience for one in verdicts if one.crosses and one.audience != EVERYONE]
    if hosts:
        theirs = sum(known.get(host, 0) for host in hosts)
        servers = ngettext("%(num)s server outside", "%(num)s servers outside", len(hosts)) % {"num": len(hosts)}
        met = ngettext("%(num)s person known from there", "%(num)s people known from there", theirs)
        said.append(f"{servers} ({met % {'num': theirs}})" if theirs else servers)
    if any(one.crosses and one.audience == EVERYONE for one in verdicts):
        said.append(_("anybody on the open web and every server that follows"))
    return _("It reaches %(whom)s.") % {"whom": told(listed(said))}
