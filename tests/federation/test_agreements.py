"""Agreements between two servers, over HTTP and with real signatures, from the offer to the purge."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.edge.deliver import Signing
from federation.gate.attest import sign_as_server
from federation.outside import crossings as granted
from federation.signatures import PrivateKey, generate_ed25519_pem, load_private_key, load_public_key
from federation.signatures.multikeys import render_multikey
from federation.signatures.proofs import sign_document
from federation.vocabulary import agreements as wire
from server.boundary.labels import Clearance, Level
from server.domain.agreements import Agreement, NamedForum, Terms
from server.domain.errors import Conflict, Invalid
from server.domain.jams import Forum
from server.services import agreements, crossings, forums, ideas_read, partners, readership
from server.services.agreements import Wish
from server.services.incoming import bars_incoming
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation


@pytest.fixture
async def globex(organise: MakeOrganisation) -> Organisation:
    return await organise("Globex")


async def settle(*organisations: Organisation) -> None:
    """Let everybody work until nobody has anything to do."""
    for _ in range(3):
        for one in organisations:
            await one.idle()


async def offer(acme: Organisation, globex: Organisation, *named: Forum, **terms: Any) -> Agreement:
    wish = Wish(forums=tuple(one.uri for one in named) or ("*",), **terms)
    return await agreements.offer(acme.house, acme.admin, globex.host, wish)


async def newest(side: Organisation) -> Agreement:
    return (await agreements.list_agreements(side.house, side.admin))[0]


async def agree(acme: Organisation, globex: Organisation, *named: Forum, **terms: Any) -> tuple[Agreement, Agreement]:
    """Have Acme offer and Globex accept; return the agreement as each sees it."""
    made = await offer(acme, globex, *named, **terms)
    await settle(acme, globex)
    await agreements.accept(globex.house, globex.admin, (await newest(globex)).id)
    await settle(globex, acme)
    ours = await agreements.find(acme.house, made.id)
    assert ours is not None
    return ours, await newest(globex)


async def join(globex: Organisation, acme: Organisation, forum: Forum) -> None:
    await forums.ask_to_join(globex.house, globex.admin, f"@{forum.slug}@{acme.host}")
    await settle(globex, acme)


async def texts(side: Organisation) -> set[str]:
    """Return what stands inside, by its words."""
    return {
        made.text
        for forum in await forums.forums_of(side.house, "")
        for made in await ideas_read.standing_in(side.house, [forum.id])
    }


async def test_an_offer_is_accepted_holds_on_both_sides_and_opens_what_it_names(
    acme: Organisation, globex: Organisation
) -> None:
    pilot, other = await acme.forum("pilot", "partners"), await acme.forum("other", "partners")
    made = await offer(acme, globex, pilot)
    await settle(acme, globex)
    asked = await newest(globex)
    assert (asked.state, asked.uri, asked.host, asked.ours) == ("asked", made.uri, acme.host, False)
    assert asked.terms.forums[0].title == "Pilot"
    assert not await partners.list_partners(globex.house), "An offer alone opens nothing."

    await agreements.accept(globex.house, globex.admin, asked.id)
    await settle(globex, acme)
    ours, theirs = await agreements.find(acme.house, made.id), await newest(globex)
    assert ours is not None
    assert ours.state == theirs.state == "accepted"
    assert ours.document == theirs.document
    assert ours.acceptance == theirs.acceptance != ""
    assert [one.host for one in await partners.list_partners(acme.house)] == [globex.host]
    assert [one.host for one in await partners.list_partners(globex.house)] == [acme.host]

    assert await granted.audiences_of(acme.outside, other.uri) == [], "A forum that is left out is not even shown."
    assert not await readership.may_follow(acme.house, other, globex.host)
    await join(globex, acme, pilot)
    await join(globex, acme, other)
    await acme.idea(pilot, "Named.")
    await acme.idea(other, "Not named.")
    await settle(acme, globex)
    assert await texts(globex) == {"Named."}
    assert [one.slug for one in await forums.forums_of(globex.house, "") if one.joined] == ["pilot"]
    back = await forums.forum_by_uri(globex.house, pilot.uri)
    assert back is not None
    await globex.idea(back, "From there.")
    await settle(globex, acme)
    assert "From there." in await texts(acme)


async def test_ending_it_withdraws_what_crossed_and_deletes_what_came(acme: Organisation, globex: Organisation) -> None:
    pilot = await acme.forum("pilot", "partners")
    ours, _ = await agree(acme, globex, pilot, retention_days=7)
    await join(globex, acme, pilot)
    await acme.idea(pilot, "Ours.")
    back = await forums.forum_by_uri(globex.house, pilot.uri)
    assert back is not None
    await globex.idea(back, "Theirs.")
    await settle(globex, acme)
    assert await texts(acme) == await texts(globex) == {"Ours.", "Theirs."}

    await agreements.end(globex.house, globex.admin, (await newest(globex)).id, "The pilot is over.")
    await settle(globex, acme)
    found = await agreements.find(acme.house, ours.id)
    assert found is not None
    assert (found.state, found.closed_by, found.note) == ("ended", "them", "The pilot is over.")
    assert (await newest(globex)).closed_by == "us"
    assert not await partners.list_partners(acme.house)
    assert "Ours." not in await texts(globex)
    assert ("Delete", "sent") in await acme.deliveries(globex.host)
    await acme.idea(pilot, "After the end.")
    await settle(acme, globex)
    assert "After the end." not in await texts(globex)

    for side in (acme, globex):
        side.wait(8 * 86_400)
        while await agreements.follow_agreements(side.house):
            pass
    await settle(acme, globex)
    assert "Theirs." not in await texts(acme)
    assert await agreements.follow_agreements(acme.house) == 0
    for side, other in ((acme, globex), (globex, acme)):
        over = await newest(side)
        assert over.purged_at is not None
        assert over.stated_at is not None
        assert over.told_at is not None
        told = json.loads(over.statement)
        assert (told["statement"], told["about"]) == ("purged", ours.uri)
        assert told["actor"] == other.house.addresses.server_uri
    wrong = {
        "@context": wire.CONTEXT, "type": "Receipt", "id": f"{globex.url}/activities/{secrets.token_hex(16)}",
        "actor": globex.house.addresses.server_uri, "to": [acme.house.addresses.server_uri], "statement": "purged",
        "object": ours.uri, "digest": f"sha-256:{'0' * 64}", "about": ours.uri,
        "published": f"{acme.house.now():%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    assert "another document" in (await say(globex, acme, await sign_as_server(globex.gate, wrong)))[1]


async def test_what_comes_after_the_end_is_not_deleted_with_what_came_before(
    acme: Organisation, globex: Organisation
) -> None:
    pilot = await acme.forum("pilot", "partners")
    await agree(acme, globex, pilot, retention_days=1)
    await join(globex, acme, pilot)
    back = await forums.forum_by_uri(globex.house, pilot.uri)
    assert back is not None
    await globex.idea(back, "Under it.")
    await settle(globex, acme)
    await agreements.end(acme.house, acme.admin, (await newest(acme)).id)
    await settle(acme, globex)
    await acme.partner(globex.host)
    await globex.partner(acme.host)
    await settle(acme, globex)
    await join(globex, acme, pilot)
    await globex.idea(back, "Without it.")
    await settle(globex, acme)
    acme.wait(2 * 86_400)
    while await agreements.follow_agreements(acme.house):
        pass
    assert await texts(acme) == {"Without it."}


# -- what is refused --


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Offering:
    """A server elsewhere that offers Acme agreements, right ones and wrong ones."""

    acme: Organisation
    peer: Elsewhere
    actor: str
    key: PrivateKey

    def agreement(self, **changes: Any) -> dict[str, Any]:
        terms = Terms(
            forums=(NamedForum("*", ""),), direction="both", clearance="GREEN", retention_days=30,
            onward="organisation", tier="partner", starts_at=now(), ends_at=now() + timedelta(days=30),
        )  # fmt: skip
        made = wire.render_agreement(
            f"{self.peer.url}/agreements/{secrets.token_hex(8)}", self.actor, self.acme.house.addresses.server_uri, 1,
            terms, now(),
        )  # fmt: skip
        return {name: value for name, value in (made | changes).items() if value is not None}

    def signed(self, document: dict[str, Any], key_id: str = "") -> dict[str, Any]:
        return sign_document(document, self.key, key_id or f"{self.actor}#ed25519-key", now())

    def offer(self, agreement: Any) -> dict[str, Any]:
        return wire.offer(
            f"{self.peer.url}/offers/{secrets.token_hex(8)}",
            self.actor,
            self.acme.house.addresses.server_uri,
            agreement,
        )

    async def say(self, activity: dict[str, Any] | bytes) -> tuple[str, str]:
        """Send an activity; return what Acme made of it."""
        assert (await self.peer.post(self.acme.inbox, activity, by=self.actor)).status == 202
        await self.acme.idle()
        return (await self.acme.received())[-1][1:]


def offering(acme: Organisation, peer: Elsewhere, kind: str = "Application") -> Offering:
    private_pem, public_pem = generate_ed25519_pem()
    actor = f"{peer.url}/users/{kind.lower()}"
    shown = render_multikey(f"{actor}#ed25519-key", actor, load_public_key(public_pem))
    assert peer.person(kind.lower(), kind, assertionMethod=[shown]) == actor
    return Offering(acme, peer, actor, load_private_key(private_pem))


@pytest.fixture
async def initech(acme: Organisation, elsewhere: MakeElsewhere) -> Offering:
    return offering(acme, await elsewhere())


async def nothing_opened(acme: Organisation) -> bool:
    known = await agreements.list_agreements(acme.house, acme.admin)
    return not any(one.state == "accepted" for one in known) and not await partners.list_partners(acme.house)


async def test_another_softwares_offer_is_taken_when_everything_fits(acme: Organisation, initech: Offering) -> None:
    assert await initech.say(initech.offer(initech.signed(initech.agreement()))) == ("admitted", "")
    assert (await newest(acme)).state == "asked"
    assert await nothing_opened(acme)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a third party": ({"parties": ["{actor}", "https://globex.example/actor"]}, "between others"),
    "one party": ({"parties": ["{actor}"]}, "parties"),
    "three parties": ({"parties": ["{actor}", "{us}", "https://globex.example/actor"]}, "parties"),
    "the parties turned": ({"parties": ["{us}", "{actor}"]}, "parties"),
    "an id elsewhere": ({"id": "https://evil.example/agreements/1"}, "id"),
    "another's name": ({"attributedTo": "https://globex.example/actor"}, "cannot sign"),
    "a term that we do not know": ({"penalty": "a million"}, "not known here: penalty"),
    "an end that has passed": ({"startTime": "2020-01-01T00:00:00Z", "endTime": "2020-02-01T00:00:00Z"}, "future"),
    "an end before its start": ({"endTime": "2020-02-01T00:00:00Z"}, "ends before"),
    "an end in a hundred years": ({"endTime": "2126-01-01T00:00:00Z"}, "within 10 years"),
    "no end": ({"endTime": None}, "endTime"),
    "a label that we do not know": ({"clearance": "PURPLE"}, "label"),
    "no clearance": ({"clearance": None}, "clearance"),
    "a wish that we do not know": ({"onward": "everybody and their dog"}, "onward"),
    "a direction that we do not know": ({"direction": "sideways"}, "direction"),
    "a tier that we do not know": ({"tier": "owner"}, "tier"),
    "a version of nothing": ({"version": 0}, "version"),
    "a version that is true": ({"version": True}, "version"),
    "a version in words": ({"version": "1"}, "version"),
    "a version beyond all": ({"version": 10**9}, "version"),
    "a retention of years": ({"retention": "P10Y"}, "retention"),
    "no forums": ({"forums": []}, "forums"),
    "too many forums": ({"forums": [{"type": "Group", "id": f"https://a.example/{n}"} for n in range(101)]}, "forums"),
    "forums that are no addresses": ({"forums": ["javascript:alert(1)"]}, "forum"),
    "another type": ({"type": ["Agreement", "Note"]}, "Only agreements"),
}


@pytest.mark.parametrize("case", WRONG)
async def test_an_offer_with_something_wrong_is_refused_and_opens_nothing(
    acme: Organisation, initech: Offering, case: str
) -> None:
    changes, reason = WRONG[case]
    places = {"{actor}": initech.actor, "{us}": acme.house.addresses.server_uri}
    if "parties" in changes:
        changes = {"parties": [places.get(one, one) for one in changes["parties"]]}
    state, note = await initech.say(initech.offer(initech.signed(initech.agreement(**changes))))
    assert state in ("refused", "ignored")
    assert reason in note
    assert await agreements.list_agreements(acme.house, acme.admin) == []
    assert await nothing_opened(acme)


async def test_an_offer_that_was_altered_or_not_signed_is_refused(acme: Organisation, initech: Offering) -> None:
    signed = initech.signed(initech.agreement())
    other = load_private_key(generate_ed25519_pem()[0])
    forged = sign_document(initech.agreement(), other, f"{initech.actor}#ed25519-key", now())
    for document, reason in (
        (signed | {"clearance": "RED"}, "does not fit"),
        (signed | {"version": 2}, "does not fit"),
        (initech.agreement(), "no proof"),
        (signed | {"proof": [signed["proof"], signed["proof"]]}, "set"),
        (forged, "does not fit"),
        (initech.signed(initech.agreement(), f"{initech.actor}#main-key"), "no such key"),
        ({"type": "Agreement"}, "whose"),
    ):
        state, note = await initech.say(initech.offer(document))
        assert state == "refused"
        assert reason in note
    assert await agreements.list_agreements(acme.house, acme.admin) == []


async def test_an_offer_with_two_readings_is_refused(acme: Organisation, initech: Offering) -> None:
    activity = initech.offer(initech.signed(initech.agreement()))
    body = json.dumps(activity).replace('"clearance": "GREEN"', '"clearance": "RED", "clearance": "GREEN"')
    state, note = await initech.say(body.encode())
    assert state == "refused"
    assert "twice" in note


async def test_only_a_servers_own_actor_binds_it(acme: Organisation, elsewhere: MakeElsewhere) -> None:
    ann = offering(acme, await elsewhere(), "Person")
    assert (await ann.say(ann.offer(ann.signed(ann.agreement()))))[0] == "refused"


async def test_what_is_replayed_or_older_opens_nothing(acme: Organisation, initech: Offering) -> None:
    first = initech.signed(initech.agreement(version=2))
    assert (await initech.say(initech.offer(first)))[0] == "admitted"
    assert "offered before" in (await initech.say(initech.offer(first)))[1]
    for version in (1, 2):
        assert (
            "higher version"
            in (await initech.say(initech.offer(initech.signed(initech.agreement(version=version)))))[1]
        )
    asked = await newest(acme)
    await agreements.accept(acme.house, acme.admin, asked.id)
    await agreements.end(acme.house, acme.admin, asked.id)
    assert "offered before" in (await initech.say(initech.offer(first)))[1]
    assert await nothing_opened(acme)


async def test_offers_without_end_leave_one_question_a_server(acme: Organisation, initech: Offering) -> None:
    for version in (1, 2, 3):
        assert (await initech.say(initech.offer(initech.signed(initech.agreement(version=version)))))[0] == "admitted"
    states = [one.state for one in await agreements.list_agreements(acme.house, acme.admin)]
    assert states == ["asked", "superseded", "superseded"]


# -- answers, and who may give them --


async def say(speaker: Organisation, hearer: Organisation, activity: dict[str, Any]) -> tuple[str, str]:
    """Send something as a server's own actor; return what the other made of it."""
    body = json.dumps(activity).encode()
    headers = await Signing(speaker.outside).headers("POST", hearer.inbox, body, speaker.house.addresses.server_uri)
    assert (await speaker.transport.post(hearer.inbox, headers, body)).status == 202
    await hearer.idle()
    return (await hearer.received())[-1][1:]


