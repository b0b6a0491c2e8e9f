"""The beginning of the check: the jam opens, others join, and real text crosses."""

from __future__ import annotations

import orjson

from server.demo.api import Refused
from server.demo.compare import SAME, comparing, read_forum
from server.demo.jam import CHARTER, JOINED, THEIR_FORUM, draft_jam, join_all, open_jam
from server.demo.replay import Replay
from server.demo.scene import Scene


async def check_opening(scene: Scene) -> None:
    """A jam does not open without its charter; partners and strangers join what they may see and nothing else."""
    stage, report = scene.stage, scene.report
    morgan = stage.cast.admin("acme")
    await draft_jam(stage, {})
    try:
        await morgan.post(f"/jams/{stage.jam_id}/open")
        report.expect("a jam without a charter does not open", False, "it opened")
    except Refused as refused:
        report.expect("a jam without a charter does not open", refused.status == 409, refused)
    await morgan.ask("PATCH", f"/jams/{stage.jam_id}", orjson.dumps({"charter": CHARTER}))
    await open_jam(stage, scene.plans)
    jam = await morgan.get(f"/jams/{stage.jam_id}")
    report.expect("with its charter it opens", jam["state"] == "open", jam["state"])
    await _draft_another(scene)
    await join_all(stage)
    joined = {one: [slug for place, slug in stage.forums if place == one and slug != THEIR_FORUM] for one in JOINED}
    counts = [len(slugs) for slugs in joined.values()]
    report.expect("Globex joins four forums of Acme's and Initech the public two", counts == [4, 2], joined)
    report.expect("Acme joins one of Globex's", ("acme", THEIR_FORUM) in stage.forums)
    for slug in ("learning-and-work", "money-and-rules"):
        await stage.cast.admin("initech").post("/forums", handle=stage.handles[slug])
    await stage.cast.admin("globex").post("/forums", handle=stage.handles["money-and-rules"])
    await _stranger_follows(scene)


async def _draft_another(scene: Scene) -> None:
    """A jam still in draft, with a public forum: nobody outside hears of it before it opens."""
    stage, canaries = scene.stage, scene.canaries
    morgan = stage.cast.admin("acme")
    jam = await morgan.post(
        "/jams", slug=canaries.token("draft jam slug"), title=f"Next{canaries.tag('draft jam title')}",
        charter={part: f"Soon{canaries.tag(f'draft charter {part}')}" for part in CHARTER},
        opens_at="2099-01-01T00:00:00Z", closes_at="2099-02-01T00:00:00Z",
    )  # fmt: skip
    forum = await morgan.post(
        f"/jams/{jam['id']}/forums", slug=canaries.token("draft forum slug"), audience="public",
        title=f"Next{canaries.tag('draft forum title')}", question=f"What?{canaries.tag('draft forum question')}",
    )  # fmt: skip
    scene.hidden_uris.add(forum["uri"])


async def _stranger_follows(scene: Scene) -> None:
    forum = await scene.stage.cast.admin("acme").get(f"/forums/{scene.stage.forums['acme', 'living-here']}")
    inbox_url = f"{scene.stage.sites['acme'].edge_url}/inbox"
    answer = await scene.stranger.send(inbox_url, scene.stranger.follow(forum["uri"]))
    scene.report.expect("a stranger's server may ask to follow a public forum", answer.status == 202, answer.status)

    async def accepted() -> bool:
        return any(orjson.loads(body).get("type") == "Accept" for body in scene.stranger.inbox)

    await scene.report.await_that("it is let in at once", accepted)


async def check_replay(scene: Scene) -> None:
    """Real statements are posted by people of three servers, and each server has the same threads."""
    stage, report = scene.stage, scene.report
    replay = Replay(stage, scene.statements)
    board = await stage.cast.admin("acme").get(f"/jams/{stage.jam_id}/board")
    for statement in replay:
        await replay.post(statement)
        await replay.mark(1)
    report.expect(f"{len(replay)} statements are posted at three servers", not replay.skipped, replay.skipped)
    for organisation, forums in JOINED.items():
        for forum in forums:
            name = f"{stage.sites[organisation].name} has the same threads in {forum}"
            await report.await_that(name, comparing(stage, organisation, forum, scene.apart), SAME, 30.0)
    await _check_board(scene, board["ideas"])


async def _check_board(scene: Scene, before: int) -> None:
    stage, report = scene.stage, scene.report
    morgan = stage.cast.admin("acme")
    ideas = replies = 0
    for plan in scene.plans:
        _, answers = await read_forum(stage, morgan, plan.slug)
        ideas += sum(one["kind"] == "idea" for one in answers.values())
        replies += sum(one["kind"] == "reply" for one in answers.values())
    board = await morgan.get(f"/jams/{stage.jam_id}/board")
    counted = (board["ideas"], board["replies"])
    report.expect(
        "the board moves, and counts exactly what stands in the forums",
        counted == (ideas, replies) and ideas > before,
        f"board {counted}, forums {(ideas, replies)}",
    )
    report.expect("the board counts people of three servers", len(board["by_host"]) == 3, board["by_host"])

    async def themes() -> bool:
        return bool((await morgan.get(f"/jams/{stage.jam_id}/themes"))["themes"])

    await report.await_that("themes appear", themes, seconds=60.0)
