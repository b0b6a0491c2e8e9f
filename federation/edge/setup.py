"""The edge as an application: its routes, and the work it does between requests."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from federation.edge.deliver import Deliverer
from federation.edge.drawing import Drawings
from federation.edge.home_servers import HomeServers
from federation.edge.inbox import INBOX, LONGEST_BODY, Inbox
from federation.edge.lookup import Lookup
from federation.edge.pages import PAGES, Pages
from federation.edge.reading import Reader
from federation.edge.refusals import answer_plainly
from federation.edge.routes import add_routes
from federation.edge.sign_in import DOORWAY, Doorway
from federation.edge.signers import REMEMBERED, SIGNERS, Budget, Signers
from federation.edge.themes import DRAWINGS
from federation.edge.writing import A_MINUTE, WRITERS
from federation.fetch import Fetcher
from federation.outside import keys
from federation.outside.store import OUTSIDE, Outside
from federation.signatures import PrivateKey, load_private_key, sign
from federation.signatures.fields import InnerList
from federation.signatures.rfc9421 import read_accept_signature, sign_message
from federation.transport import Transport
from server.domain.public_themes import DrawThemes
from server.domain.uris import host_of
from server.precedence import Precedence


@dataclass(frozen=True, slots=True)
class Edge:
    """What the composition root runs: the application, and its workers, which expose `run_once`.

    `precedence` has whoever computes in this process stand back while something comes to the inbox.
    """

    app: web.Application
    lookup: Lookup
    deliverer: Deliverer
    reader: Reader
    drawings: Drawings
    precedence: Precedence


class ServerSigner:
    """Signs our fetches as the server's own actor, once its key is there.

    By draft-cavage at first; by RFC 9421 where a server turned that away and took this.
    """

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._uri = outside.addresses.server_uri
        self._otherwise: OrderedDict[str, None] = OrderedDict()
        self.key: PrivateKey | None = None
        self.turn = 0

    async def load(self) -> None:
        """Take the server's key once the gate has made or exchanged it; fetches go unsigned until there is one."""
        listed = await keys.listed(self._outside, "server")
        if listed and (self.key is None or self.key.public_pem() != listed.pem):
            self.key, self.turn = load_private_key(await keys.private_pem(self._outside, "server")), listed.turn

    def __call__(self, method: str, url: str) -> dict[str, str]:
        return self._sign(method, url, is_message=host_of(url) in self._otherwise)

    def again(self, method: str, url: str, asked: str) -> dict[str, str]:
        """Sign in the form that was not tried, or as an Accept-Signature asks."""
        wanted = read_accept_signature(asked) if asked else None
        is_message = wanted is not None or host_of(url) not in self._otherwise
        return self._sign(method, url, is_message=is_message, wanted=wanted)

    def took(self, url: str) -> None:
        """Remember that a server took the other form than before."""
        host = host_of(url)
        if host in self._otherwise:
            del self._otherwise[host]
        else:
            self._otherwise[host] = None
        while len(self._otherwise) > REMEMBERED:
            self._otherwise.popitem(last=False)

    def _sign(self, method: str, url: str, *, is_message: bool, wanted: InnerList | None = None) -> dict[str, str]:
        if self.key is None:
            return {}
        key_id, now = keys.key_id(self._uri, self.turn), datetime.now(UTC)
        if is_message:
            return sign_message(method, url, None, key_id, self.key, now, wanted=wanted)
        return sign(method, url, None, key_id, self.key, now)


def make_edge(outside: Outside, transport: Transport, signer: ServerSigner, draw: DrawThemes | None = None) -> Edge:
    """Wire the edge by hand. `draw` finds themes in words that it is given; without it there is no page of themes."""
    fetcher = Fetcher(transport, signer, signer)
    app = web.Application(middlewares=[answer_plainly], client_max_size=LONGEST_BODY)
    app[OUTSIDE] = outside
    app[SIGNERS] = Signers(outside, fetcher)
    inbox = app[INBOX] = Inbox(outside)
    app[PAGES] = Pages(has_themes=draw is not None)
    drawings = app[DRAWINGS] = Drawings(outside, draw)
    app[WRITERS] = Budget(A_MINUTE)
    app[DOORWAY] = Doorway(HomeServers(outside, transport, fetcher), outside.now)
    add_routes(app)
    precedence = Precedence(lambda: inbox.is_taking)
    lookup = Lookup(outside, fetcher, precedence)
    reader = Reader(outside, fetcher, lookup)
    return Edge(app, lookup, Deliverer(outside, transport), reader, drawings, precedence)
