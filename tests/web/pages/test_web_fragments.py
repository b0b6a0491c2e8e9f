"""A long thread is drawn from what was drawn before, and shows everybody what is theirs."""

from __future__ import annotations

import re

from server.services import ideas, ideas_read
from tests.web.pages.conftest import Site


async def test_two_readers_get_their_own_page_of_the_same_replies(site: Site) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.open_floor, "Benches", "At every stop.")
    reply = await ideas.reply(site.house, site.jonas, idea, "With a roof.")
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    pages = {}
    for _ in range(2):
        for name, browser in (("mara", mara), ("jonas", jonas)):
            _, pages[name] = await browser.get(f"/ideas/{idea.id}")
    assert f"/ideas/{reply.id}/edit" in pages["jonas"]
    assert f"/ideas/{reply.id}/edit" not in pages["mara"]
    assert f"/ideas/{reply.id}/flag" in pages["mara"]
    assert f"/ideas/{reply.id}/flag" not in pages["jonas"]


async def test_a_kept_reply_carries_the_token_of_whoever_reads_it_now(site: Site) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.open_floor, "Benches", "At every stop.")
    reply = await ideas.reply(site.house, site.mara, idea, "With a roof.")
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    await mara.get(f"/ideas/{idea.id}")
    _, page = await jonas.get(f"/ideas/{idea.id}")
    tokens = set(re.findall(r'name="csrf" value="([^"]+)"', page))
    assert len(tokens) == 1
    answer, _ = await jonas.post(f"/ideas/{reply.id}/marks/support", made="1")
    assert answer.status == 303
    _, page = await jonas.get(f"/ideas/{idea.id}")
    assert tokens.isdisjoint(re.findall(r'name="csrf" value="([^"]+)"', page)), "each page has a mask of its own"


async def test_what_changes_about_a_reply_shows_at_once(site: Site) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.open_floor, "Benches", "At every stop.")
    reply = await ideas.reply(site.house, site.jonas, idea, "With a roof.")
    mara = await site.browser(site.mara)
    _, before = await mara.get(f"/ideas/{idea.id}")
    await ideas.edit(site.house, site.jonas, reply, "With a green roof.", title="")
    _, edited = await mara.get(f"/ideas/{idea.id}")
    await ideas.delete(site.house, site.jonas, await ideas_read.obtain(site.house, site.jonas, reply.id))
    _, after = await mara.get(f"/ideas/{idea.id}")
    assert "With a roof." in before
    assert "With a green roof." in edited
    assert "With a roof." not in edited
    assert "green roof" not in after
