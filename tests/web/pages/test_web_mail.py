"""Mail, through a real mail server: what is sent when, once, and no more than may be said."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from server.domain.actors import Member
from server.domain.mails import Mail
from server.services import ideas, mails, marking, people
from server.services.house import Clock, House
from server.services.telling import tell
from server.settings import Settings
from server.smtp import Mailing
from tests.web.mail_server import Received, mail_server
from web.keys import TEMPLATES
from web.mailing import Postbox


@dataclass
class Room:
    """A site whose clock can be turned, with a mail server."""

    site: Any
    house: House
    now: list[datetime]
    received: Received
    postbox: Postbox
    idea: Any = None

    def pass_by(self, **span: float) -> None:
        self.now[0] += timedelta(**span)

    async def reply(self, text: str = "Which crates?", label: str | None = None) -> None:
        await ideas.reply(self.house, self.site.mara, self.idea, text, label=label)
        while await tell(self.house):
            pass

    async def run(self) -> list[EmailMessage]:
        before = len(self.received.mails)
        await self.postbox.run_once()
        return self.received.mails[before:]


@pytest.fixture
async def room(site: Any) -> AsyncIterator[Room]:
    # Noon, ahead of the clock by which browsers here visit: a digest's hour and a visit fall on no edge of a day.
    begin = datetime.now(UTC)
    now = [begin.replace(hour=12, minute=0) + timedelta(days=begin.hour >= 12)]
    house = replace(site.house, clock=Clock(lambda: now[0]))
    async with mail_server() as received:
        mailing = Mailing(
            host="127.0.0.1", port=received.port, security="none", user="", password="",
            sender="jam@acme.example", domains=frozenset({"acme.example"}),
        )  # fmt: skip
        made = Room(site, house, now, received, Postbox(house, mailing, site.server.app[TEMPLATES]))
        made.idea = await ideas.post_idea(house, site.jonas, site.own_house, "Share crates", "They wash well.")
        yield made


async def subscribed(room: Room, member: Member, **wants: Any) -> None:
    await mails.ask_address(room.house, member, "jonas@acme.example", {"acme.example"})
    (asked,) = await room.run()
    token = re.search(r"/me/notices/confirm/(\w+)", asked.get_content())
    assert token
    await mails.confirm(room.house, member, token[1])
    usual: dict[str, Any] = {"digest": True, "hour": 0, "zone": "UTC", "at_once": True, "quiet": None}
    await mails.choose(room.house, member, **{**usual, **wants})


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def test_replies_are_bundled_for_ten_minutes_and_mailed_once(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await room.reply("First")
    room.pass_by(minutes=9)
    assert await room.run() == []
    await room.reply("Second")
    room.pass_by(minutes=2)
    (mail,) = await room.run()
    assert mail["Subject"] == "Acme: 2 replies to you"
    assert mail["To"] == "jonas@acme.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "First" not in mail.as_string()
    assert "Share crates" not in mail.as_string()
    assert "Mara" not in mail.as_string()
    assert "/inbox" in body(mail)
    room.pass_by(days=2)
    assert await room.run() == []


async def test_administrators_choose_what_mails_say_and_nothing_above_green_is_ever_said(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await mails.choose_says(room.house, room.site.mara, "words")
    await room.reply("Open <b>words</b>")
    await room.reply("Secret words", label="AMBER")
    await room.reply("Legal words", label="GREEN+legal")
    room.pass_by(minutes=11)
    (mail,) = await room.run()
    assert "Open <b>words</b>" in body(mail)
    assert "Share crates" in body(mail)
    assert "Secret" not in mail.as_string()
    assert "Legal" not in mail.as_string()
    html = mail.get_body(("html",))
    assert html is not None
    assert "<b>words" not in html.get_content()
    await mails.choose_says(room.house, room.site.mara, "titles")
    await room.reply("Other words")
    room.pass_by(minutes=11)
    (mail,) = await room.run()
    assert "Share crates" in body(mail)
    assert "Other words" not in mail.as_string()


async def test_one_digest_a_day_holds_the_rest_and_none_comes_when_nothing_is_new(room: Room) -> None:
    await subscribed(room, room.site.jonas, hour=room.now[0].hour)
    await marking.mark(room.house, room.site.mara, room.idea, "emerging", "It saves trips.")
    while await tell(room.house):
        pass
    assert await room.run() == [], "the digest of the day on which one begins is over"
    room.pass_by(days=1)
    (mail,) = await room.run()
    assert mail["Subject"] == "Acme: 1 mark"
    await marking.mark(room.house, room.site.mara, room.idea, "best", "It works.")
    while await tell(room.house):
        pass
    assert await room.run() == []
    room.pass_by(days=1)
    assert len(await room.run()) == 1
    room.pass_by(days=1)
    assert await room.run() == []


async def test_who_was_here_since_or_has_read_it_is_not_mailed(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await room.reply()
    from server.services.visits import note_visit

    room.pass_by(minutes=5)
    await note_visit(room.house, room.site.jonas)
    room.pass_by(minutes=6)
    assert await room.run() == []


async def test_quiet_hours_hold_mail_back(room: Room) -> None:
    hour = room.now[0].hour
    await subscribed(room, room.site.jonas, quiet=(hour, (hour + 2) % 24), digest=False)
    await room.reply()
    room.pass_by(minutes=20)
    assert await room.run() == [] or room.now[0].hour != hour
    room.pass_by(hours=2)
    assert len(room.received.mails) + len(await room.run()) >= 2


async def test_a_server_that_says_later_is_asked_again_with_the_same_message_id(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await room.reply()
    room.pass_by(minutes=11)
    room.received.answers = ["451 Later, please"]
    assert await room.run() == []
    assert await room.run() == [], "not before the pause is over"
    planned = (await mails.recent_mails(room.house, room.site.jonas))[0]
    room.pass_by(minutes=2)
    (mail,) = await room.run()
    assert mail["Message-ID"] == planned.message_id
    assert (await mails.recent_mails(room.house, room.site.jonas))[0].state == "sent"


async def test_a_server_that_says_no_or_is_not_there_is_written_down(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await room.reply()
    room.pass_by(minutes=11)
    room.received.answers = ["550 Never"]
    assert await room.run() == []
    assert (await mails.recent_mails(room.house, room.site.jonas))[0].state == "failed"
    room.postbox.mailing = replace(room.postbox.mailing, port=1)
    await room.reply()
    room.pass_by(minutes=11)
    await room.run()
    assert (await mails.recent_mails(room.house, room.site.jonas))[0].state == "waiting"
    room.pass_by(days=2)
    await room.run()
    assert (await mails.recent_mails(room.house, room.site.jonas))[0].state == "failed"


async def test_a_crash_between_handing_over_and_the_answer_never_sends_twice(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await room.reply()
    room.pass_by(minutes=11)

    async def die(_self: Postbox, _mail: Mail) -> int:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Postbox, "_send", die)
        with pytest.raises(KeyboardInterrupt):
            await room.postbox.run_once()
    again = Postbox(room.house, room.postbox.mailing, room.postbox.templates)
    await again.run_once()
    room.pass_by(minutes=11)
    await again.run_once()
    assert [one["Subject"] for one in room.received.mails] == ["Is this your address?"]
    assert (await mails.recent_mails(room.house, room.site.jonas))[0].state == "lost"


async def test_two_postboxes_at_once_send_each_mail_once(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await room.reply()
    room.pass_by(minutes=11)
    other = Postbox(room.house, room.postbox.mailing, room.postbox.templates)
    await asyncio.gather(room.postbox.run_once(), other.run_once())
    assert len(room.received.mails) == 2


async def test_one_click_ends_one_kind_of_mail_without_sign_in_and_does_nothing_else(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await room.reply()
    room.pass_by(minutes=11)
    (mail,) = await room.run()
    path = re.search(r"<https?://[^/]+(/unsubscribe/[^>]+)>", mail["List-Unsubscribe"])
    assert path
    stranger = await room.site.browser()
    answer, text = await stranger.get(path[1])
    assert answer.status == 200
    assert "Jonas" not in text
    assert (await mails.read_choices(room.house, room.site.jonas)).at_once
    answer = await stranger.client.post(path[1], data={"List-Unsubscribe": "One-Click"}, allow_redirects=False)
    assert answer.status == 200
    choices = await mails.read_choices(room.house, room.site.jonas)
    assert (choices.at_once, choices.digest, choices.confirmed) == (False, True, True)
    wrong = path[1][:-4] + "0000"
    assert (await stranger.client.post(wrong, allow_redirects=False)).status == 404
    other = path[1].replace("at_once", "digest")
    assert (await stranger.client.post(other, allow_redirects=False)).status == 404


async def test_only_an_address_of_the_own_domains_that_is_confirmed_is_mailed(room: Room) -> None:
    from server.domain.errors import Invalid, Missing, TooMuch

    jonas = room.site.jonas
    for address in ("jonas@gmail.example", "jonas@evil.acme.example.org", "x", "j@acme.example\r\nBcc: x@y"):
        with pytest.raises(Invalid):
            await mails.ask_address(room.house, jonas, address, {"acme.example"})
    await mails.ask_address(room.house, jonas, "jonas@acme.example", {"acme.example"})
    with pytest.raises(Missing):
        await mails.confirm(room.house, jonas, "0" * 64)
    await room.reply()
    room.pass_by(minutes=11)
    sent = await room.run()
    assert [one["Subject"] for one in sent] == ["Is this your address?"]
    token = re.search(r"confirm/(\w+)", sent[0].get_content())
    assert token
    with pytest.raises(Missing):
        await mails.confirm(room.house, room.site.mara, token[1])
    for number in range(4):
        await mails.ask_address(room.house, jonas, f"jonas{number}@acme.example", {"acme.example"})
    with pytest.raises(TooMuch):
        await mails.ask_address(room.house, jonas, "again@acme.example", {"acme.example"})
    with pytest.raises(Missing):
        await mails.confirm(room.house, jonas, token[1])


async def test_a_person_who_left_is_not_mailed(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    await room.reply()
    room.pass_by(minutes=11)
    await mails.plan(room.house)
    await people.change_member(room.house, room.site.mara, room.site.jonas, active=False)
    assert await room.run() == []


async def test_choices_are_made_on_a_page_that_loses_nothing(site: Any) -> None:
    browser = await site.browser(site.jonas)
    _, text = await browser.get("/me/notices")
    assert "This server sends no mail yet." in text
    assert "For everybody here" not in text
    answer, _ = await browser.post(
        "/me/notices",
        act="choices",
        digest="1",
        hour="7",
        zone="Europe/Berlin",
        quiet="1",
        quiet_from="20",
        quiet_until="6",
    )
    assert answer.status == 303
    choices = await mails.read_choices(site.house, site.jonas)
    assert (choices.at_once, choices.hour, choices.zone, choices.quiet_from) == (False, 7, "Europe/Berlin", 20)
    for bad in ({"hour": "99"}, {"hour": "x"}, {"zone": "Mars/Base"}, {"quiet": "1", "quiet_from": "-1"}):
        form = {"act": "choices", "digest": "1", "hour": "7", "zone": "UTC", "quiet_until": "6", **bad}
        assert (await browser.post("/me/notices", **form))[0].status == 422, bad
    assert (await browser.post("/me/notices", act="address", address="a@acme.example"))[0].status == 422
    assert (await browser.post("/me/notices", act="says", says="words"))[0].status == 403
    admin = await site.browser(site.mara)
    assert (await admin.post("/me/notices", act="says", says="titles"))[0].status == 303
    assert await mails.read_says(site.house) == "titles"


async def test_doctor_knocks_at_the_mail_server(room: Room, tmp_path: Any) -> None:
    from server.cli.checks import check_mail

    mailing = room.postbox.mailing
    made = replace(Settings.from_env(tmp_path, {"MARMALADE_LOG_LEVEL": "info"}), mailing=mailing)
    assert (await check_mail(made)).state == "ok"
    gone = await check_mail(replace(made, mailing=replace(mailing, port=1)))
    assert (gone.state, "MARMALADE_SMTP_" in gone.fix) == ("broken", True)


async def test_mails_come_in_the_language_that_their_recipient_reads(room: Room) -> None:
    await subscribed(room, room.site.jonas)
    browser = await room.site.browser(room.site.jonas)
    await browser.post("/me/appearance", language="de")
    await room.reply("First")
    await room.reply("Second")
    room.pass_by(minutes=11)
    (mail,) = await room.run()
    assert mail["Subject"] == "Acme: 2 Antworten auf eigene Worte"
    assert mail["Content-Language"] == "de"
    assert "Diese E-Mails abbestellen:" in body(mail)
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="de" dir="ltr">' in html.get_content()


async def test_who_never_chose_a_language_is_mailed_in_the_one_they_asked_for_mails_in(room: Room) -> None:
    await mails.ask_address(room.house, room.site.jonas, "jonas@acme.example", {"acme.example"}, "ar")
    (asked,) = await room.run()
    assert asked["Subject"] == "هل هذا عنوانك؟"
