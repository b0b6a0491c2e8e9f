"""What was missed is read where it is kept: histories between partners, and whole threads of other servers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from federation.outside import readings
from federation.vocabulary.collections import MalformedCollection, read_leaf
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import forums, ideas, ideas_read, marking
from server.services.undo import settle_due
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation

DAY = 24 * 3600.0
Clock = Callable[[], datetime]


async def settle(*organisations: Organisation) -> None:
    for _ in range(4):
        for one in organisations:
            await one.idle()


async def join(host: Organisation, guest: Organisation, forum: Forum) -> Forum:
    """Have a guest join a forum; return the guest's place for it."""
    await forums.ask_to_join(guest.house, guest.admin, forum.handle)
    await settle(guest, host)
    joined = await forums.forum_by_uri(guest.house, forum.uri)
    assert joined is not None
    assert joined.joined
    return joined


async def lose(sender: Organisation, receiver: Organisation) -> None:
    """Lose what is under way from one server to another, as after 30 days without an answer."""
    await sender.release.run_once()
    async with sender.outside.store.transaction() as change:
        gone = "UPDATE deliveries SET state = 'dead' WHERE state = 'queued' AND host = ?"
        await change.execute(gone, (receiver.host,))


async def thread_at(one: Organisation, *uris: str) -> list[tuple[Any, ...]]:
    """Return what stands of some contributions on a server: words, place, support, whether it is gone."""
    found = []
    for uri in uris:
        made = await one.know(uri)
        if made is None:
            found.append((uri, None))
            continue
        parent = await ideas_read.by_id(one.house, made.parent_id) if made.parent_id else None
        found.append((uri, made.title, made.text, parent.uri if parent else "", made.support, made.deleted))
    return found


@pytest.fixture
async def two(organise: MakeOrganisation) -> tuple[Organisation, Organisation, Forum, Forum]:
    """Acme with a forum for partners, and Globex that joined it."""
    acme, globex = await organise("Acme"), await organise("Globex")
    await acme.partner(globex.host)
    forum = await acme.forum("friends", "partners", await acme.jam(hours=1000))
    await acme.idle()
    return acme, globex, forum, await join(acme, globex, forum)


async def test_a_partner_that_missed_a_months_words_edits_votes_and_removals_reads_them_afterwards(
    two: tuple[Organisation, Organisation, Forum, Forum]
):
    acme, globex, forum, mirror = two
    bob = await globex.member("bob")
    kept, gone = await acme.idea(forum, "Kept."), await acme.idea(forum, "To go.")
    theirs = await globex.idea(mirror, "Ours.", bob, title="Globex's")
    await settle(globex, acme)
    at_acme = await acme.know(theirs.uri)
    at_globex = await globex.know(kept.uri)
    assert at_acme is not None
    assert at_globex is not None

    # Nothing arrives any more, either way.
    await ideas.edit(acme.house, acme.admin, kept, "Kept, and better.")
    answer = await acme.reply(at_acme, "Good.")
    await ideas.delete(acme.house, acme.admin, gone)
    missed = await acme.idea(forum, "Never sent.")
    await lose(acme, globex)
    await marking.mark(globex.house, bob, at_globex, "support")
    await ideas.edit(globex.house, bob, theirs, "Ours, and better.")
    late = await globex.reply(at_globex, "Did that arrive?", bob)
    await lose(globex, acme)
    await settle(acme, globex)
    assert await globex.know(missed.uri) is None
    assert await acme.know(late.uri) is None

    for one in (acme, globex):
        one.wait(DAY + 60)
    await settle(globex, acme)
    await settle(globex, acme)
    uris = [one.uri for one in (kept, gone, theirs, answer, missed, late)]
    here, there = await thread_at(acme, *uris), await thread_at(globex, *uris)
    assert [row[:4] for row in here if not row[-1]] == [row[:4] for row in there if not row[-1]]
    assert {row[0] for row in here if row[-1]} == {row[0] for row in there if row[-1]} == {gone.uri}
    assert (await acme.fresh(kept)).support == 1
    assert (await globex.know(kept.uri)).text == "Kept, and better."  # type: ignore[union-attr]
    assert not acme.faults
    assert not globex.faults


async def test_a_history_holds_the_very_bytes_that_were_delivered_and_only_those(
    two: tuple[Organisation, Organisation, Forum, Forum]
):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum, "Words.")
    await acme.idea(forum, "Held back.", label="RED")
    await settle(acme, globex)
    gone = await acme.idea(forum, "CANARY")
    await settle(acme, globex)
    await ideas.delete(acme.house, acme.admin, gone)
    await settle(acme, globex)
    page = await globex.edge.reader._fetcher._get(f"{forum.uri}/history?page=first")
    assert page.status == 200
    assert b"CANARY" not in page.body
    assert b"Held back" not in page.body
    sent = await globex.outside.store.fetch(
        "SELECT body FROM received WHERE kind = 'Announce' AND length(body) > 0 AND object_uri IN (?, ?) ORDER BY id",
        (idea.uri, gone.uri),
    )
    assert len(sent) == 1, "the words of what was deleted are kept nowhere"
    assert bytes(sent[0]["body"]) in page.body
    told = [(one["type"], one["object"]["type"]) for one in json.loads(page.body)["orderedItems"]]
    assert told == [("Announce", "Create"), ("Announce", "Delete")]


