"""People of other servers read a closed forum at our edge, signed in with the account of their own server."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest

from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import (
    crossings,
    forums,
    holds,
    ideas,
    ideas_read,
    jams,
    marking,
    memberships,
    moderation,
    partners,
    people,
    polls,
    rules,
    servers,
)
from tests.federation.conftest import MakeOrganisation, OpenHome
from tests.federation.home_server import HomeServer
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import settle
from tests.federation.visiting import Browser, Page
from tests.web.api.api_house import Caller, serve
from tests.web.api.test_api_member_lists import answer_to
from web.api.routes import ROUTES

MakeBrowser = Callable[[], Browser]


@pytest.fixture
async def session(stack: AsyncExitStack) -> aiohttp.ClientSession:
    return await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))


@dataclass
class Quiet:
    """Acme's closed forum with one idea; ann of `home`, which is a partner that keeps no lists, is on its list."""

    acme: Organisation
    home: HomeServer
    forum: Forum
    idea: Contribution
    session: aiohttp.ClientSession

    @property
    def forum_path(self) -> str:
        return self.forum.uri.removeprefix(self.acme.url)

    @property
    def idea_path(self) -> str:
        return self.idea.uri.removeprefix(self.acme.url)

    def browser(self) -> Browser:
        return Browser(self.acme, self.session)

    async def take_off(self) -> None:
        found = await memberships.find_member(self.acme.house, self.acme.admin, self.forum, f"@ann@{self.home.host}")
        await memberships.remove(self.acme.house, self.acme.admin, self.forum, found.id)
        await self.acme.idle()


@pytest.fixture
async def quiet(
    acme: Organisation, open_home: OpenHome, session: aiohttp.ClientSession
) -> Quiet:
    home = await open_home()
    await acme.partner(home.host)
    jam = await acme.jam("apart")
    forum = await acme.forum("quiet", "partners", jam, members_only=True)
    await memberships.invite(acme.house, acme.admin, forum, f"@ann@{home.host}")
    idea = await acme.idea(forum, "Only between us.", title="A quiet thought")
    await acme.reply(idea, "I hear you.")
    await acme.idle()
    return Quiet(acme, home, forum, idea, session)


async def test_who_is_on_the_list_signs_in_and_reads_the_closed_forum(quiet: Quiet):
    ann = quiet.browser()
    back = await ann.sign_in(quiet.home, "ann", quiet.forum_path)
    assert (back.status, back.location) == (303, quiet.forum_path)
    forum = await ann.get(quiet.forum_path)
    assert (forum.status, forum.headers["cache-control"]) == (200, "private, no-store")
    assert "Cookie" in forum.headers["vary"]
    assert "A quiet thought" in forum.text
    assert "link" not in forum.headers
    thread = await ann.get(quiet.idea_path)
    assert "Only between us." in thread.text
    assert "I hear you." in thread.text
    assert "Quiet" in (await ann.get("/")).text
    assert not quiet.acme.faults


@pytest.mark.parametrize("who", ["nobody", "bob"])
async def test_a_stranger_and_somebody_signed_in_who_is_on_no_list_see_the_same_as_where_nothing_ever_was(
    quiet: Quiet, who: str
):
    other = quiet.browser()
    if who == "bob":
        assert (await other.sign_in(quiet.home, "bob")).status == 303
        assert f"@bob@{quiet.home.host}" in (await other.get("/")).text
    never = await other.get(f"/objects/{'0' * 32}")
    for path in (quiet.forum_path, quiet.idea_path, f"{quiet.forum_path}/feed", f"{quiet.forum_path}/outbox"):
        found = await other.get(path)
        assert (found.status, found.text, found.headers.keys()) == (404, never.text, never.headers.keys()), path
    assert "Quiet" not in (await other.get("/")).text


async def test_whoever_is_on_the_list_cannot_tell_what_they_may_not_read(quiet: Quiet):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)

    async def seen() -> list[tuple[int, str]]:
        pages = [await ann.get(path) for path in ("/", quiet.forum_path, quiet.idea_path)]
        return [(page.status, re.sub(r"[0-9a-f]{32}", "", page.text)) for page in pages]

    before = await seen()
    hidden = await acme.idea(quiet.forum, "For fewer.", title="Not for visitors", label="AMBER")
    await acme.reply(hidden, "Nor this.")
    await acme.reply(quiet.idea, "Mail me at anna.kay@example.org.")
    await memberships.invite(acme.house, acme.admin, quiet.forum, f"@bob@{quiet.home.host}")
    await memberships.invite(acme.house, acme.admin, quiet.forum, (await acme.member("zoe")).username)
    await acme.idle()
    assert await seen() == before
    assert not acme.faults


