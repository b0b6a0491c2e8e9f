"""What the composer says beyond the verdict: how many it reaches, and the very words that leave."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from server.domain.crossings import EVERYONE, Verdict
from server.services import crossings, people
from server.services.crossings import Draft
from server.services.house import House
from server.services.redaction import Words, redact
from server.services.text import render
from web.language import _, ngettext
from web.people import Names
from web.reach import among, listed, name_of
from web.views import OutboundCopy

NAME_TO_ROLE = "name->role"


async def draw_copies(
    house: House, draft: Draft, verdicts: Sequence[Verdict], names: Names
) -> tuple[OutboundCopy, ...]:
    """Draw one copy for all audiences that get the same bytes; nothing typed has none."""
    if not draft.text.strip() and not draft.title.strip():
        return ()
    book, html = await house.rulebook(), render(draft.text)
    found = []
    leaving = [verdict for verdict in verdicts if verdict.crosses or verdict.verdict == "held"]
    for held, redactions in dict.fromkeys((one.verdict == "held", one.redactions) for one in leaving):
        alike = [one for one in leaving if (one.verdict == "held", one.redactions) == (held, redactions)]
        whom = among([name_of(one.audience, names) for one in alike])
        words = redact(book, Words(draft.title, draft.text, html), draft.author, redactions)
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
            )
        )
    return tuple(found)


async def _author(house: House, draft: Draft, redactions: frozenset[str]) -> str:
    if NAME_TO_ROLE in redactions:
        return await crossings.appears_as(house, draft.author, draft.thread_id)
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
    return _("It reaches %(whom)s.") % {"whom": listed(said)}
