"""Holds are decided by as many people as the rules want, none of them the author, on exactly what they saw."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.actors import Member
from server.domain.crossings import Demand
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.holds import OWN_WORDS, Answer, Hold, Sought, why_not
from server.services import holds, ideas, ideas_read, log, people
from server.services.holds import UNDO_SECONDS
from server.storage import holds as hold_rows
from tests.server.holds_world import a_hold
from tests.server.services_world import START, World


async def asked(world: World, id_: str = "hold", author: Member | None = None, **more: object) -> Hold:
    """A hold on a new idea of somebody's."""
    forum = next(iter(await world.forums()), None) or await world.forum()
    idea = await world.idea(forum, author, title=f"Idea {id_}")
    hold = a_hold(world.house, id_, idea.id, **more)
    await holds.ask_review(world.house, hold)
    return hold


def left(hold: Hold) -> int:
    """How many more have to approve."""
    return sum(demand.approvals for demand in hold.unmet)


async def kinds(world: World) -> list[str]:
    decided = ("HoldReleased", "HoldRefused")
    return [event.kind for event in await log.events_after(world.house, 0) if event.kind in decided]


async def state(world: World, id_: str = "hold") -> str:
    return (await holds.find_hold(world.house, id_)).state


async def test_a_hold_is_decided_once_by_a_reviewer_who_is_not_the_author(world: World):
    admin = await world.admin()
    hold = await asked(world, author=admin)
    await holds.ask_review(world.house, replace(hold, id="another"))
    assert await holds.count_waiting(world.house) == 1
    for by in (await world.person("bob"), admin):
        with pytest.raises(NotAllowed):
            await holds.release(world.house, by, hold.id)
    reviewer = await world.person("rita", "reviewer")
    released = await holds.release(world.house, reviewer, hold.id)
    assert (released.state, released.decided_by, released.released) == ("released", reviewer.id, hold.offers)
    with pytest.raises(Conflict):
        await holds.refuse(world.house, reviewer, hold.id, "Too late.")
    with pytest.raises(Missing):
        await holds.release(world.house, reviewer, "nothing")
    assert await kinds(world) == ["HoldReleased"]


async def test_a_refusal_needs_a_reason_and_an_author_may_take_their_own_words_back(world: World):
    admin = await world.admin()
    await asked(world, author=admin)
    with pytest.raises(Invalid):
        await holds.refuse(world.house, admin, "hold", "  ")
    refused = await holds.refuse(world.house, admin, "hold", "Ask Carol.")
    assert (refused.state, refused.note) == ("refused", "Ask Carol.")


async def test_an_edit_voids_the_hold_on_the_words_before_even_while_it_could_be_undone(world: World):
    rita = await world.person("rita", "reviewer")
    for id_ in ("first", "second"):
        hold = await asked(world, id_)
        if id_ == "second":
            await holds.release(world.house, rita, id_, undo_seconds=UNDO_SECONDS)
        made = await ideas_read.by_id(world.house, hold.contribution_id)
        assert made is not None
        await ideas.edit(world.house, await world.person("bob"), made, "Other words.")
        world.time.pass_by(seconds=20)
        assert await holds.settle_decisions(world.house) == 0
        assert await state(world, id_) == "void"
        with pytest.raises(Conflict):
            await holds.release(world.house, rita, id_)
    assert await kinds(world) == []


async def test_two_approvals_are_two_people_and_one_refusal_is_enough(world: World):
    rita, omar = await world.person("rita", "reviewer"), await world.person("omar", "reviewer")
    for id_ in ("both", "one"):
        await asked(world, id_, approvals=2)
        half = await holds.release(world.house, rita, id_)
        assert (half.state, left(half), [one.by.name for one in half.approved_by]) == ("waiting", 1, ["Rita"])
        with pytest.raises(NotAllowed, match="You have approved this; it needs 1 more reviewer"):
            await holds.release(world.house, rita, id_)
    assert (await holds.release(world.house, omar, "both")).state == "released"
    assert (await holds.refuse(world.house, omar, "one", "No.")).state == "refused"
    assert await kinds(world) == ["HoldReleased", "HoldRefused"]


async def test_who_approved_may_think_again_and_refuse(world: World):
    rita = await world.person("rita", "reviewer")
    await asked(world, approvals=2)
    await holds.release(world.house, rita, "hold")
    refused = await holds.refuse(world.house, rita, "hold", "On second thoughts, no.")
    assert (refused.state, [one.undone for one in refused.answers]) == ("refused", [True, False])


