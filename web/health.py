"""Is this process alive, is it ready, and how is it doing: for supervisors and Prometheus, inside only.

No figure names a person, an idea or what anybody said.
"""

from __future__ import annotations

import asyncio
import time

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from federation.outside import deliveries, errands
from federation.outside.store import Ledger
from server.database import DatabaseError
from server.keys import HOUSE
from server.services import holds
from server.services.audit import checkpoint_age
from server.services.house import House
from server.services.log import newest_event
from server.services.self_tests import last_result
from web.broadcast import BROADCAST
from web.keys import HUB
from web.ledger import ledger_of

log = structlog.get_logger()

GATE = "release"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
STREAMS = ("/events", "/stream")


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self) -> None:
        kept = self.registry = CollectorRegistry()
        self.requests = Counter(
            "marmalade_requests_total", "Requests answered.", ("method", "route", "status"), registry=kept
        )
        self.seconds = Histogram(
            "marmalade_request_seconds", "Time to answer, streams left out.", ("route",), buckets=SECONDS, registry=kept
        )
        self.events = Gauge("marmalade_events", "Number of the newest event in the log.", registry=kept)
        self.holds = Gauge("marmalade_holds_waiting", "Holds that wait for a reviewer.", registry=kept)
        self.checkpoint = Gauge(
            "marmalade_audit_checkpoint_age_seconds",
            "How long the oldest audit row without a signed checkpoint has waited for one.",
            registry=kept,
        )
        self.self_test = Gauge(
            "marmalade_self_test_passed",
            "Whether the last leak self-test that came to a result passed (1) or found a leak (0).",
            registry=kept,
        )
        self.self_test_age = Gauge(
            "marmalade_self_test_age_seconds", "Since the last leak self-test that came to a result.", registry=kept
        )
        self.streams = Gauge("marmalade_streams", "Open event streams.", ("kind",), registry=kept)

    async def count(self, app: web.Application, house: House) -> None:
        """Bring the gauges up to date."""
        self.events.set(await newest_event(house))
        self.holds.set(await holds.count_waiting(house))
        self.checkpoint.set(await checkpoint_age(house))
        tested = await last_result(house)
        self.self_test.set(tested is not None and tested.state == "passed")
        ended_at = tested.ended_at if tested else None
        self.self_test_age.set((house.now() - ended_at).total_seconds() if ended_at else float("inf"))
        pages, api = app.get(HUB), app.get(BROADCAST)
        self.streams.labels("pages").set(pages.listeners if pages is not None else 0)
        self.streams.labels("api").set(api.listeners if api is not None else 0)


async def count_outside(house: House, ledger: Ledger) -> CollectorRegistry:
    """Make the figures of the outside store anew: hosts come and go."""
    registry = CollectorRegistry()
    lag = max(0, await newest_event(house) - await errands.cursor(ledger, GATE))
    Gauge("marmalade_gate_lag_events", "Events that the gate has not dealt with.", registry=registry).set(lag)
    queued = Gauge("marmalade_deliveries_queued", "Deliveries that wait.", ("peer",), registry=registry)
    oldest = Gauge("marmalade_deliveries_oldest_seconds", "Age of the oldest that waits.", ("peer",), registry=registry)
    for host, (waiting, made_at) in (await deliveries.backlog(ledger)).items():
        queued.labels(host).set(waiting)
        oldest.labels(host).set(max(0.0, time.time() - made_at))
    return registry


METRICS = web.AppKey("METRICS", Metrics)
ENDING = web.AppKey("ENDING", asyncio.Event)


def add_health(app: web.Application) -> None:
    """Add /livez, /readyz and /metrics, and count every request from here on."""
    app[METRICS] = Metrics()
    app[ENDING] = asyncio.Event()
    app.middlewares.insert(0, count_requests)
    app.on_shutdown.append(stop_being_ready)
    app.router.add_get("/livez", show_alive)
    app.router.add_get("/readyz", show_ready)
    app.router.add_get("/metrics", show_metrics)


@web.middleware
async def count_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count what was asked and answered, by the route's template: addresses hold ids, templates do not."""
    begun = time.monotonic()
    status = 500
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "none"
        method = request.method if request.method in hdrs.METH_ALL else "other"
        metrics = request.app[METRICS]
        metrics.requests.labels(method, route, str(status)).inc()
        if not route.endswith(STREAMS):
            metrics.seconds.labels(route).observe(time.monotonic() - begun)
    return response


async def stop_being_ready(app: web.Application) -> None:
    app[ENDING].set()


async def show_alive(request: web.Request) -> web.Response:
    """GET /livez: the process runs and answers."""
    return web.Response(text="ok\n")


async def show_ready(request: web.Request) -> web.Response:
    """GET /readyz: the store can be read and nobody is shutting down; 503 otherwise."""
    if request.app[ENDING].is_set():
        return web.Response(status=503, text="shutting down\n")
    try:
        await newest_event(request.app[HOUSE])
    except DatabaseError as error:
        log.warning("not ready", truth=str(error))
        return web.Response(status=503, text="the store cannot be read\n")
    return web.Response(text="ok\n")


async def show_metrics(request: web.Request) -> web.Response:
    """GET /metrics, in Prometheus' text format."""
    metrics, house = request.app[METRICS], request.app[HOUSE]
    await metrics.count(request.app, house)
    text = generate_latest(metrics.registry)
    if (ledger := await ledger_of(request)) is not None:
        text += generate_latest(await count_outside(house, ledger))
    return web.Response(body=text, headers={hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST})
