"""What visitors do with what stands at our edge, and what they are told became of their words."""

# ruff: noqa: F811

from __future__ import annotations

import re
from datetime import timedelta

from federation.edge.writing import activity
from federation.outside import received
from federation.outside.visitors import Visit
from server.services import holds, jams, memberships, polls, rules
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


async def guard(quiet: Quiet, effect: str) -> None:
    stored, _ = await rules.rules_in_force(quiet.acme.house)
    new = f'\n[[rule]]\nid = "G-secret"\nkind = "guard"\ndirection = "in"\nthing = ["reply"]\neffect = "{effect}"\n'
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
    for choice, shares in (("No", (0, 1)), ("Yes", (1, 0)), ("Perhaps", (1, 0))):
        assert (await done(quiet, ann, f"{path}/vote", choice=choice)).status == 303
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
    await jams.freeze_jam(acme.house, acme.admin, (await jams.list_jams(acme.house, acme.admin))[0])
    late = await done(quiet, ann, f"{quiet.forum_path}/ideas", title="Late", text="After the end.")
    assert late.status == 303
    assert "It came too late" in (await ann.get("/mine")).text
    assert not acme.faults


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
