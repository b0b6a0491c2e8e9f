"""The only outgoing HTTP of the whole program.

Strangers choose the addresses that we fetch, so every connection is checked where no trick of names,
redirects or number formats can reach: at the socket, on the address that is really dialled. Global unicast
only, and https only, except inside the networks that the operator names. What comes back is capped in bytes
(after decompression) and in time; redirects are followed by hand, each checked anew.

    TransportError
    ├── Refused        we will not dial this address
    ├── Unreachable    no answer that could be read: no name, no connection, bad TLS, broken HTTP
    ├── TimedOut       not done within the total time
    ├── TooLarge       the answer is larger than we read
    └── BadRedirect    too many, without an address, or from https down to http
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import aiohttp
from aiohttp import AddrInfoType, SocketFactoryType
from aiohttp.abc import AbstractResolver
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from federation.names import Names
from federation.urls import BadUrl, WebUrl, parse_url

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
REDIRECTS = (301, 302, 303, 307, 308)
# Whoever sends much bounds itself below this: to wait for a connection counts as the other server's time.
MOST_CONNECTIONS = 896
MOST_TO_ONE = 16
MOST_OPEN = 512
_LOWEST_ODD_PORT = 1024
_BOUND_TO_ONE_HOST = ("host", "signature", "signature-input", "date", "digest", "authorization", "cookie")
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_NOT_REALLY_GLOBAL = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "2001::/23",  # IETF protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries any IPv4 address
        "3fff::/20",  # documentation
    )
)


class TransportError(Exception):
    """An outgoing request that brought no answer; never raised itself."""


class Refused(TransportError):
    """The address is not one that this program dials."""


class Unreachable(TransportError):
    """No name, no connection, bad TLS or broken HTTP."""


class TimedOut(TransportError):
    """The answer was not complete within the total time."""


class TooLarge(TransportError):
    """The answer, decompressed, is larger than we read."""


class BadRedirect(TransportError):
    """Too many redirects, one without an address, or one from https to http."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. Header names have no case; ``url`` is where it came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Transport:
    """Asks other servers over kept-alive connections; one for a process, closed at its end."""

    def __init__(
        self,
        networks: tuple[Network, ...] = (),
        user_agent: str = "Marmalade",
        total_seconds: float = 10.0,
        max_bytes: int = 1_000_000,
        *,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``networks`` may be dialled besides the global Internet, in plain http too; never make them wide.

        ``total_seconds`` and ``max_bytes`` bound one request with all its redirects. ``tls`` replaces the
        system's certificate authorities (partners with a private one).
        """
        self.networks = networks
        self._user_agent = user_agent
        self.total_seconds = total_seconds
        self._max_bytes = max_bytes
        self._resolver = resolver
        self._own_names: Names | None = None
        self._tls = tls
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        sessions = list(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            await session.close()
        if self._own_names is not None:
            await self._own_names.close()
            self._own_names = None

    async def get(self, url: str, headers: Mapping[str, str], *, max_redirects: int = 0) -> Answer:
        """Fetch an address; raises TransportError. With no redirects allowed, a redirect is the answer.

        Headers that bind a request to one server (Host, Signature, Date …) are dropped once a redirect leads
        elsewhere: who signs requests follows redirects with ``next_hop`` and signs again.
        """
        async with deadline(self.total_seconds):
            for left in range(max_redirects, -1, -1):
                answer = await self._ask("GET", url, headers, None)
                if answer.status not in REDIRECTS or max_redirects == 0:
                    return answer
                url = next_hop(answer)
                headers = {name: v for name, v in headers.items() if name.lower() not in _BOUND_TO_ONE_HOST}
                if left == 0:
                    raise BadRedirect(f"more than {max_redirects} redirects, the last to {url}")
        raise AssertionError("unreachable")

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a body. Redirects are not followed but returned; raises TransportError."""
        async with deadline(self.total_seconds):
            return await self._ask("POST", url, headers, body)

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Send a request of any method. Redirects are not followed but returned; raises TransportError."""
        async with deadline(self.total_seconds):
            return await self._ask(method, url, headers, body)

    async def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        where = check_url(url)
        session = self._session(where.scheme)
        sent = CIMultiDict(headers)
        sent.setdefault("User-Agent", self._user_agent)
        if sent.setdefault("Host", where.authority) != where.authority:
            raise Refused(f"the Host header says {sent['Host']!r} on a request to {where.authority}")
        try:
            async with session.request(
                method, URL(where.request_url, encoded=True), headers=sent, data=body, allow_redirects=False
            ) as response:
                received = await self._read(response)
                return Answer(response.status, CIMultiDictProxy(response.headers.copy()), received, url)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, _RefusedAddress):
                raise Refused(f"{url}: {error.os_error}") from error
            raise Unreachable(f"{url}: {error}") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if isinstance(error, TimeoutError):
                raise TimedOut(f"{url}: {error}") from error
            raise Unreachable(f"{url}: {type(error).__name__}: {error}") from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.content.iter_chunked(65_536):
            size += len(chunk)
            if size > self._max_bytes:
                response.close()
                raise TooLarge(f"{response.url} sends more than {self._max_bytes} bytes")
            chunks.append(chunk)
        return b"".join(chunks)

    @property
    def _names(self) -> AbstractResolver:
        if self._resolver is None and self._own_names is None:
            self._own_names = Names()
        names = self._resolver or self._own_names
        assert names is not None
        return names

    def _session(self, scheme: str) -> aiohttp.ClientSession:
        if scheme not in self._sessions:
            connector = _Connector(
                socket_factory=_guard(scheme, self.networks),
                resolver=self._names,
                ssl=self._tls or True,
                limit=MOST_CONNECTIONS,
                limit_per_host=MOST_TO_ONE,
            )
            self._sessions[scheme] = aiohttp.ClientSession(
                connector=connector,
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                skip_auto_headers=("Content-Type",),
            )
        return self._sessions[scheme]


def check_url(url: str) -> WebUrl:
    """Take an address apart, asking nobody; raise Refused when we would not dial it however it resolves.

    No user names, backslashes, names outside ASCII, other schemes, or addresses not written plainly; ports
    are 80, 443 or from 1024 upward.
    """
    try:
        where = parse_url(url)
    except BadUrl as error:
        raise Refused(str(error)) from error
    if where.port < _LOWEST_ODD_PORT and where.port not in (80, 443):
        raise Refused(f"port {where.port} of {where.host} is not a web server's")
    return where


def next_hop(answer: Answer) -> str:
    """Where a redirect leads; raises BadRedirect (no address, or down to http) or Refused (bad address)."""
    location = answer.headers.get("Location")
    if not location:
        raise BadRedirect(f"{answer.url} redirects nowhere")
    try:
        target = urljoin(answer.url, location)
    except ValueError as error:
        raise BadRedirect(f"{answer.url} redirects to {location[:200]!r}") from error
    if check_url(answer.url).scheme == "https" and check_url(target).scheme == "http":
        raise BadRedirect(f"{answer.url} redirects from https down to http")
    return check_url(target).request_url


def is_dialled(address: str, scheme: str, networks: tuple[Network, ...]) -> bool:
    """May this numeric address be dialled with this scheme?

    Inside ``networks`` always; elsewhere https to global unicast only. IPv6 forms that carry an IPv4 address
    (mapped, compatible, NAT64, 6to4, Teredo) are never global unicast here, whatever they carry.
    """
    try:
        number = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(number.version == network.version and number in network for network in networks):
        return True
    return scheme == "https" and _is_global_unicast(number)


def _is_global_unicast(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(number, ipaddress.IPv6Address) and number not in _GLOBAL_IPV6:
        return False
    if any(number.version == network.version and number in network for network in _NOT_REALLY_GLOBAL):
        return False
    return number.is_global and not number.is_multicast


class _Connector(aiohttp.TCPConnector):
    """Keeps no connection open beyond MOST_OPEN once its request is done: peers are many, and file handles are not."""

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:
        is_full = len(self._acquired) + sum(map(len, self._conns.values())) > MOST_OPEN
        super()._release(key, protocol, should_close=should_close or is_full)


class _RefusedAddress(OSError):
    """Inside the connector: looks like a failed connection, so that a name's other addresses are tried."""


def _guard(scheme: str, networks: tuple[Network, ...]) -> SocketFactoryType:
    def open_socket(address: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = address
        if not is_dialled(str(where[0]), scheme, networks):
            raise _RefusedAddress(f"{scheme} to an address outside the Internet and the peers' networks")
        return socket.socket(family, kind, protocol)

    return open_socket


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """``asyncio.timeout`` that raises TimedOut."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as late:
        raise TimedOut(f"no complete answer within {seconds} s") from late
