"""What we believe of what we fetch, from a real server whose every answer the test chooses."""

import asyncio
import ipaddress
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from federation.fetch import Denied, Fetcher, Missing, PeerFailed, WrongDocument, is_activity_type
from federation.signatures import (
    FoundKey,
    KeyGone,
    KeyUnavailable,
    SignatureRefused,
    SignedRequest,
    generate_rsa_pem,
    load_private_key,
    sign,
    verify_get,
)
from federation.transport import BadRedirect, Refused, TimedOut, Transport, Unreachable

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
ACTIVITY = "application/activity+json"
PEM = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"


@dataclass
class Site:
    """One peer: what it serves by path, and what it was asked."""

    base: str = ""
    answers: dict[str, Callable[[], web.Response]] = field(default_factory=dict)
    asked: list[SignedRequest] = field(default_factory=list)

    def serve(self, path: str, document: object, kind: str = ACTIVITY, status: int = 200) -> str:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.answers[path] = lambda: web.Response(body=body, status=status, headers={"Content-Type": kind})
        return self.base + path

    def redirect(self, path: str, location: str) -> str:
        self.answers[path] = lambda: web.Response(status=302, headers={"Location": location})
        return self.base + path

    def serve_actor(self, path: str = "/people/ann", **changes: object) -> str:
        uri = self.base + path
        actor = {
            "id": uri,
            "type": "Person",
            "preferredUsername": "ann",
            "inbox": f"{uri}/inbox",
            "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": PEM},
        }
        return self.serve(path, actor | changes)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(SignedRequest(request.method, request.raw_path, request.headers.copy(), b""))
        found = self.answers.get(request.raw_path)
        return found() if found else web.Response(status=404)

    @property
    def paths(self) -> list[str]:
        return [request.raw_path for request in self.asked]


@pytest.fixture
async def sites():
    """Two peers on different ports, so of different origins."""
    sites, servers = [Site(), Site()], []
    for site in sites:
        app = web.Application()
        app.router.add_route("GET", "/{path:.*}", site.answer)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        site.base = f"http://127.0.0.1:{server.port}"
    yield sites
    for server in servers:
        await server.close()


@pytest.fixture
def site(sites):
    return sites[0]


@pytest.fixture
def other(sites):
    return sites[1]


@pytest.fixture
async def fetcher():
    async with Transport(LOOPBACK, total_seconds=3.0) as transport:
        yield Fetcher(transport, None)


async def test_a_document_is_fetched_by_its_id(fetcher, site):
    uri = site.serve("/ideas/1", {"id": f"{site.base}/ideas/1", "type": "Article"})

    assert (await fetcher.document(uri))["type"] == "Article"
    assert site.asked[0].headers["Accept"].startswith(ACTIVITY)


async def test_a_pages_address_leads_once_to_the_objects_id(fetcher, site):
    document = {"id": f"{site.base}/ideas/1", "type": "Article"}
    page = site.serve("/@ann/1", document)
    site.serve("/ideas/1", document)

    assert (await fetcher.document(page))["id"] == f"{site.base}/ideas/1"
    assert site.paths == ["/@ann/1", "/ideas/1"]


async def test_a_document_that_names_an_id_which_names_another_is_refused(fetcher, site):
    page = site.serve("/1", {"id": f"{site.base}/2"})
    site.serve("/2", {"id": f"{site.base}/3"})

    with pytest.raises(WrongDocument):
        await fetcher.document(page)
    assert site.paths == ["/1", "/2"]


async def test_a_document_that_claims_another_servers_id_is_refused_and_not_followed(fetcher, site, other):
    victim = other.serve_actor()
    uri = site.serve("/evil", {"id": victim, "type": "Person"})

    with pytest.raises(WrongDocument):
        await fetcher.document(uri)
    assert other.asked == []


async def test_a_redirect_to_another_server_cannot_speak_for_the_first(fetcher, site, other):
    uri = f"{site.base}/people/ann"
    site.redirect("/people/ann", other.serve("/copy", {"id": uri, "type": "Person"}))

    with pytest.raises(WrongDocument):
        await fetcher.document(uri)


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "text/html",
        "application/ld+json",
        "image/png",
        "",
        'application/ld+json; profile="x"',
    ],
)
async def test_an_upload_is_no_activity_whatever_it_contains(fetcher, site, kind):
    uri = site.serve("/upload.json", {"id": f"{site.base}/upload.json", "type": "Person"}, kind)

    with pytest.raises(WrongDocument):
        await fetcher.document(uri)


