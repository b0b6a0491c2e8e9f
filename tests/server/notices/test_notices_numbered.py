"""Each person's notices are numbered apart: a number tells nothing of what others were told."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from server.database import Database
from server.domain.notices import Notice
from server.services import ideas, inbox, mails
from server.services.telling import tell
from server.storage import mails as mail_rows
from server.storage import notices
from tests.server.conftest import MIGRATIONS, ROWS
from tests.server.services_world import START, World


def a_notice(member_id: str, seq: int) -> Notice:
    return Notice(member_id=member_id, kind="reply", seq=seq, subject_id=f"{seq:032x}", made_at=START)


async def numbers(world: World, username: str) -> list[int]:
    while await tell(world.house):
        pass
    return [one.notice.number for one in await inbox.list_inbox(world.house, await world.person(username))]


async def test_what_others_are_told_in_between_leaves_no_gap(world: World):
    forum = await world.forum()
    bob, cleo = await world.person("bob"), await world.person("cleo")
    bobs, cleos = await world.idea(forum, bob), await world.idea(forum, cleo)
    for idea, author in ((bobs, cleo), (cleos, bob), (cleos, bob), (bobs, cleo)):
        await ideas.reply(world.house, author, idea, "Why?")
    assert await numbers(world, "bob") == [2, 1]
    assert await numbers(world, "cleo") == [2, 1]
    await inbox.set_read(world.house, bob, [1])
    assert await inbox.count_unread(world.house, bob) == {"reply": 1}
    assert await inbox.count_unread(world.house, cleo) == {"reply": 2}, "the number is of bob's notice"


async def test_what_is_told_once_more_takes_no_number(world: World):
    for _ in range(2):
        async with world.house.store.transaction() as change:
            await notices.add(change, [a_notice("m", 1), a_notice("m", 2), a_notice("n", 2)])
    async with world.house.store.transaction() as change:
        await notices.add(change, [a_notice("m", 3)])
    assert [one.number for one in await notices.of_member(world.house.store, "m")] == [3, 2, 1]
    assert [one.number for one in await notices.of_member(world.house.store, "n")] == [1]


async def test_a_number_that_a_mail_has_dealt_with_is_not_given_again(world: World):
    """A rehearsal goes with what was told of it: what comes next is mailed all the same."""
    bob = await world.person("bob")
    async with world.house.store.transaction() as change:
        await notices.add(change, [a_notice(bob.id, 1), a_notice(bob.id, 2)])
    choices = await mails.read_choices(world.house, bob)
    async with world.house.store.transaction() as change:
        await mail_rows.put_choices(change, replace(choices, digest_to=2, at_once_to=1))
        await change.execute("DELETE FROM notices")
        await notices.add(change, [a_notice(bob.id, 3)])
    assert [one.number for one in await notices.of_member(world.house.store, bob.id)] == [3]


BEFORE = (
    'DROP INDEX "uid_notices_member__b029f7"',
    'DROP INDEX "idx_notices_member__e14bfd"',
    "ALTER TABLE notices DROP COLUMN number",
    'CREATE INDEX "idx_notices_member__e32fd3" ON "notices" ("member_id", "read_at")',
    "DELETE FROM tortoise_migrations WHERE name = '0050_notices_by_member'",
)


async def test_an_older_store_has_each_persons_notices_numbered_and_its_mails_follow(tmp_path: Path, new_store: Path):
    shutil.copy(new_store, tmp_path)
    store = await Database.open(tmp_path / new_store.name, ROWS, migrations=MIGRATIONS)
    async with store.transaction() as change:
        for statement in BEFORE:
            await change.execute(statement)
        for seq, member_id in enumerate(("m", "n", "m", "gone", "n", "m", "m"), 1):
            await change.execute(
                "INSERT INTO notices (member_id, kind, seq, subject_id, by_id, detail, made_at)"
                " VALUES (?, 'reply', ?, 'x', '', '', 0)",
                (member_id, seq),
            )
        await change.execute("DELETE FROM notices WHERE id IN (4, 6)")
        for member_id, digest_to, at_once_to in (("m", 6, 3), ("n", 0, 2), ("o", 0, 0)):
            await change.execute(
                "INSERT INTO mail_choices (member_id, address, confirmed, asked, digest, hour, zone, at_once,"
                " digest_day, digest_to, at_once_to) VALUES (?, '', 1, '', 1, 8, 'UTC', 1, '', ?, ?)",
                (member_id, digest_to, at_once_to),
            )
        await change.execute(
            "INSERT INTO mails (member_id, kind, message_id, after, up_to, state, made_at, tries, error)"
            " VALUES ('m', 'digest', '1', 1, 7, 'waiting', 0, 0, ''), ('n', 'confirm', '2', 0, 0, 'sent', 0, 0, '')"
        )
    await store.close()
    store = await Database.open(tmp_path / new_store.name, ROWS, migrations=MIGRATIONS)
    assert [(one.number, one.seq) for one in await notices.of_member(store, "m")] == [(3, 7), (2, 3), (1, 1)]
    assert [(one.number, one.seq) for one in await notices.of_member(store, "n")] == [(2, 5), (1, 2)]
    marks = await store.fetch("SELECT member_id, digest_to, at_once_to FROM mail_choices ORDER BY member_id")
    assert [tuple(row.values()) for row in marks] == [("m", 2, 2), ("n", 0, 1), ("o", 0, 0)]
    spans = await store.fetch("SELECT after, up_to FROM mails ORDER BY id")
    assert [tuple(row.values()) for row in spans] == [(1, 3), (0, 0)]
    await store.close()
