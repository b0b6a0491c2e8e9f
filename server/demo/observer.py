"""A stranger with a plain HTTP client: walks every route of an edge and every link that it finds there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from federation.edge.routes import KEY, ROUTES
from federation.transport import Answer, Transport
from server.demo.sites import Site

ACCEPTS = ("application/activity+json", "text/html")
SOUND = re.compile(r"[\w:/?#\[\]@!$&'()*+,;=.~%-]+", re.ASCII)
LINK = re.compile(rb'https?://127\.0\.0\.1:\d+[^\s"\'<>\\)\]]*|(?<=href=")/[^"]*|(?<=src=")/[^"]*')
MOST = 4000


class Observer:
    """What an observer asked for and what came back, byte by byte."""

    def __init__(self, transport: Transport, site: Site) -> None:
        self._transport = transport
        self._site = site
        self.answers: dict[tuple[str, str], Answer] = {}

    async def walk(self, names: Iterable[str], keys: Iterable[str]) -> None:
        """Ask for every route with every known key and actor name, then follow links until nothing is new."""
        waiting = [*self._starts(names), *self._guesses(keys)]
        seen = set(waiting)
        while waiting and len(self.answers) < MOST:
            url = waiting.pop(0)
            for accept in ACCEPTS:
                answer = await self._transport.get(url, {"Accept": accept})
                self.answers[url, accept] = answer
                for link in self._links(answer):
                    if link not in seen:
                        seen.add(link)
                        waiting.append(link)

    async def ask(self, url: str, accept: str = ACCEPTS[0]) -> Answer:
        """Ask for one address, once more."""
        answer = self.answers[url, accept] = await self._transport.get(url, {"Accept": accept})
        return answer

    def pieces(self) -> Iterable[tuple[str, bytes]]:
        """Yield all that was received: heads and bodies."""
        for (url, accept), answer in self.answers.items():
            head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            yield f"GET {url} as {accept}", head.encode() + b"\n\n" + answer.body

    def found(self) -> list[str]:
        """Return the addresses that answered with something."""
        return [url for (url, _), answer in self.answers.items() if answer.status == 200]

    def _starts(self, names: Iterable[str]) -> list[str]:
        edge = self._site.edge_url
        starts = [f"{edge}{route.path}" for route in ROUTES if route.method == "GET" and "{" not in route.path]
        host = self._site.edge_host
        for name in names:
            starts += [f"{edge}/@{name}", f"{edge}/.well-known/webfinger?resource=acct:{name}@{host}"]
        return [*starts, f"{edge}/.well-known/webfinger?resource={edge}/actor", f"{edge}/static/none.css"]

    def _guesses(self, keys: Iterable[str]) -> list[str]:
        """Every route that takes a key, with every key: what is hidden must look as what is not there."""
        shapes = [route.path for route in ROUTES if route.method == "GET" and KEY in route.path]
        return [f"{self._site.edge_url}{shape.replace(KEY, key)}" for key in keys for shape in shapes]

    def _links(self, answer: Answer) -> list[str]:
        links = [link.decode("utf-8", "replace") for link in LINK.findall(answer.body)]
        links += [answer.headers["Location"]] if "Location" in answer.headers else []
        whole = [f"{self._site.edge_url}{link}" if link.startswith("/") else link for link in links]
        ours = f"{self._site.edge_url}/"
        sound = [link for link in whole if link.startswith(ours) and SOUND.fullmatch(link)]
        return [link.partition("#")[0].replace("&amp;", "&") for link in sound]
