"""How quickly what is kept is decided again, and what a shadow costs: `python -m tests.bench.bench_rules [VERDICTS]`.

A store with that many kept verdicts (100,000 unless said) about 2,000 ideas. Printed: a dry run of all of them by a
table that flips some, one by a table with other words to look for, the replay that doctor does, and, in a store still
empty, judging a draft for 40 partners with and without a table in the shadow. Seconds are of
processor time, all threads together.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.app import make_house, open_inside
from server.domain.actors import Member
from server.domain.crossings import Verdict
from server.domain.jams import Charter, Forum
from server.domain.uris import Addresses, new_id
from server.services import dry_run, explain, forums, ideas, jams, judging, partners, people, rules, shadow
from server.services.house import House
from server.settings import Organisation, Settings

GUARD = '\n[[rule]]\nid = "G-short"\nkind = "guard"\ndirection = "out"\nlength = "<=15"\neffect = "deny"\n'
WORDS = "Some words of a usual length, as people write them in a jam."
IDEAS, PARTNERS, DRAFTS = 2_000, 40, 200


async def found(house: House) -> tuple[Member, Forum]:
    await rules.found_rules(house)
    ada = await people.add_member(house, "ada", "Ada", "R&D", "admin")
    now = datetime.now(UTC)
    charter = Charter(question="Why?", promise="We answer.", off_limits="Nothing.", decide_by="Today")
    jam = await jams.create_jam(house, ada, "bench", "Bench", charter, now, now + timedelta(days=1))
    await jams.open_jam(house, ada, jam)
    return ada, await forums.create_forum(house, ada, jam, "open", "Open", "Why?", "public")


async def fill(house: House, ada: Member, forum: Forum, count: int) -> None:
    """Post ideas, judge them, and keep their verdicts again and again under other audiences."""
    made = []
    for number in range(IDEAS):
        made.append(await ideas.post_idea(house, ada, forum, "Idea", f"{WORDS} {number}"))
    verdicts = [(await judging.judge(house, await judging.draft_of(house, one)))[0] for one in made[:50]]
    rows = []
    for number in range(count):
        verdict: Verdict = verdicts[number % len(verdicts)]
        facts = {**json.loads(verdict.facts), "length": number % 200}
        decision = verdict.decision
        rows.append(
            (new_id(), made[number % IDEAS].id, 1, f"peer{number}", "Create", "allowed", json.dumps(verdict.rules),
             verdict.reason, json.dumps(facts, separators=(",", ":"), sort_keys=True), verdict.rule_set,
             1e9 + number, decision, "[]")
        )  # fmt: skip
    async with house.store.transaction() as change:
        await change.executemany(
            "INSERT INTO verdicts (id, contribution_id, version, audience, act, effect, rules, reason, facts, rule_set,"
            " decided_at, decision, found) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
            in_thread=True,
        )


async def timed(work: Callable[[], Awaitable[object]]) -> tuple[float, object]:
    began = time.process_time()
    answer = await work()
    return time.process_time() - began, answer


async def judging_time(house: House, ada: Member, forum: Forum) -> float:
    """Return the milliseconds that one draft takes for all its readers: the median of many."""
    drafts = [judging.Draft(forum, ada, "Idea", f"{WORDS} {number}", "GREEN") for number in range(DRAFTS)]
    seconds = sorted([(await timed(lambda draft=draft: judging.judge(house, draft)))[0] for draft in drafts])
    return seconds[len(seconds) // 2] * 1000


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        organisation = Organisation("Acme", Addresses("http://127.0.0.1:1", "http://127.0.0.1:2"))
        settings = Settings.from_env(Path(folder), {"PATH": ""})
        async with open_inside(settings, create=True) as store:
            house = make_house(store, organisation)
            ada, forum = await found(house)
            text = (await rules.rules_in_force(house))[0].text
            for number in range(PARTNERS):
                await partners.add_partner(house, ada, f"partner{number}.example", "partner")
            alone = await judging_time(house, ada, forum)
            await shadow.start_shadow(house, ada, text + GUARD)
            beside = await judging_time(house, ada, forum)
            print(f"judging for {PARTNERS + 1} readers: {alone:.2f} ms; with a shadow: {beside:.2f} ms")
            await shadow.end_shadow(house, ada)
            await fill(house, ada, forum, count)
            for said, table in (("", text + GUARD), (", other words", 'code_names = ["usual"]\n' + text)):
                took, done = await timed(lambda table=table: dry_run.dry_run(house, table))
                assert isinstance(done, dry_run.Rehearsal)
                assert done.judged == count
                rate = count / took
                print(f"dry run{said}: {rate:,.0f} verdicts/s, {done.total:,} flips; a million in {1e6 / rate:.0f} s")
            took, replayed = await timed(lambda: explain.replay_all(house, min(count, 20_000)))
            assert isinstance(replayed, explain.Replayed)
            print(f"replay: {replayed.count / took:,.0f} decisions/s")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if sys.argv[1:] else 100_000))