async def answer(
    speaker: Organisation, hearer: Organisation, kind: str, subject: Any, *, sign: bool = True
) -> tuple[str, str]:
    activity = {
        "@context": wire.CONTEXT,
        "type": kind,
        "id": f"{speaker.url}/activities/{secrets.token_hex(16)}",
        "actor": speaker.house.addresses.server_uri,
        "object": subject,
    }
    return await say(speaker, hearer, await sign_as_server(speaker.gate, activity) if sign else activity)


async def test_only_the_other_party_can_accept_and_only_what_was_offered(
    acme: Organisation, globex: Organisation, organise: MakeOrganisation
) -> None:
    made = await offer(acme, globex)
    await settle(acme, globex)
    document = json.loads((await newest(globex)).document)
    initech = await organise("Initech")
    assert "no such agreement" in (await answer(initech, acme, "Accept", document))[1]
    assert "another document" in (await answer(globex, acme, "Accept", document | {"clearance": "RED"}))[1]
    assert "another document" in (await answer(globex, acme, "Accept", {"type": "Agreement", "id": made.uri}))[1]
    assert "no proof" in (await answer(globex, acme, "Accept", document, sign=False))[1]
    assert "no such agreement" in (await answer(initech, acme, "Reject", document))[1]
    assert (
        "no such agreement"
        in (
            await answer(
                initech,
                acme,
                "Undo",
                {"type": "Offer", "id": "x", "actor": initech.house.addresses.server_uri, "object": document},
            )
        )[1]
    )
    assert await nothing_opened(acme)
    assert (await answer(globex, acme, "Accept", document))[0] == "admitted"
    assert (await newest(acme)).state == "accepted"
    assert "cannot be accepted any more" in (await answer(globex, acme, "Accept", document))[1]
    assert "cannot be declined any more" in (await answer(globex, acme, "Reject", document))[1]