async def test_a_history_is_one_404_for_everybody_else(
    two: tuple[Organisation, Organisation, Forum, Forum], elsewhere: MakeElsewhere
):
    acme, globex, forum, mirror = two
    peer = await elsewhere()
    open_ = await acme.forum("open")
    await acme.idea(open_)
    await globex.idea(mirror, "Ours.")
    await settle(globex, acme)
    ann = peer.person("ann")
    nothing = await peer.get(f"{acme.url}/objects/{'0' * 32}")
    asked = quote(forum.uri, safe="")
    for url in (
        f"{forum.uri}/history",
        f"{forum.uri}/history?page=first",
        f"{open_.uri}/history?page=first",
        f"{acme.url}/forums/{'0' * 32}/history",
        f"{acme.url}/actor/history",
        f"{acme.url}/actor/history?forum={asked}",
        f"{acme.url}/actor/history?forum={quote(ann, safe='')}",
        f"{acme.url}/actor/history?forum=%00",
    ):
        for by in ("", ann):
            answer = await peer.get(url, by=by)
            assert (answer.status, answer.body) == (404, nothing.body), (url, by)
    # Who follows a forum for everybody may read what was told to it.
    await peer.post(acme.inbox, peer.activity("Follow", ann, open_.uri))
    await acme.idle()
    assert (await peer.get(f"{open_.uri}/history", by=ann)).json["type"] == "OrderedCollection"
    page = await peer.get(f"{open_.uri}/history?page=first", by=ann)
    assert [one["type"] for one in page.json["orderedItems"]] == ["Announce"]
    assert (await peer.get(f"{open_.uri}/history?page=first")).status == 404
    other = await peer.get(f"{globex.url}/actor/history?forum={asked}", by=ann)
    assert other.status == 404, "it is for the forum's own server"


async def test_a_history_is_read_from_a_cursor_page_by_page(
    two: tuple[Organisation, Organisation, Forum, Forum], monkeypatch: pytest.MonkeyPatch
):
    acme, globex, forum, _ = two
    monkeypatch.setattr("federation.edge.histories.PAGE", 3)
    made = [await acme.idea(forum, f"Number {n}.") for n in range(8)]
    await lose(acme, globex)
    await settle(acme, globex)
    globex.wait(DAY)
    await settle(globex, acme)
    assert all([await globex.know(one.uri) is not None for one in made])
    row = await globex.outside.store.fetch_one("SELECT * FROM readings WHERE uri = ?", (forum.uri,))
    assert row is not None
    assert len(row["cursor"]) == 32
    assert row["total"] == 8
    before = len(await globex.received())
    globex.wait(DAY)
    await settle(globex, acme)
    assert len(await globex.received()) == before, "what was read is not read again"


async def test_what_is_read_late_undoes_nothing_that_came_since(two: tuple[Organisation, Organisation, Forum, Forum]):
    acme, globex, forum, _ = two
    bob = await globex.member("bob")
    idea = await acme.idea(forum, "One.")
    await settle(acme, globex)
    await ideas.edit(acme.house, acme.admin, idea, "Two.")
    await lose(acme, globex)
    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Three.")
    mirrored = await globex.know(idea.uri)
    assert mirrored is not None
    await marking.mark(globex.house, bob, mirrored, "support")
    await settle(globex, acme)
    await marking.unmark(globex.house, bob, mirrored, "support")
    await lose(globex, acme)
    await marking.mark(globex.house, bob, mirrored, "support")
    await settle(globex, acme)
    assert (await globex.fresh(mirrored)).text == "Three."
    for one in (acme, globex):
        one.wait(DAY + 60)
    await settle(globex, acme)
    assert (await globex.fresh(mirrored)).text == "Three."
    assert (await acme.fresh(idea)).support == 1


