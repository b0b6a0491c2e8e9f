"""The end of the check: what the others hold, byte by byte, after everything."""

from __future__ import annotations

from collections.abc import Iterator

from federation.transport import Answer
from server.demo.compare import read_forum
from server.demo.observer import Observer
from server.demo.scene import Scene
from server.demo.shelves import Piece, pieces_of_home

KEYS_OF_NOTHING = ("0" * 32, "f" * 32)


async def check_leaks(scene: Scene) -> None:
    """Search every planted string in all that Globex, Initech, a stranger's server and a plain observer got."""
    told, stage, canaries = await scene.story(), scene.stage, scene.canaries
    observer = Observer(stage.transport, stage.sites["acme"])
    uris = {*scene.hidden_uris, told.redacted["uri"], told.recalled["uri"], told.open["uri"]}
    keys = [uri.rsplit("/", 1)[1] for uri in sorted(uris)]
    names = [*(plan.slug for plan in scene.plans), *(one.username for one in stage.cast.everyone("acme"))]
    await observer.walk(names, [*keys, *KEYS_OF_NOTHING])
    found = observer.found()
    count = len(observer.answers)
    scene.report.expect(f"a plain observer walked {count} answers of Acme's edge", len(found) > 60, found)
    _check_hidden(scene, observer)
    others = [await _walk_other(scene, organisation) for organisation in ("globex", "initech")]
    for person in (stage.cast.admin("acme"), stage.cast.person("acme", "riley")):
        canaries.watch(f"token of {person.username}", person.token)
    _search(scene, observer, others)


async def _walk_other(scene: Scene, organisation: str) -> Observer:
    """Walk another's edge, asking there for what stands in the forums that its people share with partners."""
    stage, told = scene.stage, await scene.story()
    observer = Observer(stage.transport, stage.sites[organisation])
    uris = {told.theirs["uri"], told.shared["uri"], told.open["uri"]}
    for forum in ("learning-and-work", "lending-shelf", "living-here"):
        if (organisation, forum) in stage.forums:
            said, _ = await read_forum(stage, stage.cast.admin(organisation), forum)
            uris |= {one.uri for one in said if stage.sites[organisation].edge_host in one.uri}
    names = [*stage.handles, *(one.username for one in stage.cast.everyone(organisation))]
    await observer.walk(names, [*sorted(uri.rsplit("/", 1)[1] for uri in uris), *KEYS_OF_NOTHING])
    name = stage.sites[organisation].name
    scene.report.expect(f"and {len(observer.answers)} of {name}'s", len(observer.found()) > 10, observer.found())
    return observer


def _check_hidden(scene: Scene, observer: Observer) -> None:
    """Hidden and unknown are one and the same 404, to the byte."""
    edge = scene.stage.sites["acme"].edge_url
    for accept in ("application/activity+json", "text/html"):
        unknown = _face(observer.answers[f"{edge}/objects/{KEYS_OF_NOTHING[0]}", accept])
        for uri in sorted(scene.hidden_uris):
            key = uri.rsplit("/", 1)[1]
            for part in ("objects/{}", "objects/{}/context", "objects/{}/replies", "forums/{}", "forums/{}/outbox"):
                answer = observer.answers[f"{edge}/{part.format(key)}", accept]
                if _face(answer) != unknown:
                    seen = f"{answer.url} ({accept}): {_face(answer)}"
                    scene.report.expect("hidden looks as unknown does", False, seen)
                    return
    scene.report.expect(f"{len(scene.hidden_uris)} hidden things look as unknown ones do, head and body", True)


def _face(answer: Answer) -> tuple[object, ...]:
    head = {name: value for name, value in answer.headers.items() if name not in ("Date",)}
    return answer.status, sorted(head.items()), answer.body


def _search(scene: Scene, observer: Observer, others: list[Observer]) -> None:
    sites, canaries = scene.stage.sites, scene.canaries
    held = {key: list(pieces_of_home(site.home)) for key, site in sites.items()}
    elsewhere = [piece for one in others for piece in one.pieces()]
    seen = [*observer.pieces(), *_mail(scene), *elsewhere]
    inside = [name for name in canaries.names("") if not name.startswith("recalled")]
    recalled = [name for name in canaries.names("") if name.startswith("recalled")]
    expectations: list[tuple[str, list[str], list[Piece]]] = [
        ("Globex holds nothing of Acme's inside", inside, held["globex"]),
        ("Initech holds nothing of Acme's inside", inside, held["initech"]),
        ("an observer and a stranger's server got nothing of Acme's inside", inside, seen),
        ("Acme's own edge has nothing of Acme's inside to give away", inside,
         list(pieces_of_home(sites["acme"].home, inside=False))),
        ("Initech holds nothing that was for partners", canaries.names("partner"), held["initech"]),
        ("an observer got nothing that was for partners", canaries.names("partner"), seen),
        ("Acme holds nothing of Globex's inside", canaries.names("globex"), held["acme"]),
        ("Initech holds nothing of Globex's inside", canaries.names("globex"), held["initech"]),
        ("an observer got nothing of Globex's inside", canaries.names("globex"), seen),
        ("an observer finds nothing of what was recalled", recalled, [*observer.pieces(), *elsewhere]),
        ("forged mail left nothing at Acme", canaries.names("forged"), held["acme"]),
    ]  # fmt: skip
    for sentence, names, pieces in expectations:
        found = canaries.search(names, pieces)
        size = sum(len(data) for _, data in pieces) / 1e6
        held_back = not found and names and size
        where = "; ".join(map(str, found[:6]))
        scene.report.expect(f"{sentence} ({len(names)} strings, {size:.1f} MB)", held_back, where)
    _check_recalled(scene, recalled, held)
    _check_sight(scene, held, seen)


def _check_recalled(scene: Scene, names: list[str], held: dict[str, list[Piece]]) -> None:
    """What was recalled is in no table of the others any more (the pages of a file may keep a while what was there)."""
    for key in ("globex", "initech"):
        tables = [piece for piece in held[key] if " table " in piece[0]]
        found = scene.canaries.search(names, tables)
        name = scene.stage.sites[key].name
        scene.report.expect(f"no table at {name} holds what was recalled", not found, "; ".join(map(str, found[:6])))


def _check_sight(scene: Scene, held: dict[str, list[Piece]], seen: list[Piece]) -> None:
    """The search itself sees: what was meant to cross is found where it should be."""
    canaries = scene.canaries
    for sentence, family, pieces in (
        ("what is public is found at Globex", "public", held["globex"]),
        ("what is public is found at Initech", "public", held["initech"]),
        ("what is public is found by an observer", "public", seen),
        ("what is for partners is found at Globex", "partner", held["globex"]),
        ("what is inside is found at Acme", "", held["acme"]),
    ):
        names = [name for name in canaries.names(family) if name not in ("preview", "search")]
        found = {one.canary for one in canaries.search(names, pieces)}
        lacking = sorted(name for name in names if name not in found and not name.startswith("token of"))
        scene.report.expect(f"{sentence}: {len(found)} strings", not lacking, lacking)


def _mail(scene: Scene) -> Iterator[Piece]:
    for number, body in enumerate(scene.stranger.inbox):
        yield f"mail {number} to a stranger's server", body