async def test_a_group_decides_by_unit_role_or_name_in_any_case(world: World):
    lea = await world.person("lea", "reviewer", unit="Legal")
    rita = await world.person("rita", "reviewer", unit="Sales")
    clerk = await world.person("clerk", unit="Legal")
    await asked(world, "legal", reviewers=("@LEGAL",))
    with pytest.raises(NotAllowed, match="This one is for @LEGAL to decide"):
        await holds.release(world.house, rita, "legal")
    with pytest.raises(NotAllowed):
        await holds.refuse(world.house, rita, "legal", "No.")
    with pytest.raises(NotAllowed):
        await holds.release(world.house, clerk, "legal")
    assert (await holds.release(world.house, lea, "legal")).state == "released"
    await asked(world, "named", reviewers=("rita", "@nobody"))
    assert (await holds.release(world.house, rita, "named")).state == "released"
    await asked(world, "role", reviewers=("@reviewer",))
    assert (await holds.release(world.house, lea, "role")).state == "released"


async def test_where_several_rules_hold_it_each_of_them_has_to_be_satisfied(world: World):
    lea, lou = await world.person("lea", "reviewer", unit="Legal"), await world.person("lou", "reviewer", unit="Legal")
    sam = await world.person("sam", "reviewer", unit="Security")
    await asked(world, demands=(Demand(1, ("@legal",)), Demand(2, ("@legal", "@security"))))
    assert (await holds.release(world.house, lea, "hold")).state == "waiting"
    assert (await holds.release(world.house, sam, "hold")).state == "released"
    await asked(world, "apart", demands=(Demand(1, ("@security",)), Demand(2, ("@legal",))))
    await holds.release(world.house, lea, "apart")
    half = await holds.release(world.house, lou, "apart")
    assert half.unmet == (Demand(1, ("@security",)),)
    with pytest.raises(NotAllowed, match="it needs 1 more of @security"):
        await holds.release(world.house, lou, "apart")
    assert (await holds.release(world.house, sam, "apart")).state == "released"


async def test_a_half_given_approval_is_void_when_what_is_on_offer_changes(world: World):
    rita, omar = await world.person("rita", "reviewer"), await world.person("omar", "reviewer")
    for id_, change in (("bytes", {"copies": {"*": "01"}}), ("rules", {"wordings": {"*": "otherwise"}})):
        hold = await asked(world, id_, approvals=2)
        await holds.release(world.house, rita, id_)
        await holds.ask_again(world.house, replace(hold, **change))  # type: ignore[arg-type]
        waiting = await holds.find_hold(world.house, id_)
        assert (left(waiting), [one.by.name for one in waiting.outdated]) == (2, ["Rita"])
        assert (await holds.release(world.house, omar, id_)).state == "waiting"
        with pytest.raises(Conflict, match="changed since you looked"):
            await holds.release(world.house, rita, id_, offer=hold.offer)
        assert (await holds.release(world.house, rita, id_, offer=waiting.offer)).state == "released"


async def test_an_approval_by_somebody_who_reviews_no_more_does_not_count(world: World):
    admin, rita, omar = (
        await world.admin(),
        await world.person("rita", "reviewer"),
        await world.person("omar", "reviewer"),
    )
    zoe = await world.person("zoe", "reviewer")
    await asked(world, approvals=2)
    await holds.release(world.house, rita, "hold")
    await people.change_member(world.house, admin, rita, active=False)
    half = await holds.release(world.house, omar, "hold")
    assert (half.state, left(half)) == ("waiting", 1)
    assert [one.by.name for one in half.outdated] == ["Rita"]
    with pytest.raises(NotAllowed):
        await holds.release(world.house, rita, "hold")
    assert (await holds.release(world.house, zoe, "hold")).state == "released"


async def test_whoever_lost_the_role_after_signing_in_is_refused_all_the_same(world: World):
    admin, rita = await world.admin(), await world.person("rita", "reviewer")
    await asked(world)
    await people.change_member(world.house, admin, rita, role="member")
    assert rita.role == "reviewer", "what the session still says"
    with pytest.raises(NotAllowed):
        await holds.release(world.house, rita, "hold")


