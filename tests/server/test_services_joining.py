"""Inviting people, adding them from a table, finding them, changing what they may."""

from __future__ import annotations

import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed, SignInNeeded
from server.domain.people_file import BadPeopleFile
from server.services import audit, directory, joining, log, people
from tests.server.services_world import World

PASSWORD = "long enough for anybody"


async def test_people_join_by_a_link_as_members_of_its_unit(world: World):
    made, secret = await joining.make_invitation(world.house, await world.admin(), unit="Sales", uses=2)
    begun = await joining.accept_invitation(world.house, secret, "@zoe", "Zoë", PASSWORD)
    assert (begun.member.username, begun.member.unit, begun.member.role) == ("zoe", "Sales", "member")
    session = await people.session(world.house, begun.cookie)
    assert session is not None
    assert session.member.id == begun.member.id
    (now,) = await joining.list_invitations(world.house, await world.admin())
    assert (now.id, now.used, now.state_at(world.house.now())) == (made.id, 1, "open")


async def test_a_link_is_good_for_so_many_people_and_no_more(world: World):
    _, secret = await joining.make_invitation(world.house, await world.admin(), uses=1)
    with pytest.raises(Conflict):
        await joining.accept_invitation(world.house, secret, "ada", "", PASSWORD)
    with pytest.raises(Invalid):
        await joining.accept_invitation(world.house, secret, "zoe", "", "short")
    await joining.accept_invitation(world.house, secret, "zoe", "", PASSWORD)
    with pytest.raises(SignInNeeded):
        await joining.accept_invitation(world.house, secret, "yan", "", PASSWORD)
    with pytest.raises(Missing):
        await people.person(world.house, "yan")


async def test_links_die_by_time_by_hand_and_with_whoever_made_them(world: World):
    admin, boss = await world.admin(), await world.person("boss", "admin")
    old = await joining.make_invitation(world.house, admin, days=1)
    ended = await joining.make_invitation(world.house, admin, days=30)
    theirs = await joining.make_invitation(world.house, boss, days=30)
    await joining.end_invitation(world.house, admin, ended[0].id)
    await people.change_member(world.house, admin, boss, role="member")
    world.time.pass_by(days=2)
    for _, secret in (old, ended, theirs, (old[0], "guess")):
        with pytest.raises(SignInNeeded, match="used up or ended"):
            await joining.read_invitation(world.house, secret)
    with pytest.raises(Missing):
        await joining.end_invitation(world.house, admin, ended[0].id)
    assert {one.state_at(world.house.now()) for one in await joining.list_invitations(world.house, admin)} == {
        "too old", "ended", "open",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [{"uses": 0}, {"uses": 5_001}, {"days": 0}, {"days": 31}, {"unit": "x" * 101}])
async def test_an_invitation_has_bounds(world: World, wrong: dict[str, object]):
    with pytest.raises(Invalid):
        await joining.make_invitation(world.house, await world.admin(), **wrong)  # type: ignore[arg-type]


async def test_everybody_in_a_table_is_added_with_a_link_or_nobody_is(world: World):
    admin, _ = await world.admin(), await world.forum("boxes")
    before = await log.newest_event(world.house)
    with pytest.raises(BadPeopleFile) as caught:
        await joining.import_people(world.house, admin, "username,unit\nzoe,Sales\nADA,\nboxes,\n")
    assert caught.value.problems == (
        "Line 3: there is a person called ADA already.",
        "Line 4: a forum bears the name boxes already.",
    )
    assert await log.newest_event(world.house) == before
    assert [one.username for one in await people.list_people(world.house)] == ["ada"]
    made = await joining.import_people(world.house, admin, "username,unit,role\nzoe,Sales,\nfay,,facilitator\n")
    assert [(one.member.username, one.member.unit, one.member.role) for one in made] == [
        ("zoe", "Sales", "member"), ("fay", "", "facilitator"),
    ]  # fmt: skip
    world.time.pass_by(days=6)
    assert (await people.sign_in_by_link(world.house, made[0].secret)).member.username == "zoe"


async def test_the_last_admin_stays_one(world: World):
    admin = await world.admin()
    for change in ({"role": "member"}, {"active": False}):
        with pytest.raises(Conflict, match="last admin"):
            await people.change_member(world.house, admin, admin, **change)  # type: ignore[arg-type]
    await world.person("boss", "admin")
    assert (await people.change_member(world.house, admin, admin, role="member")).role == "member"


async def test_whoever_is_deactivated_is_out_at_once_and_for_good(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    begun = await people.sign_in_by_link(world.house, await people.make_link(world.house, bob))
    token, link = await people.make_token(world.house, bob), await people.make_link(world.house, bob)
    gone = await people.change_member(world.house, admin, bob, active=False)
    await people.change_member(world.house, admin, gone, active=True)
    assert await people.session(world.house, begun.cookie) is None
    assert await people.member_of_token(world.house, token) is None
    with pytest.raises(SignInNeeded):
        await people.sign_in_by_link(world.house, link)


async def test_people_are_found_by_words_unit_and_role(world: World):
    admin = await world.admin()
    await world.person("zoe", unit="Sales")
    await world.person("zora", "facilitator", "Sales")
    await world.person("bob", unit="R&D")

    async def found(**how: str) -> list[str]:
        return [one.username for one in await directory.find_people(world.house, admin, **how)]

    assert await found(words="ZO") == ["zoe", "zora"]
    assert await found(words="zo", role="facilitator") == ["zora"]
    assert await found(unit="R&D") == ["bob"]
    assert await found(words="%") == []
    assert await found(after="bob") == ["zoe", "zora"]


async def test_a_unit_is_renamed_or_merged_and_each_change_is_in_the_audit(world: World):
    admin, zoe = await world.admin(), await world.person("zoe", unit="Sale")
    await world.person("bob", unit="Sales")
    assert await directory.rename_unit(world.house, admin, "Sale", " Sales ") == 1
    assert await directory.list_units(world.house, admin) == {"": 1, "Sales": 2}
    assert [deed.act for deed in await audit.list_deeds(world.house, admin, subject_id=zoe.id, limit=1)] == [
        "change unit"
    ]
    with pytest.raises(Missing):
        await directory.rename_unit(world.house, admin, "Sale", "x")


async def test_only_admins_do_any_of_this(world: World):
    bob, fay = await world.person("bob"), await world.person("fay", "facilitator")
    for one in (bob, fay):
        for deed in (
            joining.make_invitation(world.house, one),
            joining.list_invitations(world.house, one),
            joining.import_people(world.house, one, "username\nx\n"),
            directory.find_people(world.house, one),
            directory.rename_unit(world.house, one, "a", "b"),
            directory.list_roles(world.house, one),
            people.change_member(world.house, one, bob, role="admin"),
        ):
            with pytest.raises(NotAllowed):
                await deed
