"""Strangers' actors in their many shapes, and ours as peers expect them."""

import copy
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.vocabulary.actors import (
    MalformedActor,
    RemoteActor,
    parse_actor,
    render_group,
    render_person,
    render_server,
)

URI = "https://globex.example/people/ann"
PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"


def make_document(**changes):
    document = {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": URI,
        "type": "Person",
        "preferredUsername": "ann",
        "name": "Ann",
        "summary": "<p>Lifts</p>",
        "url": "https://globex.example/@ann",
        "inbox": f"{URI}/inbox",
        "outbox": f"{URI}/outbox",
        "followers": f"{URI}/followers",
        "endpoints": {"sharedInbox": "https://globex.example/inbox"},
        "publicKey": {"id": f"{URI}#main-key", "owner": URI, "publicKeyPem": PEM},
    }
    document |= changes
    return {name: value for name, value in document.items() if value is not None}


def test_a_plain_person_is_read():
    actor = parse_actor(make_document(discoverable=True), URI)

    assert (actor.handle, actor.kind, actor.name) == ("@ann@globex.example", "Person", "Ann")
    assert actor.inbox_uri == f"{URI}/inbox"
    assert actor.delivery_uri == actor.shared_inbox_uri == "https://globex.example/inbox"
    assert (actor.key_id, actor.public_key_pem) == (f"{URI}#main-key", PEM)
    assert actor.discoverable
    assert not actor.suspended


def test_a_document_about_somebody_else_is_refused():
    with pytest.raises(MalformedActor, match="calls itself"):
        parse_actor(make_document(id="https://acme.example/people/boss"), URI)


@pytest.mark.parametrize("inbox", [None, "", 7, "https://evil.example/inbox", "http://globex.example/inbox", ["x"]])
def test_an_inbox_must_be_on_the_actors_own_server(inbox):
    with pytest.raises(MalformedActor, match="inbox"):
        parse_actor(make_document(inbox=inbox), URI)


def test_a_shared_inbox_on_another_server_is_not_used():
    actor = parse_actor(make_document(endpoints={"sharedInbox": "https://evil.example/inbox"}), URI)

    assert actor.shared_inbox_uri is None
    assert actor.delivery_uri == actor.inbox_uri


@pytest.mark.parametrize(
    "key",
    [
        None,
        "https://globex.example/key",
        [],
        {"id": f"{URI}#main-key", "owner": "https://globex.example/people/bob", "publicKeyPem": PEM},
        {"id": "https://evil.example/key", "owner": URI, "publicKeyPem": PEM},
        {"id": f"{URI}#main-key", "owner": URI},
        {"id": f"{URI}#main-key", "owner": URI, "publicKeyPem": "x" * 20_000},
    ],
)
def test_an_actor_lists_a_key_of_its_own(key):
    with pytest.raises(MalformedActor, match="key"):
        parse_actor(make_document(publicKey=key), URI)


def test_the_first_key_of_its_own_is_taken_from_a_list():
    other = {"id": "https://evil.example/key", "owner": "https://evil.example", "publicKeyPem": PEM}
    own = {"id": f"{URI}#two", "controller": URI, "publicKeyPem": PEM}

    assert parse_actor(make_document(publicKey=["x", other, own]), URI).key_id == f"{URI}#two"


@pytest.mark.parametrize("kind", [None, "Note", "", ["Note"], {}, 1])
def test_what_is_no_actor_is_refused(kind):
    with pytest.raises(MalformedActor, match="kind"):
        parse_actor(make_document(type=kind), URI)


def test_odd_shapes_are_made_plain():
    actor = parse_actor(
        make_document(
            type=["as:Thing", "Group"],
            preferredUsername="a@n\x00n",
            name=" Ann \u202e evil\nsecond line ",
            summary=["not", "text"],
            url=[{"type": "Link", "href": "javascript:alert(1)"}, {"href": "https://globex.example/g"}],
            outbox=None,
            followers={"id": "x"},
            endpoints=["https://globex.example/inbox"],
            discoverable="true",
        ),
        URI,
    )

    assert (actor.kind, actor.username, actor.summary_html) == ("Group", "an n", "")
    assert actor.name == "Ann   evil second line"
    assert actor.url == "https://globex.example/g"
    assert (actor.outbox_uri, actor.followers_uri, actor.shared_inbox_uri) == (None, None, None)
    assert not actor.discoverable


def test_long_texts_are_cut():
    actor = parse_actor(make_document(name="x" * 10_000, summary="y" * 100_000), URI)

    assert (len(actor.name), len(actor.summary_html)) == (500, 20_000)


def test_an_actor_without_names_is_called_by_its_host():
    origin = "https://globex.example"
    key = {"id": f"{origin}#main-key", "owner": origin, "publicKeyPem": PEM}
    document = make_document(id=origin, publicKey=key, name=None, preferredUsername=None, url=None)

    actor = parse_actor(document, origin)

    assert (actor.username, actor.name, actor.url) == ("globex.example", "globex.example", origin)


