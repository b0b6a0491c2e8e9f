"""What visitors do with what stands at our edge, and what they are told became of their words."""

# ruff: noqa: F811

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import orjson

from federation.edge.writing import activity
from federation.outside import received
from federation.outside.received import Arriving
from federation.outside.visitors import Visit
from server.domain.ideas import Contribution
from server.services import forum_changes, holds, jams, memberships, polls, rules
from server.services.forum_changes import Changes
from tests.federation.test_polls import votes
from tests.federation.test_visitors import Quiet, quiet, session, written  # noqa: F401
from tests.federation.visiting import Browser, Page


async def signed_in(quiet: Quiet, who: str = "ann") -> Browser:
    browser = quiet.browser()
    await browser.sign_in(quiet.home, who)
    return browser


async def answered(quiet: Quiet, ann: Browser, text: str) -> str:
    """Have somebody answer the quiet idea; return the path of their answer."""
    sent = await written(ann, quiet.idea_path, f"{quiet.idea_path}/answer", text)
    assert sent.status == 303
    await quiet.acme.idle()
    return f"/objects/{re.search('sent=([0-9a-f]{32})', sent.location)[1]}"  # type: ignore[index]


async def done(quiet: Quiet, browser: Browser, path: str, **form: str) -> Page:
    page = await browser.get("/mine")
    once = re.sub(r"\W", "", path).encode().hex()[:24] + f"{len(await quiet.acme.received()):08x}"
    sent = await browser.post(path, {"csrf": page.hidden("csrf"), "once": once, **form})
    await quiet.acme.idle()
    return sent


def visit(quiet: Quiet, who: str = "ann") -> Visit:
    return Visit(f"{quiet.home.url}/users/{who}", quiet.home.host, who, who.title(), "")


def note(quiet: Quiet, uri: str, who: str = "ann") -> dict[str, Any]:
    author = visit(quiet, who).actor_uri
    return {"id": uri, "type": "Note", "attributedTo": author, "content": "<p>Other words.</p>", "to": []}


async def kept(quiet: Quiet, said: Arriving) -> str:
    """Have the gate find something as if the edge had taken it from whoever is signed in; return what became of it."""
    async with quiet.acme.outside.store.transaction() as change:
        await received.keep_all(quiet.acme.outside, change, [[said]])
    await quiet.acme.idle()
    return (await quiet.acme.received())[-1][1]


def ballot(quiet: Quiet, who: str, poll_uri: str, answer: str, **changes: Any) -> Arriving:
    """Return a vote as the edge keeps it, with changes that it never makes."""
    one, outside = visit(quiet, who), quiet.acme.outside
    key = outside.sealer.derive("a test's vote", who, poll_uri, answer, *map(str, changes.values()))
    uri = outside.addresses.object_uri(key)
    made = {
        "type": "Note",
        "id": uri,
        "attributedTo": one.actor_uri,
        "name": answer,
        "inReplyTo": poll_uri,
        "to": [quiet.forum.uri],
        **changes,
    }
    return activity(outside, one, "Create", made["id"], made, outside.sealer.derive("a test's activity", key))


async def poll(quiet: Quiet, idea: Contribution | None = None, *, multiple: bool = False) -> Contribution:
    """Ask what everybody drinks."""
    acme = quiet.acme
    ends, answers = acme.house.now() + timedelta(hours=1), ["Tea", "Coffee", "Milk"]
    asked = "Which of these?" if multiple else "Which one?"
    made = await polls.ask(acme.house, acme.admin, idea or quiet.idea, asked, answers, ends_at=ends, multiple=multiple)
    await acme.idle()
    return made


async def voted(quiet: Quiet, browser: Browser, path: str, chosen: list[str]) -> Page:
    page, once = await browser.get("/mine"), f"{len(await quiet.acme.received()):032x}"
    fields = [("csrf", page.hidden("csrf")), ("once", once), *(("choice", one) for one in chosen)]
    sent = await browser.post(f"{path}/vote", fields)
    await quiet.acme.idle()
    return sent


