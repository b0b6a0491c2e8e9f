"""Attaching files in the browser: nothing typed is lost, and only those who may read get the bytes."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import urlencode

from aiohttp import FormData
from PIL import Image

from server.domain.ideas import Linked
from server.services import files, ideas, ideas_read, moderation, people, rules
from server.services.ideas import Origin


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 90, 20)).save(made, "PNG")
    return made.getvalue()


async def upload(browser: Any, path: str, body: bytes, name: str, **fields: str) -> tuple[Any, str]:
    form = FormData({"csrf": browser.csrf, **fields})
    form.add_field("file", io.BytesIO(body), filename=name, content_type="application/octet-stream")
    answer = await browser.client.post(path, data=form, allow_redirects=False, headers=browser.headers)
    return answer, await answer.text()


async def test_a_picture_is_added_described_and_sent_with_the_idea(site: Any) -> None:
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    answer, page = await upload(browser, f"{forum}/preview", picture(), "jar.png", title="Jars", text="Long words.")
    assert answer.status == 200
    assert "Long words." in page
    found = re.search(r'name="files" value="([0-9a-f]{32})"', page)
    assert found
    fields = {"title": "Jars", "text": "Long words.", "files": found[1]}
    answer, page = await browser.post(f"{forum}/ideas", **fields)
    assert answer.status == 422
    assert "Say in a few words what" in page
    assert "Long words." in page
    assert found[1] in page
    answer, _ = await browser.post(f"{forum}/ideas", **fields, **{f"alt-{found[1]}": "A jar of marmalade"})
    assert answer.status == 303
    _, page = await browser.get(answer.headers["Location"].partition("?")[0])
    assert f'<img src="/files/{found[1]}" alt="A jar of marmalade" width="40" height="30"' in page
    sent = await browser.client.get(f"/files/{found[1]}")
    assert sent.headers["Content-Type"] == "image/webp"
    assert "sandbox" in sent.headers["Content-Security-Policy"]


async def test_a_file_chosen_but_not_added_goes_along_and_one_that_is_not_taken_loses_no_words(site: Any) -> None:
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    answer, page = await upload(browser, f"{forum}/ideas", b"MZ", "tool.exe", title="Tools", text="Long words.")
    assert answer.status == 422
    assert "tool.exe" in page
    assert "Long words." in page
    answer, _ = await upload(browser, f"{forum}/ideas", b"a,b\n1,2\n", "table.csv", title="Tools", text="Long words.")
    assert answer.status == 303
    (idea,) = await ideas_read.list_ideas(site.house, site.mara, site.own_house, None, 5)
    (file,) = await files.of_one(site.house, idea)
    kept = await browser.client.get(f"/files/{file.id}")
    assert (await kept.read(), kept.headers["Content-Type"]) == (b"a,b\n1,2\n", "text/csv")
    assert "table.csv" in kept.headers["Content-Disposition"]

    answer, page = await browser.get(f"/ideas/{idea.id}/edit")
    assert "table.csv" in page
    answer, page = await browser.post(
        f"/ideas/{idea.id}/preview?of=edit", title="Tools", text="Long words.", files=file.id, remove=file.id
    )
    assert "table.csv" not in page
    answer, _ = await browser.post(f"/ideas/{idea.id}/edit", title="Tools", text="Long words.", files="")
    assert answer.status == 303
    assert (await browser.client.get(f"/files/{file.id}", allow_redirects=False)).status == 404


async def test_strangers_and_other_peoples_drafts(site: Any) -> None:
    file = await files.take(site.house, site.mara, "notes.txt", b"Words.")
    other = await site.browser(site.jonas)
    assert (await other.client.get(f"/files/{file.id}", allow_redirects=False)).status == 404
    await other.get(f"/forums/{site.own_house.id}")
    answer, _ = await other.post(f"/forums/{site.own_house.id}/ideas", title="Mine", text="Words.", files=file.id)
    assert answer.status == 404
    stranger = await site.browser()
    assert (await stranger.client.get(f"/files/{file.id}", allow_redirects=False)).status in (303, 401)


async def test_a_form_with_a_file_may_be_long_and_no_other(site: Any) -> None:
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.own_house.id}"
    await browser.get(forum)
    answer, _ = await upload(browser, f"{forum}/ideas", b"x" * 3_000_000, "long.txt", title="Long", text="Words.")
    assert answer.status == 303
    plain = io.BytesIO(urlencode({"csrf": browser.csrf, "title": "Long", "text": "x" * 3_000_000}).encode())
    headers = {**browser.headers, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.client.post(f"{forum}/ideas", data=plain, allow_redirects=False, headers=headers)
    assert answer.status == 413


async def test_the_preview_says_which_files_go_along_and_which_rule_keeps_them(site: Any) -> None:
    browser = await site.browser(site.mara)
    forum = f"/forums/{site.logistics.id}"
    await browser.get(forum)
    _, page = await upload(browser, f"{forum}/preview", picture(), "jar.png", title="Jars", text="Words.", alt="A jar")
    found = re.search(r'name="files" value="([0-9a-f]{32})"', page)
    assert found
    fields = {"title": "Jars", "text": "Words.", "files": found[1], f"alt-{found[1]}": "A jar for mara@acme.example"}
    page = await browser.htmx(f"{forum}/preview", **fields)
    assert "if a reviewer lets it" in page
    assert "goes along:" in page
    assert "picture, 1 kB" in page
    stored, _ = await rules.rules_in_force(site.house)
    bare = 'effect = "redact"\nredactions = ["attachments"]'
    files_rule = re.search(r'\[\[rule\]\]\nid = "G-files".*?(?=\[\[rule\]\]|\Z)', stored.text, re.S)
    assert files_rule
    changed = files_rule[0].replace("G-files", "G-bare").replace('effect = "hold"', bare)
    table = stored.text.replace(files_rule[0], changed)
    await rules.apply_rules(site.house, site.mara, table, alone=True)
    fields[f"alt-{found[1]}"] = "A jar"
    page = await browser.htmx(f"{forum}/preview", **fields)
    assert "stays here:" in page
    assert "rule G-bare" in page
    assert "goes along:" not in page


async def test_a_picture_of_another_server_is_a_link_that_says_where_it_leads_and_loads_nothing(site: Any) -> None:
    house, uri = site.house, "https://elsewhere.example/zoe"
    zoe = await people.meet(house, uri, "zoe", "elsewhere.example", "Zoe", uri)
    idea = await ideas.post_idea(house, site.mara, site.own_house, "Boxes", "Words")
    linked = (
        Linked("https://files.example/cat.jpg", "picture", "A <cat> in a box"),
        Linked("https://files.example/plain.png", "picture"),
        Linked("https://files.example/plan.pdf", "file", "The plan"),
    )
    origin = Origin("https://elsewhere.example/1", "https://elsewhere.example/a", "<p>Look.</p>", linked=linked)
    made = await ideas.reply(house, zoe, idea, "", origin=origin)
    browser = await site.browser(site.jonas)
    _, page = await browser.get(f"/ideas/{idea.id}")
    link = 'href="https://files.example/cat.jpg" rel="noreferrer noopener nofollow ugc" target="_blank"'
    assert f"{link}>Picture at files.example</a>: <span dir=\"auto\">A &lt;cat&gt; in a box</span>" in page
    assert "Its author does not say what it shows." in page
    assert ">File at files.example</a>" in page
    assert '<img src="https://files.example' not in page
    # What a facilitator hides goes with its pictures, for all but those who may see it.
    await moderation.hide(house, site.mara, made, "Let me look.")
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert "files.example" not in page
