"""People: adding, signing in, sessions, tokens, links and standing."""

from __future__ import annotations

import pytest

from server.domain.errors import Conflict, Invalid, NotAllowed, SignInNeeded
from server.services import log, people
from tests.server.services_world import World

PASSWORD = "correct horse battery"


async def test_a_username_is_taken_once_in_any_case_and_shares_its_namespace_with_forums(world: World):
    await world.person("bob")
    with pytest.raises(Conflict):
        await people.add_member(world.house, "BOB")
    await world.forum("boxes")
    with pytest.raises(Conflict):
        await people.add_member(world.house, "boxes")


@pytest.mark.parametrize("username", ["", "a b", "-a", "ä", "a@b", "x" * 65])
async def test_a_username_of_other_characters_is_refused(world: World, username: str):
    with pytest.raises(Invalid):
        await people.add_member(world.house, username)


async def test_nobody_is_added_as_a_guest_or_in_an_unknown_role(world: World):
    for role in ("guest", "king"):
        with pytest.raises(Invalid):
            await people.add_member(world.house, "bob", role=role)  # type: ignore[arg-type]


async def test_a_person_signs_in_with_name_and_password_and_out_again(world: World):
    bob = await world.person("bob")
    await people.set_password(world.house, bob, PASSWORD)
    begun = await people.sign_in(world.house, "@Bob ", PASSWORD)
    session = await people.session(world.house, begun.cookie)
    assert session is not None
    assert session.member.id == bob.id
    await people.sign_out(world.house, begun.cookie)
    assert await people.session(world.house, begun.cookie) is None


async def test_a_wrong_password_and_an_unknown_name_read_the_same(world: World):
    await people.set_password(world.house, await world.person("bob"), PASSWORD)
    with pytest.raises(SignInNeeded) as wrong:
        await people.sign_in(world.house, "bob", "not it at all")
    with pytest.raises(SignInNeeded) as unknown:
        await people.sign_in(world.house, "nobody", "not it at all")
    assert wrong.value.public == unknown.value.public


async def test_a_person_without_a_password_cannot_sign_in_with_an_empty_one(world: World):
    await world.person("bob")
    with pytest.raises(SignInNeeded):
        await people.sign_in(world.house, "bob", "")


async def test_a_new_password_ends_other_sessions(world: World):
    bob = await world.person("bob")
    await people.set_password(world.house, bob, PASSWORD)
    begun = await people.sign_in(world.house, "bob", PASSWORD)
    await people.set_password(world.house, bob, "another good one")
    assert await people.session(world.house, begun.cookie) is None


@pytest.mark.parametrize("password", ["short", "password", "marmalade", "x" * 1001])
async def test_a_password_that_anyone_would_try_is_refused(world: World, password: str):
    with pytest.raises(Invalid):
        await people.set_password(world.house, await world.person("bob"), password)


async def test_a_sign_in_link_works_once_and_for_an_hour(world: World):
    bob = await world.person("bob")
    secret = await people.make_link(world.house, bob)
    assert (await people.sign_in_by_link(world.house, secret)).member.id == bob.id
    with pytest.raises(SignInNeeded):
        await people.sign_in_by_link(world.house, secret)
    late = await people.make_link(world.house, bob)
    world.time.pass_by(hours=1, seconds=1)
    with pytest.raises(SignInNeeded):
        await people.sign_in_by_link(world.house, late)


async def test_an_idle_session_ends_after_two_weeks(world: World):
    bob = await world.person("bob")
    begun = await people.sign_in_by_link(world.house, await people.make_link(world.house, bob))
    world.time.pass_by(days=13)
    assert await people.session(world.house, begun.cookie)
    world.time.pass_by(days=15)
    assert await people.session(world.house, begun.cookie) is None


async def test_a_token_stands_for_its_owner_until_they_leave(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    token = await people.make_token(world.house, bob)
    found = await people.member_of_token(world.house, token)
    assert found is not None
    assert found.id == bob.id
    assert await people.member_of_token(world.house, token + "x") is None
    await people.change_member(world.house, admin, bob, active=False)
    assert await people.member_of_token(world.house, token) is None


async def test_only_the_store_of_hashes_knows_a_token(world: World):
    token = await people.make_token(world.house, await world.person("bob"))
    rows = await world.house.store.fetch("SELECT * FROM tokens")
    assert token not in str([dict(row) for row in rows])


async def test_consent_is_the_persons_own_to_give_and_roles_are_an_admins(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    with pytest.raises(NotAllowed):
        await people.change_member(world.house, admin, bob, consent=False)
    assert (await people.change_member(world.house, bob, bob, consent=False)).consent is False
    with pytest.raises(NotAllowed):
        await people.change_member(world.house, bob, bob, role="admin")
    assert (await people.change_member(world.house, admin, bob, role="reviewer")).role == "reviewer"


async def test_a_remote_person_is_met_once_and_keeps_their_name_up_to_date(world: World):
    uri = "https://globex.example/people/eve"
    met = await people.meet(world.house, uri, "eve", "globex.example", "Eve", "")
    again = await people.meet(world.house, uri, "eve", "globex.example", "Eve Adams", "")
    assert (again.id, met.host, met.role) == (met.id, "globex.example", "guest")
    found = await people.member_by_id(world.house, met.id)
    assert found is not None
    assert found.name == "Eve Adams"
    other = await people.meet(world.house, "https://globex.example/people/new", "eve", "globex.example", "Eve 2", "")
    assert other.id != met.id


async def test_what_people_do_stands_in_an_unbroken_chain(world: World):
    bob = await world.person("bob")
    await people.make_token(world.house, bob)
    await people.set_password(world.house, bob, PASSWORD)
    assert await log.broken_audit_rows(world.house) == []
    async with world.house.store.transaction() as change:
        await change.execute("UPDATE audit SET act = 'nothing' WHERE seq = 1")
    assert await log.broken_audit_rows(world.house) == [1]


async def test_names_like_ours_are_known_of_whoever_joins_later_and_no_longer_of_whoever_is_gone(world: World):
    async def looks_like(name: str) -> str:
        return (await world.house.lookalikes()).of(name)

    await people.add_member(world.house, "konrad", "Konrad Zuse Mayer")
    assert await looks_like("Konrad Zuse Mayen") == "konrad"
    assert await looks_like("Roberta Lindqvist") == ""
    late = await people.add_member(world.house, "roberta", "Roberta Lindqvist")
    assert await looks_like("Roberta Lindqvíst") == "roberta"
    async with world.house.store.transaction() as change:
        await change.execute("DELETE FROM members WHERE id = ?", (late.id,))
    assert await looks_like("Roberta Lindqvist") == ""
    assert await looks_like("Konrad Zuse Mayen") == "konrad"
