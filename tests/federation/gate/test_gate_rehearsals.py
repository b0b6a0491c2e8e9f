"""A rehearsal crosses no boundary, and its removal leaves the gate nothing to tell anybody."""

from __future__ import annotations

from server.services import forums, ideas_read, jams, rehearsals
from tests.federation.organisation import Organisation


async def test_a_rehearsal_crosses_to_nobody_and_goes_without_trace(acme: Organisation):
    forum = await acme.forum("open", "public")
    await acme.idle()
    store = acme.outside.store
    tables = [row["name"] for row in await store.fetch("SELECT name FROM sqlite_master WHERE type = 'table'")]
    apart = {"cursors", "sqlite_sequence"}
    before = {name: await store.fetch(f'SELECT * FROM "{name}"') for name in tables if name not in apart}
    jam = await jams.obtain_jam(acme.house, acme.admin, forum.jam_id)
    made = await rehearsals.rehearse(acme.house, acme.admin, jam)
    await acme.idle()
    said = await ideas_read.all_of_jam(acme.house, made.id)
    assert len(said) > 6
    assert {name: await store.fetch(f'SELECT * FROM "{name}"') for name in before} == before
    await rehearsals.remove_rehearsal(acme.house, acme.admin, made)
    await acme.idle()
    assert {name: await store.fetch(f'SELECT * FROM "{name}"') for name in before} == before
    assert await acme.house.store.fetch_value("SELECT count(*) FROM verdicts") == 0
    assert acme.faults == []
    own = await forums.list_forums(acme.house, acme.admin)
    assert [one.slug for one in own] == ["open"]
