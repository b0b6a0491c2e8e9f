"""What Lemmy sends, kind by kind, in the shapes of its own fixtures: taken, or put aside with a reason.

The payloads are written for this test. `test_payloads.py` reads Lemmy's own where they lie.
"""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.errors import NotAllowed
from server.services import forums, ideas_read
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import PUBLIC, Elsewhere
from tests.federation.gate.test_gate_admit import join
from tests.federation.organisation import Organisation

NOT_TAKEN = "ignored"
Activity = dict[str, Any]


class Lemmy:
    """Leo of a Lemmy server, who writes to a Group."""

    def __init__(self, peer: Elsewhere, acme: Organisation, group: str) -> None:
        self.peer, self.acme, self.group = peer, acme, group
        self.leo = peer.person("leo")

    def activity(self, kind: str, about: object, **more: Any) -> Activity:
        """Make an activity as Lemmy addresses it: to everybody, cc and audience its Group."""
        made = self.peer.activity(kind, self.leo, about, to=[PUBLIC], cc=[self.group], audience=self.group)
        return made | more

    def undo(self, undone: Activity, **more: Any) -> Activity:
        inner = {name: value for name, value in undone.items() if name != "@context"}
        return self.activity("Undo", inner, **more)

    def page(self, **more: Any) -> Activity:
        return {
            "type": "Page",
            "id": self.peer.new_uri("post"),
            "attributedTo": self.leo,
            "to": [self.group, PUBLIC],
            "audience": self.group,
            "name": "Shade on every street",
            "content": "<p>Trees cool.</p>\n",
            "mediaType": "text/html",
            "source": {"content": "Trees cool.", "mediaType": "text/markdown"},
            "attachment": [{"type": "Link", "href": "https://trees.example/map.jpg"}],
            "sensitive": False,
            "language": {"identifier": "en", "name": "English"},
            "published": "2026-11-20T10:00:00.557399Z",
            **more,
        }

    def comment(self, to: str, **more: Any) -> Activity:
        return {
            "type": "Note",
            "id": self.peer.new_uri("comment"),
            "attributedTo": self.leo,
            "to": [PUBLIC],
            "cc": [self.group, self.leo],
            "audience": self.group,
            "content": "hello",
            "mediaType": "text/html",
            "source": {"content": "hello", "mediaType": "text/markdown"},
            "inReplyTo": to,
            "published": "2026-11-20T10:00:00.794920Z",
            **more,
        }

    async def say(self, activity: Activity) -> tuple[str, str]:
        """Send an activity; return what became of it, and why."""
        answer = await self.peer.post(self.acme.inbox, activity)
        assert answer.status == 202, (activity["type"], answer.status)
        await self.acme.idle()
        kind, state, note = (await self.acme.received())[-1]
        assert kind == activity["type"]
        assert state == "admitted" or note, "what is not taken has a reason"
        assert self.acme.faults == []
        return state, note


@pytest.fixture
async def lemmy(acme: Organisation, elsewhere: MakeElsewhere) -> Lemmy:
    forum = await acme.forum("open")
    await acme.idle()
    return Lemmy(await elsewhere("lemmy"), acme, forum.uri)


async def test_threads_comments_votes_and_reports_of_lemmy_are_taken_in_a_forum_of_ours(
    acme: Organisation, lemmy: Lemmy
):
    follow = lemmy.activity("Follow", lemmy.group, to=[lemmy.group])
    assert await lemmy.say(follow) == ("admitted", "")
    page = lemmy.page()
    assert (await lemmy.say(lemmy.activity("Create", page)))[0] == "admitted"
    idea = await acme.know(page["id"])
    assert idea is not None
    assert (idea.title, idea.text) == ("Shade on every street", "Trees cool.")
    changed = {**page, "name": "Shade", "context": f"{page['id']}/context", "updated": "2026-11-20T10:02:00.97Z"}
    assert (await lemmy.say(lemmy.activity("Update", changed)))[0] == "admitted"
    assert (await acme.fresh(idea)).title == "Shade"
    ours = await acme.reply(idea, "Which trees?")
    await acme.idle()
    comment = lemmy.comment(ours.uri)
    tag = [{"href": acme.admin.uri, "type": "Mention", "name": f"@ada@{acme.host}"}]
    assert (await lemmy.say(lemmy.activity("Create", comment, tag=tag)))[0] == "admitted"
    reply = await acme.know(comment["id"])
    assert reply is not None
    assert (reply.parent_id, reply.text) == (ours.id, "hello")
    vote = lemmy.peer.activity("Like", lemmy.leo, ours.uri, audience=lemmy.group)
    assert (await lemmy.say(vote))[0] == "admitted"
    assert (await lemmy.say(lemmy.undo(vote)))[0] == "admitted"
    assert (await acme.fresh(ours)).support == 0
    report = lemmy.activity("Flag", ours.uri, to=[lemmy.group], summary="report this post")
    assert (await lemmy.say(report))[0] == "admitted"
    assert (await lemmy.say(lemmy.activity("Delete", comment["id"])))[0] == "admitted"
    assert (await acme.fresh(reply)).deleted
    assert (await lemmy.say(lemmy.undo(follow, to=[lemmy.group])))[0] == "admitted"
    assert (await lemmy.say(lemmy.activity("Delete", lemmy.leo, removeData=True)))[0] == "admitted"
    assert (await acme.fresh(idea)).deleted


