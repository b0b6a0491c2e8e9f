"""The first half of the check: the jam opens, others join, real text crosses, the story's beats come true."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import orjson

from server.demo.api import Answer, Refused, until
from server.demo.beats import Told, tell
from server.demo.canaries import Canaries
from server.demo.compare import SAME, comparing, is_unnamed, read_forum
from server.demo.house import Built
from server.demo.jam import CHARTER, FORUMS, JOINED, THEIR_FORUM, Plan, draft_jam, join_all, open_jam
from server.demo.people import Part
from server.demo.replay import Replay
from server.demo.report import Report
from server.demo.stage import Stage
from server.demo.statements import Statement
from server.demo.stranger import Stranger

AFTER_STORY = (
    ("globex", "living-here"),
    ("initech", "living-here"),
    ("globex", "learning-and-work"),
    ("globex", THEIR_FORUM),
)


@dataclass(slots=True)
class Scene:
    """What the parts of the check share. `apart` are URIs at Acme that do not stand elsewhere as they stand there."""

    report: Report
    canaries: Canaries
    built: Built
    stranger: Stranger
    statements: list[Statement]
    plans: tuple[Plan, ...]
    told: Told | None = None
    apart: set[str] = field(default_factory=set)
    hidden_uris: set[str] = field(default_factory=set)

    @property
    def stage(self) -> Stage:
        return self.built.stage

    async def story(self) -> Told:
        """Return what the beats posted; raise Refused where they were not told to the end."""
        if self.told is None:
            raise Refused(0, "the story was not told to its end")
        return self.told


def plans(canaries: Canaries) -> tuple[Plan, ...]:
    """Return the demo's forums with strings planted in what those of the inside and of partners say of themselves."""
    made = []
    for plan in FORUMS:
        family = {"inside": "", "partners": "partner: ", "public": "public: "}[plan.audience]
        name = f"{family}{plan.slug}"
        made.append(
            replace(
                plan,
                title=plan.title + canaries.tag(f"{name} title"),
                question=plan.question + canaries.tag(f"{name} question"),
            )
        )
    return tuple(made)


def extra_people(canaries: Canaries) -> dict[str, tuple[Part, ...]]:
    """Return people of Acme whose names or units stay inside, and one at Globex for Globex's own inside."""
    quiet = Part(canaries.token("quiet username"), f"Demo{canaries.tag('quiet name')}", canaries.token("quiet unit"))
    public = Part("paula", "Paula (demo)", canaries.token("unit of somebody who speaks in public"))
    canaries.watch("unnamed first name", "Ottoline")
    canaries.watch("unnamed last name", "Fennimarsh")
    return {"acme": (quiet, public)}


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


async def check_story(scene: Scene) -> None:
    """The beats: the inside stays in, a hold waits, a name is redacted, a recall is obeyed, answers go both ways."""
    told = scene.told = await tell(scene.stage, scene.canaries.tag)
    scene.apart |= {one["uri"] for one in (told.held, told.amber, told.redacted, told.recalled)}
    scene.hidden_uris |= {one["uri"] for one in (told.whispered, told.held, told.amber, told.shared)}
    report = scene.report
    for sentence, made, word in (
        ("an idea in an inside forum stays inside", told.whispered, "inside"),
        ("an idea with an e-mail address and a code name is held", told.held, "held"),
        ("an AMBER idea in a public forum is denied", told.amber, "denied"),
        ("who has not agreed to be named is redacted", told.redacted, "redacted"),
        ("an ordinary idea in a public forum is allowed", told.open, "allowed"),
    ):
        words = {one["verdict"] for one in made["crossing"]}
        report.expect(sentence, words == {word}, made["crossing"])
    await _plant_more(scene)
    await _check_hold(scene, told)
    await _check_unnamed(scene, told)
    await _check_recall(scene, told)
    await _check_marks(scene, told)


async def _plant_more(scene: Scene) -> None:
    """Strings in the fields that no beat fills: rules, partners, reasons, previews, searches, the quiet one."""
    stage, canaries = scene.stage, scene.canaries
    morgan, casey = stage.cast.admin("acme"), stage.cast.person("acme", "casey")
    quiet = stage.cast.person("acme", canaries.token("quiet username"))
    await stage.post_idea(quiet, "money-and-rules", "Quietly", "Nobody outside knows me.")
    paula = stage.cast.person("acme", "paula")
    await stage.post_idea(paula, "living-here", "Let the library open on Sundays", "It is full on Saturdays.")
    table = (await morgan.get("/boundary/rules"))["text"]
    name = canaries.token("code name")
    text = table.replace("code_names = [", f'code_names = ["{name}", ', 1)
    await morgan.put("/boundary/rules", orjson.dumps({"text": text, "note": f"One more{canaries.tag('rules note')}"}))
    globex = stage.sites["globex"].edge_host
    renamed = orjson.dumps({"name": f"Globex{canaries.tag('partner as we call it')}"})
    await morgan.ask("PATCH", f"/partners/{globex}", renamed)
    await morgan.post("/boundary/preview", forum=stage.forums["acme", "living-here"], title="Only",
                      text=f"asking{canaries.tag('preview')}")  # fmt: skip
    await morgan.get(f"/search?q={canaries.token('search')}")
    made = await stage.post_idea(quiet, "living-here", "Refused", f"About {name}.{canaries.tag('refused text')}")
    scene.apart.add(made["uri"])
    scene.hidden_uris.add(made["uri"])
    hold = await _hold_of(scene, made)
    await casey.post(f"/boundary/holds/{hold['id']}/refuse", reason=f"No.{canaries.tag('reason of a refusal')}")
    await _globex_inside(scene)