async def test_a_decision_can_be_undone_until_it_takes_effect(world: World):
    rita, omar = await world.person("rita", "reviewer"), await world.person("omar", "reviewer")
    await asked(world)
    deciding = await holds.release(world.house, rita, "hold", undo_seconds=UNDO_SECONDS)
    assert (deciding.state, deciding.released) == ("deciding", {})
    for by in (rita, omar):
        with pytest.raises(Conflict):
            await holds.release(world.house, by, "hold")
    with pytest.raises(Conflict, match="nothing of yours"):
        await holds.undo(world.house, omar, "hold")
    assert await holds.settle_decisions(world.house) == 0
    undone = await holds.undo(world.house, rita, "hold")
    assert (undone.state, undone.decided_by, undone.takes_effect_at) == ("waiting", "", None)
    await holds.refuse(world.house, rita, "hold", "No.", undo_seconds=UNDO_SECONDS)
    world.time.pass_by(seconds=UNDO_SECONDS + 1)
    with pytest.raises(Conflict, match="has taken effect"):
        await holds.undo(world.house, rita, "hold")
    assert await kinds(world) == []
    assert await holds.settle_decisions(world.house) == 1
    assert await holds.settle_decisions(world.house) == 0
    assert (await state(world), await kinds(world)) == ("refused", ["HoldRefused"])
    with pytest.raises(Conflict, match="has taken effect"):
        await holds.undo(world.house, rita, "hold")


async def test_several_processes_settle_a_decision_once(world: World):
    rita = await world.person("rita", "reviewer")
    for id_ in ("a", "b", "c"):
        await asked(world, id_)
    await holds.decide_all(world.house, rita, "release", [(one, "") for one in "abc"], undo_seconds=UNDO_SECONDS)
    world.time.pass_by(seconds=UNDO_SECONDS + 1)
    settled = await asyncio.gather(*(holds.settle_decisions(world.house) for _ in range(4)))
    assert sum(settled) == 3
    assert await kinds(world) == ["HoldReleased"] * 3


async def test_a_decision_whose_reviewer_is_deactivated_within_the_window_waits_again(world: World):
    admin, rita = await world.admin(), await world.person("rita", "reviewer")
    await asked(world)
    await holds.release(world.house, rita, "hold", undo_seconds=UNDO_SECONDS)
    await people.change_member(world.house, admin, rita, active=False)
    world.time.pass_by(seconds=UNDO_SECONDS + 1)
    await holds.settle_decisions(world.house)
    assert (await state(world), await kinds(world)) == ("waiting", [])


async def test_a_change_within_the_window_puts_the_question_again_but_a_refusal_stands(world: World):
    rita = await world.person("rita", "reviewer")
    changed = {"copies": {"*": "01"}}
    released, refused = await asked(world, "released"), await asked(world, "refused")
    await holds.release(world.house, rita, "released", undo_seconds=UNDO_SECONDS)
    await holds.refuse(world.house, rita, "refused", "No.", undo_seconds=UNDO_SECONDS)
    for hold in (released, refused):
        await holds.ask_again(world.house, replace(hold, **changed))  # type: ignore[arg-type]
    world.time.pass_by(seconds=UNDO_SECONDS + 1)
    await holds.settle_decisions(world.house)
    assert (await state(world, "released"), await state(world, "refused")) == ("waiting", "refused")


async def test_the_first_of_two_approvals_can_be_taken_back_while_it_waits(world: World):
    rita, omar = await world.person("rita", "reviewer"), await world.person("omar", "reviewer")
    await asked(world, approvals=2)
    await holds.release(world.house, rita, "hold")
    assert left(await holds.undo(world.house, rita, "hold")) == 2
    await holds.release(world.house, omar, "hold")
    await holds.release(world.house, rita, "hold", undo_seconds=UNDO_SECONDS)
    assert (await holds.undo(world.house, omar, "hold")).state == "waiting", "either of the two may think again"