def test_the_closing_of_a_jam_is_read_from_its_group():
    actor = parse_actor(
        make_document(
            type="Group",
            startTime="2026-11-23T08:00:00+02:00",
            endTime="2026-11-26T06:00:00Z",
            postingRestrictedToMods=True,
            attributedTo=f"{URI}/moderators",
        ),
        URI,
    )

    assert actor.starts_at == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert actor.ends_at == datetime(2026, 11, 26, 6, tzinfo=UTC)
    assert actor.posting_restricted
    assert actor.moderators_uri == f"{URI}/moderators"


@pytest.mark.parametrize("time", ["soon", "", 7, None, "9999-12-31T23:59:59-23:59", "x" * 1000])
def test_a_time_that_is_none_is_left_out(time):
    assert parse_actor(make_document(endTime=time), URI).ends_at is None


def test_moved_and_suspended_actors_say_so():
    actor = parse_actor(make_document(movedTo="https://new.example/ann", suspended=True), URI)

    assert (actor.moved_to_uri, actor.suspended) == ("https://new.example/ann", True)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(URI),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["id", "owner", "publicKeyPem", "href", "sharedInbox"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(sorted(make_document())), json_values, max_size=6))
def test_any_document_is_an_actor_or_malformed(changes):
    try:
        actor = parse_actor(make_document(**changes), URI)
    except MalformedActor:
        return
    assert isinstance(actor, RemoteActor)
    assert actor.inbox_uri.startswith("https://globex.example/")


def make_group(**changes):
    return render_group(
        **{
            "uri": "https://acme.example/forums/lifts",
            "username": "lifts",
            "name": "Fewer lifts",
            "summary_html": "<p>How?</p>",
            "url": "https://acme.example/f/lifts",
            "public_key_pem": PEM,
            "shared_inbox_uri": "https://acme.example/inbox",
        }
        | changes
    )


def test_our_group_is_written_as_peers_expect_it():
    there = timezone(timedelta(hours=2))
    group = make_group(starts_at=datetime(2026, 11, 23, 8, tzinfo=there), ends_at=datetime(2026, 11, 26, tzinfo=UTC))

    assert {name: value for name, value in group.items() if name != "@context"} == {
        "type": "Group",
        "id": "https://acme.example/forums/lifts",
        "preferredUsername": "lifts",
        "name": "Fewer lifts",
        "summary": "<p>How?</p>",
        "url": "https://acme.example/f/lifts",
        "inbox": "https://acme.example/forums/lifts/inbox",
        "outbox": "https://acme.example/forums/lifts/outbox",
        "followers": "https://acme.example/forums/lifts/followers",
        "attributedTo": "https://acme.example/forums/lifts/moderators",
        "featured": "https://acme.example/forums/lifts/featured",
        "postingRestrictedToMods": False,
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "indexable": True,
        "endpoints": {"sharedInbox": "https://acme.example/inbox"},
        "publicKey": {
            "id": "https://acme.example/forums/lifts#main-key",
            "owner": "https://acme.example/forums/lifts",
            "publicKeyPem": PEM,
        },
        "startTime": "2026-11-23T06:00:00Z",
        "endTime": "2026-11-26T00:00:00Z",
    }


def test_what_we_write_we_read_and_a_closed_group_says_so():
    group = make_group(posting_restricted=True)

    actor = parse_actor(group, group["id"])

    assert (actor.kind, actor.handle, actor.posting_restricted) == ("Group", "@lifts@acme.example", True)


def test_a_rendered_context_may_be_changed_without_changing_the_next():
    before = copy.deepcopy(make_group())
    make_group()["@context"].append("https://evil.example/context")

    assert make_group() == before


def test_a_pseudonymous_person_tells_nothing_but_the_handle():
    person = render_person(
        uri="https://acme.example/people/p-7f3a",
        username="p-7f3a",
        name="Ann Example",
        url="https://acme.example/@ann",
        summary_html="<p>Head of lifts</p>",
        published_at=datetime(2020, 1, 1, tzinfo=UTC),
        discoverable=True,
        public_key_pem=PEM,
        shared_inbox_uri="https://acme.example/inbox",
        pseudonymous=True,
    )

    assert person["name"] == "p-7f3a"
    assert person["url"] == person["id"]
    assert not {"summary", "published"} & person.keys()
    assert person["discoverable"] is False
    assert "Ann" not in str(person)


def test_a_named_person_is_read_back():
    person = render_person(
        uri="https://acme.example/people/ann",
        username="ann",
        name="Ann Example",
        url="https://acme.example/@ann",
        summary_html="<p>Head of lifts</p>",
        public_key_pem=PEM,
        shared_inbox_uri="https://acme.example/inbox",
    )
    actor = parse_actor(person, person["id"])

    assert (actor.name, actor.summary_html, actor.approves_followers) == (
        "Ann Example",
        "<p>Head of lifts</p>",
        False,
    )


def test_the_server_is_an_application():
    server = render_server(
        uri="https://acme.example/actor",
        host="acme.example",
        name="Acme",
        url="https://acme.example/",
        public_key_pem=PEM,
        shared_inbox_uri="https://acme.example/inbox",
    )

    assert parse_actor(server, server["id"]).kind == "Application"
    assert server["publicKey"]["id"] == "https://acme.example/actor#main-key"
