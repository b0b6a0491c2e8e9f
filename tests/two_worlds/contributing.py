"""What our people say, change and take back, and what reviewers make of it."""

from __future__ import annotations

from dataclasses import replace

from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.services import crossings, files, holds, ideas, jams, marking, people, walls
from tests.server.services_world import words_found
from tests.two_worlds.history import Step
from tests.two_worlds.may_learn import Said, strictest
from tests.two_worlds.worlds import CANARY, PLANTS, World, thread_of


async def idea(made: World, step: Step, builds_on: str = "") -> None:
    where, forum = made.forum(step.where)
    author, said = made.author(step, Said(where, step.label, act="Create"))
    if builds_on and not made.may_learn(said):
        return
    plant, differs, said = made.planted(step.found, said)
    more = {"label": step.label, "builds_on": builds_on}
    if made.may_learn(said):
        more["language"] = step.tongue
        text = f"{made.plain('idea')} {plant}"
        title = f"Title {made.number}"
        _stands(made, await made.acme.idea(forum, text, author, title=title, **more), differs)
    else:
        text, title = f"{made.words('idea')} {plant}", made.words("title")
        more["language"] = made.tongue(step)
        await made.conceal(step, lambda: made.acme.idea(forum, text, author, title=title, **more))


def _stands(made: World, one: Contribution, differs: bool) -> None:
    made.shown.append(one)
    if differs:
        made.fixed.add(one.id)


async def ask(made: World, step: Step) -> None:
    """Say, or say anew, what may well wait for a reviewer, alike in both worlds: somebody may release it later."""
    plant = PLANTS[step.found if step.found in ("email", "phone", "secret") else "email"][0]
    text = f"{made.plain('question')} {plant}"
    target = made.target(step, ours=True)
    if step.apart and target is not None and target.id not in made.fixed:
        target = await made.fresh(target)
        await ideas.edit(made.acme.house, await _owner(made, target), target, f"Edited. {text}")
    else:
        _, forum = made.forum(step.where)
        author = made.setting.named[step.who % 6]
        label = "GREEN" if forum.audience == "inside" else step.label
        more = {"title": f"Title {made.number}", "label": label, "language": step.tongue}
        made.shown.append(await made.acme.idea(forum, text, author, **more))


async def build_on(made: World, step: Step) -> None:
    base = made.target(step)
    await idea(made, step, base.thread_id if base else "")


async def build_on_hidden(made: World, step: Step) -> None:
    vault = made.setting.forums["vault"]

    async def base_with_file() -> Contribution:
        body = made.words("a file").encode()
        file = await files.take(made.acme.house, made.acme.admin, f"{made.words('name')}.txt", body)
        return await made.acme.idea(vault, made.words("base"), title=made.words("title"), files=[file])

    await made.conceal(step, base_with_file)
    base = made.secret[-1]
    await idea(made, replace(step, label="GREEN"), base.id if base else "")


async def reply(made: World, step: Step, under: Contribution | None = None) -> None:
    target = made.target(step)
    if target is None:
        return
    target = await made.fresh(target)
    root = await made.fresh(await thread_of(made, target))
    label = strictest(step.label, root.label)
    author, said = made.author(step, Said(made.where(target), label, act="Create"))
    plant, differs, said = made.planted(step.found, said)
    parent = under or target
    if made.may_learn(said):
        text = f"{made.plain('reply')} {plant}"
        more = {"label": step.label, "language": step.tongue}
        _stands(made, await made.acme.reply(parent, text, author, **more), differs)
    else:
        text, more = f"{made.words('reply')} {plant}", {"label": step.label, "language": made.tongue(step)}
        await made.conceal(step, lambda: made.acme.reply(parent, text, author, **more))


async def reply_under_hidden(made: World, step: Step) -> None:
    """A reply that stands alike in both worlds, in one of them under a hidden one."""
    target = made.target(step)
    if target is not None:
        by, tongue = made.setting.named[1], made.tongue(step)
        between = {"label": "RED", "language": tongue}
        await made.conceal(step, lambda: made.acme.reply(target, made.words("between"), by, **between))
        # Of the two only the hidden one says in which language it is.
        await reply(made, replace(step, label="GREEN", tongue=""), made.secret[-1])


async def reply_to_hidden(made: World, step: Step) -> None:
    target = made.secret_of(step)
    if made.secret:
        by = made.setting.zoe
        await made.conceal(step, lambda: _under(made, target, by))


