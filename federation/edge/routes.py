"""Every route of the edge in one table. What is not here cannot leak; what is here is probed by the leak tests."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web
from aiohttp.typedefs import Handler

from federation.edge import (
    changing,
    collections,
    discovery,
    documents,
    health,
    histories,
    inbox,
    jams,
    pages,
    said,
    sign_in,
    themes,
    way_home,
    writing,
)


class Route(NamedTuple):
    """One route: method, path and the function that answers."""

    method: str
    path: str
    answer: Handler


KEY = "{key:[0-9a-f]{32}}"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/", pages.home),
    Route("GET", "/@{name}", discovery.by_name),
    Route("GET", "/actor", documents.serve_server),
    Route("GET", "/actor/history", histories.of_guests),
    Route("POST", "/inbox", inbox.take),
    Route("POST", "/actor/inbox", inbox.take),
    Route("GET", "/jams/{name}", jams.show_jam),
    Route("GET", f"/forums/{KEY}", documents.serve),
    Route("POST", f"/forums/{KEY}/inbox", inbox.take),
    Route("GET", f"/forums/{KEY}/outbox", collections.outbox),
    Route("GET", f"/forums/{KEY}/history", histories.of_forum),
    Route("GET", f"/forums/{KEY}/context", collections.forum_context),
    Route("GET", f"/forums/{KEY}/followers", collections.followers),
    Route("GET", f"/forums/{KEY}/moderators", collections.moderators),
    Route("GET", f"/forums/{KEY}/featured", collections.featured),
    Route("GET", f"/forums/{KEY}/feed", pages.feed),
    Route("GET", f"/forums/{KEY}/themes", themes.show_themes),
    Route("GET", f"/people/{KEY}", documents.serve),
    Route("POST", f"/people/{KEY}/inbox", inbox.take),
    Route("GET", f"/people/{KEY}/outbox", collections.empty),
    Route("GET", f"/people/{KEY}/followers", collections.followers),
    Route("GET", f"/objects/{KEY}", documents.serve),
    Route("POST", f"/objects/{KEY}/answer", writing.answer),
    Route("GET", f"/objects/{KEY}/change", changing.ask_change),
    Route("POST", f"/objects/{KEY}/change", changing.change),
    Route("POST", f"/objects/{KEY}/take-back", changing.take_back),
    Route("POST", f"/objects/{KEY}/support", changing.support),
    Route("POST", f"/objects/{KEY}/vote", changing.vote),
    Route("POST", f"/forums/{KEY}/ideas", writing.propose),
    Route("GET", "/mine", said.show),
    Route("GET", f"/objects/{KEY}/context", collections.context),
    Route("GET", f"/objects/{KEY}/replies", collections.replies),
    Route("GET", f"/activities/{KEY}", documents.serve),
    Route("GET", f"/files/{KEY}", documents.serve_file),
    Route("GET", "/.well-known/webfinger", discovery.webfinger),
    Route("GET", "/.well-known/nodeinfo", discovery.nodeinfo_links),
    Route("GET", "/.well-known/host-meta", discovery.host_meta),
    *(Route("GET", f"/nodeinfo/{version}", discovery.nodeinfo) for version in discovery.NODEINFO),
    Route("GET", "/api/v1/instance", discovery.instance),
    Route("GET", "/home", way_home.go_home),
    Route("GET", "/sign-in", sign_in.show),
    Route("POST", "/sign-in", sign_in.begin),
    Route("GET", f"/sign-in/back/{KEY}", sign_in.come_back),
    Route("POST", "/sign-out", sign_in.leave),
    Route("GET", "/static/{name}", pages.static),
    Route("GET", "/favicon.ico", pages.icon),
    Route("GET", "/livez", health.live),
    Route("GET", "/readyz", health.ready),
)


def add_routes(app: web.Application) -> None:
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.answer)
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, route.answer)