async def test_an_offer_is_declined_with_a_reason_or_taken_back(acme: Organisation, globex: Organisation) -> None:
    first = await offer(acme, globex)
    await settle(acme, globex)
    await agreements.decline(globex.house, globex.admin, (await newest(globex)).id, "Too long.")
    await settle(globex, acme)
    told = await agreements.find(acme.house, first.id)
    assert told is not None
    assert (told.state, told.closed_by, told.note) == ("declined", "them", "Too long.")
    second = await offer(acme, globex)
    assert second.version == 2
    await settle(acme, globex)
    await agreements.end(acme.house, acme.admin, second.id)
    await settle(acme, globex)
    assert (await newest(globex)).state == "ended"
    with pytest.raises(Conflict, match="is ended"):
        await agreements.accept(globex.house, globex.admin, (await newest(globex)).id)
    assert await nothing_opened(acme)
    assert await nothing_opened(globex)


async def test_nobody_else_can_tell_that_there_is_an_agreement(
    acme: Organisation, globex: Organisation, elsewhere: MakeElsewhere
) -> None:
    ours, _ = await agree(acme, globex)
    stranger = await elsewhere()
    ann = stranger.person("ann")
    told = await acme.outside.store.fetch(
        "SELECT uri, audience, type FROM crossings WHERE subject_uri = ?", (ours.uri,)
    )
    assert {(row["audience"], row["type"]) for row in told} == {(globex.host, "Agreement"), (globex.host, "Offer")}
    unknown = f"{acme.url}/objects/{secrets.token_hex(16)}"
    for uri in [row["uri"] for row in told]:
        for by in ("", ann):
            asked, missing = await stranger.get(uri, by=by), await stranger.get(unknown, by=by)
            assert (asked.status, asked.body) == (missing.status, missing.body) == (404, asked.body)
            drop = {"date"}
            assert {n: v for n, v in asked.headers.items() if n not in drop} == {
                n: v for n, v in missing.headers.items() if n not in drop
            }
    assert not stranger.arrived


