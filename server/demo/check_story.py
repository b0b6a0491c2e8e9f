"""The middle of the check: the story's beats come true, as each side sees them."""

from __future__ import annotations

import orjson

from server.demo.api import Answer, Refused, until
from server.demo.beats import Told, tell
from server.demo.compare import SAME, comparing, is_unnamed, read_forum
from server.demo.jam import CHARTER, THEIR_FORUM
from server.demo.scene import Scene

AFTER_STORY = (
    ("globex", "living-here"),
    ("initech", "living-here"),
    ("globex", "learning-and-work"),
    ("globex", THEIR_FORUM),
)


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
