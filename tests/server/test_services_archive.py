"""A jam taken along: whole, citable, harmless to spreadsheets, and written down."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest

from server.domain.errors import JamNotOpen, NotAllowed
from server.services import archive, audit, ideas, ideas_read, jams, marking, people
from tests.server.services_world import World


async def packed(world: World, jam: jams.Jam) -> zipfile.ZipFile:
    file = io.BytesIO()
    await archive.pack_jam(world.house, await world.admin(), jam, file)
    return zipfile.ZipFile(file)


async def test_an_archived_jam_is_taken_along_whole_with_lines_to_cite(world: World):
    admin, bob, forum = await world.admin(), await world.person("bob", unit="Sales"), await world.forum("boxes")
    first = await world.idea(forum, bob)
    later = await world.idea(forum, admin, title="=HYPERLINK(1)", text="-2+3\n“und” ünd", builds_on=first.id)
    reply = await ideas.reply(world.house, bob, later, "Because.")
    gone = await ideas.reply(world.house, bob, later, "Forget this.")
    await ideas.delete(world.house, bob, gone)
    await marking.mark(world.house, bob, later, "support")
    jam = await jams.freeze_jam(world.house, admin, await jams.obtain_jam(world.house, admin, forum.jam_id))
    jam = await jams.archive_jam(world.house, admin, jam)
    with await packed(world, jam) as made:
        lines = [json.loads(line) for line in made.read("contributions.jsonl").splitlines()]
        rows = list(csv.DictReader(io.StringIO(made.read("contributions.csv").decode("utf-8-sig"))))
        about = json.loads(made.read("jam.json"))
        assert b"Forget this." not in b"".join(made.read(name) for name in made.namelist())
    assert about["state"] == "archived"
    assert [line["id"] for line in lines] == [row["id"] for row in rows] == [first.id, later.id, reply.id]
    assert lines[1]["title"] == "=HYPERLINK(1)"
    assert rows[1]["title"] == "'=HYPERLINK(1)"
    assert rows[1]["text"] == "'-2+3\n“und” ünd"
    assert (lines[1]["builds_on"], lines[1]["support"], lines[2]["parent_id"]) == (first.id, 1, later.id)
    assert lines[0]["cite_as"] == (
        f"Bob (Sales): “Paper tape”. In: {jam.title}. Acme, 23 November 2026. "
        f"http://inside.acme.example/ideas/{first.id}"
    )
    assert lines[2]["url"] == f"http://inside.acme.example/ideas/{later.id}#c-{reply.id}"
    assert [deed.subject_id for deed in await audit.list_deeds(world.house, admin, act="export jam")] == [jam.id]


async def test_the_lines_say_the_same_as_the_file(world: World):
    admin, forum = await world.admin(), await world.forum()
    await world.idea(forum)
    jam = await jams.obtain_jam(world.house, admin, forum.jam_id)
    records = [record async for record in archive.export_jam(world.house, admin, jam)]
    assert [record["kind"] for record in records] == ["jam", "forum", "idea"]


async def test_an_archived_jam_is_read_and_cited_and_no_longer_written_to(world: World):
    admin, forum = await world.admin(), await world.forum()
    idea = await world.idea(forum)
    jam = await jams.freeze_jam(world.house, admin, await jams.obtain_jam(world.house, admin, forum.jam_id))
    jam = await jams.archive_jam(world.house, admin, jam)
    thread = await ideas_read.read_thread(world.house, await world.person("bob"), idea.id)
    assert idea.id in await archive.cite(world.house, admin, jam, thread.idea)
    with pytest.raises(JamNotOpen):
        await ideas.reply(world.house, admin, idea, "Too late.")


async def test_guests_are_cited_with_their_server(world: World):
    forum = await world.forum()
    guest = await people.meet(world.house, "https://x.example/u", "u", "x.example", "Uma", "")
    origin = ideas.Origin("https://x.example/i", "https://x.example/a", "<p>Theirs</p>")
    made = await ideas.post_idea(world.house, guest, forum, "Theirs", "", origin=origin)
    jam = await jams.obtain_jam(world.house, await world.admin(), forum.jam_id)
    assert (await archive.cite(world.house, await world.admin(), jam, made)).startswith("Uma (x.example): “Theirs”.")


async def test_only_organisers_take_a_jam_along(world: World):
    bob, forum = await world.person("bob"), await world.forum()
    jam = await jams.obtain_jam(world.house, await world.admin(), forum.jam_id)
    with pytest.raises(NotAllowed):
        await archive.pack_jam(world.house, bob, jam, io.BytesIO())
    with pytest.raises(NotAllowed):
        _ = [record async for record in archive.export_jam(world.house, bob, jam)]