# -- what it narrows --


async def test_words_go_one_way_only_where_that_was_agreed(acme: Organisation, globex: Organisation) -> None:
    pilot = await acme.forum("pilot", "partners")
    _, theirs = await agree(acme, globex, pilot, direction="out")
    assert theirs.terms.direction == "in"
    await join(globex, acme, pilot)
    await acme.idea(pilot, "Ours.")
    await settle(acme, globex)
    assert await texts(globex) == {"Ours."}
    back = await forums.forum_by_uri(globex.house, pilot.uri)
    assert back is not None
    theirs_made = await globex.idea(back, "Theirs.")
    verdicts = {one.audience: one for one in await crossings.verdicts_of(globex.house, globex.admin, theirs_made)}
    assert verdicts[acme.host].verdict == "denied"
    assert verdicts[acme.host].reason == f"The agreement with {acme.host}, version 1, lets nothing out."
    # And were their server not to keep to it, ours would.
    reader = await readership.reader_at(acme.house, globex.host)
    assert bars_incoming(reader, pilot, acme.house.now()) == (
        f"The agreement with {globex.host}, version 1, lets nothing in."
    )


async def test_the_lower_of_both_clearances_holds(acme: Organisation, globex: Organisation) -> None:
    pilot = await acme.forum("pilot", "partners")
    await acme.partner(globex.host, clearance="RED")
    await agree(acme, globex, pilot, clearance="CLEAR")
    assert (await readership.reader_at(acme.house, globex.host)).clearance == Clearance(Level.CLEAR)
    made = await acme.idea(pilot, "Green.")
    said = {one.audience: one for one in await crossings.verdicts_of(acme.house, acme.admin, made)}
    assert said[globex.host].verdict == "denied"
    await partners.change_partner(acme.house, acme.admin, globex.host, clearance="CLEAR")
    assert (await readership.reader_at(acme.house, globex.host)).clearance == Clearance(Level.CLEAR)


