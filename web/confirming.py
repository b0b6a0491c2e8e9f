"""Asking once more before words leave: the first time in a jam, and where somebody named would not read them."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.actors import Member
from server.domain.crossings import EVERYONE
from server.domain.ideas import TEXT_LIMIT
from server.domain.jams import Jam
from server.services import drafts, judging, mentions
from server.services.house import House
from web.composing import Writing
from web.language import _
from web.people import names_of_hosts
from web.reach import among, listed, name_of

#: The field of a form that says that its writer was asked and goes on.
FIELD = "confirmed"


async def ask_before(house: House, writer: Member, writing: Writing, jam: Jam, form: Mapping[str, str]) -> str:
    """Return what the writer has to confirm before this is sent, "" for nothing; a confirmation is kept for the jam."""
    if not form.get("text", "").strip() or len(form["text"]) > TEXT_LIMIT:
        # Whoever sends nothing, or too much, is told so first.
        return ""
    verdicts = await judging.judge(house, await judging.draft_by(house, writer, writing.draft(writer)))
    leaving = [one for one in verdicts if one.crosses or one.verdict == "held"]
    sure = form.get(FIELD) == "1"
    names = await names_of_hosts(house)
    asked = []
    if leaving and not await drafts.knows_that_it_leaves(house, writer, jam):
        if sure:
            await drafts.confirm_that_it_leaves(house, writer, jam)
        else:
            whom = among([name_of(one.audience, names) for one in leaving])
            said = _("This leaves %(here)s, for %(whom)s: your first words in this jam that do.")
            asked.append(said % {"here": house.name, "whom": whom})
    reached = {one.audience for one in verdicts if one.crosses}
    named = await mentions.named_in(house, writing.typed.get("text", ""))
    away = [one for one in named if one.host and one.host not in reached and EVERYONE not in reached]
    if away and not sure:
        said = _("You name %(whom)s, who will not get this.")
        asked.append(said % {"whom": listed([one.handle for one in away])})
    return " ".join(asked)