async def test_what_happens_in_the_forum_is_on_its_way_to_servers_alone(quiet: Quiet):
    acme = quiet.acme
    await marking.mark(acme.house, acme.admin, quiet.idea, "emerging")
    await ideas.edit(acme.house, acme.admin, quiet.idea, "Between us, and calmer.", title="A quieter thought")
    asked = await polls.ask(
        acme.house, acme.admin, quiet.idea, "Tea?", ["Yes", "No"], ends_at=acme.house.now() + timedelta(hours=1)
    )
    await acme.idle()
    await polls.vote(acme.house, acme.admin, asked, [0])
    await polls.count_polls(acme.house)
    await acme.idle()
    assert not acme.faults
    assert await acme.deliveries() == []
    ann = quiet.browser()
    await ann.sign_in(quiet.home)
    assert "A quieter thought" in (await ann.get(quiet.idea_path)).text


async def test_no_document_feed_or_collection_shows_what_is_for_somebody_who_signed_in(quiet: Quiet):
    ann = quiet.browser()
    await ann.sign_in(quiet.home)
    for path in (
        quiet.forum_path, quiet.idea_path, f"{quiet.forum_path}/outbox", f"{quiet.forum_path}/context",
        f"{quiet.idea_path}/context", f"{quiet.idea_path}/replies",
    ):  # fmt: skip
        assert (await ann.get(path, Accept="application/activity+json")).status == 404, path
        signed = await quiet.home.get(f"{quiet.acme.url}{path}", by=f"{quiet.home.url}/users/ann")
        assert signed.status == 404, path
    assert (await ann.get(f"{quiet.forum_path}/feed")).status == 404
    assert quiet.home.arrived == []


async def test_whoever_is_taken_off_the_list_sees_at_the_next_look_what_a_stranger_sees(quiet: Quiet):
    ann = quiet.browser()
    await ann.sign_in(quiet.home)
    assert (await ann.get(quiet.idea_path)).status == 200
    await quiet.take_off()
    never = await ann.get(f"/objects/{'0' * 32}")
    for path in (quiet.forum_path, quiet.idea_path):
        found = await ann.get(path)
        assert (found.status, found.text) == (404, never.text)
    assert "Quiet" not in (await ann.get("/")).text
    assert not quiet.acme.faults


@pytest.mark.parametrize("peer", ["", "its server"])
async def test_a_recall_from_all_or_from_their_server_takes_it_away(quiet: Quiet, peer: str):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)
    await crossings.recall(acme.house, acme.admin, quiet.idea, quiet.home.host if peer else "")
    await acme.idle()
    assert (await ann.get(quiet.idea_path)).status == 404
    assert "A quiet thought" not in (await ann.get(quiet.forum_path)).text


async def test_rules_decide_what_a_visitor_reads_and_their_server_s_standing_is_theirs(quiet: Quiet):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)
    held = await acme.idea(quiet.forum, "Call me at +34 600 123 456.", title="With a number")
    amber = await acme.idea(quiet.forum, "Not for them.", title="Above what they are cleared for", label="AMBER")
    await acme.idle()
    forum = await ann.get(quiet.forum_path)
    assert "With a number" not in forum.text
    assert "Above what" not in forum.text
    for one in (held, amber):
        assert (await ann.get(one.uri.removeprefix(acme.url))).status == 404
    await partners.change_partner(acme.house, acme.admin, quiet.home.host, state="removed")
    await acme.idle()
    # Without an agreement nobody shares anything with them: no rule says so.
    assert (await ann.get(quiet.idea_path)).status == 404


async def test_somebody_of_a_server_without_an_agreement_reads_only_where_a_rule_says_so(
    acme: Organisation, open_home: OpenHome, session: aiohttp.ClientSession
):
    home = await open_home()
    forum = await acme.forum("quiet", "partners", await acme.jam("apart"), members_only=True)
    await memberships.invite(acme.house, acme.admin, forum, f"@ann@{home.host}")
    idea = await acme.idea(forum, "Only between us.", title="A quiet thought")
    await acme.idle()
    ann = Browser(acme, session)
    assert (await ann.sign_in(home)).status == 303
    path = idea.uri.removeprefix(acme.url)
    assert (await ann.get(path)).status == 404
    stored, _ = await rules.rules_in_force(acme.house)
    share = f"""
[[rule]]
id = "S-ann"
kind = "share"
direction = "out"
to = ["{home.host}"]
forum = "members/{forum.id}"
effect = "allow"
"""
    await rules.apply_rules(acme.house, acme.admin, stored.text + share, "Ann may read.", alone=True)
    await acme.idle()
    assert "Only between us." in (await ann.get(path)).text
    # They were never asked anything, and were sent nothing.
    assert home.arrived == []
    assert [one for one in home.asked if "webfinger" in one] == []


