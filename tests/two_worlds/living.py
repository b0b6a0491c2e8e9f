"""Playing a history in a world, step by step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from server.domain.errors import Refusal
from server.services import partners
from tests.two_worlds import apart, contributing, governing, hosting, visiting
from tests.two_worlds.history import Step
from tests.two_worlds.worlds import World

DOINGS: dict[str, Callable[[World, Step], Awaitable[None]]] = {
    "idea": contributing.idea,
    "question": contributing.ask,
    "reply": contributing.reply,
    "edit": contributing.edit,
    "relabel": contributing.relabel,
    "delete": contributing.delete,
    "reply under hidden": contributing.reply_under_hidden,
    "build on": contributing.build_on,
    "build on hidden": contributing.build_on_hidden,
    "reply to hidden": contributing.reply_to_hidden,
    "delete hidden": contributing.delete_hidden,
    "support": contributing.support,
    "mark": hosting.mark,
    "unmark": hosting.unmark,
    "mark hidden": hosting.mark_hidden,
    "lock": hosting.lock,
    "unlock": hosting.unlock,
    "lock hidden": hosting.lock_hidden,
    "decide": hosting.decide,
    "decide hidden": hosting.decide_hidden,
    "merge": hosting.merge,
    "move hidden": hosting.move_hidden,
    "recall": contributing.recall,
    "recall hidden": contributing.recall_hidden,
    "release": contributing.review,
    "refuse": contributing.review,
    "refuse hidden": contributing.refuse_hidden,
    "release incoming": contributing.release_incoming,
    "chores": contributing.chores,
    "observer replies": visiting.observer_replies,
    "observer posts": visiting.observer_posts,
    "observer likes": visiting.observer_likes,
    "observer unlikes": visiting.observer_unlikes,
    "observer edits": visiting.observer_edits,
    "observer deletes": visiting.observer_deletes,
    "other replies": visiting.other_replies,
    "other posts": visiting.other_posts,
    "other edits": visiting.other_edits,
    "other deletes": visiting.other_deletes,
    "other replies in pilot": visiting.in_pilot,
    "reply in pilot": visiting.in_pilot,
    "draft jam": governing.draft_jam,
    "hidden forum": governing.hidden_forum,
    "new member": governing.new_member,
    "new partner": governing.new_partner,
    "agreement": governing.agreement,
    "agree with observer": governing.agree,
    "shadow": governing.try_out,
    "pause other": governing.pause_other,
    "change other": governing.change_other,
    "rules about others": governing.rules_about_others,
    "table": governing.table,
    "consent": governing.consent,
    "observer's clearance": governing.change_observer,
    "pause observer": governing.change_observer,
    "close": governing.close,
    "apart idea": apart.idea,
    "apart reply": apart.reply,
    "apart edit": apart.edit,
    "apart delete": apart.delete,
    "apart mark": apart.mark,
    "apart lock": apart.lock,
    "apart decide": apart.decide,
    "apart poll": apart.poll,
    "apart flag": apart.flag,
    "apart question": apart.question,
    "apart meeting": apart.meeting,
    "apart list": apart.change_list,
    "apart forum": apart.forum,
}


async def live(made: World) -> None:
    """Play the history. What is refused (the thing is gone, say) is so alike in both worlds, or hidden."""
    if made.history.tables[0] is not None:
        await governing.apply_table(made, 0)
        await made.rest()
    for number, step in enumerate(made.history.steps):
        made.number = number
        if number == made.history.leaves_at():
            house, admin = made.acme.house, made.acme.admin
            # The end of an agreement may have removed it already.
            with suppress(Refusal):
                await partners.change_partner(house, admin, made.watcher.host, state="removed")
            await made.rest()
        try:
            await DOINGS[step.what](made, step)
        except Refusal as refusal:
            made.told.append(f"{number} {step.what}: {refusal}")
        await made.rest()