@pytest.mark.parametrize(
    "kind",
    [
        ACTIVITY,
        "application/activity+json; charset=utf-8",
        "Application/Activity+JSON",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        'application/ld+json; charset=utf-8; profile="https://a.example/x https://www.w3.org/ns/activitystreams"',
        "application/ld+json;profile=https://www.w3.org/ns/activitystreams",
    ],
)
def test_the_types_of_activitystreams_are_known(kind):
    assert is_activity_type(kind)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b'{"type":"Note"}',
        b'{"id":7}',
        b"[" * 9000,
        b'{"id":"https://x/","@graph":[]}',
    ],
)
async def test_a_body_that_is_no_document_is_refused(fetcher, site, body):
    with pytest.raises(WrongDocument):
        await fetcher.document(site.serve("/1", body))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, Missing),
        (410, Missing),
        (401, Denied),
        (403, Denied),
        (500, PeerFailed),
        (429, PeerFailed),
        (204, PeerFailed),
    ],
)
async def test_a_status_is_told_by_its_kind(fetcher, site, status, error):
    with pytest.raises(error) as failure:
        await fetcher.document(site.serve("/1", b"", status=status))
    if error is Missing:
        assert failure.value.gone is (status == 410)
    if error is PeerFailed:
        assert failure.value.status == status


async def test_every_hop_is_signed_for_its_own_address(sites, fetcher):
    site, other = sites
    private_pem, public_pem = generate_rsa_pem()
    key = load_private_key(private_pem)
    us = "https://acme.example/actor"

    def sign_ours(method: str, url: str) -> dict[str, str]:
        return sign(method, url, None, f"{us}#main-key", key, datetime.now(UTC))

    async def find_key(key_id: str, fresh: bool) -> FoundKey:
        return FoundKey(key_id, us, public_pem)

    async def refuse_host(host: str) -> None:
        pass

    end = other.serve("/ideas/1?page=2", {"id": f"{other.base}/ideas/1?page=2"})
    site.redirect("/start", end)
    async with Transport(LOOPBACK) as transport:
        with pytest.raises(WrongDocument):  # signed well, and still not believed about another server
            await Fetcher(transport, sign_ours).document(f"{site.base}/start")

    for asked, base in ((site.asked[0], site.base), (other.asked[0], other.base)):
        host = base.removeprefix("http://")
        signer = await verify_get(
            asked, hosts={host}, find_key=find_key, refuse_host=refuse_host, now=datetime.now(UTC)
        )
        assert signer == us


async def test_redirects_end_and_do_not_reach_inner_addresses(fetcher, site):
    with pytest.raises(BadRedirect):
        await fetcher.document(site.redirect("/loop", "/loop"))
    assert len(site.asked) == 4
    with pytest.raises(Refused):
        await fetcher.document(site.redirect("/inner", "http://169.254.169.254/latest/meta-data"))


async def test_an_actor_is_read(fetcher, site):
    actor = await fetcher.actor(site.serve_actor())

    assert (actor.username, actor.host) == ("ann", site.base.removeprefix("http://"))


async def test_a_document_that_is_no_actor_is_the_wrong_one(fetcher, site):
    with pytest.raises(WrongDocument):
        await fetcher.actor(site.serve("/1", {"id": f"{site.base}/1", "type": "Note"}))


async def test_a_key_is_found_in_its_owners_document(fetcher, site):
    uri = site.serve_actor()

    assert await fetcher.key(f"{uri}#main-key") == FoundKey(f"{uri}#main-key", uri, PEM)
    assert site.paths == ["/people/ann"]


async def test_a_stub_at_the_keys_own_address_leads_to_the_owner(fetcher, site):
    uri, key_id = f"{site.base}/people/ann", f"{site.base}/people/ann/main-key"
    key = {"id": key_id, "owner": uri, "publicKeyPem": PEM}
    site.serve_actor(publicKey=key)
    site.serve("/people/ann/main-key", {"id": uri, "type": "Person", "publicKey": key | {"publicKeyPem": "other"}})

    assert await fetcher.key(key_id) == FoundKey(key_id, uri, PEM)