async def test_whoever_is_shut_out_or_whose_server_is_cannot_sign_in_and_is_not_any_more(quiet: Quiet):
    acme, home, ann = quiet.acme, quiet.home, quiet.browser()
    await ann.sign_in(home)
    uri = f"{home.url}/users/ann"
    await servers.say_of(acme.house, acme.admin, uri, "suspended")
    await acme.idle()
    assert (await ann.get(quiet.idea_path)).status == 404
    assert (await ann.go_there(f"@ann@{home.host}")).status == 422
    again = quiet.browser()
    home.who = "ann"
    # Whoever names the server alone is known by their account when they come back.
    there = await again.go_there(home.host)
    back = await again.get((await again.agree(there)).removeprefix(acme.url))
    assert (back.status, again.jar) == (502, {name: value for name, value in again.jar.items() if "visit" not in name})
    await servers.say_of(acme.house, acme.admin, uri, "")
    await acme.idle()
    assert (await ann.sign_in(home)).status == 303
    assert f"@ann@{home.host}" in (await ann.get("/")).text
    await partners.change_partner(acme.house, acme.admin, home.host, state="paused")
    await acme.idle()
    assert f"@ann@{home.host}" not in (await ann.get("/")).text
    assert (await ann.go_there(f"@ann@{home.host}")).status == 422
    await partners.change_partner(acme.house, acme.admin, home.host, state="active")
    await acme.idle()
    assert (await ann.sign_in(home)).status == 303
    assert (await ann.get(quiet.idea_path)).status == 200
    await partners.change_partner(acme.house, acme.admin, home.host, state="removed")
    await servers.say(acme.house, acme.admin, home.host, standing="suspended")
    await acme.idle()
    assert f"@ann@{home.host}" not in (await ann.get("/")).text
    rows = await acme.outside.store.fetch("SELECT * FROM visits")
    assert rows == []


async def written(browser: Browser, page_path: str, to: str, text: str, **more: str) -> Page:
    """Write on a page as its form does; return the answer."""
    page = await browser.get(page_path)
    form = {"csrf": page.hidden("csrf"), "once": page.hidden("once"), "text": text, **more}
    return await browser.post(to, form)


async def test_what_a_visitor_writes_is_taken_in_under_their_name_and_shown_to_them(quiet: Quiet):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)
    sent = await written(ann, quiet.idea_path, f"{quiet.idea_path}/answer", "I agree <b>wholly</b>.\n\nAnd more.")
    assert sent.status == 303
    page = await ann.get(sent.location.partition("#")[0])
    assert "Sent. It appears here" in page.text
    await acme.idle()
    (made,) = [one for one in await ideas_read.replies_of(acme.house, quiet.idea.id) if one.author_host]
    assert (made.text, made.author_handle) == ("I agree <b>wholly</b>.\nAnd more.", f"@ann@{quiet.home.host}")
    page = await ann.get(sent.location.partition("#")[0])
    assert "What you sent is here." in page.text
    assert "And more." in page.text
    assert f"@ann@{quiet.home.host}" in page.text
    assert "visitor-" not in page.text
    # Nobody else sees it, and nothing of it was sent to anybody.
    assert quiet.home.arrived == []
    for path in (made.uri, made.uri.replace("objects", "activities")):
        assert (await quiet.home.get(path, by=f"{quiet.home.url}/users/ann")).status == 404
    answered = await acme.reply(made, "Thank you, Ann.")
    await acme.idle()
    assert "Thank you, Ann." in (await ann.get(quiet.idea_path)).text
    assert not acme.faults
    assert answered.parent_id == made.id