async def test_nothing_crosses_before_it_begins_or_after_it_ends(acme: Organisation, globex: Organisation) -> None:
    pilot = await acme.forum("pilot", "partners")
    begins, ends = now() + timedelta(hours=1), now() + timedelta(hours=2)
    await agree(acme, globex, pilot, starts_at=begins, ends_at=ends)
    await join(globex, acme, pilot)
    early = await acme.idea(pilot, "Early.")
    said = {one.audience: one for one in await crossings.verdicts_of(acme.house, acme.admin, early)}
    assert "begins on" in said[globex.host].reason
    for side in (acme, globex):
        side.wait(3700)
        await agreements.follow_agreements(side.house)
    await settle(acme, globex)
    await join(globex, acme, pilot)
    await acme.idea(pilot, "In time.")
    await settle(acme, globex)
    assert "In time." in await texts(globex)
    for side in (acme, globex):
        side.wait(3700)
    late = await acme.idea(pilot, "Late.")
    await settle(acme, globex)
    said = {one.audience: one for one in await crossings.verdicts_of(acme.house, acme.admin, late)}
    assert "ended on" in said[globex.host].reason, "The clock ends it, whether or not a worker has been by."
    for side in (acme, globex):
        assert await agreements.follow_agreements(side.house) == 1
        assert (await newest(side)).state == "expired"
        assert not await partners.list_partners(side.house)
    await settle(acme, globex)
    assert await texts(globex) == set()


