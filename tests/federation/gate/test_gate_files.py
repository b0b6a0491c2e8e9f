"""Files cross with what they are attached to, as far as the rules let them, and are withdrawn with it."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from server.domain.errors import Invalid, Missing, TooMuch
from server.domain.files import File
from server.services import crossings, files, ideas, people, rules
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_twins import redact, shown
from tests.federation.gate.test_gate_withdrawal import follow
from tests.federation.organisation import Organisation

LONG = "There is no plan here any more, and this is longer."
HOLDS_LONG = '\n[[rule]]\nid = "G-long"\nkind = "guard"\ndirection = "out"\nlength = ">20"\neffect = "hold"\n'
NO_FILES = '\n[[rule]]\nid = "G-none"\nkind = "guard"\ndirection = "out"\nattachments = ">0"\neffect = "deny"\n'
ABOUT_OTHERS = '\n[[rule]]\nid = "G-other"\nkind = "guard"\ndirection = "out"\nto = "other.example"\neffect = "deny"\n'
NOTES = b"Measured on Monday: 17 jars."


@pytest.fixture
async def initech(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("marmalade")


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a picture with a place and a comment in its metadata."""
    drawn = Image.new("RGB", size, (200, 90, 20))
    exif = Image.Exif()
    exif[0x010E] = "CANARYBIRD"
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    drawn.save(made, kind, **({"exif": exif, "comment": b"CANARYBIRD"} if kind == "JPEG" else {}))
    return made.getvalue()


async def attached(acme: Organisation, *bodies: tuple[str, bytes, str]) -> list[File]:
    return [await files.take(acme.house, acme.admin, name, body, alt) for name, body, alt in bodies]


async def without_guard(acme: Organisation, more: str = "") -> None:
    """Let files cross unreviewed."""
    stored, _ = await rules.rules_in_force(acme.house)
    head, rest = stored.text.split('id = "G-files"')
    text = head.rsplit("[[rule]]", 1)[0] + "[[rule]]" + rest.split("[[rule]]", 1)[1]
    await rules.apply_rules(acme.house, acme.admin, text + more, alone=True)
    await acme.idle()


async def test_a_picture_crosses_without_its_metadata_and_goes_with_its_idea(acme: Organisation, initech: Elsewhere):
    await without_guard(acme)
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    some = await attached(acme, ("C:\\secret\\jar.JPG", picture(), "A jar of orange marmalade"), ("n.txt", NOTES, ""))
    idea = await acme.idea(forum, files=some)
    await acme.idle()
    (article,) = shown(initech)
    jar, notes = article["attachment"]
    assert (jar["type"], jar["mediaType"], jar["name"]) == ("Image", "image/webp", "A jar of orange marmalade")
    assert (jar["width"], jar["height"]) == (64, 48)
    assert (notes["type"], notes["mediaType"], notes["name"]) == ("Document", "text/plain", "n.txt")
    seen = await initech.get(jar["url"])
    assert seen.headers["content-type"] == "image/webp"
    assert "sandbox" in seen.headers["content-security-policy"]
    assert b"CANARYBIRD" not in seen.body
    assert Image.open(io.BytesIO(seen.body)).size == (64, 48)
    kept = await initech.get(notes["url"])
    assert (kept.body, kept.headers["content-disposition"]) == (NOTES, "attachment")
    assert some[0].id not in json.dumps(article)
    await ideas.delete(acme.house, acme.admin, idea)
    await acme.idle()
    assert [(await initech.get(one["url"])).status for one in (jar, notes)] == [404, 404]
    left = await acme.outside.store.fetch_value("SELECT count(*) FROM bodies WHERE bytes = ?", (NOTES,))
    assert left == 0
    assert await acme.house.store.fetch_value("SELECT count(*) FROM file_bytes") == 0


async def test_files_wait_for_a_reviewer_unless_the_rules_say_otherwise(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum, files=await attached(acme, ("notes.txt", NOTES, "")))
    await acme.idle()
    said = await crossings.verdicts_of(acme.house, acme.admin, idea)
    assert {(one.verdict, one.rules) for one in said} == {("held", ("G-files",))}
    assert shown(initech) == []


async def test_attachments_can_be_taken_out(acme: Organisation, initech: Elsewhere):
    await without_guard(
        acme, '\n[[rule]]\nid = "G-bare"\nkind = "guard"\ndirection = "out"\nattachments = ">0"\neffect = "redact"\n'
        'redactions = ["attachments"]\n'
    )  # fmt: skip
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    await acme.idea(forum, files=await attached(acme, ("notes.txt", NOTES, "")))
    await acme.idle()
    (article,) = shown(initech)
    assert "attachment" not in article
    assert await acme.outside.store.fetch_value("SELECT count(*) FROM crossings WHERE kind = 'file'") == 0


async def test_what_is_said_of_a_picture_is_scanned_like_all_words(acme: Organisation, initech: Elsewhere):
    await without_guard(acme)
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum, files=await attached(acme, ("a.png", picture("PNG"), "Card of bob@example.org")))
    await acme.idle()
    assert {one.verdict for one in await crossings.verdicts_of(acme.house, acme.admin, idea)} == {"held"}
    assert shown(initech) == []


async def test_what_is_taken_out_of_words_is_taken_out_of_what_pictures_show(acme: Organisation, initech: Elsewhere):
    await without_guard(acme)
    await redact(acme, "email")
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    await acme.idea(forum, files=await attached(acme, ("a.png", picture("PNG"), "Card of bob@example.org")))
    await acme.idle()
    (article,) = shown(initech)
    assert article["attachment"][0]["name"].startswith("Card of [")
    assert b"bob@example.org" not in b"".join(one.body for one in initech.arrived)


