"""Bad input: whatever is refused, sent twice, sent too late or by nobody, the words come back with a clear sentence."""

from __future__ import annotations

import asyncio
import html
import io
import re
import struct
import zipfile
import zlib
from typing import Any

import pytest
from aiohttp import FormData

from server.services import drafts, ideas, ideas_read, jams, people
from server.services.drafts import read_place
from tests.web.pages.conftest import Browser, Site

PASSWORD = "four plain words here"
WORDS = {"title": "Late <b>words</b>", "text": 'One "line"\nand another'}


async def end_session(site: Site, browser: Browser) -> None:
    """End the session behind the browser's back, as time does."""
    (cookie,) = [one for one in browser.client.session.cookie_jar if one.key.startswith("jam")]
    await people.sign_out(site.house, cookie.value)


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


async def test_whoever_signs_in_again_finds_what_they_were_sending_in_the_composer(site: Site) -> None:
    await people.set_password(site.house, site.mara, PASSWORD)
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    await end_session(site, browser)
    headers = {"Referer": str(site.server.make_url(forum))}
    sent = {"csrf": browser.csrf, "place": f"idea:{site.own_house.id}", **WORDS}
    answer, page = await browser.send(f"{forum}/ideas", sent, **headers)
    assert answer.status == 401
    assert "what you typed is still here" in page
    hidden = fields_of(page)
    assert hidden["next"] == forum
    answer, page = await browser.send("/sign-in", {**hidden, "username": "mara", "password": "wrong"})
    assert answer.status == 401
    answer, _ = await browser.send("/sign-in", {**fields_of(page), "username": "mara", "password": PASSWORD})
    assert answer.headers["Location"] == f"{forum}?done=kept-for-you"
    _, page = await browser.get(forum)
    assert 'value="Late &lt;b&gt;words&lt;/b&gt;"' in page
    assert "and another</textarea>" in page
    assert not await ideas_read.list_ideas(site.house, site.mara, site.own_house)


async def test_words_of_any_other_form_are_shown_after_signing_in_and_sent_when_asked(site: Site) -> None:
    await people.set_password(site.house, site.mara, PASSWORD)
    browser = await site.browser(site.mara)
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    await end_session(site, browser)
    path = f"/ideas/{idea.id}/flag"
    answer, page = await browser.send(path, {"csrf": browser.csrf, "reason": "It is <i>rude</i>, I find"})
    assert answer.status == 401
    answer, page = await browser.send("/sign-in", {**fields_of(page), "username": "mara", "password": PASSWORD})
    assert answer.status == 200
    assert "It is &lt;i&gt;rude&lt;/i&gt;, I find" in page
    assert f'action="{path}"' in page
    answer, _ = await browser.send(path, fields_of(page))
    assert answer.status == 303


@pytest.mark.parametrize("kept", ["", "x", "[]", '["//evil.example/x", [], false]', '["/sign-out", [], false]', "[1]"])
async def test_what_is_no_form_of_ours_is_not_kept(site: Site, kept: str) -> None:
    await people.set_password(site.house, site.mara, PASSWORD)
    browser = await site.browser()
    answer, _ = await browser.send("/sign-in", {"username": "mara", "password": PASSWORD, "kept": kept})
    assert (answer.status, answer.headers["Location"]) == (303, "/")


async def test_nobody_is_led_away_while_they_type(site: Site) -> None:
    browser = await site.browser(site.mara)
    await end_session(site, browser)
    forum, sent = f"/forums/{site.own_house.id}", {"csrf": browser.csrf, **WORDS}
    answer, _ = await browser.send(f"{forum}/preview", sent, **{"HX-Request": "true"})
    assert (answer.status, answer.headers.get("HX-Redirect")) == (204, None)
    answer, _ = await browser.send("/drafts", sent, Accept="application/json")
    assert answer.status == 401
    headers = {"HX-Request": "true", "Referer": str(site.server.make_url(f"{forum}?sort=new"))}
    answer, _ = await browser.send("/ideas/x/marks/support", sent, **headers)
    assert answer.headers["HX-Redirect"] == f"/sign-in?next={forum}%3Fsort%3Dnew"