async def test_a_dislike_takes_back_the_support_of_whoever_gave_it_and_counts_for_nothing(
    acme: Organisation, lemmy: Lemmy
):
    idea = await acme.reply(await acme.idea(await lemmy_forum(acme, lemmy)), "Which trees?")
    await acme.idle()
    against = lemmy.peer.activity("Dislike", lemmy.leo, idea.uri, audience=lemmy.group)
    assert await lemmy.say(against) == ("ignored", "Nothing is counted against words here.")
    assert (await lemmy.say(lemmy.peer.activity("Like", lemmy.leo, idea.uri)))[0] == "admitted"
    assert (await acme.fresh(idea)).support == 1
    against = lemmy.peer.activity("Dislike", lemmy.leo, idea.uri, audience=lemmy.group)
    assert (await lemmy.say(against))[0] == "admitted"
    assert (await acme.fresh(idea)).support == 0
    assert await lemmy.say(lemmy.undo(against)) == ("ignored", "Undoing Dislike means nothing here.")


async def lemmy_forum(acme: Organisation, lemmy: Lemmy):
    found = await forums.forum_by_uri(acme.house, lemmy.group)
    assert found is not None
    return found


async def test_what_moderators_of_lemmy_do_in_a_forum_of_ours_is_put_aside(acme: Organisation, lemmy: Lemmy):
    idea = await acme.idea(await lemmy_forum(acme, lemmy))
    await acme.idle()
    troll, featured = lemmy.peer.person("troll"), f"{lemmy.group}/featured"
    lock = lemmy.activity("Lock", idea.uri, summary="A reason for the lock")
    block = lemmy.activity(
        "Block", troll, target=lemmy.group, removeData=True, summary="spam", endTime="2026-12-01T12:23:50Z"
    )
    removed = lemmy.activity("Delete", idea.uri, summary="bad comment")
    report = {"type": "Flag", "actor": lemmy.leo, "object": idea.uri, "summary": "spam", "id": "http://x.example/1"}
    for activity, reason in (
        (lock, "It locks nothing that we keep."),
        (lemmy.undo(lock), "It opens nothing that we keep."),
        (lemmy.activity("Add", idea.uri, target=featured), "It adds to nothing that we keep."),
        (lemmy.activity("Remove", idea.uri, target=featured), "It removes nothing that we keep."),
        (lemmy.activity("Add", troll, target=f"{lemmy.group}/moderators"), "It adds to nothing that we keep."),
        (lemmy.activity("Remove", troll, target=f"{lemmy.group}/moderators"), "It removes nothing that we keep."),
        (block, "It is about nobody of ours."),
        (lemmy.undo(block), "It is about nobody of ours."),
        (lemmy.activity("Warn", idea.uri, to=[acme.admin.uri], cc=[], summary="careful"), "Warn is not taken."),
        (lemmy.activity("Resolve", report, to=[lemmy.group], cc=[]), "Resolve is not taken."),
        (lemmy.undo(removed), "Undoing Delete means nothing here."),
    ):
        assert await lemmy.say(activity) == ("ignored", reason)
    assert await lemmy.say(removed) == ("refused", "It is ours to delete.")
    assert not (await acme.fresh(idea)).deleted


async def test_private_messages_of_lemmy_and_answers_to_nothing_are_put_aside(acme: Organisation, lemmy: Lemmy):
    for kind in ("Note", "ChatMessage"):
        message = {
            "type": kind,
            "id": lemmy.peer.new_uri("private_message"),
            "attributedTo": lemmy.leo,
            "to": [acme.admin.uri],
            "content": "<p>hi!</p>\n",
            "mediaType": "text/html",
            "source": {"content": "hi!", "mediaType": "text/markdown"},
            "published": "2026-11-20T10:00:00.519258Z",
        }
        sent = lemmy.peer.activity("Create", lemmy.leo, message, to=[acme.admin.uri])
        assert (await lemmy.say(sent))[0] == "refused"
        assert await acme.know(message["id"]) is None
        gone = lemmy.peer.activity("Delete", lemmy.leo, message["id"], to=[acme.admin.uri])
        assert (await lemmy.say(gone))[0] == "ignored"
        assert (await lemmy.say(lemmy.undo(gone, to=[acme.admin.uri])))[0] == "ignored"
    group = lemmy.peer.person("main", "Group")
    follow = {"type": "Follow", "id": f"{acme.url}/activities/none", "actor": f"{acme.url}/actor", "object": group}
    assert await lemmy.say(lemmy.peer.activity("Accept", group, follow)) == ("ignored", "We asked no such thing.")


