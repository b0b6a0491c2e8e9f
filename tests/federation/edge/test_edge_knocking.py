"""Two ways to sign a request: the one that a server took last, and once the other where it is turned away."""

from __future__ import annotations

from federation.gate.key_change import rotate_keys
from federation.outside import peers
from server.services import forums, ideas
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation

CAPABLE = {
    "type": "Application",
    "implements": [
        {"href": "https://datatracker.ietf.org/doc/html/rfc9421"},
        {"href": "https://datatracker.ietf.org/doc/html/rfc9421#name-eddsa-using-curve-edwards25"},
    ],
}


async def form_of(acme: Organisation, peer: Elsewhere) -> str:
    known = await peers.peer(acme.outside, peer.host)
    assert known is not None
    return known.form


async def work(acme: Organisation) -> None:
    """Let all that was exchanged and said be sent, the news of new keys taken in."""
    for _ in range(4):
        await acme.idle()
        acme.wait(3.0)


async def test_a_stranger_gets_the_old_form_first_and_the_new_one_where_that_is_turned_away(
    acme: Organisation, elsewhere: MakeElsewhere
):
    for status in (400, 401, 403):
        peer = await elsewhere("lemmy", takes=("rfc9421",), unread=status)
        forum = await acme.forum(f"forum-{status}")
        await acme.idle()
        await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
        await acme.idle()
        assert peer.knocks == ["cavage", "rfc9421"]
        assert await form_of(acme, peer) == "rfc9421"
        await acme.idea(forum, "One.")
        await acme.idle()
        assert peer.knocks == ["cavage", "rfc9421", "rfc9421"], "what was taken last comes first"
        assert all(one.valid for one in peer.arrived)


async def test_a_server_that_goes_back_to_the_old_form_is_followed(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("lemmy", takes=("rfc9421",))
    forum = await acme.forum()
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
    await acme.idle()
    peer.takes = ("cavage",)
    peer.knocks.clear()
    for text in ("One.", "Two."):
        await acme.idea(forum, text)
        await acme.idle()
    assert peer.knocks == ["rfc9421", "cavage", "cavage"]
    assert await form_of(acme, peer) == "cavage"


async def test_a_server_that_refuses_both_is_knocked_twice_a_try_and_three_tries(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere("lemmy")
    forum = await acme.forum()
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
    await acme.idle()
    peer.takes, peer.unread = (), 400
    peer.knocks.clear()
    await acme.idea(forum, "Nobody wants it.")
    for _ in range(5):
        await acme.idle()
        acme.wait(60)
    assert peer.knocks == ["cavage", "rfc9421"] * 3
    assert (await acme.deliveries(peer.host))[-1] == ("Create", "dead")


async def test_piefed_gets_nothing_again_before_it_has_forgotten_the_id(acme: Organisation, elsewhere: MakeElsewhere):
    """It answers 200 to an id that it turned away less than 90 seconds ago, and drops what came."""
    peer = await elsewhere("PieFed")
    forum = await acme.forum()
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("pia"), forum.uri))
    await acme.idle()
    peer.takes, peer.unread = (), 400
    peer.knocks.clear()
    idea = await acme.idea(forum, "Signed with a key that is new to them.")
    for _ in range(9):
        await acme.idle()
        acme.wait(10.0)
    assert peer.knocks == ["cavage"], "neither in the other form, nor soon again"
    peer.takes = ("cavage",)
    acme.wait(10.0)
    await acme.idle()
    assert peer.knocks == ["cavage", "cavage"]
    assert peer.arrived[-1].activity["object"]["object"]["id"] == idea.uri
    assert await form_of(acme, peer) == "cavage"
    peer.takes = ()
    await acme.idea(forum, "It keeps the key of a person for a day.")
    for _ in range(12):
        await acme.idle()
        acme.wait(3600.0)
    assert (await acme.deliveries(peer.host))[-1] == ("Create", "queued"), "no dead letter: its 400 is about our key"
    peer.takes = ("cavage",)
    await acme.idle()
    assert (await acme.deliveries(peer.host))[-1] == ("Create", "sent")


