"""The edge as an application: its routes, and the work it does between requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from federation.edge.deliver import Deliverer
from federation.edge.inbox import LONGEST_BODY
from federation.edge.lookup import Lookup
from federation.edge.pages import PAGES, Pages
from federation.edge.refusals import answer_plainly
from federation.edge.routes import add_routes
from federation.edge.signers import SIGNERS, Signers
from federation.fetch import Fetcher
from federation.outside import keys
from federation.outside.store import OUTSIDE, Outside
from federation.signatures import PrivateKey, sign
from federation.transport import Transport


@dataclass(frozen=True, slots=True)
class Edge:
    """What the composition root runs: the application, and two workers that expose `run_once`."""

    app: web.Application
    lookup: Lookup
    deliverer: Deliverer


class ServerSigner:
    """Signs our fetches as the server's own actor, once its key is there."""

    def __init__(self, outside: Outside) -> None:
        self._uri = outside.addresses.server_uri
        self.key: PrivateKey | None = None

    def __call__(self, method: str, url: str) -> dict[str, str]:
        if self.key is None:
            return {}
        return sign(method, url, None, keys.key_id(self._uri), self.key, datetime.now(UTC))


def make_edge(outside: Outside, transport: Transport, signer: ServerSigner) -> Edge:
    """Wire the edge by hand."""
    fetcher = Fetcher(transport, signer)
    app = web.Application(middlewares=[answer_plainly], client_max_size=LONGEST_BODY)
    app[OUTSIDE] = outside
    app[SIGNERS] = Signers(outside, fetcher)
    app[PAGES] = Pages()
    add_routes(app)
    return Edge(app, Lookup(outside, fetcher), Deliverer(outside, transport))
