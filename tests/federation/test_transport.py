"""What the program dials and what it takes back, with real servers on loopback and real sockets."""

import asyncio
import gzip
import ipaddress
import json
import socket
import time
import zlib

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver
from aiohttp.test_utils import TestServer

from federation.transport import (
    BadRedirect,
    Refused,
    TimedOut,
    TooLarge,
    Transport,
    Unreachable,
    check_url,
    is_dialled,
)

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


class FixedResolver(AbstractResolver):
    """Answers every name with the next of its addresses, as an attacker's name server may."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)

    async def resolve(self, host, port=0, family=socket.AF_INET):
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        version = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [{"hostname": host, "host": address, "port": port, "family": version, "proto": 0, "flags": 0}]

    async def close(self):
        pass


@pytest.fixture
async def transport():
    async with Transport(LOOPBACK, total_seconds=5.0) as transport:
        yield transport


@pytest.fixture
async def serve():
    """Start a server whose every path is answered by one function; returns its address."""
    servers = []

    async def start(answer) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server in servers:
        await server.close()


async def echo(request: web.Request) -> web.Response:
    return web.json_response(
        {
            "method": request.method,
            "path": request.raw_path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": (await request.read()).decode(),
        }
    )


async def test_path_and_query_go_over_the_wire_exactly_as_written(transport, serve):
    base = await serve(echo)
    for path in ("/a%2Fb/%c3%a9?q=a+b&x=%7E~", "/a//b/../c?", "/?x=1"):
        answer = await transport.get(base + path, {})
        assert path.rstrip("?") == json.loads(answer.body)["path"].rstrip("?")


async def test_a_post_carries_its_body_and_headers_and_our_name(transport, serve):
    base = await serve(echo)

    answer = await transport.post(f"{base}/inbox", {"Content-Type": "application/activity+json"}, b"{}")

    said = json.loads(answer.body)
    assert (answer.status, said["method"], said["body"]) == (200, "POST", "{}")
    assert said["headers"]["content-type"] == "application/activity+json"
    assert said["headers"]["user-agent"] == "Marmalade"
    assert "cookie" not in said["headers"]
    assert answer.headers["CONTENT-type"].startswith("application/json")


async def test_connections_are_kept_and_cookies_are_not(transport, serve):
    clients = []

    async def note(request: web.Request) -> web.Response:
        clients.append(request.transport.get_extra_info("peername"))
        response = web.Response(text=request.headers.get("Cookie", "none"))
        response.set_cookie("track", "me")
        return response

    base = await serve(note)
    answers = [await transport.get(base, {}) for _ in range(3)]

    assert len(set(clients)) == 1
    assert answers[2].body == b"none"


async def test_proxies_of_the_environment_are_not_used(serve, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with Transport(LOOPBACK) as transport:
        assert (await transport.get(await serve(echo), {})).status == 200


async def test_a_host_header_for_another_server_is_refused(transport, serve):
    with pytest.raises(Refused):
        await transport.get(await serve(echo), {"Host": "acme.example"})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "https://localhost:{port}/",
        "https://[::1]:{port}/",
        "https://[::ffff:127.0.0.1]:{port}/",
        "https://[::127.0.0.1]:{port}/",
        "https://[64:ff9b::7f00:1]:{port}/",
        "https://[2002:7f00:1::]:{port}/",
        "https://[2001:0:7f00:1::]:{port}/",
        "https://0.0.0.0:{port}/",
        "https://[::]:{port}/",
        "https://127.1:{port}/",
        "https://0x7f000001:{port}/",
        "https://0x7f.0.0.1:{port}/",
        "https://0177.0.0.1:{port}/",
        "https://017700000001:{port}/",
        "https://2130706433:{port}/",
        "https://127.0.0.1.:{port}/",
        "https://169.254.169.254:{port}/latest/meta-data",
        "https://10.0.0.1:{port}/",
        "https://224.0.0.1:{port}/",
        "https://[fe80::1]:{port}/",
        "https://[ff02::1]:{port}/",
    ],
)
async def test_no_spelling_of_an_inner_address_is_dialled(serve, url):
    asked = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    base = await serve(note)
    async with Transport(total_seconds=5.0) as guarded:
        with pytest.raises(Refused):
            await guarded.get(url.format(port=base.rpartition(":")[2]), {})
    assert asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254", "::1", "0.0.0.0"])
async def test_a_name_that_resolves_to_an_inner_address_is_refused(address):
    async with Transport(resolver=FixedResolver(address), total_seconds=5.0) as guarded:
        with pytest.raises(Refused):
            await guarded.get("https://innocent.example/", {})


class ManyResolver(FixedResolver):
    """Answers every name with all of its addresses at once."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [(await FixedResolver(one).resolve(host, port))[0] for one in self.addresses]