async def test_two_reviewers_at_once_are_heard_one_after_the_other(world: World):
    rita, omar = await world.person("rita", "reviewer"), await world.person("omar", "reviewer")
    await asked(world, "single")
    await asked(world, "double", approvals=2)
    single = await asyncio.gather(
        *(holds.release(world.house, by, "single") for by in (rita, omar)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in single) == ["Conflict", "Hold"]
    await asyncio.gather(*(holds.release(world.house, by, "double") for by in (rita, omar)))
    assert await state(world, "double") == "released"
    assert await kinds(world) == ["HoldReleased"] * 2


async def test_the_same_person_twice_at_once_counts_once(world: World):
    rita = await world.person("rita", "reviewer")
    await asked(world, approvals=2)
    said = await asyncio.gather(*(holds.release(world.house, rita, "hold") for _ in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in said) == ["Hold", "NotAllowed", "NotAllowed"]
    assert left(await holds.find_hold(world.house, "hold")) == 1


async def test_several_are_decided_together_and_undone_together(world: World):
    rita = await world.person("rita", "reviewer")
    for id_ in ("a", "b"):
        await asked(world, id_)
    await asked(world, "own", author=rita)
    chosen = [("a", ""), ("b", "stale"), ("own", ""), ("nowhere", ""), ("a", "")]
    batch, said = await holds.decide_all(world.house, rita, "release", chosen, undo_seconds=UNDO_SECONDS)
    told = [(one.hold_id, one.hold is not None, one.refusal and one.refusal.status) for one in said]
    assert told == [("a", True, None), ("b", False, 409), ("own", False, 403), ("nowhere", False, 404)]
    await holds.decide_all(world.house, rita, "release", [("b", "")], undo_seconds=UNDO_SECONDS)
    assert [hold.id for hold in await holds.undoable(world.house, rita)] == ["a", "b"]
    assert [hold.id for hold in await holds.undo_batch(world.house, rita, batch)] == ["a"]
    assert (await state(world, "a"), await state(world, "b")) == ("waiting", "deciding")
    for nothing in (batch, "", "%"):
        with pytest.raises(Conflict):
            await holds.undo_batch(world.house, rita, nothing)
    with pytest.raises(Invalid):
        await holds.decide_all(world.house, rita, "refuse", [("a", "")], " ")


async def test_no_copy_that_is_safe_can_be_refused_alone(world: World):
    rita = await world.person("rita", "reviewer")
    await asked(world, copies={}, wordings={"*": ""})
    with pytest.raises(NotAllowed, match="No copy could be made"):
        await holds.release(world.house, rita, "hold")
    assert (await holds.refuse(world.house, rita, "hold", "Leave the key out.")).state == "refused"


async def test_the_queue_says_how_long_and_for_whom_and_is_cut_into_pages(world: World):
    rita = await world.person("rita", "reviewer", unit="Legal")
    await asked(world, "late", within_hours=1)
    await asked(world, "mine", author=rita)
    await asked(world, "theirs", reviewers=("@security",), copies={"globex.example": "00"})
    await asked(world, "ours", reviewers=("@legal",))
    world.time.pass_by(hours=2)
    await asked(
        world, "in", direction="in", activity_uri="https://x.example/1", contribution_id="", copies={"x.example": "0"}
    )
    tally = await holds.tally(world.house, rita)
    assert (tally.waiting, tally.mine, tally.overdue) == (5, 3, 1)

    async def found(**sought: object) -> list[str]:
        return [one.id for one in await holds.list_holds(world.house, rita, Sought(**sought))]  # type: ignore[arg-type]

    assert await found() == ["late", "mine", "theirs", "ours", "in"]
    assert await found(mine=holds.for_me(rita)) == ["late", "ours", "in"]
    assert await found(direction="in") == ["in"]
    assert await found(audience="globex.example") == ["theirs"]
    assert await found(state="released") == []
    pages, place = [], (0.0, "")
    while page := await holds.list_holds(world.house, rita, None, place, 2):
        pages.append([one.id for one in page])
        place = (page[-1].asked_at.timestamp(), page[-1].id)
    assert pages == [["late", "mine"], ["theirs", "ours"], ["in"]]
    assert await holds.count_for(world.house, await world.person("bob")) == 0
    with pytest.raises(NotAllowed):
        await holds.list_holds(world.house, await world.person("bob"))


async def test_every_answer_stands_in_the_audit_chain(world: World):
    rita = await world.person("rita", "reviewer")
    await asked(world)
    await holds.release(world.house, rita, "hold", undo_seconds=UNDO_SECONDS)
    await holds.undo(world.house, rita, "hold")
    await holds.release(world.house, rita, "hold")
    rows = await world.house.store.fetch("SELECT act FROM audit WHERE subject_id = 'hold' ORDER BY seq")
    assert [row["act"] for row in rows] == ["release hold", "undo decision", "release hold", "HoldReleased"]
    assert await log.broken_audit_rows(world.house) == []


# --- what the rules of review come to, whatever is done in whatever order ---

BLANK = Hold(
    id="h", direction="out", contribution_id="c", version=1, activity_uri="", peer="*", forum_id="", author="@eve",
    preview="", copies={}, rules=("G",), reason="", rule_set=1, state="waiting", asked_at=START,
)  # fmt: skip
NAMES = ("ann", "ben", "cat", "dan")
GROUPS = {("@legal",): {"ann", "ben"}, ("@sales", "dan"): {"cat", "dan"}, ("ann",): {"ann"}}
UNITS = {"ann": "Legal", "ben": "legal", "cat": "Sales", "dan": ""}


def member(name: str, role: str = "reviewer", *, active: bool = True) -> Member:
    return Member(
        id=name, username=name, host="", name=name, unit=UNITS[name], role=role,  # type: ignore[arg-type]
        consent=True, uri=name, url="", active=active, created_at=START,
    )  # fmt: skip


answers = st.builds(
    lambda name, role, active, decision, offer, undone: Answer(
        by=member(name, role, active=active), decision=decision, offer=offer, note="", batch="", at=START, undone=undone
    ),
    st.sampled_from(NAMES),
    st.sampled_from(["reviewer", "reviewer", "member"]),
    st.booleans(),
    st.sampled_from(["release", "release", "refuse"]),
    st.sampled_from(["now", "before"]),
    st.booleans(),
)


demands = st.lists(
    st.builds(Demand, st.integers(1, 3), st.sampled_from([(), ("@legal",), ("@sales", "dan"), ("ann",)])), max_size=2
)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.lists(answers, max_size=8), demands)
def test_a_hold_is_released_only_if_each_demand_is_met_by_different_people_who_may_approving_this_very_offer(
    given_: list[Answer], asked_for: list[Demand]
):
    blank = replace(BLANK, copies={"*": "00"}, demands=tuple(asked_for))
    told = tuple(replace(one, offer=blank.offer) if one.offer == "now" else one for one in given_)
    hold = replace(blank, answers=told)
    # Worked out otherwise than the code does: person by person, demand by demand.
    approving = set()
    for name in NAMES:
        own = [one for one in told if one.by.id == name and one.decision == "release" and not one.undone]
        if own and own[-1].offer == blank.offer and own[-1].by.active and own[-1].by.role != "member":
            approving.add(name)
    groups = [set(NAMES) if not one.reviewers else GROUPS[one.reviewers] for one in asked_for or [Demand()]]
    numbers = [one.approvals for one in asked_for or [Demand()]]
    assert (not hold.unmet) == all(
        len(approving & group) >= number for group, number in zip(groups, numbers, strict=True)
    )
    assert {one.by.id for one in hold.approved_by} == approving & set().union(*groups)
    assert not {one.by.id for one in hold.outdated} & {one.by.id for one in hold.approved_by}
    for name in NAMES:
        problem = why_not(member(name), hold, "ann")
        called = any(name in group for group in groups)
        assert (problem == OWN_WORDS) == (name == "ann")
        assert (problem == "") == (name != "ann" and called and name not in approving)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.permutations(["*", "a.example", "b.example"]), st.sampled_from(["bytes", "wording", "audience", "nothing"]))