async def _under(made: World, target: Contribution | None, by: Member) -> Contribution | None:
    # Its own label keeps it in: what it answers may stand in a thread that crossed.
    return await made.acme.reply(target, made.words("reply"), by, label="RED") if target else None


async def edit(made: World, step: Step) -> None:
    """Change words. Where the new ones may not cross, they differ, and no later step touches them."""
    target = made.target(step, ours=True)
    if target is None or target.id in made.fixed:
        return
    target = await made.fresh(target)
    owner = await _owner(made, target)
    said = Said(made.where(target), target.label)
    plant, differs, said = made.planted(step.found, said)
    if made.may_learn(said):
        text, tongue = f"Edited. {made.plain('edit')} {plant}", step.tongue
    else:
        text, tongue, differs = f"{made.words('edit')} {plant}", made.tongue(step), True
    if differs:
        made.fixed.add(target.id)
    await ideas.edit(made.acme.house, owner, target, text, language=tongue)


async def relabel(made: World, step: Step) -> None:
    target = made.target(step, ours=True)
    if target is None or target.id in made.fixed:
        return
    target = await made.fresh(target)
    # Whoever reviews may lower a label, too.
    await ideas.relabel(made.acme.house, made.setting.reviewers[0], target, step.label)


async def _owner(made: World, target: Contribution) -> Member:
    owner = await people.member_by_id(made.acme.house, target.author_id)
    assert owner is not None
    return owner


async def delete(made: World, step: Step) -> None:
    target = made.target(step, ours=True)
    if target is not None:
        await ideas.delete(made.acme.house, await _owner(made, target), await made.fresh(target))


async def delete_hidden(made: World, step: Step) -> None:
    target = made.secret_of(step)
    if target is not None and not (step.apart and made.twin):
        await ideas.delete(made.acme.house, made.acme.admin, target)


async def support(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None and not (step.apart and made.twin):
        await marking.mark(made.acme.house, made.setting.zoe, await made.fresh(target), "support")


async def recall(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None:
        peer = ("", made.watcher.host, made.other.host)[step.who % 3]
        await crossings.recall(made.acme.house, made.acme.admin, target, peer)


async def recall_hidden(made: World, step: Step) -> None:
    target = made.secret_of(step)
    if target is not None and not (step.apart and made.twin):
        await crossings.recall(made.acme.house, made.acme.admin, target, ("", made.watcher.host)[step.who % 2])


async def review(made: World, step: Step) -> None:
    """Release or refuse something that waits and is alike in both worlds; a refusal's reason is not."""
    known = {one.id for one in made.shown} - made.fixed
    waiting = [one for one in await _waiting(made) if one.direction == "out" and one.contribution_id in known]
    if waiting:
        hold = waiting[step.which % len(waiting)]
        by = made.setting.reviewers[step.who % 2]
        if step.what == "release":
            await holds.release(made.acme.house, by, hold.id)
        else:
            await holds.refuse(made.acme.house, by, hold.id, made.words("reason"))


async def refuse_hidden(made: World, step: Step) -> None:
    target = made.secret_of(step)
    waiting = [one for one in await _waiting(made) if target and one.contribution_id == target.id]
    if waiting and not (step.apart and made.twin):
        await holds.refuse(made.acme.house, made.setting.reviewers[0], waiting[0].id, made.words("reason"))


async def release_incoming(made: World, step: Step) -> None:
    waiting = [one for one in await _waiting(made) if one.direction == "in" and one.peer == made.watcher.host]
    if waiting:
        await holds.release(made.acme.house, made.setting.reviewers[0], waiting[0].id)


async def _waiting(made: World) -> list[holds.Hold]:
    return await holds.list_holds(made.acme.house, made.setting.reviewers[0], limit=500)


async def chores(made: World, step: Step) -> None:
    """What leaves traces inside alone: tokens, links, searches."""
    if not (step.apart and made.twin):
        await people.make_token(made.acme.house, made.setting.zoe)
        await people.set_password(made.acme.house, made.setting.zoe, made.words("password"))
        link = await people.make_link(made.acme.house, made.setting.named[0])
        await people.sign_in_by_link(made.acme.house, link)
        await words_found(made.acme.house, made.setting.zoe, CANARY)
        jam = next(iter(await jams.list_jams(made.acme.house, made.acme.admin)))
        await walls.put_up(made.acme.house, made.acme.admin, jam, made.words("hall"))
