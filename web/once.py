"""One press, one sending: a form that makes something is taken once, however often the browser sends it.

A double click, a second tab, or a line that broke before the answer came all send the very same form: same page,
same words. Each page carries a CSRF token masked afresh, so the same token with the same fields is the same page.
The second request waits for the first and is answered alike; where the first was refused, it is looked at anew.
Kept in this process alone, for ten minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from web import csrf
from web.keys import COOKIE

SPAN = 600.0
MOST = 4096
#: The forms that make something new. Those that switch something back and forth are not among them.
MAKES = frozenset({
    "/forums/{forum}/ideas", "/ideas/{idea}/replies", "/ideas/{idea}/polls", "/ideas/{idea}/rooms",
    "/ideas/{idea}/asides", "/ideas/{idea}/summary", "/ideas/{idea}/flag", "/forums/{forum}/for-another",
    "/ideas/{idea}/for-another", "/jams", "/jams/{jam}/forums", "/jams/{jam}/hours", "/jams/{jam}/statements",
    "/hours/{hour}/questions", "/rooms/{room}/{verb}", "/people", "/invitations", "/jams/{jam}/again",
    "/jams/{jam}/control/shifts",
})  # fmt: skip


@dataclass(slots=True)
class Taken:
    """One form: when it came first, and where its answer leads ("" while or where there is none)."""

    at: float
    leads: str = ""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Forms:
    """The forms that were taken lately, the oldest first."""

    def __init__(self) -> None:
        self._taken: OrderedDict[bytes, Taken] = OrderedDict()

    def find(self, key: bytes) -> Taken:
        now = time.monotonic()
        while self._taken:
            oldest = next(iter(self._taken.values()))
            if len(self._taken) < MOST and now - oldest.at < SPAN:
                break
            self._taken.popitem(last=False)
        return self._taken.setdefault(key, Taken(now))


FORMS = web.AppKey("FORMS", Forms)


@web.middleware
async def take_once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer the same form the same way, and do what it asks once."""
    resource = request.match_info.route.resource
    if request.method != hdrs.METH_POST or resource is None or resource.canonical not in MAKES:
        return await handler(request)
    sent = await request.post()
    if csrf.FIELD not in sent or not request.get(COOKIE):
        return await handler(request)
    fields = [f"{name}={value}" for name, value in sent.items() if isinstance(value, str)]
    fields += [request.path_qs, request[COOKIE]]
    taken = request.app[FORMS].find(hashlib.sha256("\0".join(fields).encode()).digest())
    async with taken.lock:
        if taken.leads:
            return web.Response(status=303, headers={hdrs.LOCATION: taken.leads})
        answer = await handler(request)
        if answer.status == 303:
            taken.leads = answer.headers[hdrs.LOCATION]
        return answer
