"""What may still be undone does not cross, whatever else happens; afterwards it crosses like anything else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from federation.outside import crossings as released
from server.domain.errors import Conflict, NotAllowed
from server.domain.ideas import Contribution
from server.services import crossings, ideas, people, rules, undo
from tests.federation.conftest import MakeOrganisation
from tests.federation.organisation import Organisation

WINDOW = timedelta(seconds=10)


async def work(acme: Organisation) -> None:
    await undo.settle_due(acme.house)
    await acme.idle()


async def rows(acme: Organisation) -> tuple[int, int]:
    """Count all that was ever frozen, and all that was ever queued."""
    frozen = await acme.outside.store.fetch_value("SELECT count(*) FROM crossings")
    return frozen, len(await acme.deliveries())


async def bodies_of(acme: Organisation) -> list[bytes]:
    return [row["bytes"] for row in await acme.outside.store.fetch("SELECT bytes FROM bodies")]


async def granted(acme: Organisation, made: Contribution) -> list[str]:
    return sorted(await released.audiences_of(acme.outside, made.uri))


async def test_what_was_undone_in_its_window_never_crosses(organise: MakeOrganisation):
    acme = await organise()
    await acme.partner("globex.example")
    forum = await acme.forum("square", "public")
    await work(acme)
    before = await rows(acme)
    idea = await acme.idea(forum, "A slip of the tongue.", undo=WINDOW)
    answer = await acme.reply(idea, "Quick answer.")
    await work(acme)
    assert await rows(acme) == before
    # Neither a change of rules nor one of consent, nor an edit, has it looked at before its time.
    stored, _ = await rules.rules_in_force(acme.house)
    await rules.apply_rules(acme.house, acme.admin, stored.text + "\n# Nothing new.\n", alone=True)
    await people.change_member(acme.house, acme.admin, acme.admin, consent=False)
    idea = await ideas.edit(acme.house, acme.admin, idea, "A slip, mended.")
    await work(acme)
    assert await granted(acme, idea) == await granted(acme, answer) == []
    await undo.undo(acme.house, acme.admin, idea)
    acme.wait(60)
    await work(acme)
    assert await granted(acme, idea) == await granted(acme, answer) == []
    assert not any(b"slip" in body or b"Quick" in body for body in await bodies_of(acme))
    assert not acme.faults


async def test_after_its_window_it_crosses_with_what_was_said_to_it_and_has_kept_nobody_waiting(
    organise: MakeOrganisation,
):
    acme = await organise()
    await acme.partner("globex.example")
    forum = await acme.forum("square", "public")
    waiting = await acme.idea(forum, "First words.", undo=WINDOW)
    answer = await acme.reply(waiting, "An answer.")
    built = await acme.idea(forum, "Built on it.", builds_on=waiting.id)
    other = await acme.idea(forum, "Somebody else's.")
    waiting = await ideas.edit(acme.house, acme.admin, waiting, "Better words.")
    await work(acme)
    assert await granted(acme, other) != []
    assert await granted(acme, waiting) == await granted(acme, answer) == await granted(acme, built) == []

    acme.wait(11)
    await work(acme)
    for made in (waiting, answer, built):
        assert await granted(acme, made) == await granted(acme, other)
    bodies = await bodies_of(acme)
    assert any(b"Better words." in body for body in bodies)
    assert not any(b"First words." in body for body in bodies)
    assert any(f'"inReplyTo":"{waiting.uri}"'.encode() in body for body in bodies)
    with pytest.raises(Conflict):
        await undo.undo(acme.house, acme.admin, await acme.fresh(waiting))
    assert await undo.settle_due(acme.house) == 0
    assert {one.verdict for one in await crossings.verdicts_of(acme.house, acme.admin, waiting)} == {"allowed"}


async def test_only_its_author_may_undo_and_only_once(organise: MakeOrganisation):
    acme = await organise()
    other = await acme.member("zoe")
    idea = await acme.idea(await acme.forum("square", "public"), "Words.", undo=WINDOW)
    with pytest.raises(NotAllowed):
        await undo.undo(acme.house, other, idea)
    await undo.undo(acme.house, acme.admin, idea)
    with pytest.raises(Conflict):
        await undo.undo(acme.house, acme.admin, idea)
    inside = await acme.idea(await acme.forum("own", "inside"), "Words.", undo=WINDOW)
    assert inside.crosses_at is None, "where nothing has a way out there is nothing to wait for"
