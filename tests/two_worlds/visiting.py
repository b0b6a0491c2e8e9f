"""What people of the other two servers do: the observer's own, and another partner's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.domain.ideas import Contribution
from tests.federation.elsewhere import PUBLIC, Elsewhere
from tests.two_worlds.history import Step
from tests.two_worlds.may_learn import Said, strictest
from tests.two_worlds.worlds import CANARY, PLANTS, World, thread_of

TYPES = {"picture": ("image/jpeg",), "plan": ("application/pdf",), "several": ("image/png", "application/pdf")}
KINDS = {"image": "Image", "application": "Document"}


def types_of(step: Step) -> tuple[str, ...]:
    """Return the types of what the step attaches."""
    return TYPES["picture" if step.attached == "alt" else step.attached] if step.attached else ()


def _file(url: str, media_type: str, words: str) -> dict[str, Any]:
    kind = KINDS.get(media_type.partition("/")[0], "Video")
    return {"type": kind, "mediaType": media_type, "url": url, "name": words}


def shown_files(made: World, step: Step, peer: Elsewhere, plant: str = "") -> list[dict[str, Any]]:
    """Return files that stand alike in both worlds."""
    return [
        _file(f"{peer.url}/media/{made.number}-{n}", one, f"{made.plain('file')} {plant}".strip())
        for n, one in enumerate(types_of(step))
    ]


def hidden_files(made: World, step: Step, plant: str = "", *, as_types: bool) -> list[dict[str, Any]]:
    """Return files of which the observer may know nothing: they stand elsewhere, and are said to be something else.

    Where they are hidden by what they are alone, they stay of these types.
    """
    words = f"{made.words('file')} {plant}".strip()
    return kept_files(made, step, CANARY, words, other=made.twin, as_types=as_types)


def kept_files(
    made: World, step: Step, canary: str, words: str, *, other: bool, as_types: bool = False
) -> list[dict[str, Any]]:
    """Return files whose address, type and name carry a canary, `other` ones in a twin."""
    given, name = types_of(step), canary.lower()
    if given and not as_types:
        given = (f"audio/{name}-kept", "image/png") if other else (f"video/{name}-as-it-was",)
    where = f"https://{name}.files.example/{made.number}{'/another-place' * other}"
    return [_file(f"{where}/{n}", one, words) for n, one in enumerate(given)]


def spoken(tongue: str, note: dict[str, Any]) -> dict[str, Any]:
    """State the language of a note, as its server serves it from then on."""
    if tongue:
        note["contentMap"] = {tongue: note["content"]}
    return note


async def send(made: World, activity: dict[str, Any], *, other: bool = False) -> None:
    await (made.other if other else made.watcher).post(made.acme.inbox, activity)
    await made.acme.idle()


async def _came(made: World, note: dict[str, Any]) -> None:
    """Remember what was let in: it stands alike in both worlds."""
    if known := await made.acme.know(note["id"]):
        made.shown.append(known)


async def observer_replies(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None:
        forum = made.setting.forums[made.where(target)]
        files = shown_files(made, step, made.watcher)
        note = made.watcher.note(made.setting.ann, made.plain("answer"), target.uri, forum.uri, attachment=files)
        spoken(step.tongue, note)
        await send(made, made.watcher.create(note))
        await _came(made, note)


async def observer_posts(made: World, step: Step) -> None:
    where, forum = made.forum(step.where)
    if where in ("open", "closed", "lab"):
        more = {"name": f"From {made.number}", "attachment": shown_files(made, step, made.watcher)}
        note = spoken(step.tongue, made.watcher.note(made.setting.ann, made.plain("article"), to=forum.uri, **more))
        if where == "open":
            note["cc"] = [PUBLIC]
        await send(made, made.watcher.create(note))
        await _came(made, note)


async def observer_likes(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None:
        like = made.watcher.activity("Like", made.setting.ann, target.uri)
        made.likes.append(like)
        await send(made, like)


async def observer_unlikes(made: World, step: Step) -> None:
    if made.likes:
        await send(made, made.watcher.activity("Undo", made.setting.ann, made.likes[step.which % len(made.likes)]))


async def observer_edits(made: World, step: Step) -> None:
    target = made.target(step, ours=False, by=made.watcher.host)
    if target is not None:
        files = shown_files(made, step, made.watcher)
        document = _again(made, target, made.plain("change"), step.tongue, files)
        await send(made, made.watcher.activity("Update", made.setting.ann, document))


async def observer_deletes(made: World, step: Step) -> None:
    target = made.target(step, ours=False, by=made.watcher.host)
    if target is not None:
        await send(made, made.watcher.activity("Delete", made.setting.ann, target.uri))


def _again(
    made: World, target: Contribution, text: str, tongue: str, files: list[dict[str, Any]]
) -> dict[str, Any]:
    """Return another server's words said anew, in a language, with files. They are not served so."""
    peer = made.watcher if target.author_host == made.watcher.host else made.other
    _, document = peer.documents[target.uri.removeprefix(peer.url)]
    before = {name: value for name, value in document.items() if name != "contentMap"}
    return spoken(tongue, {**before, "content": f"<p>{text}</p>", "attachment": files})