@pytest.mark.parametrize("owner_word", ["owner", "controller"])
async def test_a_bare_key_object_leads_to_the_owner(fetcher, site, owner_word):
    uri, key_id = f"{site.base}/people/ann", f"{site.base}/keys/1"
    site.serve("/keys/1", {"id": key_id, "type": "Key", owner_word: uri, "publicKeyPem": PEM})
    site.serve_actor(publicKey=[{"id": key_id, "owner": uri, "publicKeyPem": PEM}])

    assert await fetcher.key(key_id) == FoundKey(key_id, uri, PEM)


async def test_a_key_that_its_owner_does_not_list_is_refused(fetcher, site):
    uri, key_id = f"{site.base}/people/ann", f"{site.base}/upload/evil"
    site.serve("/upload/evil", {"id": key_id, "type": "Key", "owner": uri, "publicKeyPem": PEM})
    site.serve_actor()

    with pytest.raises(SignatureRefused):
        await fetcher.key(key_id)


async def test_a_key_that_names_an_owner_elsewhere_is_refused_unasked(fetcher, site, other):
    victim, key_id = other.serve_actor(), f"{site.base}/keys/1"
    site.serve("/keys/1", {"id": key_id, "type": "Key", "owner": victim, "publicKeyPem": PEM})

    with pytest.raises(SignatureRefused):
        await fetcher.key(key_id)
    assert other.asked == []


@pytest.mark.parametrize(
    "key",
    [
        None,
        "text",
        {},
        {"id": "KEY", "owner": "OWNER"},
        {"id": "KEY", "owner": 7, "publicKeyPem": PEM},
        {"id": "KEY", "publicKeyPem": PEM},
    ],
)
async def test_a_listed_key_has_a_pem_and_an_owner(fetcher, site, key):
    uri = f"{site.base}/people/ann"
    if isinstance(key, dict):
        words = {"KEY": f"{uri}#main-key", "OWNER": uri}
        key = {name: words.get(value, value) for name, value in key.items()}
    site.serve_actor(publicKey=key)

    with pytest.raises(SignatureRefused):
        await fetcher.key(f"{uri}#main-key")


async def test_a_key_that_cannot_be_had_is_unavailable_and_a_gone_one_gone(fetcher, site, unused_tcp_port):
    for status in (500, 401, 429):
        site.serve("/people/ann", b"", status=status)
        with pytest.raises(KeyUnavailable):
            await fetcher.key(f"{site.base}/people/ann#main-key")
    for status in (404, 410):
        site.serve("/people/ann", b"", status=status)
        with pytest.raises(KeyGone):
            await fetcher.key(f"{site.base}/people/ann#main-key")
    for base in (f"http://127.0.0.1:{unused_tcp_port}", "https://10.0.0.1"):
        with pytest.raises(KeyUnavailable):
            await fetcher.key(f"{base}/people/ann#main-key")
    with pytest.raises(SignatureRefused):
        await fetcher.key("acct:ann@globex.example")


async def test_a_key_is_given_up_after_the_total_time_however_many_documents_it_takes():
    async def dawdle(request: web.Request) -> web.Response:
        await asyncio.sleep(0.3)
        return web.Response(status=302, headers={"Location": f"{request.path}x"})

    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", dawdle)
    server = TestServer(app)
    await server.start_server()
    async with Transport(LOOPBACK, total_seconds=0.5) as transport:
        fetcher = Fetcher(transport, None)
        with pytest.raises(KeyUnavailable):
            await fetcher.key(f"http://127.0.0.1:{server.port}/k")
        with pytest.raises(TimedOut):
            await fetcher.document(f"http://127.0.0.1:{server.port}/k")
    await server.close()


