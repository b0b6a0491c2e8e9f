"""The journeys of what words bear besides: pictures, content warnings, languages; and of words that come too late."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from tests.interop.journeys import Stage, feature, need, shown_there
from tests.interop.ours import Thing
from tests.interop.until import until


def _drawn() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 64), "red").save(file, "PNG")
    return file.getvalue()


PICTURE = _drawn()


async def _reply(stage: Stage, text: str, **more: Any) -> Thing:
    """Have somebody there answer the idea; return the answer as it stands here."""
    await stage.person.write(f"@{stage.ours.handle} {text}", stage.found["shown"], **more)

    async def look() -> Thing | None:
        return await stage.ours.answer_with(stage.found["idea"], text)

    return await until("the reply in the thread", look)


@feature("A picture of ours is shown there with the words that describe it", "picture here")
async def picture_here(stage: Stage) -> None:
    title = f"Look at this, {stage.peer.name}"
    made = await stage.ours.idea_with_picture(title, "As drawn here.", PICTURE, "A red dot")

    async def waits() -> bool:
        return any(title in str(one) for one in await stage.ours.held())

    await until("the picture waits for a reviewer", waits)
    await stage.ours.release_all()
    shown = await shown_there(stage, made)
    attached = shown.get("media_attachments", shown.get("attachments", []))
    need(attached, f"nothing is attached: {sorted(shown)}")
    need(attached[0].get("description") == "A red dot", f"its words: {attached[0].get('description')!r}")


@feature("A reply with a picture is taken, and the picture left where it is", "picture there")
async def picture_there(stage: Stage) -> None:
    more = await stage.person.picture(PICTURE, "A red dot from there")
    made = await _reply(stage, "See the dot", **more)
    need(not (await stage.ours.ask("GET", f"/ideas/{made['id']}/files"))["data"], "a file of theirs stands here")


@feature("A content warning from there stands before the words here", "warning")
async def warning(stage: Stage) -> None:
    made = await _reply(stage, "The butler did it", **stage.person.warned("Tells the end"))
    read = await stage.ours.read(made)
    need("Tells the end" in str(read), f"the warning: {str(read)[:1500]}")


@feature("Words that state their language (`contentMap`) arrive as they read", "language")
async def language(stage: Stage) -> None:
    await _reply(stage, "Treppen sind gesund", language="de")
    said = [one.said for one in stage.passed(stage.ours.host, "POST") if "Treppen sind gesund" in one.said]
    need(any('"contentMap"' in one for one in said), f"no language was stated: {said[0][:1500]}")


@feature("Who answers after the end is told so, and nothing is taken", "late")
async def late(stage: Stage) -> None:
    """Nothing is written in this jam after it."""
    before = len(stage.passed(stage.peer.host, "POST"))
    await stage.ours.freeze()
    await stage.person.write(f"@{stage.ours.handle} Far too late", stage.found["shown"])

    async def told() -> bool:
        said = [one.said for one in stage.passed(stage.peer.host, "POST")[before:] if one.status < 300]
        return any("has closed" in one for one in said)

    await until("our words that it has closed are taken", told)
    need(await stage.ours.answer_with(stage.found["idea"], "Far too late") is None, "the late reply was taken")


@feature("Who answered after the end reads there that it was not taken", "late read")
async def late_read(stage: Stage) -> None:
    async def read() -> bool:
        return await stage.person.reads("has closed")

    await until("the person there reads that it has closed", read)