async def test_an_idea_of_a_visitor_s_has_a_page_and_answers(quiet: Quiet):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)
    sent = await written(ann, quiet.forum_path, f"{quiet.forum_path}/ideas", "Let us whisper.", title="Whispering")
    assert sent.status == 303
    await acme.idle()
    page = await ann.get(sent.location.partition("#")[0])
    assert "What you sent is here." in page.text
    (idea,) = [one for one in await ideas_read.standing_in(acme.house, [quiet.forum.id]) if one.title == "Whispering"]
    path = idea.uri.removeprefix(acme.url)
    assert "Let us whisper." in (await ann.get(path)).text
    assert (await written(ann, path, f"{path}/answer", "Very softly.")).status == 303
    await acme.idle()
    assert "Very softly." in (await ann.get(path)).text
    assert (await quiet.browser().get(path)).status == 404
    await ideas.delete(acme.house, acme.admin, idea)
    await acme.idle()
    assert (await ann.get(path)).status == 404
    assert not acme.faults


async def test_a_form_that_is_sent_twice_is_one_answer_and_is_on_disk_before_the_browser_hears(quiet: Quiet):
    ann = quiet.browser()
    await ann.sign_in(quiet.home)
    page = await ann.get(quiet.idea_path)
    form = {"csrf": page.hidden("csrf"), "once": page.hidden("once"), "text": "Once."}
    first, second = [await ann.post(f"{quiet.idea_path}/answer", form) for _ in range(2)]
    assert first.location == second.location
    kept = await quiet.acme.outside.store.fetch("SELECT state, signed_in FROM received")
    assert [(row["state"], bool(row["signed_in"])) for row in kept] == [("ready", True)]
    await quiet.acme.idle()
    replies = await ideas_read.replies_of(quiet.acme.house, quiet.idea.id)
    assert [one.text for one in replies].count("Once.") == 1


async def test_words_that_are_not_taken_are_shown_again(quiet: Quiet):
    acme, ann, to = quiet.acme, quiet.browser(), f"{quiet.idea_path}/answer"
    await ann.sign_in(quiet.home)
    page = await ann.get(quiet.idea_path)
    right = {"csrf": page.hidden("csrf"), "once": page.hidden("once"), "text": "Words to keep."}
    for form, headers, status in (
        ({**right, "csrf": "wrong"}, {}, 403),
        (right, {"Origin": "https://evil.example"}, 403),
        ({**right, "once": ""}, {}, 403),
        ({**right, "text": "Words to keep." + "x" * 50_000}, {}, 422),
    ):
        found = await ann.post(to, form, **headers)
        assert (found.status, "Words to keep." in found.text) == (status, True)
    assert (await ann.post(to, {**right, "text": " "})).status == 422
    elsewhere = await ann.post(f"/objects/{'0' * 32}/answer", right)
    assert (elsewhere.status, "Words to keep." in elsewhere.text) == (404, True)
    acme.wait(12 * 3600 + 1)
    late = await ann.post(to, right)
    assert (late.status, "Words to keep." in late.text) == (401, True)
    assert await acme.received() == []


async def test_whoever_is_on_no_list_or_a_stranger_writes_nothing(quiet: Quiet):
    bob, stranger = quiet.browser(), quiet.browser()
    await bob.sign_in(quiet.home, "bob")
    csrf = (await bob.get("/")).hidden("csrf")
    form = {"csrf": csrf, "once": "0" * 32, "text": "May I?", "title": "May I?"}
    for to in (f"{quiet.idea_path}/answer", f"{quiet.forum_path}/ideas"):
        hidden, never = await bob.post(to, form), await bob.post(f"/objects/{'0' * 32}/answer", form)
        assert (hidden.status, never.status) == (404, 404)
        assert (await stranger.post(to, form)).status == 401
    assert await quiet.acme.received() == []


async def test_the_rules_the_list_and_admins_stand_above_what_was_sent(quiet: Quiet):
    acme, home, ann = quiet.acme, quiet.home, quiet.browser()
    await ann.sign_in(home)
    assert (await written(ann, quiet.idea_path, f"{quiet.idea_path}/answer", "Too late.")).status == 303
    await quiet.take_off()
    # The gate has heard of the list first.
    assert await acme.last_received() == ("Create", "refused")
    await memberships.invite(acme.house, acme.admin, quiet.forum, f"@ann@{home.host}")
    await acme.idle()
    stored, _ = await rules.rules_in_force(acme.house)
    guard = '\n[[rule]]\nid = "G-new"\nkind = "guard"\ndirection = "in"\nthing = ["reply"]\neffect = "hold"\n'
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard, "Looked at.", alone=True)
    assert (await written(ann, quiet.idea_path, f"{quiet.idea_path}/answer", "Held.")).status == 303
    await acme.idle()
    assert await acme.last_received() == ("Create", "held")
    assert "Held." not in (await ann.get(quiet.idea_path)).text
    (hold,) = await holds.list_holds(acme.house, acme.admin)
    await holds.release(acme.house, acme.admin, hold.id)
    await acme.idle()
    assert "Held." in (await ann.get(quiet.idea_path)).text
    assert not acme.faults


