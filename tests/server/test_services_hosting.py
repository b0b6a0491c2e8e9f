"""Hosts, their rota, and the calendar file."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from PIL import Image

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.jams import Forum, Jam
from server.services import hosting, jams, log, people
from server.services.calendar import calendar_of
from tests.server.services_world import START, World


async def a_forum(world: World) -> tuple[Jam, Forum]:
    forum = await world.forum()
    return await jams.obtain_jam(world.house, await world.admin(), forum.jam_id), forum


async def test_an_organiser_names_hosts_and_plans_their_hours(world: World):
    admin, bob = await world.admin(), await world.person("bob", unit="Sales")
    jam, forum = await a_forum(world)
    await hosting.put_host(world.house, admin, forum, "@bob", "Heads the sales desk.")
    later = await hosting.add_slot(
        world.house, admin, jam, forum, bob.id, START + timedelta(hours=5), START + timedelta(hours=6)
    )
    await hosting.add_slot(
        world.house, admin, jam, forum, bob.id, START + timedelta(hours=1), START + timedelta(hours=2)
    )
    rota = await hosting.rota_of(world.house, bob, jam)
    assert [(host.name, host.unit, host.bio) for host in rota.hosts_of(forum.id)] == [
        ("Bob", "Sales", "Heads the sales desk.")
    ]
    assert [slot.starts_at for slot in rota.slots] == [START + timedelta(hours=1), START + timedelta(hours=5)]
    assert rota.next_at(START + timedelta(hours=3)) == later
    kinds = [event.kind for event in await log.events_after(world.house, 0, 500)]
    assert kinds.count("HostsChanged") == 3


async def test_a_host_may_change_their_own_words_and_nobody_elses(world: World):
    admin, bob, eve = await world.admin(), await world.person("bob"), await world.person("eve")
    _, forum = await a_forum(world)
    with pytest.raises(NotAllowed):
        await hosting.put_host(world.house, bob, forum, "bob", "I host.")
    await hosting.put_host(world.house, admin, forum, "bob", "")
    await hosting.put_host(world.house, bob, forum, "bob", "I answer.")
    with pytest.raises(NotAllowed):
        await hosting.put_host(world.house, eve, forum, "bob", "Nonsense.")
    with pytest.raises(Invalid):
        await hosting.put_host(world.house, admin, forum, "nobody", "")
    with pytest.raises(Invalid):
        await hosting.put_host(world.house, admin, forum, "bob", "x" * 1_001)


def drawing(mode: str = "PNG", **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (900, 600), (30, 120, 90)).save(made, mode, **more)
    return made.getvalue()


async def test_a_hosts_picture_is_redrawn_small_and_says_what_it_shows(world: World):
    admin, bob, eve = await world.admin(), await world.person("bob"), await world.person("eve")
    jam, forum = await a_forum(world)
    with pytest.raises(Missing):
        await hosting.put_picture(world.house, admin, forum, bob.id, "bob.png", drawing(), "Bob")
    await hosting.put_host(world.house, admin, forum, "bob", "Heads the sales desk.")
    sent = drawing("JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00where")
    made = await hosting.put_picture(world.house, bob, forum, bob.id, "bob.jpg", sent, " Bob at\nhis desk ")
    assert (made.alt, made.width, made.height) == ("Bob at his desk", 320, 213)
    found, body = await hosting.picture(world.house, eve, made.id)
    assert found == made
    assert body[8:12] == b"WEBP"
    assert b"where" not in body
    (host,) = (await hosting.rota_of(world.house, eve, jam)).hosts
    assert (host.picture_id, host.picture_alt) == (made.id, "Bob at his desk")
    with pytest.raises(NotAllowed):
        await hosting.put_picture(world.house, eve, forum, bob.id, "x.png", drawing(), "Not Bob")
    await hosting.put_host(world.house, bob, forum, "bob", "Still here.")
    assert (await hosting.rota_of(world.house, eve, jam)).hosts[0].picture_id == made.id
    again = await hosting.put_picture(world.house, admin, forum, bob.id, "bob.png", drawing(), "Bob again")
    with pytest.raises(Missing):
        await hosting.picture(world.house, eve, made.id)
    await hosting.drop_host(world.house, admin, forum, bob.id)
    with pytest.raises(Missing):
        await hosting.picture(world.house, eve, again.id)
    assert await world.house.store.fetch("SELECT 1 FROM host_pictures") == []


@pytest.mark.parametrize(
    ("body", "alt"), [(b"MZ" + drawing(), "Bob"), (drawing()[:200], "Bob"), (drawing(), " "), (drawing(), "x" * 301)]
)
async def test_what_is_no_picture_or_has_no_words_is_refused_and_the_one_before_stays(
    world: World, body: bytes, alt: str
):
    admin, bob = await world.admin(), await world.person("bob")
    _, forum = await a_forum(world)
    await hosting.put_host(world.house, admin, forum, "bob", "")
    made = await hosting.put_picture(world.house, admin, forum, bob.id, "bob.png", drawing(), "Bob")
    with pytest.raises(Invalid):
        await hosting.put_picture(world.house, admin, forum, bob.id, "bob.png", body, alt)
    assert (await hosting.picture(world.house, bob, made.id))[0] == made


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [((2, 1), Invalid), ((1, 1), Invalid), ((0, 25), Invalid), ((-40, -30), Invalid), ((500, 501), Invalid)],
)
async def test_a_slot_that_is_none_is_refused(world: World, hours: tuple[int, int], refusal: type[Exception]):
    admin, bob = await world.admin(), await world.person("bob")
    jam, forum = await a_forum(world)
    await hosting.put_host(world.house, admin, forum, "bob", "")
    start, end = (START + timedelta(hours=one) for one in hours)
    with pytest.raises(refusal):
        await hosting.add_slot(world.house, admin, jam, forum, bob.id, start, end)


async def test_nobody_is_planned_for_two_hours_at_once(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    jam, forum = await a_forum(world)
    other = await world.forum("tape", jam=jam)
    for one in (forum, other):
        await hosting.put_host(world.house, admin, one, "bob", "")
    await hosting.add_slot(world.house, admin, jam, forum, bob.id, START, START + timedelta(hours=2))
    with pytest.raises(Conflict):
        await hosting.add_slot(
            world.house, admin, jam, other, bob.id, START + timedelta(hours=1), START + timedelta(hours=3)
        )
    with pytest.raises(Invalid):
        await hosting.add_slot(world.house, admin, jam, forum, admin.id, START, START + timedelta(hours=1))


async def test_ending_a_host_takes_their_hours_off(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    jam, forum = await a_forum(world)
    await hosting.put_host(world.house, admin, forum, "bob", "")
    await hosting.add_slot(world.house, admin, jam, forum, bob.id, START, START + timedelta(hours=1))
    await hosting.drop_host(world.house, admin, forum, bob.id)
    assert await hosting.rota_of(world.house, admin, jam) == hosting.Rota((), ())
    with pytest.raises(Missing):
        await hosting.drop_host(world.house, admin, forum, bob.id)


async def test_somebody_who_left_hosts_nothing(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    jam, forum = await a_forum(world)
    await hosting.put_host(world.house, admin, forum, "bob", "")
    await people.change_member(world.house, admin, bob, active=False)
    assert (await hosting.rota_of(world.house, admin, jam)).hosts == ()


async def test_the_calendar_file_holds_the_jam_and_its_hosts_hours_and_escapes_words(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    forum = await world.forum("boxes")
    jam = await jams.obtain_jam(world.house, admin, forum.jam_id)
    await hosting.put_host(world.house, admin, forum, "bob", "")
    slot = await hosting.add_slot(world.house, admin, jam, forum, bob.id, START, START + timedelta(hours=1))
    body = await calendar_of(world.house, bob, jam)
    made = list(Calendar.from_ical(body).walk("VEVENT"))
    assert [str(one["summary"]) for one in made] == [jam.title, "Bob hosts Boxes"]
    assert made[0]["dtstart"].dt == jam.opens_at
    assert made[0]["dtend"].dt == jam.closes_at
    assert made[1]["dtstart"].dt == slot.starts_at
    again = [str(one["uid"]) for one in Calendar.from_ical(await calendar_of(world.house, bob, jam)).walk("VEVENT")]
    assert again == [str(one["uid"]) for one in made]


async def test_the_calendar_is_for_those_who_may_read_the_jam(world: World):
    forum = await world.forum()
    jam = await jams.obtain_jam(world.house, await world.admin(), forum.jam_id)
    guest = people.stranger(world.house, "https://x.example/u", "u", "x.example", "U", "")
    with pytest.raises(Missing):
        await calendar_of(world.house, guest, jam)