def serve_finger(site: Site, subject: str, actor_uri: str, asked: str | None = None) -> None:
    link = {"rel": "self", "type": ACTIVITY, "href": actor_uri}
    page = {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": site.base}
    site.serve(
        f"/.well-known/webfinger?resource=acct:{asked or subject}",
        {"subject": f"acct:{subject}", "links": [page, "odd", link]},
        "application/jrd+json",
    )


async def test_a_handle_leads_to_its_actor_over_http_inside_the_peers_networks(fetcher, site):
    host = site.base.removeprefix("http://")
    serve_finger(site, f"ann@{host}", f"{site.base}/people/ann")

    for handle in (f"@ann@{host}", f"ann@{host}", f"acct:ann@{host}"):
        assert await fetcher.webfinger(handle) == f"{site.base}/people/ann"


async def test_a_subject_elsewhere_must_agree(fetcher, site, other):
    here, there = (one.base.removeprefix("http://") for one in (site, other))
    serve_finger(site, f"ann@{there}", f"{site.base}/people/impostor", asked=f"ann@{here}")

    with pytest.raises(Missing):
        await fetcher.webfinger(f"@ann@{here}")
    serve_finger(other, f"ann@{there}", f"{other.base}/people/ann")
    assert await fetcher.webfinger(f"@ann@{here}") == f"{other.base}/people/ann"
    serve_finger(other, f"bob@{there}", f"{other.base}/people/bob", asked=f"ann@{there}")
    with pytest.raises(WrongDocument, match="disagree"):
        await fetcher.webfinger(f"@ann@{here}")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"subject": "acct:ann@h"},
        {"subject": 7, "links": []},
        {"subject": "acct:ann@h", "links": [{"rel": "self"}]},
        {"subject": "acct:ann@h", "links": {"rel": "self"}},
        [],
    ],
)
async def test_an_answer_without_an_actor_is_the_wrong_one(fetcher, site, document):
    host = site.base.removeprefix("http://")
    site.serve(f"/.well-known/webfinger?resource=acct:ann@{host}", document, "application/jrd+json")

    with pytest.raises(WrongDocument):
        await fetcher.webfinger(f"@ann@{host}")


@pytest.mark.parametrize(
    "handle", ["", "ann", "@ann", "@@host", "@ann@", "@a n@host", "@ann@host/path", "@ann@a@b", "@ä@host"]
)
async def test_what_is_no_handle_is_not_asked_for(fetcher, handle):
    with pytest.raises(WrongDocument, match="no handle"):
        await fetcher.webfinger(handle)


async def test_a_handle_outside_the_peers_networks_is_never_asked_over_http(site):
    host = site.base.removeprefix("http://")
    serve_finger(site, f"ann@{host}", f"{site.base}/people/ann")
    async with Transport((ipaddress.ip_network("10.99.0.0/16"),), total_seconds=3.0) as transport:
        with pytest.raises(Refused):
            await Fetcher(transport, None).webfinger(f"@ann@{host}")
    assert site.asked == []


async def test_a_dead_host_is_unreachable(fetcher, unused_tcp_port):
    with pytest.raises(Unreachable):
        await fetcher.webfinger(f"@ann@127.0.0.1:{unused_tcp_port}")


async def test_nodeinfo_names_the_software_by_its_newest_schema(fetcher, site):
    schema = "http://nodeinfo.diaspora.software/ns/schema/"
    links = [
        {"rel": f"{schema}2.1", "href": f"{site.base}/new"},
        {"rel": f"{schema}2.0", "href": f"{site.base}/old"},
    ]
    site.serve("/.well-known/nodeinfo", {"links": [*links, 7, {"rel": "https://x"}]}, "application/json")
    site.serve("/new", {"software": {"name": "lemmy", "version": "1.0"}}, "application/json")

    assert await fetcher.nodeinfo(site.base.removeprefix("http://"), "http") == {
        "name": "lemmy",
        "version": "1.0",
    }


@pytest.mark.parametrize("href", ["http://169.254.169.254/", "https://elsewhere.example/", "/relative", 7, None])
async def test_nodeinfo_that_points_elsewhere_is_not_followed(fetcher, site, href):
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    site.serve("/.well-known/nodeinfo", {"links": [{"rel": rel, "href": href}]}, "application/json")

    assert await fetcher.nodeinfo(site.base.removeprefix("http://"), "http") is None


async def test_nodeinfo_that_is_absent_or_odd_is_none(fetcher, site, unused_tcp_port):
    host = site.base.removeprefix("http://")
    assert await fetcher.nodeinfo(host, "http") is None
    assert await fetcher.nodeinfo(f"127.0.0.1:{unused_tcp_port}", "http") is None
    assert await fetcher.nodeinfo("not a host", "http") is None
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    site.serve("/.well-known/nodeinfo", {"links": [{"rel": rel, "href": f"{site.base}/n"}]}, "application/json")
    site.serve("/n", {"software": "lemmy"}, "application/json")
    assert await fetcher.nodeinfo(host, "http") is None
