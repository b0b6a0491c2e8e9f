"""What a forum elsewhere passes on of others: believed on its own server's word, or its author's proof; never on the
announcer's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.outside.received import by_uri
from federation.signatures.proofs import verify_owned
from server.domain.ideas import Contribution
from server.services import forums
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation

WORDS = "What Ann wrote."


class Ring:
    """Acme follows a forum at `host`, where Ann of `home` writes; the host may be malicious."""

    def __init__(self, acme: Organisation, host: Elsewhere, home: Elsewhere) -> None:
        self.acme, self.host, self.home = acme, host, home
        self.group = host.person("garden", "Group")
        home.multikeys = True
        self.ann = home.person("ann")

    async def join(self, name: str = "garden") -> str:
        group = self.host.person(name, "Group")
        link = {"rel": "self", "type": "application/activity+json", "href": group}
        found = {"subject": f"acct:{name}@{self.host.host}", "links": [link]}
        self.host.documents["/.well-known/webfinger"] = (200, found)
        await forums.ask_to_join(self.acme.house, self.acme.admin, f"@{name}@{self.host.host}")
        await self.acme.idle()
        await self.host.post(self.acme.inbox, self.host.activity("Accept", group, self.host.arrived[-1].activity))
        await self.acme.idle()
        self.home.asked.clear()
        return group

    def write(self, text: str = WORDS, *, served: bool = True, **changes: Any) -> dict[str, Any]:
        """Return Ann's Create of an idea in the forum; `served` at its id too, or else nowhere."""
        article = self.home.note(self.ann, text, to=self.group, name="An idea", **changes)
        if not served:
            self.home.documents.pop("/" + article["id"].split("/", 3)[3])
        return self.home.create(article, audience=self.group)

    async def announce(self, inner: Any, group: str = "") -> Contribution | None:
        """Have the host announce something; return what stands at Acme under the id of its object."""
        await self.host.post(self.acme.inbox, self.host.activity("Announce", group or self.group, inner))
        await self.acme.idle()
        for _ in range(8):
            self.acme.wait(70)
            await self.acme.idle()
        uri = inner["object"]["id"] if isinstance(inner["object"], dict) else inner["object"]
        return await self.acme.know(uri)


@pytest.fixture
async def ring(acme: Organisation, elsewhere: MakeElsewhere) -> Ring:
    made = Ring(acme, await elsewhere("lemmy"), await elsewhere())
    await made.join()
    return made


async def test_what_is_passed_on_unproven_is_fetched_from_its_own_server(ring: Ring):
    create = ring.write()
    create["object"] = {**create["object"], "content": "<p>What the announcer made of it.</p>"}
    made = await ring.announce(create)
    assert made is not None
    assert made.text == WORDS


async def test_what_its_own_server_does_not_know_was_never_said(ring: Ring):
    assert await ring.announce(ring.write(served=False)) is None
    assert (await ring.acme.last_received()) == ("Announce", "refused")


async def test_a_proof_by_its_author_saves_the_fetch(ring: Ring):
    create = ring.home.proven(ring.write(served=False))
    made = await ring.announce(create)
    assert made is not None
    assert (made.text, made.author_host) == (WORDS, ring.home.host)
    assert [path for path in ring.home.asked if path.startswith("/notes")] == []


@pytest.mark.parametrize("forgery", ["words", "actor", "stranger's key", "old", "to another forum", "future"])
async def test_a_proof_that_does_not_hold_is_none(ring: Ring, forgery: str):
    plain = ring.write(served=False)
    if forgery == "to another forum":
        plain["to"], plain["audience"] = [f"{ring.host.url}/users/other"], f"{ring.host.url}/users/other"
    hours = {"old": -30, "future": 3}.get(forgery, 0)
    create = ring.home.proven(plain, datetime.now(UTC) + timedelta(hours=hours))
    if forgery == "words":
        create["object"] = {**create["object"], "content": "<p>Other words.</p>"}
    if forgery == "actor":
        bob = ring.home.person("bob")
        create["actor"], create["object"]["attributedTo"] = bob, bob
    if forgery == "stranger's key":
        ring.host.multikeys = True
        eve = ring.host.person("eve")
        create["proof"] = ring.host.proven({**plain, "actor": eve})["proof"]
    assert await ring.announce(create) is None