def test_an_offer_is_the_same_only_if_bytes_wording_and_audiences_are(order: list[str], change: str):
    copies = {"*": "00", "a.example": "00", "b.example": "01"}
    wordings = dict.fromkeys(copies, "w")
    one = replace(BLANK, copies=copies, wordings=wordings)
    other = replace(BLANK, copies={to: copies[to] for to in order}, wordings={to: wordings[to] for to in order})
    if change == "bytes":
        other = replace(other, copies={**other.copies, order[0]: "02"})
    if change == "wording":
        other = replace(other, wordings={**other.wordings, order[0]: "v"})
    if change == "audience":
        other = replace(other, copies={**other.copies, "c.example": "00"})
    assert (one.offer == other.offer) == (change == "nothing")


async def test_what_the_queue_calls_mine_is_what_one_may_decide(world: World):
    """The list's condition in SQL and the check in words are one rule: compared for every person and hold."""
    who = [
        await world.person("lea", "reviewer", unit="Legal"),
        await world.person("rita", "reviewer", unit="Sales"),
        await world.admin(),
    ]
    groups = ((), ("@legal",), ("@sales", "@admin"), ("@rita",), ("@nobody",))
    for number, (called, author) in enumerate((called, author) for called in groups for author in who):
        await asked(world, f"h{number}", author=author, approvals=2, reviewers=called)
        for by in who[: number % 3]:
            if not await holds.why_not_mine(world.house, by, await holds.find_hold(world.house, f"h{number}")):
                await holds.release(world.house, by, f"h{number}")
    waiting = await hold_rows.queue(world.house.store, Sought())
    assert len(waiting) > 9
    for by in who:
        mine = await holds.list_holds(world.house, by, Sought(mine=holds.for_me(by)))
        may = [hold.id for hold in waiting if not await holds.why_not_mine(world.house, by, hold)]
        assert [hold.id for hold in mine] == may
        assert await holds.count_for(world.house, by) == len(may)