async def guard(quiet: Quiet, effect: str, thing: str = "reply", name: str = "G-secret") -> None:
    stored, _ = await rules.rules_in_force(quiet.acme.house)
    new = f'\n[[rule]]\nid = "{name}"\nkind = "guard"\ndirection = "in"\nthing = ["{thing}"]\neffect = "{effect}"\n'
    await rules.apply_rules(quiet.acme.house, quiet.acme.admin, stored.text + new, "Hush.", alone=True)


async def test_a_visitor_changes_and_takes_back_their_own_words_and_nobody_else_s(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    path = await answered(quiet, ann, "I agree <b>wholly</b>.\n\nAnd more.")
    assert f'href="{path}/change"' in (await ann.get(quiet.idea_path)).text
    form = (await ann.get(f"{path}/change")).text
    assert "I agree &lt;b&gt;wholly&lt;/b&gt;.\n\nAnd more.</textarea>" in form
    assert (await done(quiet, ann, f"{path}/change", text="I agree, calmer.")).location == f"/mine#{path[9:]}"
    assert "I agree, calmer." in (await ann.get(quiet.idea_path)).text
    made = await acme.know(f"{acme.url}{path}")
    assert made is not None
    assert (made.text, made.version) == ("I agree, calmer.", 2)
    # Neither somebody else's words, nor what never was, nor by somebody else.
    never = await ann.get(f"/objects/{'0' * 32}/change")
    assert never.status == 404
    bob = await signed_in(quiet, "bob")
    for browser, other in ((ann, quiet.idea_path), (bob, path), (bob, quiet.idea_path)):
        found = await browser.get(f"{other}/change")
        assert (found.status, found.text) == (404, never.text)
        for act in ("change", "take-back", "support"):
            if browser is bob or act != "support":
                refused = await done(quiet, browser, f"{other}/{act}", text="Mine now.", title="Mine")
                assert refused.status == 404, (other, act)
    assert await acme.know(f"{acme.url}{path}") == made
    assert (await done(quiet, ann, f"{path}/take-back")).status == 303
    assert "I agree, calmer." not in (await ann.get(quiet.idea_path)).text
    mine = (await ann.get("/mine")).text
    assert "Taken back" in mine
    assert "calmer" not in mine
    assert not acme.faults


async def test_what_stands_is_supported_and_no_longer_and_a_poll_is_voted_in(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    assert (await done(quiet, ann, f"{quiet.idea_path}/support")).status == 303
    assert (await acme.fresh(quiet.idea)).support == 1
    assert "You support this." in (await ann.get(quiet.idea_path)).text
    await done(quiet, ann, f"{quiet.idea_path}/support", undo="1")
    assert (await acme.fresh(quiet.idea)).support == 0
    assert "You support this." not in (await ann.get(quiet.idea_path)).text
    ends = acme.house.now() + timedelta(hours=1)
    asked = await polls.ask(acme.house, acme.admin, quiet.idea, "Tea?", ["Yes", "No"], ends_at=ends)
    await acme.idle()
    path = asked.uri.removeprefix(acme.url)
    assert f'action="{path}/vote"' in (await ann.get(quiet.idea_path)).text
    for choice, status, shares in (("No", 303, (0, 1)), ("Yes", 303, (1, 0)), ("Perhaps", 422, (1, 0))):
        assert (await done(quiet, ann, f"{path}/vote", choice=choice)).status == status
        assert (await votes(acme, asked))[0] == shares, choice
    assert not acme.faults


async def test_a_visitor_is_told_what_waits_and_what_was_not_taken_and_nothing_of_why(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    assert "You wrote nothing here yet." in (await ann.get("/mine")).text
    first = await answered(quiet, ann, "Shown at once.")
    assert f'href="{quiet.idea_path}#{first[9:]}"' in (await ann.get("/mine")).text
    await guard(quiet, "hold")
    held = await answered(quiet, ann, "Held for a while.")
    assert "Somebody of Acme" in (await ann.get(f"{quiet.idea_path}?sent={held[9:]}")).text
    await done(quiet, ann, f"{first}/change", text="Shown, and changed.")
    mine = (await ann.get("/mine")).text
    assert "Waiting: somebody looks at it first" in mine
    assert "Your change waits" in mine
    waiting = await holds.list_holds(acme.house, acme.admin)
    for hold in waiting:
        if hold.preview.startswith("Held"):
            await holds.refuse(acme.house, acme.admin, hold.id, "Because of CODENAME.")
        else:
            await holds.release(acme.house, acme.admin, hold.id)
    await acme.idle()
    assert "Shown, and changed." in (await ann.get(quiet.idea_path)).text
    mine = (await ann.get("/mine")).text
    assert "The rules of Acme do not let it in." in mine
    assert "Held for a while." in mine, "nobody writes twice what was not taken"
    assert "CODENAME" not in mine
    assert "G-secret" not in mine
    assert not acme.faults


async def test_after_the_end_nothing_is_written_or_changed_and_the_words_are_shown_again(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    path = await answered(quiet, ann, "In time.")
    own = f"{acme.url}{path}"
    # Words that wait for a reviewer at the end are not what is asked here: nothing new is to wait.
    await guard(quiet, "hold")
    await jams.freeze_jam(acme.house, acme.admin, (await jams.list_jams(acme.house, acme.admin))[0])
    await acme.idle()
    before = len(await acme.received())
    for late, form in (
        (f"{path}/change", {"text": "Changed too late."}),
        (f"{quiet.idea_path}/answer", {"text": "Answered too late."}),
        (f"{quiet.forum_path}/ideas", {"title": "Late", "text": "Thought of too late."}),
    ):
        page = await done(quiet, ann, late, **form)
        assert page.status == 409, late
        assert "This forum has closed" in page.text
        assert form["text"] in page.text
    assert (await ann.get(f"{path}/change")).status == 409
    page = await done(quiet, ann, f"{quiet.idea_path}/support")
    assert (page.status, "support is counted there no more" in page.text) == (409, True)
    assert len(await acme.received()) == before, "nothing of it is on its way"
    # What was on its way when the end came is refused by the gate, whatever the rules would have made of it.
    await guard(quiet, "hold", "mark", "G-marks")
    like = activity(acme.outside, visit(quiet), "Like", quiet.idea.uri, quiet.idea.uri, "2" * 32)
    assert await kept(quiet, like) == "refused"
    await kept(quiet, activity(acme.outside, visit(quiet), "Update", own, note(quiet, own), "1" * 32))
    assert (await acme.received())[-1][1:] == ("refused", received.TOO_LATE)
    assert await holds.list_holds(acme.house, acme.admin) == []
    made = await acme.know(own)
    assert made is not None
    assert made.text == "In time."
    mine = (await ann.get("/mine")).text
    assert f'href="{path}/change"' not in mine, "nothing leads to what is refused"
    assert "It came too late" in mine
    assert "Other words." in mine
    assert (await done(quiet, ann, f"{path}/take-back")).status == 303
    assert "Taken back" in (await ann.get("/mine")).text
    assert not acme.faults


async def test_the_end_is_the_end_though_nobody_has_told_of_it_yet(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    (jam,) = [one for one in await jams.list_jams(acme.house, acme.admin) if one.id == quiet.forum.jam_id]
    assert f'action="{quiet.idea_path}/answer"' in (await ann.get(quiet.idea_path)).text
    acme.wait((jam.closes_at - acme.house.now()).total_seconds() + 1)
    ann = await signed_in(quiet)
    assert f'action="{quiet.idea_path}/answer"' not in (await ann.get(quiet.idea_path)).text
    page = await done(quiet, ann, f"{quiet.idea_path}/answer", text="A second too late.")
    assert (page.status, "A second too late." in page.text) == (409, True)


async def test_a_forum_that_is_closed_for_ideas_is_answered_still(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    await forum_changes.change_forum(acme.house, acme.admin, quiet.forum, Changes(takes_ideas=False))
    await acme.idle()
    page = await done(quiet, ann, f"{quiet.forum_path}/ideas", title="Late", text="One more.")
    assert (page.status, "takes no new ideas any more" in page.text, "One more." in page.text) == (409, True, True)
    await answered(quiet, ann, "An answer still.")
    assert "An answer still." in (await ann.get(quiet.idea_path)).text


async def test_several_answers_of_a_poll_are_chosen_at_once_and_others_added(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    asked = await poll(quiet, multiple=True)
    path = asked.uri.removeprefix(acme.url)
    assert '<input type="checkbox" name="choice" value="Milk">' in (await ann.get(quiet.idea_path)).text
    assert (await voted(quiet, ann, path, ["Tea", "Milk"])).status == 303
    assert await votes(acme, asked) == ((1, 0, 1), 1)
    assert (await voted(quiet, ann, path, ["Milk", "Coffee"])).status == 303
    assert await votes(acme, asked) == ((1, 1, 1), 1), "each answer counts once a person"
    for chosen in ([], ["Tea", "Wine"]):
        assert (await voted(quiet, ann, path, chosen)).status == 422
    single = await poll(quiet)
    page = await voted(quiet, ann, single.uri.removeprefix(acme.url), ["Tea", "Milk"])
    assert (page.status, "Choose one of the answers" in page.text) == (422, True)
    assert await votes(acme, single) == ((0, 0, 0), 0)
    assert not acme.faults


async def test_a_vote_after_the_end_of_a_poll_changes_nothing(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    asked = await poll(quiet)
    path = asked.uri.removeprefix(acme.url)
    await voted(quiet, ann, path, ["Tea"])
    await polls.end(acme.house, acme.admin, asked)
    await acme.idle()
    assert f'action="{path}/vote"' not in (await ann.get(quiet.idea_path)).text
    before = len(await acme.received())
    page = await voted(quiet, ann, path, ["Milk"])
    assert (page.status, "This poll has ended" in page.text) == (409, True)
    assert len(await acme.received()) == before
    # One that was on its way already, whatever the rules would make of it: it does not wait for anybody.
    await guard(quiet, "hold", "mark")
    assert await kept(quiet, ballot(quiet, "ann", asked.uri, "Milk")) == "refused"
    assert await votes(acme, asked) == ((1, 0, 0), 1)


async def test_nobody_votes_in_the_name_of_somebody_else(quiet: Quiet):
    acme = quiet.acme
    await memberships.invite(acme.house, acme.admin, quiet.forum, f"@bob@{quiet.home.host}")
    await acme.idle()
    for who in ("ann", "bob"):
        await signed_in(quiet, who)
    asked = await poll(quiet)
    assert await kept(quiet, ballot(quiet, "bob", asked.uri, "Tea", attributedTo=visit(quiet).actor_uri)) == "refused"
    # Nor under an id of somebody else's server.
    assert await kept(quiet, ballot(quiet, "bob", asked.uri, "Tea", id=f"{quiet.home.url}/votes/1")) == "refused"
    assert await votes(acme, asked) == ((0, 0, 0), 0)
    assert await kept(quiet, ballot(quiet, "bob", asked.uri, "Tea")) == "admitted"
    assert await votes(acme, asked) == ((1, 0, 0), 1)


async def test_what_pretends_to_be_a_visitor_s_vote_and_comes_by_an_inbox_counts_nothing(quiet: Quiet):
    acme = quiet.acme
    await signed_in(quiet)
    asked = await poll(quiet)
    forged = orjson.loads(ballot(quiet, "ann", asked.uri, "Tea").body)
    answer = await quiet.home.post(acme.inbox, forged)
    await acme.idle()
    assert answer.status >= 400 or (await acme.received())[-1][1] in ("ignored", "refused")
    assert await votes(acme, asked) == ((0, 0, 0), 0)


async def test_a_visitor_does_not_vote_in_the_poll_of_a_forum_that_they_may_not_read(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    # One forum is for the people on its list, one for whatever Ann's server may read: neither is for Ann alone.
    for slug, members_only in (("others", True), ("servers", False)):
        other = await acme.forum(slug, "partners", await acme.jam(slug), members_only=members_only)
        asked = await poll(quiet, await acme.idea(other, "For others.", title=f"For {slug}"))
        assert (await voted(quiet, ann, asked.uri.removeprefix(acme.url), ["Tea"])).status == 404
        # The gate does not take the edge's word for it, nor that of the vote, which says that it is for their forum.
        assert await kept(quiet, ballot(quiet, "ann", asked.uri, "Tea")) == "refused"
        assert await votes(acme, asked) == ((0, 0, 0), 0)


async def test_nobody_undoes_the_support_of_somebody_else(quiet: Quiet):
    acme = quiet.acme
    await memberships.invite(acme.house, acme.admin, quiet.forum, f"@bob@{quiet.home.host}")
    await acme.idle()
    for who in ("ann", "bob"):
        await done(quiet, await signed_in(quiet, who), f"{quiet.idea_path}/support")
    assert (await acme.fresh(quiet.idea)).support == 2
    like = {"type": "Like", "actor": visit(quiet).actor_uri, "object": quiet.idea.uri}
    assert await kept(quiet, activity(acme.outside, visit(quiet, "bob"), "Undo", quiet.idea.uri, like, "8" * 32)) == (
        "refused"
    )
    assert (await acme.fresh(quiet.idea)).support == 2, "neither ann's nor, by mistake, bob's own"


async def test_what_waits_can_be_taken_back_and_its_words_go(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    await guard(quiet, "hold")
    path = await answered(quiet, ann, "A slip of the pen.")
    assert (await ann.get(f"{path}/change")).status == 404, "what nobody looked at yet is not changed"
    await done(quiet, ann, f"{path}/take-back")
    assert await holds.list_holds(acme.house, acme.admin) == []
    assert "Taken back" in (await ann.get("/mine")).text
    assert not [row for row in await acme.outside.store.fetch("SELECT body FROM received") if b"slip" in row["body"]]


async def test_who_was_taken_off_the_list_changes_nothing_any_more_and_still_takes_back(quiet: Quiet):
    acme, ann = quiet.acme, await signed_in(quiet)
    path = await answered(quiet, ann, "While I was here.")
    await quiet.take_off()
    assert (await done(quiet, ann, f"{quiet.idea_path}/support")).status == 404
    await done(quiet, ann, f"{path}/change", text="From outside.")
    made = await acme.know(f"{acme.url}{path}")
    assert made is not None
    assert made.text == "While I was here."
    await done(quiet, ann, f"{path}/take-back")
    made = await acme.know(f"{acme.url}{path}")
    assert made is not None
    assert made.deleted
    await memberships.invite(acme.house, acme.admin, quiet.forum, f"@ann@{quiet.home.host}")


async def test_the_page_of_one_s_own_words_is_for_whoever_wrote_them_alone(quiet: Quiet):
    ann, bob, stranger = await signed_in(quiet), await signed_in(quiet, "bob"), quiet.browser()
    await answered(quiet, ann, "Only mine.")
    page = await ann.get("/mine")
    assert ("Only mine." in page.text, page.headers["cache-control"]) == (True, "private, no-store")
    assert "Only mine." not in (await bob.get("/mine")).text
    found = await stranger.get("/mine")
    assert (found.status, found.location) == (303, "/sign-in")


async def test_the_gate_lets_nobody_change_take_back_or_support_what_is_not_theirs_whatever_the_edge_says(
    quiet: Quiet,
):
    acme, ann = quiet.acme, await signed_in(quiet)
    await signed_in(quiet, "bob")
    path = await answered(quiet, ann, "Mine.")
    hidden = await acme.idea(quiet.forum, "For fewer.", title="Not for visitors", label="AMBER")
    await acme.idle()
    bob = Visit(f"{quiet.home.url}/users/bob", quiet.home.host, "bob", "Bob", "")
    own, ours = f"{acme.url}{path}", quiet.idea.uri
    note = {"id": own, "type": "Note", "attributedTo": bob.actor_uri, "content": "<p>Bob's.</p>", "to": []}
    said = [
        activity(acme.outside, bob, "Update", own, note, "1" * 32),
        activity(acme.outside, bob, "Update", own, {**note, "attributedTo": f"{quiet.home.url}/users/ann"}, "2" * 32),
        activity(acme.outside, bob, "Delete", own, own, "3" * 32),
        activity(acme.outside, bob, "Delete", ours, ours, "4" * 32),
        activity(acme.outside, bob, "Like", hidden.uri, hidden.uri, "5" * 32),
        activity(acme.outside, bob, "Like", ours, ours, "6" * 32),
        activity(acme.outside, bob, "Follow", quiet.forum.uri, quiet.forum.uri, "7" * 32),
    ]
    async with acme.outside.store.transaction() as change:
        await received.keep_all(acme.outside, change, [said])
    await acme.idle()
    assert {state for _, state, _ in (await acme.received())[-len(said) :]} == {"refused"}
    made = await acme.know(own)
    assert made is not None
    assert (made.text, made.deleted) == ("Mine.", False)
    assert (await acme.fresh(hidden)).support == 0