async def test_a_new_version_holds_once_both_accepted_it_and_withdraws_what_it_leaves_out(
    acme: Organisation, globex: Organisation
) -> None:
    first, second = await acme.forum("first", "partners"), await acme.forum("second", "partners")
    await agree(acme, globex, first, second)
    for forum in (first, second):
        await join(globex, acme, forum)
        await acme.idea(forum, f"In {forum.slug}.")
    await settle(acme, globex)
    narrower = await offer(acme, globex, second)
    await settle(acme, globex)
    assert await texts(globex) == {"In first.", "In second."}, "Until it is accepted, the old one holds."
    await agreements.accept(globex.house, globex.admin, (await newest(globex)).id)
    await settle(globex, acme)
    assert [one.state for one in await agreements.list_agreements(acme.house, acme.admin)] == ["accepted", "superseded"]
    assert [one.state for one in await agreements.list_agreements(globex.house, globex.admin)] == [
        "accepted",
        "superseded",
    ]
    assert narrower.version == 2
    assert "In first." not in await texts(globex)
    assert "In second." in await texts(globex)


async def test_offers_that_cross_are_both_taken_and_both_sides_keep_the_same(
    acme: Organisation, globex: Organisation
) -> None:
    await offer(acme, globex, clearance="GREEN")
    await offer(globex, acme, clearance="CLEAR")
    await settle(acme, globex)
    for side in (acme, globex):
        asked = next(one for one in await agreements.list_agreements(side.house, side.admin) if one.state == "asked")
        await agreements.accept(side.house, side.admin, asked.id)
    await settle(acme, globex)
    held = [
        {one.uri for one in await agreements.list_agreements(side.house, side.admin) if one.state == "accepted"}
        for side in (acme, globex)
    ]
    assert held[0] == held[1]
    assert len(held[0]) == 1


