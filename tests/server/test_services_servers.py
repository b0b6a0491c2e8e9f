"""Other servers limited and shut out, one by one and by list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import Conflict, Invalid, NotAllowed, TooMuch
from server.domain.servers import Server, parents_of, read_list, write_list
from server.services import partners, servers
from tests.server.services_world import START, World

MASTODON = """#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
spam.example,suspend,true,true,"Spam, and more of it",false
loud.example,silence,false,false,,false
fine.example,noop,false,false,,false
s*****.example,suspend,false,false,,true
"""


def test_a_list_of_mastodon_is_read_and_what_cannot_be_is_named_by_its_line() -> None:
    lines, problems = read_list(MASTODON, "suspended")
    assert [(one.host, one.standing, one.note) for one in lines] == [
        ("spam.example", "suspended", "Spam, and more of it"),
        ("loud.example", "limited", ""),
    ]
    assert [problem[:7] for problem in problems] == ["Line 5:"]


def test_one_domain_a_line_is_a_list_too() -> None:
    lines, problems = read_list("\ufeffspam.example\n\n  LOUD.example. \nnot a host\n", "limited")
    assert [(one.host, one.standing) for one in lines] == [("spam.example", "limited"), ("loud.example", "limited")]
    assert len(problems) == 1


def test_a_list_that_is_too_long_is_refused_whole() -> None:
    with pytest.raises(TooMuch, match="Nothing changed"):
        read_list("a.example\n" * 600_000, "suspended")


@given(st.text(max_size=300))
def test_any_text_is_read_or_told_what_is_wrong_with_it(text: str) -> None:
    lines, problems = read_list(text, "suspended")
    assert all(one.host == one.host.lower() and one.standing for one in lines)
    assert all(problem.startswith("Line ") for problem in problems)


NOTES = st.text(max_size=80).map(lambda text: " ".join(text.split()))


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,9}\.example", fullmatch=True), NOTES), unique_by=lambda one: one[0]))
def test_what_is_written_is_read_back_alike(said: list[tuple[str, str]]) -> None:
    known = [Server(host=host, standing="limited", kind="", note=note, changed_at=START) for host, note in said]
    lines, problems = read_list(write_list(known), "suspended")
    assert problems == []
    assert [(one.host, one.standing, one.note) for one in lines] == [(host, "limited", note) for host, note in said]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("a.b.example", ("a.b.example", "b.example")),
        ("a.b.example:8443", ("a.b.example:8443", "a.b.example", "b.example")),
        ("127.0.0.1:80", ("127.0.0.1:80", "127.0.0.1")),
        ("[::1]:80", ("[::1]:80", "[::1]")),
    ],
)
def test_what_is_said_of_a_domain_holds_below_it(host: str, found: tuple[str, ...]) -> None:
    assert parents_of(host) == found


async def test_the_nearest_word_counts_and_the_stricter_of_person_and_server(world: World) -> None:
    admin, house = await world.admin(), world.house
    await servers.say(house, admin, "loud.example", standing="limited", note="Much of it is spam.")
    assert (await servers.bars(house, "https://x.loud.example/u/ann", "x.loud.example"))[0] == "limited"
    await servers.say_of(house, admin, "https://x.loud.example/u/ann", "suspended")
    assert (await servers.bars(house, "https://x.loud.example/u/ann", "x.loud.example"))[0] == "suspended"
    assert (await servers.bars(house, "https://x.loud.example/u/bob", "x.loud.example"))[0] == "limited"
    await servers.say_of(house, admin, "https://x.loud.example/u/ann", "")
    await servers.say(house, admin, "loud.example", standing="")
    assert await servers.bars(house, "https://x.loud.example/u/ann", "x.loud.example") == ("", "")


async def test_partners_and_ourselves_are_not_shut_out(world: World) -> None:
    admin = await world.admin()
    await partners.add_partner(world.house, admin, "jam.globex.example", "partner")
    for host in ("jam.globex.example", "globex.example", "acme.example"):
        with pytest.raises(Conflict):
            await servers.say(world.house, admin, host, standing="suspended")
    done = await servers.take_list(world.house, admin, "globex.example\nspam.example\n")
    assert (done.changed, done.same, len(done.problems)) == (1, 0, 1)
    again = await servers.take_list(world.house, admin, "spam.example\n")
    assert (again.changed, again.same) == (0, 1)
    freed = await servers.take_list(world.house, admin, "spam.example\n", "")
    assert freed.changed == 1


async def test_only_who_holds_partnerships_may_and_bad_names_are_refused(world: World) -> None:
    bob = await world.person("bob")
    with pytest.raises(NotAllowed):
        await servers.say(world.house, bob, "spam.example", standing="suspended")
    admin = await world.admin()
    for host in ("", "no host", "https://spam.example/"):
        with pytest.raises(Invalid):
            await servers.say(world.house, admin, host, standing="suspended")
    with pytest.raises(Invalid):
        await servers.say_of(world.house, admin, "ann", "limited")