async def test_of_a_names_addresses_only_those_allowed_are_dialled(serve):
    port = (await serve(echo)).rpartition(":")[2]
    async with Transport(LOOPBACK, resolver=ManyResolver("10.0.0.1", "::1", "127.0.0.1")) as guarded:
        assert (await guarded.get(f"http://many.example:{port}/", {})).status == 200
    async with Transport(resolver=ManyResolver("10.0.0.1", "::1", "127.0.0.1")) as guarded:
        with pytest.raises(Refused):
            await guarded.get(f"https://many.example:{port}/", {})


async def test_a_name_that_is_rebound_after_a_check_is_refused_at_the_socket(serve):
    port = (await serve(echo)).rpartition(":")[2]
    resolver = FixedResolver("127.0.0.1", "10.0.0.1")
    async with Transport(LOOPBACK, resolver=resolver, total_seconds=5.0) as guarded:
        url = f"http://rebound.example:{port}/"
        assert (await guarded.get(url, {"Connection": "close"})).status == 200
        guarded._sessions["http"].connector.clear_dns_cache()
        with pytest.raises(Refused):
            await guarded.get(url, {})


async def test_plain_http_is_spoken_only_inside_the_peers_networks():
    async with Transport(LOOPBACK, resolver=FixedResolver("93.184.216.34"), total_seconds=5.0) as guarded:
        with pytest.raises(Refused):
            await guarded.get("http://globex.example/", {})


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.216.34",
        "2001:4860:4860::8888",
        "2a00:1450:4001:800::200e",
    ],
)
def test_the_global_internet_is_dialled_by_https_alone(address):
    assert is_dialled(address, "https", ())
    assert not is_dialled(address, "http", ())


@pytest.mark.parametrize(
    "address",
    [
        "100.64.0.1",
        "192.88.99.1",
        "192.0.0.9",
        "198.18.0.1",
        "192.0.2.1",
        "203.0.113.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "172.16.0.1",
        "192.168.1.1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "64:ff9b:1::1",
        "2001::1",
        "2001:20::1",
        "2001:db8::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fec0::1",
        "ff0e::1",
        "fe80::1%eth0",
        "nonsense",
    ],
)
def test_special_purpose_addresses_are_never_global(address):
    assert not is_dialled(address, "https", ())


def test_a_mapped_address_does_not_slip_in_through_a_named_network():
    assert is_dialled("127.0.0.1", "http", LOOPBACK)
    assert not is_dialled("::ffff:127.0.0.1", "http", LOOPBACK)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://globex.example/",
        "file:///etc/passwd",
        "data:text/plain,x",
        "https://user@globex.example/",
        "https://user:pass@globex.example/",
        "https://globex.example\\@evil.example/",
        "https://globex.example/\\..",
        "https://glöbex.example/",
        "https://globex.example/ä",
        "https://globex.example /",
        "https://globex.example/\r\nHost: evil",
        "https://globex.example:22/",
        "https://globex.example:0/",
        "https://globex.example:99999/",
        "https://globex.example:080/",
        "https://globex.example:/",
        "https://globex.example.:443/",
        "https://-globex.example/",
        "https://globex..example/",
        "https://[::1%25lo]/",
        "https://[::1/",
        "https:///path",
        "//globex.example/",
        "https://globex.example/" + "a" * 3000,
        "",
    ],
)
def test_an_address_that_is_not_plain_is_refused_without_asking_anyone(url):
    with pytest.raises(Refused):
        check_url(url)


def test_a_plain_address_is_taken_apart():
    where = check_url("https://Globex.example:8443/a/b?c=d#e")

    assert (where.host, where.port, where.authority) == ("globex.example", 8443, "globex.example:8443")
    assert (where.target, where.fragment) == ("/a/b?c=d", "e")
    assert check_url("https://globex.example:443").origin == "https://globex.example"