async def test_a_community_of_lemmy_passes_on_threads_and_its_own_people_s_votes(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere("lemmy")
    group = await join(acme, peer, "main")
    lemmy = Lemmy(peer, acme, group)

    async def passes_on(activity: Activity) -> tuple[str, str]:
        inner = {name: value for name, value in activity.items() if name != "@context"}
        cc = [f"{group}/followers"]
        return await lemmy.say(peer.activity("Announce", group, inner, to=[PUBLIC], cc=cc))

    page = lemmy.page(stickied=False, commentsEnabled=True)
    del page["content"], page["source"], page["attachment"]
    assert (await passes_on(lemmy.activity("Create", page)))[0] == "admitted"
    idea = await acme.know(page["id"])
    assert idea is not None
    vote = peer.activity("Like", lemmy.leo, page["id"], audience=group)
    assert (await passes_on(vote))[0] == "admitted"
    assert (await acme.fresh(idea)).support == 1
    assert (await passes_on(peer.activity("Dislike", lemmy.leo, page["id"], audience=group)))[0] == "admitted"
    assert (await acme.fresh(idea)).support == 0
    for kind in ("Add", "Remove", "Flag"):
        assert await passes_on(lemmy.activity(kind, page["id"])) == ("ignored", f"{kind} is not relayed.")
    lock = lemmy.activity("Lock", page["id"], summary="A reason for the lock")
    for said, locked in ((lock, True), (lemmy.undo(lock), False)):
        assert (await passes_on(said))[0] == "admitted"
        thread = await ideas_read.read_head(acme.house, acme.admin, idea.id)
        assert (thread.lock is not None) == locked
    assert (await passes_on(lemmy.activity("Delete", page["id"], summary="bad post")))[0] == "admitted"
    assert (await acme.fresh(idea)).deleted


async def test_whom_a_community_bans_is_told_so_here_instead_of_writing_what_is_dropped_there(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer, other = await elsewhere("lemmy"), await elsewhere("lemmy")
    group, elsewhere_group = await join(acme, peer, "main"), await join(acme, other, "other")
    lemmy, bob = Lemmy(peer, acme, group), await acme.member("bob")
    forum, second = await lemmy_forum(acme, lemmy), await forums.forum_by_uri(acme.house, elsewhere_group)
    assert second is not None
    until = "2099-12-01T12:23:50.151874Z"
    block = lemmy.activity("Block", bob.uri, target=group, removeData=True, summary="spam", endTime=until)
    inner = {name: value for name, value in block.items() if name != "@context"}
    assert (await lemmy.say(peer.activity("Announce", group, inner, to=[PUBLIC])))[0] == "admitted"
    with pytest.raises(NotAllowed, match=f"{peer.host} take nothing of yours here until 2099-12-01"):
        await acme.idea(forum, "Trees.", bob)
    await acme.idea(forum, "Trees.", acme.admin)
    await acme.idea(second, "Trees.", bob)
    assert (await lemmy.say(lemmy.undo(block)))[0] == "admitted"
    await acme.idea(forum, "Trees.", bob)
    site = f"{lemmy.leo.split('/users')[0]}/"
    ban = lemmy.activity("Block", bob.uri, target=site, cc=[site], summary="spam")
    assert (await lemmy.say(ban))[0] == "admitted"
    with pytest.raises(NotAllowed, match="any more"):
        await acme.idea(forum, "Trees.", bob)
    await acme.idea(second, "Trees.", bob)


async def test_a_ban_that_has_run_out_or_is_by_a_server_that_holds_nothing_of_it_keeps_nobody_out(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer, other = await elsewhere("lemmy"), await elsewhere("lemmy")
    group = await join(acme, peer, "main")
    lemmy, mallory = Lemmy(peer, acme, group), Lemmy(other, acme, group)
    forum, bob = await lemmy_forum(acme, lemmy), await acme.member("bob")
    over = lemmy.activity("Block", bob.uri, target=group, endTime="2026-01-01T00:00:00Z")
    assert (await lemmy.say(over))[0] == "admitted"
    for target in (group, f"{lemmy.leo.split('/users')[0]}/", f"{mallory.leo.split('/users')[0]}/c/1", f"{acme.url}/"):
        said = mallory.activity("Block", bob.uri, target=target)
        assert await mallory.say(said) == ("ignored", "It is about nothing that its server holds.")
    await acme.idea(forum, "Trees.", bob)