async def other_replies(made: World, step: Step) -> None:
    target = made.target(step)
    if target is None:
        return
    target = await made.fresh(target)
    root = await made.fresh(await thread_of(made, target))
    said = _said(step, made.where(target), strictest("GREEN", root.label))
    await _other_says(made, step, said, target.uri)


async def other_posts(made: World, step: Step) -> None:
    where, _ = made.forum(step.where)
    if where in ("open", "closed", "lab"):
        await _other_says(made, step, _said(step, where, "GREEN"))


def _said(step: Step, where: str, label: str) -> Said:
    return Said(where, label, frozenset({step.found} - {""}), attached=types_of(step))


async def _other_says(made: World, step: Step, said: Said, parent_uri: str = "") -> None:
    """The other partner says something; where the observer may not read it, in other words or in one world alone."""
    if step.found in ("person", "codename"):
        said = replace(said, findings=frozenset())
    plant = PLANTS[step.found][0] if said.findings else ""
    hidden = not made.may_learn(said)
    beside, plant = (plant, "") if step.attached == "alt" else ("", plant)
    text = f"{made.words('other') if hidden else made.plain('other')} {plant}"
    forum, more = made.setting.forums[said.forum], {} if parent_uri else {"name": f"Other {made.number}"}
    files = files_of(made, step, said, beside)
    tongue = made.tongue(step) if hidden else step.tongue

    async def say() -> Contribution | None:
        note = made.other.note(made.setting.olaf, text, parent_uri, forum.uri, attachment=files, **more)
        spoken(tongue, note)
        await send(made, made.other.create(note), other=True)
        return await made.acme.know(note["id"])

    if hidden:
        await made.conceal(step, say)
    elif known := await say():
        made.shown.append(known)


def files_of(made: World, step: Step, said: Said, plant: str = "") -> list[dict[str, Any]]:
    """Return what the other partner attaches to its words: alike in both worlds where the observer may see it."""
    if made.may_learn(said):
        return shown_files(made, step, made.other, plant)
    return hidden_files(made, step, plant, as_types=made.may_learn(replace(said, attached=None)))


async def other_edits(made: World, step: Step) -> None:
    """Change the other partner's words, and what is attached. Where the new ones may not cross, they differ."""
    target = made.target(step, ours=False, by=made.other.host)
    if target is None or target.id in made.fixed:
        return
    target = await made.fresh(target)
    said = Said(made.where(target), target.label, attached=types_of(step))
    text, tongue = made.plain("change"), step.tongue
    if not made.may_learn(said):
        text, tongue = made.words("change"), made.tongue(step)
        made.fixed.add(target.id)
    document = _again(made, target, text, tongue, files_of(made, step, said))
    await send(made, made.other.activity("Update", made.setting.olaf, document), other=True)


async def other_deletes(made: World, step: Step) -> None:
    target = made.target(step, ours=False, by=made.other.host)
    if target is not None:
        await send(made, made.other.activity("Delete", made.setting.olaf, target.uri), other=True)


async def in_pilot(made: World, step: Step) -> None:
    """Something said in a forum that the observer has no part in, and an answer to it."""
    pilot, author = made.setting.forums["pilot"], made.setting.named[step.who % 6]
    await made.conceal(step, lambda: made.acme.idea(pilot, made.words("pilot"), author, title=made.words("title")))
    idea = made.secret[-1]
    if idea is None:
        return
    await made.acme.idle()
    if step.what == "reply in pilot":
        await made.acme.reply(idea, made.words("reply"), made.setting.zoe)
    else:
        files = hidden_files(made, step, as_types=False)
        note = made.other.note(made.setting.olaf, made.words("answer"), idea.uri, pilot.uri, attachment=files)
        spoken(made.tongue(step), note)
        await send(made, made.other.create(note), other=True)