async def test_after_the_end_nothing_is_taken_in_and_there_is_no_form(quiet: Quiet):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)
    await jams.freeze_jam(acme.house, acme.admin, (await jams.list_jams(acme.house, acme.admin))[0])
    page = await ann.get(quiet.idea_path)
    await acme.idle()
    form = {"csrf": page.hidden("csrf"), "once": page.hidden("once"), "text": "After the end."}
    before = await acme.received()
    late = await ann.post(f"{quiet.idea_path}/answer", form)
    assert (late.status, "After the end." in late.text) == (409, True)
    await acme.idle()
    assert await acme.received() == before
    assert quiet.home.arrived == []
    assert "Your answer" not in (await ann.get(quiet.idea_path)).text
    assert not acme.faults


async def test_a_partner_with_people_on_the_list_gets_a_visitor_s_words_under_a_name_of_ours(
    quiet: Quiet, organise: MakeOrganisation
):
    acme, ann, globex = quiet.acme, quiet.browser(), await organise("Globex")
    await acme.partner(globex.host)
    await globex.partner(acme.host)
    gus = await globex.member("gus")
    await memberships.invite(acme.house, acme.admin, quiet.forum, f"@gus@{globex.host}")
    await settle(acme, globex)
    await forums.ask_to_join(globex.house, globex.admin, f"@quiet@{acme.host}")
    await settle(acme, globex)
    await ann.sign_in(quiet.home)
    await written(ann, quiet.idea_path, f"{quiet.idea_path}/answer", "From somewhere else.")
    await settle(acme, globex)
    (here,) = [one for one in await ideas_read.replies_of(acme.house, quiet.idea.id) if one.author_host]
    # What came before the idea that it answers is looked at again a little later.
    globex.wait(60)
    await settle(acme, globex)
    there = await globex.know(here.uri)
    assert there is not None
    assert (there.text, there.author_host) == ("From somewhere else.", acme.host)
    assert there.author_name == f"Ann (@ann@{quiet.home.host})"
    back = await globex.reply(there, "Good to hear you.", gus)
    await settle(acme, globex)
    assert "Good to hear you." in (await ann.get(quiet.idea_path)).text
    assert await acme.know(back.uri) is not None
    await moderation.hide(acme.house, acme.admin, here, "Off the table.")
    await settle(acme, globex)
    gone = await globex.know(here.uri)
    assert gone is not None
    assert gone.deleted
    assert "From somewhere else." not in (await ann.get(quiet.idea_path)).text
    assert quiet.home.arrived == []
    assert not acme.faults
    assert not globex.faults


async def test_nobody_sends_to_an_inbox_what_only_our_edge_may_say(quiet: Quiet):
    home, acme = quiet.home, quiet.acme
    uri, key = f"{home.url}/users/ann", "a" * 32
    note = {**home.note(uri, "Forged.", quiet.idea.uri, quiet.forum.uri), "id": f"{acme.url}/objects/{key}"}
    await home.post(acme.inbox, home.activity("Create", uri, note, signed_in=True))
    await acme.idle()
    assert [row[1] for row in await acme.received()] == ["ignored"]
    assert await acme.know(note["id"]) is None


async def test_the_console_knows_a_visitor_as_an_audience(quiet: Quiet):
    acme, ann = quiet.acme, quiet.browser()
    await ann.sign_in(quiet.home)
    await written(ann, quiet.idea_path, f"{quiet.idea_path}/answer", "From somewhere else.")
    await acme.idea(quiet.forum, "Mail me at anna.kay@example.org.")
    await acme.idle()
    client = await serve(acme.house, acme.outside)
    caller = Caller(client, acme.admin, await people.make_token(acme.house, acme.admin))
    ids = {"jam": quiet.forum.jam_id, "forum": quiet.forum.id, "id": quiet.idea.id, "host": quiet.home.host}
    try:
        shown = ""
        for path in [one.path for one in ROUTES if one.method == "GET"]:
            address = re.sub(r"{(\w+)[^}]*}", lambda found: ids.get(found[1], "0" * 32), path)
            status, text = await answer_to(caller, "GET", address)
            assert status < 500, path
            shown += text if path.startswith("/boundary/") else ""
        assert f"@ann@{quiet.home.host}" in shown
    finally:
        await client.close()