async def test_what_came_under_it_is_passed_on_no_further_than_agreed(
    acme: Organisation, globex: Organisation, elsewhere: MakeElsewhere
) -> None:
    pilot = await acme.forum("pilot", "partners")
    third = await elsewhere()
    await acme.partner(third.host)
    ann = third.person("ann")
    assert (await third.post(f"{pilot.uri}/inbox", third.activity("Follow", ann, pilot.uri))).status == 202
    await agree(acme, globex, pilot, onward="organisation")
    await join(globex, acme, pilot)
    back = await forums.forum_by_uri(globex.house, pilot.uri)
    assert back is not None
    await globex.idea(back, "For Acme alone.")
    await settle(globex, acme)
    assert "For Acme alone." in await texts(acme)
    assert not any(b"For Acme alone." in one.body for one in third.arrived)
    made = next(made for made in await ideas_read.standing_in(acme.house, [pilot.id]) if made.text == "For Acme alone.")
    said = {one.audience: one for one in await crossings.verdicts_of(acme.house, acme.admin, made)}
    assert "no other server" in said[third.host].reason


async def test_ending_the_partnership_ends_the_agreement(acme: Organisation, globex: Organisation) -> None:
    await agree(acme, globex)
    await partners.change_partner(acme.house, acme.admin, globex.host, state="removed")
    await settle(acme, globex)
    assert (await newest(acme)).state == (await newest(globex)).state == "ended"
    assert not await partners.list_partners(globex.house)


async def test_an_offer_to_nobody_says_so(acme: Organisation, elsewhere: MakeElsewhere) -> None:
    nobody = await elsewhere()
    made = await agreements.offer(acme.house, acme.admin, nobody.host, Wish(forums=("*",)))
    for _ in range(8):
        await acme.idle()
        acme.wait(100)
    found = await agreements.find(acme.house, made.id)
    assert found is not None
    assert found.state == "draft"
    assert "could not be found" in found.note
    await agreements.end(acme.house, acme.admin, made.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"forums": ()}, "forums"),
        ({"forums": ("no/such",)}, "forums"),
        ({"clearance": "PURPLE"}, "clearance"),
        ({"direction": "up"}, "direction"),
        ({"onward": "everybody"}, "onward"),
        ({"retention_days": -1}, "retention_days"),
        ({"tier": "owner"}, "tier"),
        ({"ends_at": datetime(2020, 1, 1, tzinfo=UTC)}, "ends_at"),
        ({"ends_at": datetime(2126, 1, 1, tzinfo=UTC)}, "ends_at"),
    ],
)
async def test_an_offer_of_ours_that_makes_no_sense_is_refused_by_field(
    acme: Organisation, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await agreements.offer(acme.house, acme.admin, "globex.example", Wish(**({"forums": ("*",)} | changes)))
    assert refused.value.field == field


async def test_an_inside_forum_is_never_named_to_anybody(acme: Organisation) -> None:
    secret, closed = await acme.forum("secret", "inside"), await acme.forum("closed", "partners", peers=("a.example",))
    for forum in (secret, closed):
        with pytest.raises(Invalid, match="may be told of"):
            await agreements.offer(acme.house, acme.admin, "globex.example", Wish(forums=(forum.uri,)))
