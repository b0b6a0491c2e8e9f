"""The second half of the check: forged and doubled mail, servers killed in the middle, and a jam that has closed."""

from __future__ import annotations

import asyncio
from pathlib import Path

from federation.transport import TransportError
from server.app import Role
from server.demo.api import Answer, Person, Refused
from server.demo.compare import SAME, comparing, read_forum
from server.demo.forgeries import send_forgeries
from server.demo.house import start, wait_ready
from server.demo.scene import Scene

FORUM = "living-here"
BURST = 12


async def check_forgeries(scene: Scene) -> None:
    """Nothing that is not rightly signed comes in; what is, does."""
    told, stage = await scene.story(), scene.stage
    inbox_url = f"{stage.sites['acme'].edge_url}/inbox"
    forum = await stage.cast.admin("acme").get(f"/forums/{stage.forums['acme', FORUM]}")
    _, answers = await read_forum(stage, stage.cast.admin("globex"), FORUM)
    victim = next(one["author"] for one in answers.values() if not one["author"]["host"])
    member = await stage.cast.person("globex", victim["handle"].lstrip("@")).get("/me")
    await send_forgeries(
        scene.report, stage.transport, scene.stranger, scene.canaries, inbox_url, forum["uri"], told.open["uri"],
        member["uri"],
    )  # fmt: skip
    await _stranger_writes(scene, forum["uri"], told.open)


async def _stranger_writes(scene: Scene, forum_uri: str, idea: Answer) -> None:
    words = scene.canaries.token("public: reply of a lone stranger")
    note = scene.stranger.note(f"I came by and read this. {words}", forum_uri, idea["uri"])
    answer = await scene.stranger.send(f"{scene.stage.sites['acme'].edge_url}/inbox", note)
    scene.report.expect("a rightly signed answer of a stranger is taken", answer.status == 202, answer.status)
    for organisation in ("acme", "globex", "initech"):
        there = scene.stage.cast.admin(organisation)

        async def count(there: Person = there) -> int:
            thread = await scene.stage.thread(there, FORUM, idea["uri"])
            return sum(words in one["text"] for one in thread["replies"])

        await scene.report.await_that(f"it stands in the thread at {there.site.name}", count, 1)


async def check_doubles(scene: Scene) -> None:
    """The same activity five times, at once and later, is one reply."""
    told, stage = await scene.story(), scene.stage
    forum = await stage.cast.admin("acme").get(f"/forums/{stage.forums['acme', FORUM]}")
    words = scene.canaries.token("public: said twice")
    note = scene.stranger.note(f"Said once. {words}", forum["uri"], told.open["uri"])
    inbox_url = f"{stage.sites['acme'].edge_url}/inbox"
    answers = await asyncio.gather(*(scene.stranger.send(inbox_url, note) for _ in range(4)))
    statuses = [answer.status for answer in answers]
    scene.report.expect("the same mail four times at once is taken", set(statuses) == {202}, statuses)

    async def count() -> int:
        thread = await stage.thread(stage.cast.admin("acme"), FORUM, told.open["uri"])
        return sum(words in one["text"] for one in thread["replies"])

    await scene.report.await_that("and stored once", count, 1)
    again = await scene.stranger.send(inbox_url, note)
    await asyncio.sleep(1.0)
    seen = (again.status, await count())
    scene.report.expect("sent once more later, still once", seen == (202, 1), seen)


async def check_crash(scene: Scene) -> None:
    """Kill Acme's edge and gate in the middle of a burst from both sides; nothing is lost, nothing doubled."""
    told = await scene.story()
    _check_blind_edge(scene)
    for role in ("edge", "gate", "edge"):
        await _kill_in_a_burst(scene, told.open, role)
    for organisation in ("globex", "initech"):
        name = f"after three kills {scene.stage.sites[organisation].name} and Acme have the same threads"
        await scene.report.await_that(name, comparing(scene.stage, organisation, FORUM, scene.apart), SAME, 60.0)


def _check_blind_edge(scene: Scene) -> None:
    """The edge's process has no file of the inside open, nor any path to it."""
    running = scene.built.split["acme edge"]
    folder = Path(f"/proc/{running.process.pid}/fd")
    if folder.is_dir():
        files = [str(path.readlink()) for path in folder.iterdir() if path.is_symlink()]
        inside = [name for name in files if "/inside/" in name]
        scene.report.expect("the edge's process has no file of the inside open", files and not inside, inside)


async def _kill_in_a_burst(scene: Scene, idea: Answer, role: Role) -> None:
    stage, processes, key = scene.stage, scene.built.processes, f"acme {role}"
    riley, rowan, skyler = (
        stage.cast.person("acme", "riley"), stage.cast.person("globex", "rowan"), stage.cast.person("initech", "skyler")
    )  # fmt: skip

    async def speak(person: Person) -> int:
        for number in range(BURST):
            await stage.post_reply(person, FORUM, idea["uri"], idea["uri"], f"{person.name} counts on: {number}.")
        made = await stage.post_idea(person, FORUM, f"While the {role} was away", f"{person.name} wrote this.")
        return 1 if made["id"] else 0

    speaking = asyncio.gather(speak(riley), speak(rowan), speak(skyler))
    await asyncio.sleep(0.4)
    await processes.kill(scene.built.split[key])
    said = await speaking
    scene.report.expect(f"everybody goes on writing while Acme's {role} is dead", sum(said) == 3, said)
    scene.built.split[key] = await start(processes, stage.sites["acme"], role)
    await wait_ready(stage.transport, processes, stage.sites["acme"])


async def check_freeze(scene: Scene) -> None:
    """A closed jam takes nothing more, from nobody."""
    told, stage, report = await scene.story(), scene.stage, scene.report
    morgan, riley = stage.cast.admin("acme"), stage.cast.person("acme", "riley")
    forum = await morgan.get(f"/forums/{stage.forums['acme', FORUM]}")
    await morgan.post(f"/jams/{stage.jam_id}/freeze")
    idea = stage.post_idea(riley, FORUM, "Late", "Too late.")
    report.expect("a closed jam takes no idea at Acme", await _is_closed(idea))
    reply = riley.post(f"/ideas/{told.open['id']}/replies", text="Too late.")
    report.expect("nor a reply", await _is_closed(reply))
    for organisation, username in (("globex", "rowan"), ("initech", "skyler")):
        person = stage.cast.person(organisation, username)
        local = await stage.local_id(person, FORUM, told.open["uri"])

        async def refused(person: Person = person, local: str = local) -> bool:
            words = f"Late.{scene.canaries.tag('late: from elsewhere, before word came')}"
            return await _is_closed(person.post(f"/ideas/{local}/replies", text=words))

        await report.await_that(f"nor from {person.site.name}, which has heard of it", refused)
    note = scene.stranger.note(f"Late.{scene.canaries.tag('late: by mail')}", forum["uri"], told.open["uri"])
    answer = await scene.stranger.send(f"{stage.sites['acme'].edge_url}/inbox", note)
    await asyncio.sleep(2.0)
    thread = await stage.thread(morgan, FORUM, told.open["uri"])
    late = [one["uri"] for one in thread["replies"] if "Late." in one["text"]]
    report.expect("late mail is heard and left out", answer.status in (202, 403) and not late, (answer.status, late))


async def _is_closed(asked: object) -> bool:
    try:
        await asked  # type: ignore[misc]
    except Refused as refused:
        return refused.status in (403, 409)
    except TransportError:
        return False
    return False
