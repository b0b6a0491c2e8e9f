"""Themes renamed, merged, split and pinned, ideas moved, and changes undone. For those with the duty `themes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import orjson
from aiohttp import hdrs, web

from server.domain.actors import Member
from server.domain.curation import KINDS, ThemeEdit
from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.jams import Jam
from server.services import board, emerging, theme_edits, themes_read
from server.services.house import House
from web.answers import go, head_of, show
from web.figures import draw_themes
from web.forms import read_form, wrong_of
from web.language import say
from web.pages.jams import obtain
from web.pages.themes.views import Dismissed, EditPage, EditRow


async def analyst(request: web.Request) -> tuple[House, Member, Jam]:
    """The house, a person with the duty `themes`, and the jam; to everybody else the page does not exist."""
    house, member, jam = await obtain(request)
    if not member.may("themes"):
        raise Missing("page", f"{member.id} does not edit themes")
    return house, member, jam


async def show_editor(request: web.Request) -> web.Response:
    """GET /jams/{jam}/themes/edit"""
    return await _show(request, {}, {}, 200)


async def _show(request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int) -> web.Response:
    house, member, jam = await analyst(request)
    head = head_of(jam, jam.state_at(house.now()), "board")
    themes, _said = draw_themes(await board.read_themes(house, member, jam), head.url)
    names = await theme_edits.names_in_edits(house, member, jam)
    url = f"{head.url}/themes/edit"
    page = EditPage(
        jam=head,
        url=url,
        themes=themes,
        edits=tuple(_row(one, names[one.id], url) for one in await theme_edits.list_edits(house, member, jam)),
        dismissed=tuple(
            Dismissed(word=one.word, at=one.dismissed_at, url=f"{head.url}/themes/emerging/{one.theme}/restore")
            for one in await emerging.list_announced(house, member, jam)
            if one.dismissed_at is not None
        ),
        wrong=wrong,
        typed=typed,
    )
    return show(request, "themes/edit.html", page, status=status)


def _row(edit: ThemeEdit, names: tuple[str, str], url: str) -> EditRow:
    theme, other = (name or say("a theme that is no more") for name in names)
    sentence = {
        "rename": say("Renamed “%(theme)s” to “%(title)s”", theme=theme, title=edit.title)
        if edit.title
        else say("Gave “%(theme)s” the machine's name again", theme=theme),
        "merge": say("Merged “%(theme)s” into “%(other)s”", theme=theme, other=other),
        "split": say("Split “%(theme)s”", theme=theme),
        "pin": say("Pinned “%(theme)s”", theme=theme),
        "move": say("Moved an idea or a reply into “%(theme)s”", theme=theme),
    }[edit.kind]
    return EditRow(
        version=edit.version,
        sentence=sentence,
        name=edit.member_name,
        at=edit.made_at,
        undone=edit.undone_at is not None,
        undo_url="" if edit.undone_at else f"{url}/{edit.version}/undo",
    )


async def change(request: web.Request) -> web.Response:
    """POST /jams/{jam}/themes/edit: `kind`, `theme` and, as the kind asks, `other` or `title`."""
    house, member, jam = await analyst(request)
    form = await read_form(request)
    kind = next((one for one in KINDS if one == form.get("kind")), None)
    if kind is None:
        raise Missing("page", "an edit of no kind")
    try:
        await theme_edits.edit(
            house, member, jam, kind, form.get("theme", ""), other=form.get("other", ""), title=form.get("title", "")
        )
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _show(request, form, wrong_of(refusal), refusal.status)
    back = f"/jams/{jam.slug}/themes/{form.get('theme', '')}" if kind == "move" else f"/jams/{jam.slug}/themes/edit"
    return go(request, back, "saved")


async def undo(request: web.Request) -> web.Response:
    """POST /jams/{jam}/themes/edit/{edit}/undo"""
    house, member, jam = await analyst(request)
    await theme_edits.undo(house, member, jam, int(request.match_info["edit"]))
    return go(request, f"/jams/{jam.slug}/themes/edit", "saved")


async def download_table(request: web.Request) -> web.Response:
    """GET /jams/{jam}/themes.csv"""
    house, member, jam = await analyst(request)
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{jam.slug}-themes.csv"'}
    return web.Response(text=await theme_edits.as_csv(house, member, jam), content_type="text/csv", headers=headers)


async def download_report(request: web.Request) -> web.Response:
    """GET /jams/{jam}/themes.json"""
    house, member, jam = await analyst(request)
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{jam.slug}-themes.json"'}
    report = orjson.loads(await board.read_themes(house, member, jam) or "{}")
    standing = await themes_read.everything(house, jam.id, report)
    told = orjson.dumps(report | asdict(standing))
    return web.Response(body=told, content_type="application/json", headers=headers)
