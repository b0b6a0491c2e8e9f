"""A forum for the people on its list alone, in the browser."""

from __future__ import annotations

import io
import re
from datetime import timedelta

from PIL import Image

from server.domain.jams import Forum
from server.services import files, forums, ideas, jams, memberships, people
from tests.web.pages.conftest import CHARTER, Site
from web.routes import GET

CANARY = "zanzibar"


async def closed_forum(site: Site) -> tuple[Forum, dict[str, str]]:
    """A jam with a forum for its members alone, with an idea that bears a picture; and the ids in its addresses."""
    house, now = site.house, site.house.now()
    jam = await jams.create_jam(house, site.mara, "apart", f"Jam {CANARY}", CHARTER, now, now + timedelta(days=2))
    forum = await forums.create_forum(
        house, site.mara, jam, "quiet", f"Forum {CANARY}", "", "inside", members_only=True
    )
    await jams.open_jam(house, site.mara, jam)
    dora = await people.add_member(house, "dora", "Dora")
    await memberships.invite(house, site.mara, forum, "dora")
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    file = await files.take(house, dora, "box.png", drawn.getvalue(), f"A box of {CANARY}")
    idea = await ideas.post_idea(house, dora, forum, f"Idea {CANARY}", f"Words {CANARY}", files=[file])
    return forum, {"jam": jam.slug, "forum": forum.id, "idea": idea.id, "file": file.id, "person": dora.id}


async def test_no_page_shows_a_closed_forum_to_whoever_is_not_on_its_list(site: Site):
    _forum, ids = await closed_forum(site)
    eve = await people.add_member(site.house, "eve", "Eve", role="facilitator")
    finn = await people.add_member(site.house, "finn", "Finn", role="reviewer")
    for member in (site.jonas, eve, finn):
        browser = await site.browser(member)
        for path in GET:
            names = re.findall(r"{(\w+)", path)
            address = re.sub(r"{(\w+)[^}]*}", lambda found: ids.get(found[1], "0" * 32), path)
            # {[0-9a-f]{32}} leaves its closing brace behind.
            answer, text = await browser.get(address.replace("}", ""))
            assert CANARY not in text.casefold(), (path, member.username)
            if {"jam", "forum", "idea", "file"} & set(names):
                assert answer.status in (403, 404), (path, answer.status, member.username)
        answer, text = await browser.get(f"/search?q={CANARY}")
        assert ids["idea"] not in text


async def test_an_organiser_closes_a_forum_and_keeps_its_list_in_the_browser(site: Site):
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    now = site.house.now()
    await jams.create_jam(site.house, site.mara, "apart", "Apart", CHARTER, now, now + timedelta(days=2))
    assert (await mara.get("/jams/apart/settings"))[0].status == 200
    answer, _ = await mara.post(
        "/jams/apart/forums", title="Quiet", slug="quiet", question="Who?", audience="inside", members_only="1",
        label="GREEN",
    )  # fmt: skip
    assert answer.status == 303
    forum = await forums.obtain_forum(site.house, site.mara, "quiet")
    page = f"/forums/{forum.id}/members"
    _, text = await mara.get(page)
    assert "Nobody is on it yet." in text
    answer, text = await mara.post(page, act="invite", username="nobody-here")
    assert answer.status == 422
    assert 'value="nobody-here"' in text
    assert (await jonas.get(page))[0].status == 404
    await mara.post(page, act="invite", username="@jonas")
    answer, text = await jonas.get(page)
    assert answer.status == 200
    assert "Invite somebody" not in text
    assert "Only the people on its list" in (await jonas.get(f"/forums/{forum.id}"))[1]
    answer, _ = await jonas.post(page, act="remove", member=site.jonas.id)
    assert answer.headers["Location"].startswith("/?")
    assert (await jonas.get(f"/forums/{forum.id}"))[0].status == 404


async def test_a_form_with_a_wider_audience_makes_no_forum_at_all(site: Site):
    mara, now = await site.browser(site.mara), site.house.now()
    await jams.create_jam(site.house, site.mara, "apart", "Apart", CHARTER, now, now + timedelta(days=2))
    assert (await mara.get("/jams/apart/settings"))[0].status == 200
    answer, text = await mara.post(
        "/jams/apart/forums", title="Quiet", slug="quiet", question="Who?", audience="public", members_only="1",
        label="GREEN",
    )  # fmt: skip
    assert answer.status == 422
    assert 'name="members_only" value="1" checked' in text
    assert await forums.list_forums(site.house, site.mara, await jams.obtain_jam(site.house, site.mara, "apart")) == []
