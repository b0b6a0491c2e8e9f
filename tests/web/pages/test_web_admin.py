"""What admins do in the browser: first steps, people, units, invitations; and the log for those it concerns."""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any

import pytest
from aiohttp import FormData
from aiosmtpd.smtp import SMTP

from server.keys import MAILING
from server.services import audit, ideas, marking, people
from server.smtp import Mailing

PASSWORD = "long enough for anybody"


def words_of(text: str) -> str:
    """The text of a page as a person reads it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


async def test_the_first_steps_say_how_things_really_stand_and_can_be_put_aside(site: Any) -> None:
    browser = await site.browser(site.mara)
    assert "of the first steps to go" in words_of((await browser.get("/"))[1])
    _, text = await browser.get("/setup")
    said = words_of(text)
    assert "2 of 5 done" in said
    assert "1 written down, Globex first." in said
    assert "0 can sign in with a password" in said
    await browser.post("/setup", step="mail", act="aside")
    assert "put aside" in words_of((await browser.get("/setup"))[1])
    await browser.post("/setup", step="mail", act="again")
    assert "put aside" not in words_of((await browser.get("/setup"))[1])
    await browser.post("/jams/better/rehearsal")
    assert "3 of 5 done" in words_of((await browser.get("/setup"))[1])
    assert (await browser.post("/setup", step="nonsense"))[0].status == 404


async def test_people_are_found_and_their_role_and_unit_changed(site: Any) -> None:
    browser = await site.browser(site.mara)
    _, text = await browser.get("/people?q=jon")
    assert "Jonas Lindqvist" in text
    assert "Mara Okafor" not in text.split("<main", 1)[1]
    assert "Nobody is found by that." in (await browser.get("/people?q=%25&role=analyst"))[1]
    path = "/people/jonas/change"
    await browser.get(path)
    answer, _ = await browser.post(path, act="save", unit="Sales", role="facilitator")
    assert answer.status == 303
    jonas = await people.person(site.house, "jonas")
    assert (jonas.unit, jonas.role) == ("Sales", "facilitator")
    answer, text = await browser.post(path, act="save", unit="x" * 101, role="facilitator")
    assert answer.status == 422
    assert "x" * 101 in text
    _, text = await browser.post(path, act="link")
    assert "/welcome/" in text


async def test_whoever_is_deactivated_is_out_at_their_next_click(site: Any) -> None:
    theirs, browser = await site.browser(site.jonas), await site.browser(site.mara)
    await browser.get("/people/jonas/change")
    await browser.post("/people/jonas/change", act="deactivate")
    answer, _ = await theirs.get("/")
    assert answer.headers["Location"].startswith("/sign-in")
    answer, text = await browser.post("/people/mara/change", act="deactivate")
    assert answer.status == 409
    assert "last admin" in text


async def test_a_unit_is_renamed(site: Any) -> None:
    browser = await site.browser(site.mara)
    assert "Operations" in (await browser.get("/units"))[1]
    await browser.post("/units", old="R&D", new="Research")
    assert "Research" in (await browser.get("/units"))[1]
    answer, text = await browser.post("/units", old="Nowhere", new="X")
    assert answer.status == 404
    assert 'value="Nowhere"' in text


async def test_somebody_joins_by_an_invitations_link(site: Any) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/invitations")
    answer, text = await browser.post("/invitations", act="make", unit="Sales", uses="zero", days="7")
    assert answer.status == 422
    _, text = await browser.post("/invitations", act="make", unit="Sales", uses="1", days="7")
    path = re.search(r"http://[^/]+(/join/[\w-]+)", text)[1]  # type: ignore[index]
    assert path not in (await browser.get("/invitations"))[1]
    guest = await site.browser()
    assert "You join as Sales" in words_of((await guest.get(path))[1])
    fields = {"username": "jonas", "name": "Zoë", "password": PASSWORD}
    answer, text = await guest.post(path, **fields)
    assert answer.status == 409
    assert 'value="Zoë"' in text
    assert PASSWORD not in text
    answer, _ = await guest.post(path, **{**fields, "username": "zoe"})
    assert answer.status == 303
    assert "Zoë" in (await guest.get("/"))[1]
    late = await site.browser()
    assert (await late.get(path))[0].status == 401
    assert (await late.post(path, username="yan", name="Yan", password=PASSWORD))[0].status == 401


async def test_a_table_adds_everybody_or_nobody_and_names_each_fault(site: Any) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/invitations")
    table = "username;name;role\nzoe;Zoë;\njonas;;\nyan;;king\n"
    answer, text = await browser.post("/people/import", text=table)
    assert answer.status == 422
    assert "Line 4: 'king' is no role" in html.unescape(text)
    assert "yan;;king" in text
    form = FormData({"csrf": browser.csrf})
    form.add_field("file", "username;name\nzoe;Zoë\nyan;Yan\n".encode("utf-8-sig"), filename="people.csv")
    answer, text = await browser.send("/people/import", form)
    assert answer.status == 200
    assert text.count("/welcome/") == 2
    assert answer.headers["Cache-Control"] == "private, no-store"
    form = FormData({"csrf": browser.csrf})
    form.add_field("file", "username\nzoë".encode("latin-1"), filename="people.csv")
    answer, text = await browser.send("/people/import", form)
    assert answer.status == 422
    assert "CSV UTF-8" in text


async def test_the_log_is_open_to_those_it_concerns(site: Any) -> None:
    fay = await people.add_member(site.house, "fay", "Fay", "", "facilitator")
    zoe = await people.add_member(site.house, "zoe", "Zoe")
    idea = await ideas.post_idea(site.house, site.jonas, site.open_floor, "One gate", "For all.")
    await marking.mark(site.house, fay, idea, "emerging")
    await audit.note(site.house, zoe, "flag", idea.id)
    await people.change_member(site.house, site.mara, site.jonas, unit="Sales")
    said = words_of((await (await site.browser(site.jonas)).get("/moderation"))[1])
    assert "One gate a facilitator" in said
    assert "change unit" in said
    assert "flag" not in said
    assert "Fay" not in said
    assert "One gate" not in words_of((await (await site.browser(zoe)).get("/moderation"))[1])
    said = words_of((await (await site.browser(fay)).get("/moderation"))[1])
    assert "One gate Fay" in said
    assert "change unit" not in said


@pytest.mark.parametrize("path", ["/setup", "/people", "/people/mara/change", "/units", "/invitations"])
async def test_members_see_none_of_the_admins_pages(site: Any, path: str) -> None:
    browser = await site.browser(site.jonas)
    assert (await browser.get(path))[0].status == 403
    for target in ("/people/import", "/units", "/invitations", "/setup", "/people/mara/change"):
        answer, _ = await browser.post(target, act="deactivate", text="username\nx\n", step="mail", old="a")
        assert answer.status == 403


class Sink:
    """A mail server that is asked for nothing but its presence."""


@pytest.mark.parametrize(("there", "said"), [(True, "takes our mail for acme.example."), (False, "does not take us")])
async def test_the_mail_step_asks_the_mail_server(site: Any, there: bool, said: str) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Sink()), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if not there:
        server.close()
        await server.wait_closed()
    site.server.app._state[MAILING] = Mailing(
        host="127.0.0.1", port=port, security="none", user="", password="", sender="jam@acme.example",
        domains=frozenset({"acme.example"}),
    )  # fmt: skip
    browser = await site.browser(site.mara)
    assert said in words_of((await browser.get("/setup"))[1])
    server.close()