async def _globex_inside(scene: Scene) -> None:
    """Globex has a jam of its own, of which Acme hears nothing."""
    jordan, canaries = scene.stage.cast.admin("globex"), scene.canaries
    jam = await jordan.post(
        "/jams", slug="their-own", title=f"Ours{canaries.tag('globex: jam title')}", charter=CHARTER,
        opens_at="2026-01-01T00:00:00Z", closes_at="2026-12-31T00:00:00Z",
    )  # fmt: skip
    forum = await jordan.post(f"/jams/{jam['id']}/forums", slug="their-inside", title="Inside", audience="inside")
    await jordan.post(f"/jams/{jam['id']}/open")
    text = f"Here only.{canaries.tag('globex: text')}"
    await jordan.post(f"/forums/{forum['id']}/ideas", title="Ours alone", text=text)


async def _hold_of(scene: Scene, made: Answer) -> Answer:
    casey = scene.stage.cast.person("acme", "casey")

    async def look() -> Answer | None:
        holds = await casey.list("/boundary/holds")
        return next((one for one in holds if one["contribution_id"] == made["id"]), None)

    return await until("what is held stands in the queue", look)


async def _check_hold(scene: Scene, told: Told) -> None:
    stage, report = scene.stage, scene.report
    hold = await _hold_of(scene, told.held)
    report.expect("the held idea waits in the queue with its reason", hold["reason"] and hold["rules"], hold)
    casey, riley = stage.cast.person("acme", "casey"), stage.cast.person("acme", "riley")
    freed = await stage.post_idea(riley, "living-here", "A list of rooms to borrow", "Ask lists@acme.example for it.")
    waiting = await _hold_of(scene, freed)
    report.expect("the author cannot review it", await _refuses(riley.post(f"/boundary/holds/{waiting['id']}/release")))
    await casey.post(f"/boundary/holds/{waiting['id']}/release")
    for organisation in ("globex", "initech"):
        there = stage.cast.admin(organisation)
        found = await stage.local_id(there, "living-here", freed["uri"])
        report.expect(f"what a reviewer released arrives at {there.site.name}", found)


async def _refuses(asked: object) -> bool:
    try:
        await asked  # type: ignore[misc]
    except Refused as refused:
        return refused.status == 403
    return False


async def _check_unnamed(scene: Scene, told: Told) -> None:
    stage, words = scene.stage, scene.canaries.token("public: unnamed text")
    for organisation in ("globex", "initech"):
        there = stage.cast.admin(organisation)

        async def look(there=there) -> Answer | None:  # type: ignore[no-untyped-def]
            _, answers = await read_forum(stage, there, "getting-around")
            return next((one for one in answers.values() if words in one["text"]), None)

        found = await until(f"the unnamed idea arrives at {there.site.name}", look)
        scene.report.expect(
            f"{there.site.name} reads “{found['author']['name']}”, and no name",
            is_unnamed(found) and found["uri"] != told.redacted["uri"] and "Acme" in found["author"]["name"],
            found["author"],
        )


async def _check_recall(scene: Scene, told: Told) -> None:
    stage, report, uri = scene.stage, scene.report, told.recalled["uri"]

    async def stranger_sees() -> int:
        return (await stage.transport.get(uri, {"Accept": "application/activity+json"})).status

    await report.await_that("a stranger asking for the recalled idea is told that it is gone", stranger_sees, 410)
    page = await stage.transport.get(uri, {"Accept": "text/html"})
    report.expect("its page is gone too", page.status in (404, 410), page.status)
    for organisation in ("globex", "initech"):
        there = stage.cast.admin(organisation)
        local = await stage.local_id(there, "living-here", uri)

        async def gone(there=there, local=local) -> bool:  # type: ignore[no-untyped-def]
            listed = await there.list(f"/forums/{stage.forums[there.site.key, 'living-here']}/ideas")
            return not any(one["uri"] == uri for one in listed) and await _is_missing(there.get(f"/ideas/{local}"))

        await report.await_that(f"the recalled idea is gone at {there.site.name}", gone)


async def _is_missing(asked: object) -> bool:
    try:
        await asked  # type: ignore[misc]
    except Refused as refused:
        return refused.status in (404, 410)
    return False


async def _check_marks(scene: Scene, told: Told) -> None:
    stage, report = scene.stage, scene.report
    morgan, jordan = stage.cast.admin("acme"), stage.cast.admin("globex")

    async def at_acme() -> int:
        return int((await morgan.get(f"/ideas/{told.open['id']}"))["support"])

    await report.await_that("support from Globex and Initech counts at Acme", at_acme, 3)

    async def at_globex() -> int:
        return int((await jordan.get(f"/ideas/{told.theirs['id']}"))["support"])

    await report.await_that("support from Acme counts at Globex, in a forum that Globex holds", at_globex, 1)
    for organisation, forum in AFTER_STORY:
        name = f"after the story {stage.sites[organisation].name} has the same threads in {forum}"
        await report.await_that(name, comparing(stage, organisation, forum, scene.apart), SAME, 30.0)
