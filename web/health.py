"""Is the inside alive, can it serve, and how does it do? For supervisors and Prometheus, on the inside only."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from federation.outside import deliveries
from federation.outside.store import OUTSIDE
from server.keys import HOUSE
from server.services import holds
from server.services.log import newest_event
from web.broadcast import BROADCAST
from web.keys import HUB


def add_health(app: web.Application) -> None:
    """Add /livez, /readyz and /metrics."""
    app.router.add_get("/livez", live)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)


async def live(request: web.Request) -> web.Response:
    """GET /livez: the process answers."""
    return web.Response(text="ok\n")


async def ready(request: web.Request) -> web.Response:
    """GET /readyz: the store answers too."""
    await newest_event(request.app[HOUSE])
    return web.Response(text="ok\n")


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics, in Prometheus' text format; counted when asked."""
    house = request.app[HOUSE]
    registry = CollectorRegistry()
    _gauge(registry, "marmalade_events", "Number of the newest event", await newest_event(house))
    _gauge(registry, "marmalade_holds_waiting", "What waits for a reviewer", await holds.count_waiting(house))
    _gauge(registry, "marmalade_pages_listening", "Open streams of live pages", request.app[HUB].listeners)
    if (broadcast := request.app.get(BROADCAST)) is not None:
        _gauge(registry, "marmalade_programs_listening", "Open streams of the JSON API", broadcast.listeners)
    if (outside := request.app.get(OUTSIDE)) is not None:
        waiting = Gauge("marmalade_deliveries_waiting", "Deliveries to do", ["peer"], registry=registry)
        for host, (number, _) in (await deliveries.backlog(outside)).items():
            waiting.labels(peer=host).set(number)
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _gauge(registry: CollectorRegistry, name: str, words: str, value: int) -> None:
    Gauge(name, words, registry=registry).set(value)
