"""Files in the composer: uploaded with the form, kept while it is written, shown again whatever goes wrong.

The form carries the ids of what was uploaded in `files`, what each shows in `alt-ID`, a new file in `file`, and in
`remove` the id of one to let go of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiohttp import web
from aiohttp.web_request import FileField

from server.domain.actors import Member
from server.domain.errors import Missing, Refusal
from server.domain.files import File
from server.domain.ideas import Contribution, Linked, LinkedKind
from server.domain.uris import host_of
from server.services import files
from server.services.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file as pages show it: `alt` says what a picture shows. One that stays on another server names its `host` and
    what `kind` it is.
    """

    id: str
    url: str
    name: str
    alt: str
    is_picture: bool
    width: int
    height: int
    size: int
    host: str = ""
    kind: LinkedKind = "file"


def draw_linked(linked: Linked) -> FileView:
    """A link to a file that stays on another server: nothing of it is loaded before somebody follows it."""
    return FileView(
        id="", url=linked.url, name="", alt=linked.words, is_picture=False, width=0, height=0, size=0,
        host=host_of(linked.url), kind=linked.kind,
    )  # fmt: skip


def draw_file(file: File, alt: str | None = None) -> FileView:
    return FileView(
        id=file.id,
        url=f"/files/{file.id}",
        name=file.name,
        alt=file.alt if alt is None else alt,
        is_picture=file.is_picture,
        width=file.width,
        height=file.height,
        size=file.size,
    )


def ids_in(form: Mapping[str, str]) -> list[str]:
    """Return the ids of the files that a form carries."""
    return [one for one in form.get("files", "").split() if one != form.get("remove")]


async def take(request: web.Request, member: Member, house: House, form: dict[str, str]) -> None:
    """Keep a file that comes with a form, and add it to those the form carries. Raises Invalid or TooMuch."""
    form["files"] = " ".join(ids_in(form))
    for sent in (await request.post()).getall("file", []):
        if isinstance(sent, FileField) and sent.filename:
            with sent.file as opened:
                body = opened.read()
            made = await files.take(house, member, sent.filename, body, form.get("alt", ""))
            form["files"] = f"{form['files']} {made.id}".strip()
            form[f"alt-{made.id}"] = made.alt


async def taken(request: web.Request, member: Member, house: House, form: dict[str, str]) -> dict[str, str]:
    """The same where nothing is sent yet: return what is wrong with it, by field."""
    try:
        await take(request, member, house, form)
    except Refusal as refusal:
        return {"file": refusal.public}
    return {}


async def chosen(house: House, member: Member, form: Mapping[str, str]) -> list[File]:
    """Return the files that a form carries, to be attached. Raises Invalid or Missing."""
    alts = {name.removeprefix("alt-"): said for name, said in form.items() if name.startswith("alt-")}
    return await files.chosen(house, member, ids_in(form), alts)


async def carried(house: House, member: Member, form: Mapping[str, str]) -> tuple[File, ...]:
    """Return the files that a form carries, as far as they are there and this person's; nothing is refused."""
    found = []
    for file_id in ids_in(form):
        try:
            one = await files.obtain(house, member, file_id)
        except Missing:
            continue
        if one.member_id == member.id:
            found.append(one)
    return tuple(found)


async def attached_to(
    house: House, reader: Member, several: Iterable[Contribution]
) -> dict[str, tuple[FileView, ...]]:
    """Return contribution id → files of those that the reader may see."""
    several = list(several)
    found = await files.shown(house, reader, several)
    drawn = {made_id: tuple(draw_file(one) for one in some) for made_id, some in found.items()}
    stay = await files.shown_elsewhere(house, reader, several)
    return drawn | {made_id: tuple(draw_linked(one) for one in some) for made_id, some in stay.items()}


def views_of(some: tuple[File, ...], form: Mapping[str, str]) -> tuple[FileView, ...]:
    """Return files for the composer, each with what was typed about it."""
    return tuple(draw_file(one, form.get(f"alt-{one.id}", one.alt)) for one in some)


def typed_of(some: tuple[File, ...]) -> dict[str, str]:
    """Return the fields of a form that carries files that are attached already."""
    return {"files": " ".join(one.id for one in some)} | {f"alt-{one.id}": one.alt for one in some}