async def test_piefed_is_given_fifteen_seconds_to_take_a_new_key_in(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("PieFed")
    forum = await acme.forum()
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("pia"), forum.uri))
    await acme.idle()
    await rotate_keys(acme.gate)
    await acme.idea(forum)
    for _ in range(2):
        await acme.idle()
        acme.wait(7.0)
    assert peer.shapes()[-1] == "Update Group"
    await acme.idle()
    assert peer.shapes()[-1] == "Update Group"
    acme.wait(2.0)
    await acme.idle()
    assert peer.shapes()[-1] == "Announce Create Article"


async def test_what_a_server_asks_for_is_covered_and_its_nonce_said_again(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("lemmy", takes=("rfc9421",))
    peer.asks = 'sig1=("@method" "@path" "date" "content-digest");created;nonce="4711";tag="activitypub"'
    forum = await acme.forum()
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
    await acme.idle()
    (accepted,) = peer.arrived
    assert accepted.valid
    said = accepted.headers["signature-input"]
    assert '"@path" "date")' in said
    assert said.endswith(';nonce="4711";tag="activitypub"')


async def test_who_announces_ed25519_gets_it_from_the_first(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("lemmy", takes=("rfc9421",))
    forum = await acme.forum()
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann", generator=CAPABLE), forum.uri))
    await acme.idle()
    await acme.idea(forum, "One.")
    await acme.idle()
    assert peer.knocks == ["rfc9421", "rfc9421"]
    assert all(one.valid for one in peer.arrived)
    assert all('#ed25519-key";alg="ed25519"' in one.headers["signature-input"] for one in peer.arrived)


async def test_servers_of_ours_speak_ed25519_with_each_other(acme: Organisation, organise: MakeOrganisation):
    globex = await organise("Globex")
    await acme.forum()
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, f"@open@{acme.host}")
    for _ in range(4):
        await globex.idle()
        await acme.idle()
    for one, other in ((acme, globex), (globex, acme)):
        known = await peers.peer(one.outside, other.host)
        assert known is not None
        assert known.form == "ed25519"


async def test_what_our_actors_say_of_their_keys_and_server(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("lemmy")
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    server = (await peer.get(f"{acme.url}/actor")).json
    author = (await peer.get(idea.uri)).json["attributedTo"]
    for uri in (forum.uri, author):
        actor = (await peer.get(uri)).json
        (key,) = actor["assertionMethod"]
        assert (key["id"], key["type"], key["controller"]) == (f"{uri}#ed25519-key", "Multikey", uri)
        assert key["publicKeyMultibase"].startswith("z6Mk")
        assert actor["generator"]["implements"] == server["implements"]
        assert actor["generator"]["id"] == server["id"]
    assert "https://datatracker.ietf.org/doc/html/rfc9421" in [one["href"] for one in server["implements"]]


async def test_documents_are_asked_for_in_the_other_form_where_one_is_turned_away(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere(takes=("rfc9421",), strict=True, speaks="rfc9421")
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    assert (await peer.post(acme.inbox, peer.activity("Like", peer.person("ann"), idea.uri))).status == 202
    first = len(peer.asked)
    assert (await peer.post(acme.inbox, peer.activity("Like", peer.person("bob"), idea.uri))).status == 202
    assert len(peer.asked) - first == 2, "what was taken last comes first"


async def test_exchanged_keys_have_new_ids_so_that_peers_who_keep_keys_by_id_take_the_next_message(
    acme: Organisation, organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    globex, peer = await organise("Globex"), await elsewhere("lemmy", remembers=True)
    forum = await acme.forum()
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, f"@open@{acme.host}")
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
    for _ in range(3):
        await globex.idle()
        await acme.idle()
    assert peer.arrived[-1].valid
    await rotate_keys(acme.gate)
    idea = await acme.idea(forum, "Signed anew.")
    await acme.idle()
    await globex.idle()
    assert await globex.know(idea.uri) is not None, "ours look keys up, and wait for nothing"
    await work(acme)
    said = [one for one in peer.arrived if one.shape != "Update Application"]
    assert [one.valid for one in said[-2:]] == [True, True], "the Update of the forum, and the idea"
    assert {state for _, state in await acme.deliveries()} == {"sent"}
    group = (await peer.get(forum.uri)).json
    assert group["publicKey"]["id"] == f"{forum.uri}#main-key-2"
    assert [one["id"] for one in group["assertionMethod"]] == [f"{forum.uri}#ed25519-key-2"]
    author = (await peer.get((await peer.get(idea.uri)).json["attributedTo"])).json
    assert author["publicKey"]["id"].endswith("#main-key-2"), "who is shown anew lists the new key too"


async def test_the_old_key_signs_the_news_of_the_new_one_for_servers_that_keep_actors(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere("snac", keeps_actors=True)
    forum = await acme.forum()
    await acme.idle()
    ann = peer.person("ann")
    await peer.post(acme.inbox, peer.activity("Follow", ann, forum.uri))
    idea = await acme.idea(forum)
    await acme.idle()
    note = peer.lay_out(peer.note(ann, "Stairs.", idea.uri, forum.uri))
    await peer.post(acme.inbox, peer.activity("Create", ann, note))
    await acme.idle()
    reply = await acme.know(note["id"])
    assert reply is not None
    slip = await acme.reply(reply, "Which?")
    await acme.idle()
    await ideas.delete(acme.house, acme.admin, slip)
    await acme.idle()
    before = len(peer.arrived)
    await rotate_keys(acme.gate)
    await acme.idea(forum, title="After the keys")
    await acme.reply(reply, "Signed anew.")
    await work(acme)
    new = [one for one in peer.arrived[before:] if one.shape != "Update Application"]
    assert all(one.valid for one in new)
    assert [one.shape for one in new[:2]] == ["Update Group", "Update Person"] or [one.shape for one in new[:2]] == [
        "Update Person",
        "Update Group",
    ]
    assert sorted(one.shape for one in new[2:]) == ["Announce uri", "Create Note"]
    assert "#main-key-2" in new[2].headers["signature"]
    assert "#main-key-2" not in new[0].headers["signature"]
    # Another exchange, and one that leaves nothing to the old keys.
    await rotate_keys(acme.gate)
    await acme.idea(forum, title="Again")
    await work(acme)
    assert peer.arrived[-1].valid
    await rotate_keys(acme.gate, at_once=True)
    assert not await acme.outside.store.fetch("SELECT name FROM actor_keys WHERE name LIKE 'former %'")
    await acme.idea(forum, title="At once")
    await work(acme)
    assert not peer.arrived[-1].valid, "who keeps actors is deaf until it looks again"


async def test_servers_that_answer_our_signed_questions_and_keep_our_server_s_actor_hear_of_its_new_key(
    acme: Organisation, elsewhere: MakeElsewhere
):
    keeper, stranger = await elsewhere("gotosocial", keeps_actors=True), await elsewhere("gotosocial")
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    keeper.owners[f"{acme.url}/actor"] = await keeper.get(f"{acme.url}/actor")
    await keeper.post(acme.inbox, keeper.activity("Like", keeper.person("ann"), idea.uri))
    await acme.idle()
    await rotate_keys(acme.gate)
    await work(acme)
    assert [(one.shape, one.valid) for one in keeper.arrived] == [("Update Application", True)]
    assert keeper.owners[f"{acme.url}/actor"].json["publicKey"]["id"] == f"{acme.url}/actor#main-key-2"
    assert stranger.arrived == [], "whom we never asked anything hears nothing"


async def test_the_old_key_signs_nothing_but_that_and_is_gone_after_a_day(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("mastodon")
    forum = await acme.forum(jam=await acme.jam(hours=1000))
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
    await acme.idle()
    await rotate_keys(acme.gate)
    await acme.idea(forum)
    await work(acme)
    said = [one for one in peer.arrived if one.shape != "Update Application"]
    signed = ["#main-key-2" in one.headers["signature"] for one in said]
    assert signed == [False, False, True], "the Accept, the news, the idea"
    acme.wait(25 * 3600.0)
    await acme.idea(forum, title="Next day")
    await acme.idle()
    assert peer.arrived[-1].valid
    assert not await acme.outside.store.fetch("SELECT name FROM actor_keys WHERE name LIKE 'former %'")
