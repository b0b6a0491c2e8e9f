"""What people of the other two servers do: the observer's own, and another partner's."""

from __future__ import annotations

from typing import Any

from server.domain.ideas import Contribution
from tests.federation.elsewhere import PUBLIC
from tests.two_worlds.history import Step
from tests.two_worlds.may_learn import Said, strictest
from tests.two_worlds.worlds import PLANTS, World, thread_of


async def _send(made: World, activity: dict[str, Any], *, other: bool = False) -> None:
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
        note = made.watcher.note(made.setting.ann, made.plain("answer"), target.uri, forum.uri)
        await _send(made, made.watcher.create(note))
        await _came(made, note)


async def observer_posts(made: World, step: Step) -> None:
    where, forum = made.forum(step.where)
    if where in ("open", "closed", "lab"):
        note = made.watcher.note(made.setting.ann, made.plain("article"), to=forum.uri, name=f"From {made.number}")
        if where == "open":
            note["cc"] = [PUBLIC]
        await _send(made, made.watcher.create(note))
        await _came(made, note)


async def observer_likes(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None:
        like = made.watcher.activity("Like", made.setting.ann, target.uri)
        made.likes.append(like)
        await _send(made, like)


async def observer_unlikes(made: World, step: Step) -> None:
    if made.likes:
        await _send(made, made.watcher.activity("Undo", made.setting.ann, made.likes[step.which % len(made.likes)]))


async def observer_edits(made: World, step: Step) -> None:
    target = made.target(step, ours=False, by=made.watcher.host)
    if target is not None:
        await _send(made, made.watcher.activity("Update", made.setting.ann, _again(made, target, made.plain("change"))))


async def observer_deletes(made: World, step: Step) -> None:
    target = made.target(step, ours=False, by=made.watcher.host)
    if target is not None:
        await _send(made, made.watcher.activity("Delete", made.setting.ann, target.uri))


def _again(made: World, target: Contribution, text: str) -> dict[str, Any]:
    path = target.uri.removeprefix(made.watcher.url if target.author_host == made.watcher.host else made.other.url)
    peer = made.watcher if target.author_host == made.watcher.host else made.other
    _, document = peer.documents[path]
    return {**document, "content": f"<p>{text}</p>"}


async def other_replies(made: World, step: Step) -> None:
    target = made.target(step)
    if target is None:
        return
    target = await made.fresh(target)
    root = await made.fresh(await thread_of(made, target))
    said = Said(made.where(target), strictest("GREEN", root.label), frozenset({step.found} - {""}))
    await _other_says(made, step, said, target.uri)


async def other_posts(made: World, step: Step) -> None:
    where, _ = made.forum(step.where)
    if where in ("open", "closed", "lab"):
        await _other_says(made, step, Said(where, "GREEN", frozenset({step.found} - {""})))


async def _other_says(made: World, step: Step, said: Said, parent_uri: str = "") -> None:
    """The other partner says something; where the observer may not read it, in other words or in one world alone."""
    if step.found in ("person", "codename"):
        said = Said(said.forum, said.label)
    plant = PLANTS[step.found][0] if said.findings else ""
    hidden = not made.may_learn(said)
    text = f"{made.words('other') if hidden else made.plain('other')} {plant}"
    forum, title = made.setting.forums[said.forum], {} if parent_uri else {"name": f"Other {made.number}"}

    async def say() -> Contribution | None:
        note = made.other.note(made.setting.olaf, text, parent_uri, forum.uri, **title)
        await _send(made, made.other.create(note), other=True)
        return await made.acme.know(note["id"])

    if hidden:
        await made.conceal(step, say)
    elif known := await say():
        made.shown.append(known)


async def other_edits(made: World, step: Step) -> None:
    target = made.target(step, ours=False, by=made.other.host)
    if target is not None:
        document = _again(made, target, made.plain("change"))
        await _send(made, made.other.activity("Update", made.setting.olaf, document), other=True)


async def other_deletes(made: World, step: Step) -> None:
    target = made.target(step, ours=False, by=made.other.host)
    if target is not None:
        await _send(made, made.other.activity("Delete", made.setting.olaf, target.uri), other=True)


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
        note = made.other.note(made.setting.olaf, made.words("answer"), idea.uri, pilot.uri)
        await _send(made, made.other.create(note), other=True)