async def test_a_change_is_fetched_even_where_it_is_proven(ring: Ring):
    """Whoever kept an old Update could put old words in place of new ones."""
    create = ring.write("First words.")
    made = await ring.announce(create)
    assert made is not None
    note = ring.home.lay_out({**create["object"], "content": "<p>Newest words.</p>"})
    old = {**note, "content": "<p>Old words.</p>"}
    await ring.announce(ring.home.proven(ring.home.activity("Update", ring.ann, old, to=[ring.group])))
    assert (await ring.acme.fresh(made)).text == "Newest words."


async def test_a_forum_cannot_have_deleted_what_stands_in_another(ring: Ring):
    made = await ring.announce(ring.write())
    assert made is not None
    other = await ring.join("other")
    delete = ring.home.activity("Delete", ring.ann, made.uri, to=[other])
    await ring.announce(delete, group=other)
    assert not (await ring.acme.fresh(made)).deleted
    assert (await ring.acme.last_received())[1] == "refused"
    await ring.announce(ring.home.proven({**delete, "id": ring.home.new_uri()}), group=other)
    assert (await ring.acme.fresh(made)).deleted, "her own proof is her own word"


async def test_an_announcer_cannot_speak_for_us(ring: Ring):
    idea = await ring.acme.idea(await ring.acme.forum(jam=await ring.acme.jam("own")), "Our own.")
    await ring.acme.idle()
    ours = {"type": "Article", "id": idea.uri, "content": "<p>Theirs.</p>"}
    for kind, subject in (("Update", ours), ("Delete", idea.uri), ("Create", ours)):
        inner = ring.host.activity(kind, f"{ring.acme.url}/people/{'0' * 32}", subject, to=[ring.group])
        await ring.host.post(ring.acme.inbox, ring.host.activity("Announce", ring.group, inner))
        await ring.acme.idle()
    after = await ring.acme.fresh(idea)
    assert (after.text, after.deleted) == ("Our own.", False)


async def test_loops_of_announces_end_at_once(ring: Ring):
    inner = ring.write()
    for _ in range(3):
        inner = ring.host.activity("Announce", ring.group, inner)
    await ring.host.post(ring.acme.inbox, ring.host.activity("Announce", ring.group, inner))
    await ring.acme.idle()
    assert (await ring.acme.last_received()) == ("Announce", "ignored")
    assert ring.home.asked == []
    itself = ring.host.activity("Announce", ring.group, "")
    itself["object"] = itself["id"]
    await ring.host.post(ring.acme.inbox, itself)
    await ring.acme.idle()
    assert (await ring.acme.last_received()) == ("Announce", "ignored")


async def test_a_linked_data_signature_is_neither_believed_nor_passed_on(acme: Organisation, elsewhere: MakeElsewhere):
    home, reader = await elsewhere(), await elsewhere("lemmy")
    forum = await acme.forum()
    await acme.idle()
    await reader.post(acme.inbox, reader.activity("Follow", reader.person("lea"), forum.uri))
    await acme.idle()
    ann, eve = home.person("ann"), home.person("eve")
    signature = {"type": "RsaSignature2017", "creator": f"{ann}#main-key", "signatureValue": "YQ=="}
    create = {**home.create(home.note(ann, "Words.", to=forum.uri, name="An idea")), "signature": signature}
    assert (await home.post(acme.inbox, create, by=eve)).status == 401
    assert (await home.post(acme.inbox, create)).status == 202
    await acme.idle()
    assert reader.shapes()[-1] == "Announce Create Article"
    assert b"RsaSignature" not in reader.arrived[-1].body


async def test_servers_of_ours_prove_what_they_say_to_each_other_and_to_everyone(
    acme: Organisation, organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    globex, peer, partner = await organise("Globex"), await elsewhere("lemmy"), await elsewhere("lemmy")
    forum = await acme.forum()
    await acme.partner(partner.host)
    closed = await acme.forum("friends", "partners")
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, f"@open@{acme.host}")
    for one, group in ((peer, forum.uri), (partner, closed.uri)):
        await one.post(acme.inbox, one.activity("Follow", one.person("ann"), group))
    for _ in range(3):
        await globex.idle()
        await acme.idle()
    for group in (forum, closed):
        await acme.idea(group, "Words.")
    await acme.idle()
    await globex.idle()
    open_one, closed_one = peer.arrived[-1].activity, partner.arrived[-1].activity
    now = datetime.now(UTC)
    for document in (open_one, open_one["object"]):
        actor = (await peer.get(document["actor"])).json
        assert verify_owned(document, actor, now)["id"] == document["id"]
    assert "proof" not in closed_one
    assert "proof" not in closed_one["object"], "what only some were granted stays deniable"
    kept = await by_uri(globex.outside, open_one["id"])
    assert kept is not None
    assert b"eddsa-jcs-2022" in kept.body