def redirect_to(location: str, status: int = 302):
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": location})

    return answer


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "http://user@127.0.0.1/",
    ],
)
async def test_a_redirect_to_an_inner_address_is_refused(transport, serve, location):
    base = await serve(redirect_to(location))

    with pytest.raises(Refused):
        await transport.get(base, {}, max_redirects=3)


async def test_redirects_are_followed_up_to_their_number(transport, serve):
    async def count_down(request: web.Request) -> web.Response:
        left = int(request.path.strip("/"))
        if left:
            return web.Response(status=307, headers={"Location": f"/{left - 1}"})
        return web.Response(text="arrived")

    base = await serve(count_down)

    assert (await transport.get(f"{base}/3", {}, max_redirects=3)).url == f"{base}/0"
    with pytest.raises(BadRedirect):
        await transport.get(f"{base}/4", {}, max_redirects=3)
    assert (await transport.get(f"{base}/1", {})).status == 307


async def test_a_redirect_loop_ends(transport, serve):
    base = await serve(redirect_to("/again"))

    with pytest.raises(BadRedirect):
        await transport.get(base, {}, max_redirects=3)


async def test_a_redirect_without_an_address_is_refused(transport, serve):
    async def nowhere(request: web.Request) -> web.Response:
        return web.Response(status=302)

    with pytest.raises(BadRedirect):
        await transport.get(await serve(nowhere), {}, max_redirects=1)


async def test_credentials_do_not_follow_a_redirect(transport, serve):
    target = await serve(echo)
    base = await serve(redirect_to(f"{target}/there"))

    answer = await transport.get(
        base, {"Signature": "s", "Authorization": "Bearer t", "Accept": "a/b"}, max_redirects=1
    )

    received = json.loads(answer.body)["headers"]
    assert received["accept"] == "a/b"
    assert not {"signature", "authorization"} & received.keys()
    assert f"http://{received['host']}" == target


async def test_an_answer_to_a_post_is_not_followed(transport, serve):
    base = await serve(redirect_to("/elsewhere", 308))

    assert (await transport.post(f"{base}/inbox", {}, b"{}")).status == 308


async def test_a_long_answer_is_cut(serve):
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 65_536)
        except ConnectionError:
            return response

    async with Transport(LOOPBACK, max_bytes=100_000) as small:
        with pytest.raises(TooLarge):
            await small.get(await serve(endless), {})


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_compressed_bomb_is_cut_by_its_unpacked_size(serve, encoding):
    plain = b"\0" * 50_000_000
    bomb = gzip.compress(plain, 9) if encoding == "gzip" else zlib.compress(plain, 9)
    assert len(bomb) < 100_000

    async def explode(request: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": encoding})

    async with Transport(LOOPBACK, max_bytes=1_000_000) as transport:
        with pytest.raises(TooLarge):
            await transport.get(await serve(explode), {})


async def test_a_slow_drip_ends_with_the_total_time(serve):
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b".")
                await asyncio.sleep(0.02)
        except ConnectionError:
            return response

    async with Transport(LOOPBACK, total_seconds=0.3) as hurried:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            await hurried.get(await serve(drip), {})
        assert time.monotonic() - began < 2


async def test_the_total_time_covers_all_redirects(serve):
    async def dawdle(request: web.Request) -> web.Response:
        await asyncio.sleep(0.2)
        return web.Response(status=302, headers={"Location": f"/{time.monotonic_ns()}"})

    async with Transport(LOOPBACK, total_seconds=0.5) as hurried:
        with pytest.raises(TimedOut):
            await hurried.get(await serve(dawdle), {}, max_redirects=50)


async def test_nobody_listening_is_unreachable(transport, unused_tcp_port):
    with pytest.raises(Unreachable):
        await transport.get(f"http://127.0.0.1:{unused_tcp_port}/", {})


async def test_plain_http_behind_https_is_unreachable(transport, serve):
    base = await serve(echo)

    with pytest.raises(Unreachable):
        await transport.get(base.replace("http:", "https:"), {})


@pytest.mark.parametrize(
    "reply",
    [
        b"nonsense\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nzzzz",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    ],
)
async def test_broken_http_is_unreachable(transport, reply):
    async def answer(reader, writer):
        await reader.read(1000)
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Unreachable):
            await transport.get(f"http://127.0.0.1:{port}/", {})