async def test_a_file_is_only_for_those_who_were_granted_what_it_hangs_on(
    acme: Organisation, initech: Elsewhere, elsewhere: MakeElsewhere
):
    await without_guard(acme)
    await acme.partner(initech.host)
    other = await elsewhere("marmalade")
    forum = await acme.forum("closed", "partners")
    await follow(initech, acme, forum.uri)
    await acme.idea(forum, files=await attached(acme, ("notes.txt", NOTES, "")))
    await acme.idle()
    (article,) = shown(initech)
    url = article["attachment"][0]["url"]
    assert (await initech.get(url, by=initech.person("ann"))).body == NOTES
    assert (await other.get(url, by=other.person("olaf"))).status == 404
    assert (await other.get(url)).status == 404


async def test_older_words_with_a_file_stand_no_longer_than_a_rule_lets_that_file_across(
    acme: Organisation, initech: Elsewhere
):
    """The newest version, without the file, waits for a reviewer: by its own files the older would stand."""
    await without_guard(acme, HOLDS_LONG)
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    with_file = await acme.idea(forum, text="A plan.", files=await attached(acme, ("plan.txt", NOTES, "")))
    bare = await acme.idea(forum, text="A thought.")
    await acme.idle()
    for idea in (with_file, bare):
        await ideas.edit(acme.house, acme.admin, idea, LONG, files=[])
    await acme.idle()
    assert [(await initech.get(one.uri)).status for one in (with_file, bare)] == [200, 200], "a held edit ends nothing"
    stored, _ = await rules.rules_in_force(acme.house)
    await rules.apply_rules(acme.house, acme.admin, stored.text + ABOUT_OTHERS, alone=True)
    await acme.idle()
    assert [(await initech.get(one.uri)).status for one in (with_file, bare)] == [200, 200], "nor does another's affair"
    await rules.apply_rules(acme.house, acme.admin, stored.text + NO_FILES, alone=True)
    await acme.idle()
    assert [(await initech.get(one.uri)).status for one in (with_file, bare)] == [410, 200]


async def test_older_words_end_where_nothing_was_kept_of_their_files(acme: Organisation, initech: Elsewhere):
    """Those of stores that are older than what is kept of files."""
    await without_guard(acme, HOLDS_LONG)
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum, text="A plan.", files=await attached(acme, ("plan.txt", NOTES, "")))
    await acme.idle()
    await ideas.edit(acme.house, acme.admin, idea, LONG, files=[])
    await acme.idle()
    async with acme.house.store.transaction() as change:
        await change.execute("UPDATE versions SET attached = ''")
    stored, _ = await rules.rules_in_force(acme.house)
    await rules.apply_rules(acme.house, acme.admin, stored.text + ABOUT_OTHERS, alone=True)
    await acme.idle()
    assert (await initech.get(idea.uri)).status == 410


async def test_an_edit_takes_a_file_back_and_another_along(acme: Organisation, initech: Elsewhere):
    await without_guard(acme)
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    first, second = await attached(acme, ("first.txt", NOTES, ""), ("second.txt", b"Other words.", ""))
    idea = await acme.idea(forum, files=[first])
    await acme.idle()
    (before,) = shown(initech)
    await ideas.edit(acme.house, acme.admin, idea, idea.text, files=[second])
    await acme.idle()
    (after,) = shown(initech, "Announce Update Article")
    assert [one["name"] for one in after["attachment"]] == ["second.txt"]
    assert (await initech.get(before["attachment"][0]["url"])).status == 404
    assert (await initech.get(after["attachment"][0]["url"])).body == b"Other words."


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("program.exe", b"MZ\x90\x00"),
        ("broken.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50),
        ("binary.txt", b"\xff\xfe\x00"),
        ("nothing.txt", b""),
    ],
)
async def test_what_is_no_file_that_we_take_is_refused_with_its_name(acme: Organisation, name: str, body: bytes):
    with pytest.raises(Invalid, match=name):
        await files.take(acme.house, acme.admin, name, body)


async def test_a_picture_of_too_many_pixels_and_a_file_of_too_many_bytes_are_refused(acme: Organisation):
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    with pytest.raises(Invalid, match="too many pixels"):
        await files.take(acme.house, acme.admin, "bomb.png", bomb.getvalue())
    with pytest.raises(TooMuch):
        await files.take(acme.house, acme.admin, "long.txt", b"x" * 10_000_001)


async def test_only_ones_own_files_can_be_attached_and_pictures_only_with_words(acme: Organisation):
    forum = await acme.forum("open")
    (mine,) = await attached(acme, ("a.png", picture("PNG"), ""))
    bob = await people.add_member(acme.house, "bob", "Bob", "")
    with pytest.raises(Missing):
        await files.chosen(acme.house, bob, [mine.id], {mine.id: "A jar"})
    with pytest.raises(Invalid, match="Say in a few words"):
        await files.chosen(acme.house, acme.admin, [mine.id], {})
    (told,) = await files.chosen(acme.house, acme.admin, [mine.id], {mine.id: "A jar"})
    with pytest.raises(Missing):
        await files.obtain(acme.house, bob, mine.id)
    idea = await acme.idea(forum, files=[told])
    assert (await files.obtain(acme.house, bob, mine.id)).alt == "A jar"
    with pytest.raises(Missing):
        await acme.idea(forum, files=[told])
    await ideas.delete(acme.house, acme.admin, idea)
    with pytest.raises(Missing):
        await files.obtain(acme.house, bob, mine.id)
