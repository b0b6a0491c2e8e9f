"""What a host decides of an idea reaches those who hold it: words by the rules, and never of what was not granted."""

from __future__ import annotations

import json

from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.outcomes import Outcome
from server.services import crossings, ideas, jams, moves, outcomes
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.organisation import Organisation
from tests.federation.test_histories import DAY, join, lose, settle, two
from tests.federation.test_marks import guard

__all__ = ["two"]
Two = tuple[Organisation, Organisation, Forum, Forum]


async def outcome_at(one: Organisation, uri: str) -> Outcome | None:
    """Return what stands of an idea at a server."""
    made = await one.know(uri)
    assert made is not None
    found = await outcomes.outcomes_of(one.house, made)
    return next((one for one in found if one.replaced_at is None), None)


async def decide(acme: Organisation, idea: Contribution, kind: str, reason: str, stream: str = "") -> None:
    await outcomes.decide(acme.house, acme.admin, await acme.fresh(idea), kind, reason, stream)


async def test_a_decision_with_its_reason_and_work_stream_reaches_the_partner_under_the_hosts_name(two: Two):
    acme, globex, forum, mirror = two
    idea = await acme.idea(forum)
    await settle(acme, globex)
    jam = await jams.obtain_jam(acme.house, acme.admin, forum.jam_id)
    stream = await outcomes.open_stream(acme.house, acme.admin, jam, "Yard", "Kept inside.", acme.admin.username)
    await decide(acme, idea, "stream", "Drivers wait 40 minutes.", stream.id)
    await settle(acme, globex)
    found = await outcome_at(globex, idea.uri)
    assert found is not None
    assert (found.kind, found.stream_title, found.reason) == ("stream", "Yard", "Drivers wait 40 minutes.")
    assert found.by_name == acme.host, "who decided stays inside"
    there = await jams.obtain_jam(globex.house, globex.admin, mirror.jam_id)
    became = await outcomes.read_outcomes(globex.house, globex.admin, there)
    assert [(one.title, one.purpose, len(ideas_)) for one, ideas_ in became.streams] == [("Yard", "", 1)]
    told = await acme.outside.store.fetch("SELECT b.bytes FROM crossings c JOIN bodies b ON b.sha = c.sha")
    assert not [row for row in told if b"Kept inside." in bytes(row["bytes"])]
    # Another decision takes its place.
    await decide(acme, idea, "declined", "No budget.")
    await settle(acme, globex)
    found = await outcome_at(globex, idea.uri)
    assert found is not None
    assert (found.kind, found.reason) == ("declined", "No budget.")


async def test_an_idea_of_the_partner_is_decided_there_too_and_its_author_is_told(two: Two):
    acme, globex, _, mirror = two
    bob = await globex.member("bob")
    theirs = await globex.idea(mirror, "Ours.", bob)
    await settle(globex, acme)
    at_acme = await acme.know(theirs.uri)
    assert at_acme is not None
    await decide(acme, at_acme, "done", "Built in March.")
    await settle(acme, globex)
    found = await outcome_at(globex, theirs.uri)
    assert found is not None
    assert found.kind == "done"
    assert await acme.last_received() != ("Update", "refused")


async def test_a_reason_that_may_not_cross_stays_and_what_was_decided_crosses(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await settle(acme, globex)
    await decide(acme, idea, "declined", "Ask jo@acme.example why.")
    await settle(acme, globex)
    found = await outcome_at(globex, idea.uri)
    assert found is not None
    assert (found.kind, found.reason) == ("declined", "")
    bodies = await acme.outside.store.fetch("SELECT bytes FROM bodies")
    assert not [row for row in bodies if b"jo@acme.example" in bytes(row["bytes"])]


async def test_a_rule_that_narrows_takes_the_reason_or_all_of_it_back(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await decide(acme, idea, "declined", "Too dear for us.")
    await settle(acme, globex)
    found = await outcome_at(globex, idea.uri)
    assert found is not None
    assert found.reason == "Too dear for us."
    await guard(acme, 'thing = "reply"\nlength = ">2"')
    await settle(acme, globex)
    found = await outcome_at(globex, idea.uri)
    assert found is not None
    assert (found.kind, found.reason) == ("declined", "")
    await guard(acme, 'thing = "reply"', "G-all")
    await settle(acme, globex)
    assert await outcome_at(globex, idea.uri) is None


async def test_nothing_is_told_of_an_idea_that_was_not_granted(two: Two):
    acme, globex, forum, _ = two
    secret, recalled = await acme.idea(forum, label="AMBER"), await acme.idea(forum, title="Recalled")
    await settle(acme, globex)
    await crossings.recall(acme.house, acme.admin, recalled, globex.host)
    for one in (secret, recalled):
        await decide(acme, one, "done", "Said inside.")
    await settle(acme, globex)
    assert not await acme.outside.store.fetch("SELECT uri FROM crossings WHERE type = 'Outcome'")
    await ideas.edit(acme.house, acme.admin, await acme.fresh(secret), "Open now.", label="GREEN")
    await settle(acme, globex)
    found = await outcome_at(globex, secret.uri)
    assert found is not None
    assert found.reason == "Said inside."


async def test_a_decision_that_was_missed_is_read_later_and_one_that_came_first_is_told_to_who_joins_late(
    organise: MakeOrganisation
):
    acme, globex = await organise("Acme"), await organise("Globex")
    forum = await acme.forum("open", "public", await acme.jam(hours=1000))
    idea = await acme.idea(forum)
    await decide(acme, idea, "later", "After the move.")
    await acme.idle()
    await join(acme, globex, forum)
    found = await outcome_at(globex, idea.uri)
    assert found is not None
    assert found.kind == "later"
    await decide(acme, idea, "done", "It is built.")
    await lose(acme, globex)
    globex.wait(DAY)
    await settle(globex, acme)
    found = await outcome_at(globex, idea.uri)
    assert found is not None
    assert found.reason == "It is built."


async def test_a_moved_idea_takes_its_decision_along(two: Two):
    acme, globex, forum, _ = two
    other = await acme.forum("other", "partners")
    await acme.idle()
    await join(acme, globex, other)
    idea = await acme.idea(forum)
    await decide(acme, idea, "done", "Built.")
    await settle(acme, globex)
    await moves.move(acme.house, acme.admin, await acme.fresh(idea), other, "Fits better.")
    await settle(acme, globex)
    found = await outcome_at(globex, (await acme.fresh(idea)).uri)
    assert found is not None
    assert found.reason == "Built."


async def test_other_software_is_sent_none_and_nobody_else_decides(two: Two, elsewhere: MakeElsewhere):
    acme, globex, forum, _ = two
    public = await acme.forum("open", "public")
    await acme.idle()
    lemmy = await elsewhere("lemmy")
    await lemmy.post(acme.inbox, lemmy.activity("Follow", lemmy.person("ann"), public.uri))
    idea, closed = await acme.idea(public), await acme.idea(forum)
    await settle(acme, globex)
    for one in (idea, closed):
        await decide(acme, one, "declined", "No.")
    await settle(acme, globex)
    assert "outcome" not in json.dumps([one.activity for one in lemmy.arrived])
    eve = lemmy.person("eve", "Group")
    said = {"type": "Article", "id": closed.uri, "outcome": {"type": "Outcome", "status": "done"}}
    await lemmy.post(globex.inbox, lemmy.activity("Update", eve, said))
    await globex.idle()
    assert await globex.last_received() == ("Update", "ignored")
    found = await outcome_at(globex, closed.uri)
    assert found is not None
    assert found.kind == "declined"
