"""Answers to the themes of a jam, and the report that they are published in."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from server.domain.actors import Member
from server.domain.answers import citation
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.ideas import Contribution
from server.domain.jams import Forum, Jam
from server.services import (
    answers,
    archive,
    board,
    corrections,
    follows,
    forums,
    ideas_read,
    jams,
    polls,
    ratings,
    statements,
    telling,
)
from server.storage import notices
from tests.server.services_world import World


async def closed_jam(world: World) -> tuple[Jam, Forum, list[Contribution]]:
    """A jam with two themes that has closed."""
    admin = await world.admin()
    forum = await world.forum()
    made = [await world.idea(forum, title=f"Idea {number}") for number in range(3)]
    await put_themes(world, forum.jam_id, made)
    jam = await jams.obtain_jam(world.house, admin, forum.jam_id)
    return await jams.freeze_jam(world.house, admin, jam), forum, made


async def put_themes(world: World, jam_id: str, made: list[Contribution]) -> None:
    themes = [
        {"id": "t1", "label": "tape · paper", "words": [], "size": 2, "representative": [made[0].id, made[1].id]},
        {"id": "t2", "label": "boxes", "words": [], "size": 1, "representative": [made[2].id]},
    ]
    await board.keep_themes(world.house, jam_id, 0, json.dumps({"themes": themes}), None)


async def test_every_theme_is_answered_then_published_and_then_stands(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    jam, _, made = await closed_jam(world)
    assert await answers.read_report(world.house, bob, jam) is None
    with pytest.raises(NotAllowed):
        await answers.drafting(world.house, bob, jam)
    with pytest.raises(Conflict, match="Still without one: tape · paper; boxes"):
        await answers.publish(world.house, admin, jam)
    one = await answers.write_answer(
        world.house, admin, jam, "t1", "We use **paper**.", "", "It is cheap.", label="Paper in place of tape"
    )
    assert one.sources == (made[0].id, made[1].id)
    await answers.write_answer(world.house, admin, jam, "t2", "", "No new boxes.", "They are fine.")
    await answers.write_answer(world.house, admin, jam, "", "We ask again.", "", "It went well.", label="Another jam?")
    await answers.write_foreword(world.house, admin, jam, "Thank you.")
    assert await answers.read_report(world.house, bob, jam) is None
    await answers.publish(world.house, admin, jam)
    found = await answers.read_report(world.house, bob, jam)
    assert found is not None
    assert [(answer.label, answer.size) for answer in found.answers] == [
        ("Paper in place of tape", 2), ("boxes", 1), ("Another jam?", 0)
    ]  # fmt: skip
    assert (found.report.foreword, found.report.publisher_name) == ("Thank you.", "Ada")
    assert set(found.sources) == {one.id for one in made}
    for change in (
        answers.write_answer(world.house, admin, jam, "t1", "Otherwise.", "", "Because."),
        answers.write_foreword(world.house, admin, jam, "Otherwise."),
        answers.drop_answer(world.house, admin, jam, "t1"),
        answers.publish(world.house, admin, jam),
    ):
        with pytest.raises(Conflict, match="published"):
            await change


async def test_an_answer_says_what_and_why_and_nothing_is_published_while_a_jam_is_open(world: World):
    admin = await world.admin()
    forum = await world.forum()
    jam = await jams.obtain_jam(world.house, admin, forum.jam_id)
    for doing, declined, why in (("", "", "Because."), ("We do it.", "", " ")):
        with pytest.raises(Invalid):
            await answers.write_answer(world.house, admin, jam, "", doing, declined, why, label="Boxes")
    with pytest.raises(Invalid):
        await answers.write_answer(world.house, admin, jam, "", "We do it.", "", "Because.")
    with pytest.raises(Missing):
        await answers.write_answer(world.house, admin, jam, "t9", "We do it.", "", "Because.")
    await answers.write_answer(world.house, admin, jam, "", "We do it.", "", "Because.", label="Boxes")
    with pytest.raises(Conflict, match="once the jam has closed"):
        await answers.publish(world.house, admin, jam)


async def test_whoever_is_asked_for_an_answer_is_told_and_writes_that_one_alone(world: World):
    admin, lee, bob = await world.admin(), await world.person("lee"), await world.person("bob")
    jam, _, _ = await closed_jam(world)
    with pytest.raises(NotAllowed):
        await answers.ask_for(world.house, bob, jam, "t1", "lee")
    with pytest.raises(Invalid):
        await answers.ask_for(world.house, admin, jam, "t1", "nobody")
    await answers.ask_for(world.house, admin, jam, "t1", "@lee")
    await tell_all(world)
    (told,) = await notices.of_member(world.house.store, lee.id, (), unread=True, before=0, limit=9)
    assert (told.kind, told.detail, told.subject_id) == ("duty", "answer", jam.id)
    _, lines = await answers.drafting(world.house, lee, jam)
    assert [line.key for line in lines] == ["t1"]
    await answers.write_answer(world.house, lee, jam, "t1", "We do it.", "", "Because.")
    for key in ("t2", ""):
        with pytest.raises((Missing, NotAllowed)):
            await answers.write_answer(world.house, lee, jam, key, "We do it.", "", "Because.", label="Mine")
    with pytest.raises(NotAllowed):
        await answers.publish(world.house, lee, jam)


async def tell_all(world: World) -> None:
    while await telling.tell(world.house):
        pass


async def test_those_who_wrote_and_those_who_follow_are_told_of_the_report(world: World):
    admin, bob, eve = await world.admin(), await world.person("bob"), await world.person("eve")
    zoe = await world.person("zoe")
    jam, forum, _ = await closed_jam(world)
    await follows.follow(world.house, eve, "forum", forum.id)
    for key in ("t1", "t2"):
        await answers.write_answer(world.house, admin, jam, key, "We do it.", "", "Because.")
    await answers.publish(world.house, admin, jam)
    await tell_all(world)
    told: dict[str, list[Any]] = {}
    for member in (admin, bob, eve, zoe):
        found = await notices.of_member(world.house.store, member.id, (), unread=True, before=0, limit=9)
        told[member.username] = [(one.kind, one.subject_id) for one in found if one.detail == "report"]
    report = [("followed", jam.id)]
    assert told == {"ada": [], "bob": report, "eve": report, "zoe": []}


async def test_a_jam_that_is_taken_along_has_polls_statements_ratings_and_answers(world: World):
    admin, bob = await world.admin(), await world.person("bob")
    forum = await world.forum()
    idea = await world.idea(forum)
    jam = await jams.obtain_jam(world.house, admin, forum.jam_id)
    ends = world.time.now + timedelta(hours=1)
    poll = await polls.ask(world.house, bob, idea, "Which?", ["Red", "=Blue"], ends_at=ends)
    await polls.vote(world.house, bob, poll, [1])
    statement = await statements.draft(world.house, admin, jam, "Paper is better.", [idea.id])
    await statements.vote(world.house, bob, jam, statement.id, "agree")
    await ratings.rate(world.house, admin, idea, {"Impact": 4})
    jam = await jams.freeze_jam(world.house, admin, jam)
    await answers.write_answer(world.house, admin, jam, "", "We do it.", "", "Because.", label="Boxes")
    draft = [one async for one in archive.export_jam(world.house, admin, jam)]
    assert not [one for one in draft if one["kind"] == "answer"]
    await answers.publish(world.house, admin, jam)
    found = [one async for one in archive.export_jam(world.house, admin, jam)]
    choices = [(one["choice"], one["votes"], one["voters"]) for one in found if one["kind"] == "poll"]
    assert choices == [("Red", 0, 1), ("=Blue", 1, 1)]
    (said,) = [one for one in found if one["kind"] == "statement"]
    assert (said["text"], said["people"], said["agree"]) == ("Paper is better.", 1, None)
    (rated,) = [one for one in found if one["kind"] == "rating"]
    assert (rated["contribution_id"], rated["axis"], rated["rated_4"]) == (idea.id, "Impact", 1)
    (answered,) = [one for one in found if one["kind"] == "answer"]
    assert (answered["theme"], answered["doing"], answered["by"]) == ("Boxes", "We do it.", "Ada")
    packed = io.BytesIO()
    await archive.pack_jam(world.house, admin, jam, packed)
    with zipfile.ZipFile(packed) as file:
        assert {"polls.csv", "statements.csv", "ratings.csv", "report.json"} <= set(file.namelist())
        assert "'=Blue" in file.read("polls.csv").decode("utf-8-sig")
        assert json.loads(file.read("report.json"))[0]["why"] == "Because."


async def test_a_jam_of_another_server_is_answered_there(world: World):
    admin = await world.admin()
    mirror = await forums.mirror_forum(
        world.house, admin, uri="https://b.example/f/1", slug="b", title="B", question="", audience="public",
        jam_slug="theirs", jam_title="Theirs", closes_at=None,
    )  # fmt: skip
    jam = await jams.obtain_jam(world.house, admin, mirror.jam_id)
    with pytest.raises(Conflict, match="The server that holds this jam"):
        await answers.write_answer(world.house, admin, jam, "", "We do it.", "", "Because.", label="Ours")
    assert await ideas_read.ideas_of_jam(world.house, admin, jam, "new", 5) == []


def test_a_report_is_cited_by_jam_house_day_and_address(world: World):
    said = citation("Packaging", "Acme", world.time.now, "http://inside/jams/p/report#a-1", "Boxes")
    assert said == (
        "Answer to “Boxes”. In: Report of Packaging. Acme, 23 November 2026. http://inside/jams/p/report#a-1"
    )


async def published_report(world: World, follower: Member | None = None) -> Jam:
    jam, forum, _ = await closed_jam(world)
    admin = await world.admin()
    if follower is not None:
        await follows.follow(world.house, follower, "forum", forum.id)
    await answers.write_answer(world.house, admin, jam, "t1", "We use paper from May.", "", "It is cheap.", "Tape")
    await answers.write_answer(world.house, admin, jam, "t2", "", "No new boxes.", "They are fine.")
    await answers.publish(world.house, admin, jam)
    return jam


async def test_a_correction_is_a_new_version_with_a_reason_and_the_one_before_stays_as_it_was(world: World):
    jam, admin, bob = await published_report(world), await world.admin(), await world.person("bob")
    said = ("Tape", "We use paper from March.", "", "It is cheap.")
    report = await corrections.correct_answer(world.house, admin, jam, "t1", said, "It is March, not May.")
    assert (report.version, report.reason) == (2, "It is March, not May.")
    await corrections.correct_foreword(world.house, admin, jam, "Thank you.", "Nobody was thanked.", 2)
    now = await answers.read_report(world.house, bob, jam)
    assert now is not None
    assert (now.report.version, now.report.foreword, now.answers[0].doing) == (3, "Thank you.", said[1])
    first = await corrections.read_version(world.house, bob, jam, 1)
    assert (first.report.version, first.answers[0].doing, first.answers[0].writer_name) == (
        1, "We use paper from May.", "Ada"
    )  # fmt: skip
    assert [one.declined for one in first.answers] == ["", "No new boxes."]
    newer, older = await corrections.corrections_of(world.house, bob, jam)
    assert [(newer.version, newer.changes[0][0]), (older.version, older.changes[0][0])] == [(3, ""), (2, "Tape")]
    changed = {(piece.change, piece.text) for piece in older.changes[0][1]}
    assert {("gone", "May"), ("new", "March")} <= changed
    for version in (0, 3, 9):
        with pytest.raises(Missing):
            await corrections.read_version(world.house, bob, jam, version)


async def test_a_correction_needs_a_reason_a_change_and_the_version_that_stands(world: World):
    jam, admin, bob = await published_report(world), await world.admin(), await world.person("bob")
    same, other = ("Tape", "We use paper from May.", "", "It is cheap."), ("Tape", "In March.", "", "It is cheap.")
    refused: list[tuple[type[Exception], Any]] = [
        (Invalid, corrections.correct_answer(world.house, admin, jam, "t1", same, "Because.")),
        (Invalid, corrections.correct_answer(world.house, admin, jam, "t1", other, "  ")),
        (Invalid, corrections.correct_answer(world.house, admin, jam, "t1", ("Tape", "", "", "Why."), "Because.")),
        (Invalid, corrections.correct_foreword(world.house, admin, jam, "", "Because.")),
        (Missing, corrections.correct_answer(world.house, admin, jam, "t9", other, "Because.")),
        (Missing, corrections.correct_answer(world.house, admin, jam, "", other, "Because.")),
        (Conflict, corrections.correct_answer(world.house, admin, jam, "t1", other, "Because.", 7)),
        (NotAllowed, corrections.correct_answer(world.house, bob, jam, "t1", other, "Because.")),
    ]
    for kind, change in refused:
        with pytest.raises(kind):
            await change
    assert await corrections.corrections_of(world.house, bob, jam) == []
    forum = await world.forum("other")
    running = await jams.obtain_jam(world.house, admin, forum.jam_id)
    with pytest.raises(Conflict, match="not published yet"):
        await corrections.correct_foreword(world.house, admin, running, "Hello.", "Because.")


async def test_those_who_were_told_of_a_report_are_told_of_its_correction(world: World):
    eve, admin = await world.person("eve"), await world.admin()
    jam = await published_report(world, follower=eve)
    await tell_all(world)
    (forum,) = await world.forums()
    await follows.unfollow(world.house, eve, "forum", forum.id)
    await corrections.correct_foreword(world.house, admin, jam, "Thank you.", "Nobody was thanked.")
    await tell_all(world)
    for member in (eve, await world.person("bob")):
        found = await notices.of_member(world.house.store, member.id, (), unread=True, before=0, limit=9)
        assert [one.detail for one in found if one.subject_id == jam.id] == ["correction", "report"]
