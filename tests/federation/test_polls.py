"""Polls between servers: Questions go out under the rules, votes come in as Mastodon sends them, and back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings, forums, holds, ideas, ideas_read, partners, polls, rules
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import PUBLIC, Elsewhere
from tests.federation.organisation import Organisation

CODE = (
    '\n[[rule]]\nid = "G-code"\nkind = "guard"\ndirection = "out"\nfindings = ["codename"]\neffect = "redact"\n'
    'redactions = ["codename"]\n'
)
MARKS_OUT = '\n[[rule]]\nid = "G-marks"\nkind = "guard"\ndirection = "in"\nthing = ["mark"]\neffect = "deny"\n'


@pytest.fixture
async def mastodon(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("mastodon")


async def follow(peer: Elsewhere, acme: Organisation, forum: Forum, name: str = "mia") -> str:
    who = peer.person(name)
    await peer.post(acme.inbox, peer.activity("Follow", who, forum.uri))
    await acme.idle()
    return who


async def ask(
    acme: Organisation, forum: Forum, choices: tuple[str, ...] = ("Paper", "Plastic"), **more: Any
) -> Contribution:
    idea = await acme.idea(forum)
    ends = acme.house.now() + timedelta(hours=2)
    return await polls.ask(
        acme.house, acme.admin, idea, more.pop("question", "Which tape?"), choices, ends_at=ends, **more
    )


def vote(peer: Elsewhere, voter: str, made: Contribution | str, name: str, **changes: Any) -> dict[str, Any]:
    """Return a vote as Mastodon sends it (app/serializers/activitypub/vote_serializer.rb)."""
    uri = made if isinstance(made, str) else made.uri
    note = {
        "id": peer.new_uri("votes"),
        "type": "Note",
        "name": name,
        "attributedTo": voter,
        "inReplyTo": uri,
        "to": [],
    }
    return peer.activity("Create", voter, {**note, **changes})


async def say(peer: Elsewhere, acme: Organisation, activity: Any) -> tuple[str, str]:
    assert (await peer.post(acme.inbox, activity)).status == 202
    await acme.idle()
    return (await acme.received())[-1][1:]


async def votes(acme: Organisation, made: Contribution) -> tuple[tuple[int, ...], int]:
    poll = await polls.poll_of(acme.house, made)
    assert poll is not None
    return poll.counts.votes, poll.counts.voters


async def tell(acme: Organisation, seconds: float = 61) -> None:
    """Let a minute pass, and what was counted be told."""
    acme.wait(seconds)
    await polls.count_polls(acme.house)
    await acme.idle()


async def test_a_poll_crosses_as_a_question_that_microblogs_are_shown(acme: Organisation, mastodon: Elsewhere):
    forum = await acme.forum()
    await follow(mastodon, acme, forum)
    made = await ask(acme, forum)
    await acme.idle()
    assert mastodon.shapes()[-2:] == ["Announce uri", "Announce uri"]
    assert mastodon.arrived[-1].activity["object"] == made.uri
    question = (await mastodon.get(made.uri, by=mastodon.server)).json
    idea = await ideas_read.by_id(acme.house, made.thread_id)
    assert idea is not None
    assert (question["type"], question["inReplyTo"], question["content"]) == (
        "Question",
        idea.uri,
        "<p>Which tape?</p>\n",
    )
    assert question["oneOf"] == [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": 0}}
        for name in ("Paper", "Plastic")
    ]
    assert (question["votersCount"], "closed" in question, question["endTime"][-1]) == (0, False, "Z")
    assert PUBLIC in question["to"]
    page = (await mastodon.get(idea.uri, accept="text/html")).body.decode()
    assert "Plastic" in page


async def test_votes_from_mastodon_count_once_a_person_and_the_last_one_stands(acme: Organisation, mastodon: Elsewhere):
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum)
    await acme.idle()
    first = vote(mastodon, mia, made, "Paper")
    for _ in range(2):
        assert await say(mastodon, acme, first) == ("admitted", "")
    await say(mastodon, acme, vote(mastodon, mia, made, "Paper"))
    assert await votes(acme, made) == ((1, 0), 1)
    await say(mastodon, acme, vote(mastodon, mia, made, "Plastic"))
    await say(mastodon, acme, vote(mastodon, mastodon.person("max"), made, "Plastic", content=""))
    assert await votes(acme, made) == ((0, 2), 2)
    assert len(await ideas_read.replies_of(acme.house, made.thread_id)) == 1, "A vote is no reply."


async def test_a_vote_may_carry_markup_that_says_nothing(acme: Organisation, mastodon: Elsewhere):
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum)
    await acme.idle()
    as_snac_has_it = {"content": "<br>", "summary": "", "sourceContent": ""}
    assert await say(mastodon, acme, vote(mastodon, mia, made, "Plastic", **as_snac_has_it)) == ("admitted", "")
    assert await votes(acme, made) == ((0, 1), 1)


async def test_several_answers_come_one_by_one(acme: Organisation, mastodon: Elsewhere):
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum, multiple=True)
    await acme.idle()
    assert "anyOf" in (await mastodon.get(made.uri)).json
    for name in ("Paper", "Plastic"):
        await say(mastodon, acme, vote(mastodon, mia, made, name))
    assert await votes(acme, made) == ((1, 1), 1)


async def test_what_cannot_be_counted_is_refused(acme: Organisation, mastodon: Elsewhere):
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum)
    await acme.idle()
    state, note = await say(mastodon, acme, vote(mastodon, mia, made, "Glue"))
    assert (state, note) == ("refused", "That is none of the answers of this poll.")
    forged = vote(mastodon, mia, made, "Paper", attributedTo=mastodon.person("eve"))
    assert (await say(mastodon, acme, forged))[0] == "refused"
    worded = vote(mastodon, mia, made, "Paper", content="<p>Paper, I think.</p>")
    assert (await say(mastodon, acme, worded))[0] == "admitted"
    assert await votes(acme, made) == ((0, 0), 0)
    assert [one.text for one in await ideas_read.replies_of(acme.house, made.thread_id)][-1] == "Paper, I think."
    await polls.end(acme.house, acme.admin, made)
    await acme.idle()
    state, note = await say(mastodon, acme, vote(mastodon, mia, made, "Paper"))
    assert (state, note) == ("refused", "This poll has ended; votes are taken no more.")


async def test_rules_about_marks_govern_votes(acme: Organisation, mastodon: Elsewhere):
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum)
    await acme.idle()
    stored, _ = await rules.rules_in_force(acme.house)
    await rules.apply_rules(acme.house, acme.admin, stored.text + MARKS_OUT, alone=True)
    await acme.idle()
    assert (await say(mastodon, acme, vote(mastodon, mia, made, "Paper")))[0] == "refused"
    assert await votes(acme, made) == ((0, 0), 0)


async def test_counts_go_out_at_most_once_a_minute_and_at_the_end(acme: Organisation, mastodon: Elsewhere):
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum)
    await acme.idle()
    mastodon.arrived.clear()
    await say(mastodon, acme, vote(mastodon, mia, made, "Paper"))
    await polls.count_polls(acme.house)
    await acme.idle()
    assert mastodon.shapes() == []
    assert (await mastodon.get(made.uri)).json["votersCount"] == 0, "Asking for it tells no more than what was sent."
    await tell(acme)
    assert mastodon.shapes() == ["Update Question"]
    assert mastodon.arrived[0].valid
    question = (await mastodon.get(made.uri)).json
    assert [one["replies"]["totalItems"] for one in question["oneOf"]] == [1, 0]
    assert "updated" not in question, "Mastodon takes what bears no new date for counts alone, and tells nobody."
    await tell(acme)
    assert len(mastodon.arrived) == 1, "Nothing has changed."
    await say(mastodon, acme, vote(mastodon, mia, made, "Plastic"))
    await tell(acme)
    await say(mastodon, acme, vote(mastodon, mia, made, "Paper"))
    await tell(acme)
    assert mastodon.shapes() == ["Update Question"] * 3, "Counts that go back are told as well."
    acme.wait(7200)
    await polls.count_polls(acme.house)
    await acme.idle()
    assert "closed" in mastodon.arrived[-1].activity["object"]
    assert "closed" in (await mastodon.get(made.uri)).json


async def test_hidden_results_do_not_leave_before_the_end(acme: Organisation, mastodon: Elsewhere):
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum, hidden=True)
    await acme.idle()
    await say(mastodon, acme, vote(mastodon, mia, made, "Paper"))
    await tell(acme)
    before = (await mastodon.get(made.uri)).body
    assert b"totalItems" not in before
    assert "votersCount" not in orjson.loads(before)
    assert mastodon.shapes()[-1] == "Announce uri", "That somebody voted is not told either."
    await polls.end(acme.house, acme.admin, made)
    await acme.idle()
    assert (await mastodon.get(made.uri)).json["oneOf"][0]["replies"]["totalItems"] == 1


async def test_a_poll_is_hidden_from_those_who_were_not_granted_it(acme: Organisation, elsewhere: MakeElsewhere):
    partner, stranger = await elsewhere("marmalade"), await elsewhere("mastodon")
    await partners.add_partner(acme.house, acme.admin, partner.host, "partner", "GREEN", "Partner")
    forum = await acme.forum("closed", "partners")
    made = await ask(acme, forum)
    inside = await ask(acme, await acme.forum("inside", "inside"))
    await acme.idle()
    assert (await partner.get(made.uri, by=partner.server)).json["type"] == "Question"
    assert (await stranger.get(made.uri, by=stranger.server)).status == 404
    assert (await partner.get(inside.uri, by=partner.server)).status == 404
    eve = stranger.person("eve")
    for target in (made, inside):
        assert (await say(stranger, acme, vote(stranger, eve, target, "Paper")))[0] != "admitted"
        assert await votes(acme, target) == ((0, 0), 0)
    assert (await say(partner, acme, vote(partner, partner.person("pia"), made, "Paper")))[0] == "admitted"


async def test_a_code_name_in_an_answer_is_found_and_the_twin_takes_votes_by_its_own_words(
    acme: Organisation, mastodon: Elsewhere
):
    stored, _ = await rules.rules_in_force(acme.house)
    assert '"codename"' in stored.text
    table = (
        'code_names = ["Bluebird"]\n' + stored.text.replace("code_names = []\n", "").replace('"codename", ', "") + CODE
    )
    await rules.apply_rules(acme.house, acme.admin, table, alone=True)
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum, ("Project Bluebird", "Something else"))
    await acme.idle()
    twin = mastodon.arrived[-1].activity["object"]
    assert twin != made.uri
    question = (await mastodon.get(twin)).json
    assert "Bluebird" not in str(question)
    name = question["oneOf"][0]["name"]
    assert (await say(mastodon, acme, vote(mastodon, mia, twin, "Project Bluebird")))[0] == "refused"
    assert (await say(mastodon, acme, vote(mastodon, mia, twin, name)))[0] == "admitted"
    assert await votes(acme, made) == ((1, 0), 1)


async def test_a_held_poll_crosses_once_released_and_its_counts_void_no_approval(
    acme: Organisation, mastodon: Elsewhere
):
    rita: Member = await acme.member("rita", "reviewer")
    forum = await acme.forum()
    mia = await follow(mastodon, acme, forum)
    made = await ask(acme, forum, ("Ask bob@example.org", "Ask nobody"))
    await acme.idle()
    (hold,) = await holds.list_holds(acme.house, rita)
    assert "bob@example.org" in hold.previews[0].text, "Who reviews a poll reads its answers."
    assert (await mastodon.get(made.uri)).status == 404
    await holds.release(acme.house, rita, hold.id)
    await acme.idle()
    assert (await say(mastodon, acme, vote(mastodon, mia, made, "Ask nobody")))[0] == "admitted"
    await tell(acme)
    assert (await mastodon.get(made.uri)).json["votersCount"] == 1
    await rules.apply_rules(
        acme.house, acme.admin, (await rules.rules_in_force(acme.house))[0].text + "\n# The same.\n", alone=True
    )
    await acme.idle()
    assert (await mastodon.get(made.uri)).status == 200
    assert await holds.list_holds(acme.house, rita) == []


@pytest.mark.parametrize("how", ["the poll", "the idea", "recall"])
async def test_what_is_withdrawn_takes_the_poll_and_its_counts_along(acme: Organisation, mastodon: Elsewhere, how: str):
    forum = await acme.forum()
    await follow(mastodon, acme, forum)
    made = await ask(acme, forum)
    await acme.idle()
    idea = await ideas_read.by_id(acme.house, made.thread_id)
    assert idea is not None
    if how == "recall":
        await crossings.recall(acme.house, acme.admin, idea)
    else:
        await ideas.delete(acme.house, acme.admin, made if how == "the poll" else idea)
    await polls.vote(acme.house, acme.admin, made, [0]) if how == "recall" else None
    await acme.idle()
    await tell(acme)
    if how == "the idea":
        # A reply outlives its idea, as replies do; the idea itself is gone.
        assert (await mastodon.get(idea.uri)).status == 410
        return
    assert (await mastodon.get(made.uri)).status == 410
    assert "Delete Tombstone" in mastodon.shapes()
    assert "Update Question" not in mastodon.shapes()
    assert acme.faults == []


async def test_our_people_vote_in_a_partners_poll_and_see_its_counts(acme: Organisation, elsewhere: MakeElsewhere):
    partner = await elsewhere("marmalade")
    await partners.add_partner(acme.house, acme.admin, partner.host, "partner", "GREEN", "Partner")
    forum = await acme.forum()
    pia = await follow(partner, acme, forum, "pia")
    idea = await acme.idea(forum)
    await acme.idle()
    question = partner.note(pia, "Which glue?", idea.uri, forum.uri, type="Question", endTime="2199-01-01T00:00:00Z")
    question["oneOf"] = [{"type": "Note", "name": name, "replies": {"totalItems": 3}} for name in ("Bone", "Starch")]
    assert (await say(partner, acme, partner.create(question)))[0] == "admitted"
    made = await acme.know(question["id"])
    assert made is not None
    assert made.text.split() == ["Which", "glue?", "Bone", "Starch"]
    poll = await polls.poll_of(acme.house, made)
    assert poll is not None
    assert (poll.question, poll.choices, poll.counts.votes) == ("Which glue?", ("Bone", "Starch"), (3, 3))
    partner.arrived.clear()
    bob = await acme.member("bob")
    await polls.vote(acme.house, bob, made, [1])
    await acme.idle()
    (sent,) = [one for one in partner.arrived if one.shape == "Create Note"]
    assert (sent.valid, sent.activity["to"], sent.activity["object"]["name"]) == (True, [pia], "Starch")
    assert sent.activity["object"]["inReplyTo"] == question["id"]
    question["oneOf"][1]["replies"]["totalItems"] = 4
    update = partner.activity("Update", pia, {**question, "votersCount": 7}, to=[forum.uri])
    assert (await say(partner, acme, update))[0] == "admitted"
    poll = await polls.poll_of(acme.house, made)
    assert poll is not None
    assert (poll.counts.votes, poll.counts.voters) == ((3, 4), 7)


async def test_what_another_server_counts_later_is_passed_on_once_for_each_change(
    acme: Organisation, elsewhere: MakeElsewhere
):
    asker, reader = await elsewhere("lemmy"), await elsewhere("lemmy")
    forum = await acme.forum()
    pia = await follow(asker, acme, forum, "pia")
    await follow(reader, acme, forum, "rhea")
    idea = await acme.idea(forum)
    await acme.idle()
    question = asker.note(pia, "Which glue?", idea.uri, forum.uri, type="Question", endTime="2199-01-01T00:00:00Z")
    question["oneOf"] = [{"type": "Note", "name": name, "replies": {"totalItems": 0}} for name in ("Bone", "Starch")]
    assert (await say(asker, acme, asker.create(question)))[0] == "admitted"
    acme.wait(4)
    await acme.idle()
    assert "Announce Create Question" in reader.shapes()
    reader.arrived.clear()
    asker.arrived.clear()
    question["oneOf"][1]["replies"]["totalItems"] = 4
    for _ in range(2):
        update = asker.activity("Update", pia, {**question, "votersCount": 4}, to=[forum.uri])
        assert (await say(asker, acme, update))[0] == "admitted"
    acme.wait(8)
    await acme.idle()
    (told,) = [one for one in reader.arrived if one.shape == "Announce Update Question"]
    counted = told.activity["object"]["object"]
    assert [one["replies"]["totalItems"] for one in counted["oneOf"]] == [0, 4]
    assert not [one for one in asker.arrived if "Question" in one.shape]


async def test_a_poll_goes_from_marmalade_to_marmalade_and_votes_come_back(organise: MakeOrganisation):
    acme, globex = await organise("Acme"), await organise("Globex")
    for one, other in ((acme, globex), (globex, acme)):
        await partners.add_partner(one.house, one.admin, other.host, "partner", "GREEN", other.house.name)
    forum = await acme.forum("closed", "partners")
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, forum.handle)
    for _ in range(6):
        await acme.idle()
        await globex.idle()
    made = await ask(acme, forum)
    for _ in range(3):
        await acme.idle()
        await globex.idle()
    mirrored = await globex.know(made.uri)
    assert mirrored is not None
    assert mirrored.text.split() == made.text.replace("- ", "").split(), "Both sides read the same words."
    gus = await globex.member("gus")
    await polls.vote(globex.house, gus, mirrored, [1])
    for _ in range(3):
        await globex.idle()
        await acme.idle()
    assert await votes(acme, made) == ((0, 1), 1)
    await tell(acme)
    await globex.idle()
    poll = await polls.poll_of(globex.house, mirrored)
    assert poll is not None
    assert (poll.counts.votes, poll.counts.voters) == ((0, 1), 1)
    assert globex.faults == acme.faults == []


async def outside_of(acme: Organisation) -> list[dict[str, Any]]:
    rows = await acme.outside.store.fetch(
        "SELECT b.bytes FROM crossings c JOIN bodies b ON b.sha = c.sha WHERE c.type = 'Question'"
    )
    return [orjson.loads(bytes(row["bytes"])) for row in rows]


async def test_who_voted_makes_no_difference_outside_and_polls_inside_none_at_all(organise: MakeOrganisation):
    told = []
    for name, voters in (("One", ("anna", "ben")), ("Two", ("cleo", "dan"))):
        acme = await organise(name)
        made = await ask(acme, await acme.forum())
        hidden = await ask(acme, await acme.forum("inside", "inside"), question=f"Secret of {name}?")
        await acme.idle()
        rows = await acme.outside.store.fetch_value("SELECT count(*) FROM crossings")
        for place, voter in enumerate(voters):
            member = await acme.member(voter)
            await polls.vote(acme.house, member, made, [place])
            if name == "Two":
                await polls.vote(acme.house, member, hidden, [0])
        await tell(acme)
        documents = await outside_of(acme)
        told.append([(one["oneOf"], one["votersCount"]) for one in documents])
        egress = str(documents) + str(await acme.outside.store.fetch("SELECT * FROM crossings"))
        assert not [one for one in (*voters, "Secret", "PollVoted") if one in egress]
        told.append([rows, await acme.outside.store.fetch_value("SELECT count(*) FROM crossings")])
    assert told[:2] == told[2:]
