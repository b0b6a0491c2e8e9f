"""What those who run a jam do with what stands in it: mark, lock, decide, merge, move. Reasons differ between worlds.

What they do with something that the observer may know of happens alike in both; what they do with hidden things must
not be noticed.
"""

from __future__ import annotations

from server.domain.ideas import Contribution, MarkKind
from server.domain.outcomes import OUTCOMES
from server.services import jams, locking, marking, moves, outcomes
from tests.two_worlds.history import Step
from tests.two_worlds.worlds import PLANTS, World, thread_of

MARKS: tuple[MarkKind, ...] = ("best", "emerging")


async def mark(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None:
        await marking.mark(
            made.acme.house, made.acme.admin, await made.fresh(target), MARKS[step.who % 2], made.words("reason")
        )


async def unmark(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None:
        await marking.unmark(made.acme.house, made.acme.admin, await made.fresh(target), MARKS[step.who % 2])


async def mark_hidden(made: World, step: Step) -> None:
    target = await _hidden(made, step)
    if target is not None:
        await marking.mark(made.acme.house, made.acme.admin, target, MARKS[step.who % 2], made.words("reason"))


async def lock(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None:
        idea = await thread_of(made, await made.fresh(target))
        await locking.lock(made.acme.house, made.acme.admin, idea, made.words("lock"))


async def unlock(made: World, step: Step) -> None:
    target = made.target(step)
    if target is not None:
        idea = await thread_of(made, await made.fresh(target))
        await locking.unlock(made.acme.house, made.acme.admin, idea)


async def lock_hidden(made: World, step: Step) -> None:
    target = await _hidden(made, step)
    if target is not None and target.kind == "idea":
        await locking.lock(made.acme.house, made.acme.admin, target, made.words("lock"))


async def decide(made: World, step: Step) -> None:
    """Decide on an idea in words that both worlds share, some of which detectors find."""
    target = made.target(step)
    if target is not None:
        idea = await made.fresh(await thread_of(made, target))
        plant = PLANTS[step.found][0] if step.found in ("email", "phone", "secret") else ""
        await _decide(made, step, idea, f"{made.plain('decision')} {plant}")


async def decide_hidden(made: World, step: Step) -> None:
    target = await _hidden(made, step)
    if target is not None and target.kind == "idea":
        await _decide(made, step, target, made.words("decision"))


async def _decide(made: World, step: Step, idea: Contribution, reason: str) -> None:
    house, admin, kind = made.acme.house, made.acme.admin, OUTCOMES[step.which % len(OUTCOMES)]
    stream = ""
    if kind == "stream":
        jam = await jams.obtain_jam(house, admin, idea.jam_id)
        title = made.words("stream") if reason == made.words("decision") else f"Stream {made.number}"
        stream = (await outcomes.open_stream(house, admin, jam, title, made.words("purpose"), admin.username)).id
    await outcomes.decide(house, admin, idea, kind, reason, stream)


async def merge(made: World, step: Step) -> None:
    """Merge an idea into another of its forum, where both stand alike in both worlds."""
    ours = [one for one in made.shown if one.kind == "idea" and one.id not in made.fixed]
    pairs = [(one, into) for one in ours for into in ours if one.id != into.id and one.forum_id == into.forum_id]
    if pairs:
        one, into = pairs[step.which % len(pairs)]
        idea, other = await made.fresh(one), await made.fresh(into)
        await moves.merge(made.acme.house, made.acme.admin, idea, other, made.words("reason"))


async def move_hidden(made: World, step: Step) -> None:
    """Move something hidden to where nobody outside reads."""
    target = await _hidden(made, step)
    if target is not None:
        vault = made.setting.forums["vault"]
        await moves.move(made.acme.house, made.acme.admin, target, vault, made.words("reason"))


async def _hidden(made: World, step: Step) -> Contribution | None:
    """Return something hidden, as it stands; None where this twin leaves out what is done with it."""
    target = made.secret_of(step)
    return await made.fresh(target) if target is not None and not (step.apart and made.twin) else None