async def miss_the_last_change(acme: Organisation, globex: Organisation, idea: Contribution, clock: Clock) -> None:
    """Change an idea twice, at the times of a clock: the partner gets one change, and reads the other later."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(acme.house.clock, "_read", clock)
        await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Two.")
        await settle(acme, globex)
        await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Three.")
        await lose(acme, globex)
    mirrored = await globex.know(idea.uri)
    assert mirrored is not None
    assert mirrored.text == "Two."
    for one in (acme, globex):
        one.wait(DAY + 60)
    await settle(globex, acme)
    assert (await globex.fresh(mirrored)).text == "Three."


async def test_a_change_of_the_second_in_which_the_words_came_is_taken_when_it_is_read(
    two: tuple[Organisation, Organisation, Forum, Forum]
):
    acme, globex, forum, _ = two
    stopped = acme.house.now()
    await miss_the_last_change(acme, globex, await acme.idea(forum, "One."), lambda: stopped)


async def test_of_changes_of_one_second_the_last_one_stands_also_where_it_is_read_later(
    two: tuple[Organisation, Organisation, Forum, Forum]
):
    acme, globex, forum, _ = two
    began, ticks = acme.house.now().replace(microsecond=0), itertools.count(1)
    idea = await acme.idea(forum, "One.")
    await settle(acme, globex)
    await miss_the_last_change(acme, globex, idea, lambda: began + timedelta(microseconds=next(ticks)))


async def test_a_vote_for_words_that_were_changed_before_they_crossed_is_told_once(
    two: tuple[Organisation, Organisation, Forum, Forum]
):
    acme, globex, _, mirror = two
    bob = await globex.member("bob")
    own = await globex.idea(mirror, "Ours.")
    await marking.mark(globex.house, bob, own, "support")
    await ideas.edit(globex.house, globex.admin, await globex.fresh(own), "Ours, better.")
    await settle(globex, acme)
    there = await acme.know(own.uri)
    assert there is not None
    assert (there.text, there.support) == ("Ours, better.", 1)
    await ideas.edit(globex.house, globex.admin, await globex.fresh(own), "Ours, best.")
    await settle(globex, acme)
    likes = "SELECT count(*) FROM crossings WHERE type = 'Like' AND subject_uri = ?"
    assert await globex.outside.store.fetch_value(likes, (own.uri,)) == 1


async def test_a_vote_given_before_the_words_crossed_is_told_with_them(
    two: tuple[Organisation, Organisation, Forum, Forum]
):
    acme, globex, _, mirror = two
    bob = await globex.member("bob")
    own = await globex.idea(mirror, "Ours.", undo=timedelta(seconds=10))
    await marking.mark(globex.house, bob, own, "support")
    await settle(globex, acme)
    assert await acme.know(own.uri) is None
    globex.wait(11)
    await settle_due(globex.house)
    await settle(globex, acme)
    there = await acme.know(own.uri)
    assert there is not None
    assert there.support == 1


# -- threads of other software --


class Garden:
    """A forum of other software that we joined, with a thread of which we know nothing yet."""

    def __init__(self, peer: Elsewhere, acme: Organisation) -> None:
        self.peer, self.acme = peer, acme
        self.gil = peer.person("gil")
        self.group = peer.person("garden", "Group")

    async def join(self) -> None:
        link = {"rel": "self", "type": "application/activity+json", "href": self.group}
        finger = {"subject": f"acct:garden@{self.peer.host}", "links": [link]}
        self.peer.documents["/.well-known/webfinger"] = (200, finger)
        await forums.ask_to_join(self.acme.house, self.acme.admin, f"@garden@{self.peer.host}")
        await self.acme.idle()
        wish = self.peer.arrived[0].activity
        await self.peer.post(self.acme.inbox, self.peer.activity("Accept", self.group, wish))
        await self.acme.idle()

    def idea(self, text: str = "Roses.", **more: Any) -> dict[str, Any]:
        return self.peer.note(self.gil, text, to=self.group, name="Roses", **more)

    def answer(self, parent: str, text: str = "Yes.") -> dict[str, Any]:
        return self.peer.note(self.gil, text, parent, to=self.group)

    def collection(self, name: str, items: list[Any], **more: Any) -> str:
        uri = f"{self.peer.url}/{name}"
        self.peer.lay_out({"@context": "x", "id": uri, "type": "OrderedCollection", "orderedItems": items, **more})
        return uri

    async def announce(self, note: dict[str, Any]) -> None:
        activity = self.peer.activity("Announce", self.group, self.peer.create(note))
        assert (await self.peer.post(self.acme.inbox, activity)).status == 202
        await self.acme.idle()

    async def later(self) -> None:
        """Have the gate look again at what came too early."""
        for _ in range(8):
            self.acme.wait(10)
            await self.acme.idle()


@pytest.fixture
async def garden(acme: Organisation, elsewhere: MakeElsewhere) -> Garden:
    return Garden(await elsewhere("lemmy"), acme)


async def test_a_reply_whose_parents_never_came_brings_them_along(garden: Garden, acme: Organisation):
    await garden.join()
    idea = garden.idea()
    first = garden.answer(idea["id"])
    second = garden.answer(first["id"])
    await garden.announce(garden.answer(second["id"], "At last."))
    await garden.later()
    for one in (idea, first, second):
        assert await acme.know(one["id"]) is not None
    replies = await acme.outside.store.fetch("SELECT kind, state FROM received WHERE kind = 'Found'")
    assert [row["state"] for row in replies] == ["admitted"] * 3
    assert not acme.faults


async def test_a_forum_that_is_joined_late_comes_with_its_ideas_and_their_threads(garden: Garden, acme: Organisation):
    idea = garden.idea()
    answers = [garden.answer(idea["id"], f"Number {n}.") for n in range(3)]
    uris = [idea["id"], *(one["id"] for one in answers)]
    idea["context"] = garden.collection("context", uris, totalItems=4)
    told = garden.peer.activity("Announce", garden.group, garden.peer.create(idea))
    outbox = garden.collection("outbox", [told], totalItems=1)
    garden.peer.documents["/users/garden"][1]["outbox"] = outbox
    await garden.join()
    await garden.later()
    assert all([await acme.know(uri) is not None for uri in uris])
    row = await acme.outside.store.fetch_one("SELECT * FROM readings WHERE uri = ?", (idea["id"],))
    assert row is not None
    assert (row["total"], row["state"]) == (4, "rest")


async def test_answers_ten_thousand_deep_end_soon_and_are_not_let_in(garden: Garden, acme: Organisation):
    await garden.join()
    uris = [f"{garden.peer.url}/notes/deep-{n}" for n in range(10_001)]
    for n in range(10_000):
        garden.peer.lay_out({**garden.answer(uris[n + 1]), "id": uris[n]})
    asked = len(garden.peer.asked)
    await garden.announce(garden.answer(uris[0]))
    await garden.later()
    assert len(garden.peer.asked) - asked < 150
    assert await acme.know(uris[0]) is None
    assert (await acme.last_received())[1] == "refused"


async def test_answers_in_a_circle_and_objects_of_others_are_left_alone(garden: Garden, acme: Organisation):
    await garden.join()
    one = garden.answer(f"{garden.peer.url}/notes/two")
    garden.peer.lay_out({**garden.answer(one["id"]), "id": f"{garden.peer.url}/notes/two"})
    await garden.announce(one)
    strange = garden.peer.note(garden.gil, "Not for the garden.", name="Elsewhere")
    odd = [strange["id"], 7, None, {"x": 1}, "http://127.0.0.1:1/x", f"{acme.url}/objects/1"]
    context = garden.collection("context", odd)
    idea = garden.idea(context=context)
    await garden.announce(idea)
    mirror = await forums.forum_by_uri(acme.house, garden.group)
    assert mirror is not None
    async with acme.outside.store.transaction() as change:
        await readings.ask(change, idea["id"], garden.peer.host, garden.group, acme.outside.now())
    await garden.later()
    assert await acme.know(one["id"]) is None
    assert await acme.know(strange["id"]) is None
    assert await acme.know(idea["id"]) is not None
    assert not acme.faults


async def test_nobody_can_send_what_is_only_found(garden: Garden, acme: Organisation):
    await garden.join()
    idea = garden.idea()
    found = garden.peer.activity("Found", garden.group, idea["id"])
    assert (await garden.peer.post(acme.inbox, found)).status == 202
    await acme.idle()
    assert (await acme.last_received()) == ("Found", "ignored")
    assert await acme.know(idea["id"]) is None


@pytest.mark.parametrize(
    "document",
    [
        {"type": "Note"},
        {"type": None},
        {},
        {"type": ["OrderedCollection"]},
    ],
)
def test_what_is_no_collection_is_refused(document: dict[str, Any]):
    with pytest.raises(MalformedCollection):
        read_leaf(document, "https://a.example/c")


def test_a_collection_is_read_in_every_form_that_is_seen():
    uri = "https://a.example/c"
    inline = read_leaf({"type": "Collection", "items": "https://a.example/1", "totalItems": 1}, uri)
    assert (inline.items, inline.onward, inline.total) == (("https://a.example/1",), "", 1)
    embedded = read_leaf({"type": "OrderedCollection", "first": {"items": ["x"], "next": f"{uri}?2"}}, uri)
    assert (embedded.items, embedded.onward, embedded.total) == (("x",), f"{uri}?2", None)
    for onward in ("https://b.example/c", 7, ["x"], {"type": "Link"}, "", "javascript:x"):
        assert read_leaf({"type": "CollectionPage", "next": onward}, uri).onward == ""
    for total in (-1, True, "44", 1e9, 1 << 40, None):
        assert read_leaf({"type": "Collection", "totalItems": total}, uri).total is None
    long = read_leaf({"type": "Collection", "items": [json.dumps(n) for n in range(9_000)]}, uri)
    assert len(long.items) == 1_000