async def test_a_form_of_another_session_is_shown_again_and_not_taken(site: Site) -> None:
    browser = await site.browser(site.mara)
    place = f"idea:{site.own_house.id}"
    path = f"/forums/{site.own_house.id}/ideas"
    answer, page = await browser.send(path, {"csrf": "old", "place": place, **WORDS})
    assert answer.status == 403
    assert "Look at it once more and send it again." in page
    assert "Late &lt;b&gt;words&lt;/b&gt;</textarea>" in page
    answer, _ = await browser.send("/drafts", {**fields_of(page), "on": "1"})
    assert answer.headers["Location"] == f"/forums/{site.own_house.id}?done=kept"
    # From another site, nothing is handed on.
    answer, page = await browser.send(path, {"csrf": "old", **WORDS}, **{"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403
    assert "Late" not in page


async def test_a_form_that_comes_after_the_close_is_told_so_and_its_words_are_given_back(site: Site) -> None:
    browser = await site.browser(site.jonas)
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    await browser.get(f"/forums/{site.own_house.id}")
    await jams.freeze_jam(site.house, site.mara, site.jam)
    for path, place in (
        (f"/forums/{site.own_house.id}/ideas", f"idea:{site.own_house.id}"),
        (f"/ideas/{idea.id}/replies", f"reply:{idea.id}"),
        (f"/ideas/{idea.id}/edit", f"edit:{idea.id}"),
    ):
        answer, page = await browser.post(path, place=place, **WORDS)
        assert answer.status == 409, path
        assert "closed" in page
        assert "and another</textarea>" in page
        answer, _ = await browser.send("/drafts", fields_of(page))
        assert answer.headers["Location"] == "/drafts?done=kept"
        assert await drafts.draft_at(site.house, site.jonas, read_place(place))


async def test_the_same_form_sent_twice_makes_one_idea(site: Site) -> None:
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    sent = {"csrf": browser.csrf, "title": "Once", "text": "And only once"}
    answers = await asyncio.gather(*(browser.send(f"{forum}/ideas", sent) for _ in range(3)))
    assert len({answer.headers["Location"] for answer, _ in answers}) == 1
    assert len(await ideas_read.list_ideas(site.house, site.mara, site.own_house)) == 1
    # Another page, or other words, are another form.
    await browser.get(forum)
    await browser.post(f"{forum}/ideas", title="Once", text="And only once")
    assert len(await ideas_read.list_ideas(site.house, site.mara, site.own_house)) == 2
    # What was refused may be sent again as it is.
    for _ in range(2):
        answer, _text = await browser.send(f"{forum}/ideas", {**sent, "title": ""})
        assert answer.status == 422


async def test_of_two_edits_the_second_sees_the_first_and_loses_nothing(site: Site) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Bench", "First words")
    one, two = await site.browser(site.mara), await site.browser(site.mara)
    path = f"/ideas/{idea.id}/edit"
    forms = [fields_of((await browser.get(path))[1]) for browser in (one, two)]
    assert [form["version"] for form in forms] == ["1", "1"]
    answer, _ = await one.post(path, version="1", title="Bench", text="Words of the **first** window")
    assert answer.status == 303
    answer, page = await two.post(path, version="1", title="Bench", text="Words of the second window")
    assert answer.status == 409
    assert "Words of the <strong>first</strong> window" in page
    assert "Words of the second window</textarea>" in page
    answer, _ = await two.post(path, version=fields_of(page)["version"], title="Bench", text="Both windows")
    assert answer.status == 303
    assert (await ideas_read.obtain(site.house, site.mara, idea.id)).text == "Both windows"
    assert len(await ideas_read.history(site.house, site.mara, idea.id)) == 2


@pytest.mark.parametrize("size", [60_000, 2_000_000])
async def test_pasted_megabytes_come_back_with_a_sentence(site: Site, size: int) -> None:
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    for path in (f"{forum}/ideas", f"{forum}/preview"):
        sent = {"csrf": browser.csrf, "title": "Much", "text": "word " * (size // 5)}
        head = '--b\r\nContent-Disposition: form-data; name="'
        parts = [f'{head}{name}"\r\n\r\n{value}\r\n' for name, value in sent.items()]
        headers = {**browser.headers, "Content-Type": "multipart/form-data; boundary=b"}
        async with asyncio.timeout(20):
            body = io.BytesIO(("".join(parts) + "--b--\r\n").encode())
            answer = await browser.client.post(path, data=body, allow_redirects=False, headers=headers)
            page = await answer.text()
        assert answer.status == (413 if path.endswith("ideas") else 200)
        assert "at most 50,000 fit. Nothing was lost: shorten it." in page
        assert page.count("word ") >= size // 5


def bomb() -> bytes:
    """A PNG of 30,000 by 30,000 pixels in some kilobytes: the picture itself is never there."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(3751)) for _ in range(30_000)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def zip_bomb() -> bytes:
    """A document whose inside is 200 MB of nothing."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as folder:
        folder.writestr("[Content_Types].xml", bytes(1000))
        with folder.open("word/document.xml", "w") as entry:
            for _ in range(200):
                entry.write(bytes(1_000_000))
    return made.getvalue()


async def test_a_picture_of_900_megapixels_is_refused_and_the_words_stay(site: Any) -> None:
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    form = FormData({"csrf": browser.csrf, "title": "Bomb", "text": "Words that stay"})
    form.add_field("file", bomb(), filename="small.png", content_type="image/png")
    async with asyncio.timeout(10):
        answer = await browser.client.post(
            f"{forum}/ideas", data=form, allow_redirects=False, headers=browser.headers
        )
        page = await answer.text()
    assert answer.status == 422
    assert "Words that stay</textarea>" in page
    assert not await ideas_read.list_ideas(site.house, site.mara, site.own_house)


async def test_a_zip_bomb_is_never_unpacked(site: Any) -> None:
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    form = FormData({"csrf": browser.csrf, "title": "Bomb", "text": "Words that stay"})
    form.add_field("file", zip_bomb(), filename="report.docx", content_type="application/zip")
    async with asyncio.timeout(10):
        answer = await browser.client.post(
            f"{forum}/ideas", data=form, allow_redirects=False, headers=browser.headers
        )
    assert answer.status in (303, 422)
