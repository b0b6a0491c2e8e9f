"""How quickly a long thread is read: `python -m tests.bench.bench_threads [REPLIES]`.

A public forum's idea with so many replies, half of them answers to others, of about 60 words each. The pages are
asked for over loopback by one signed-in person; the floor is the template rendered once more with nothing read.
"""

from __future__ import annotations

import asyncio
import gzip
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from server.keys import HOUSE
from server.services import ideas, people
from tests.web.pages.conftest import _found, make_house
from web import answers
from web.health import add_health
from web.session import cookie_name
from web.setup import add_web

SENTENCE = "we could try this in the depot near the river because people there know what waits and why it does"


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await _found(Path(folder))
        house = await make_house(Path(folder))
        mara, jonas = await people.person(house, "mara"), await people.person(house, "jonas")
        forum = next(one for one in await _forums(house, mara) if one.slug == "open-floor")
        idea = await ideas.post_idea(house, mara, forum, "Root", "Words")
        chance, made = random.Random(4), [idea]
        for at in range(count):
            above = chance.choice(made) if chance.random() < 0.5 else idea
            text = " ".join(chance.choices(SENTENCE.split(), k=60))
            author, intent = (mara, jonas)[at % 2], ("" if at % 5 else "question")
            made.append(await ideas.reply(house, author, above, text, intent=intent))
        app = web.Application()
        app[HOUSE] = house
        add_web(app)
        add_health(app)
        async with TestClient(TestServer(app), cookie_jar=CookieJar(unsafe=True)) as client:
            begun = await people.sign_in_by_link(house, await people.make_link(house, mara))
            name = cookie_name(house.addresses.inside_url)
            client.session.cookie_jar.update_cookies({name: begun.cookie}, client.make_url("/"))
            rendering: list[float] = []
            plain = answers.draw

            def timed(*given: object, **more: object) -> str:
                began = time.process_time()
                text = plain(*given, **more)  # type: ignore[arg-type]
                rendering.append(time.process_time() - began)
                return text

            answers.draw = timed  # type: ignore[assignment]
            for what, url in (
                ("first page", f"/ideas/{idea.id}"),
                ("by time, newest first", f"/ideas/{idea.id}?order=newest"),
                ("only questions", f"/ideas/{idea.id}?intent=question&order=oldest"),
                ("the last reply's own address", f"/ideas/{made[-1].id}"),
            ):
                rendering.clear()
                took, text = [], ""
                for _ in range(7):
                    began = time.process_time()
                    answer = await client.get(url)
                    text = await answer.text()
                    took.append(time.process_time() - began)
                shown = len(re.findall(r'<article class="reply', text))
                body = text.encode()
                print(
                    f"{count} replies, {what}: {median(took) * 1000:.0f} ms of processor time, client and server"
                    f" together ({min(took) * 1000:.0f} at best), of which"
                    f" the template {median(rendering) * 1000:.0f}; {shown} replies shown,"
                    f" {len(body) / 1000:,.0f} kB, {len(gzip.compress(body, 6)) / 1000:,.0f} kB compressed"
                )
        await house.store.close()


async def _forums(house: object, member: object) -> list:  # type: ignore[type-arg]
    from server.services import forums

    return await forums.list_forums(house, member)  # type: ignore[arg-type]


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
