"""Answering a browser: a page, a fragment, or the way to another page."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote

from aiohttp import hdrs, web

from server.domain.actors import DUTIES, Member
from server.keys import HOUSE
from web import csrf
from web.keys import ALARM, TEMPLATES, TO_DECIDE, UNREAD
from web.language import LANGUAGES, RIGHT_TO_LEFT, _, later, spoken
from web.people import Names, person_of
from web.session import session_of
from web.views import JamHead, Viewer

APPEARANCES = ("auto", "light", "dark")
DIRECTIONS = ("ltr", "rtl")
#: What a page says after something was done; the address carries the key only, never the words.
DONE = {
    "posted": later("Your idea is in."),
    "replied": later("Your reply is in."),
    "saved": later("Saved."),
    "taken-back": later("Taken back. Nothing of it has left; the words are a draft again."),
    "kept": later("Kept as a draft. Nobody else sees it."),
    "kept-for-you": later("You are signed in again. What you typed is here, and not sent yet."),
    "dropped": later("Dropped."),
    "too-late": later("It was too late to undo that: it is on its way. You can still delete it."),
    "deleted": later("Deleted. Where a copy was outside, its holder is asked to delete it too."),
    "carried": later("Carried over. Each links to where it comes from."),
    "rehearsed": later("A rehearsal is running. Try everything; nobody but organisers and facilitators sees it."),
    "rehearsal-gone": later("The rehearsal is gone, with its people and words."),
    "created": later("Created. It is a draft until you open it."),
    "opened": later("The jam is open."),
    "extended": later("The jam has a new end."),
    "frozen": later("The jam is closed. Everybody can still read it."),
    "archived": later("The jam is archived."),
    "report": later("The report is published. Everybody it concerns is told."),
    "corrected": later("The correction is published. Everybody who was told of the report is told of it."),
    "forum": later("The forum is there, with the rules that its audience stands for."),
    "asked": later("The other server has been asked. The forum appears here once it answers."),
    "begun": later("Your shift has begun. What was handed to you stands first."),
    "handed": later("Your shift is over, and your note is handed on. Thank you."),
    "moved": later("Done. Copies outside are withdrawn from where it stood, and released where it stands now."),
    "unmoved": later("Undone. It stands where it stood before."),
    "locked": later("Locked. Everybody can still read it; nobody can answer in it any more."),
    "unlocked": later("Open again. Everybody can answer in it."),
    "flagged": later("Flagged. A facilitator looks at it; the moderation log tells you what became of it."),
    "hidden": later("Hidden. Its author reads why; copies outside are being taken back."),
    "undone": later("Undone. It waits for a decision again."),
    "recalled": later("Taken back. It is served to nobody any more, and its holders are being asked to delete it."),
    "recalling": later("It takes effect when the gate runs; until then what stands outside is still served."),
    "purged": later("Purged. Its words and bytes are gone from here; nobody was told."),
    "purging": later("Purged inside. What came in or was fetched goes when the gate runs."),
    "partner": later("The partner is written down."),
    "offered": later("The offer is on its way. It holds once they accept it."),
    "password": later("Your password is set."),
    "self-test": later("Asked for. It runs in a moment."),
    "rules": later("Done. The rules in force are below."),
    "rules-wait": later("It opens something, so a second person has to approve it. Until then nothing changes."),
    "rules-later": later("It comes into force at its time. Until then nothing changes."),
    "rules-refused": later("Dropped. The rules in force are below."),
    "shadow": later("It is in the shadow: it looks at everything, and decides nothing."),
    "shadow-ended": later("It is out of the shadow."),
    "rated": later("Your ratings are in."),
    "statement": later("Your statement is put to everybody."),
    "statement-waits": later("Proposed. A facilitator looks at it before it is put to everybody."),
    "question": later("Your question is in the queue."),
    "answered": later("Your answer stands in the forum."),
    "room": later("The room is open."),
    "entered": later("Entered, in their words."),
    "asked-poll": later("Your poll is in."),
    "voted": later("Your vote counts. You can change it until the poll ends."),
    "rest": later("Asked for. What its server has for us comes in within the next minute, as the rules say."),
    "signed-out": later("You are signed out."),
}


def viewer_of(request: web.Request, member: Member) -> Viewer:
    """The person who looks, with the choices that their browser keeps for them."""
    appearance = request.cookies.get("appearance", "")
    direction = request.cookies.get("direction", "")
    return Viewer(
        person=person_of(member, Names()),
        role=member.role,
        duties=DUTIES[member.role],
        consent=member.consent,
        to_decide=request.get(TO_DECIDE, 0),
        unread=request.get(UNREAD, 0),
        appearance=appearance if appearance in APPEARANCES else "auto",  # type: ignore[arg-type]
        language=spoken(),
        direction=direction_of(direction),
    )


def direction_of(chosen: str) -> Literal["ltr", "rtl"]:
    """Return the reading direction: the one chosen, else the language's own."""
    if chosen in ("ltr", "rtl"):
        return chosen  # type: ignore[return-value]
    return "rtl" if spoken() in RIGHT_TO_LEFT else "ltr"


def draw(request: web.Request, template: str, page: object = None, **more: Any) -> str:
    """Render a template with what every page needs: `viewer`, `csrf`, `site`, `jam`, `section`, `done`."""
    session = session_of(request)
    values: dict[str, Any] = {
        "page": page,
        "site": request.app[HOUSE].name,
        "viewer": viewer_of(request, session.member) if session else None,
        "csrf": csrf.STAND_IN if session else "",
        "jam": getattr(page, "jam", None),
        "section": "",
        "here": request.path_qs if request.method == "GET" else "/",
        "alarm": request.get(ALARM, ""),
        "done": _(told) if (told := DONE.get(request.query.get("done", ""), "")) else "",
        "languages": LANGUAGES,
        "language": spoken(),
        "direction": direction_of(request.cookies.get("direction", "")),
        **more,
    }
    text = request.app[TEMPLATES].render(template, **values)
    return text.replace(csrf.STAND_IN, csrf.mask_token(csrf.derive_token(session.csrf))) if session else text


def show(
    request: web.Request, template: str, page: object = None, *, status: int = 200, section: str = ""
) -> web.Response:
    """Answer with a whole page."""
    return html(draw(request, template, page, section=section), status)


def html(text: str, status: int = 200) -> web.Response:
    said = {hdrs.CONTENT_LANGUAGE: spoken(), hdrs.VARY: "Accept-Language, Cookie"}
    response = web.Response(text=text, status=status, content_type="text/html", headers=said)
    if len(text) > 1024:
        response.enable_compression()
    return response


def go(request: web.Request, url: str, done: str = "") -> web.Response:
    """Send the browser on with 303 (RFC 9110, 15.4.4), htmx by its own header; `url` is a path of ours."""
    path, _, fragment = url.partition("#")
    if done:
        path += f"{'&' if '?' in path else '?'}done={quote(done)}"
    target = f"{path}#{fragment}" if fragment else path
    if from_htmx(request):
        return web.Response(status=204, headers={"HX-Redirect": target})
    return web.Response(status=303, headers={hdrs.LOCATION: target})


def from_htmx(request: web.Request) -> bool:
    return request.headers.get("HX-Request") == "true"


def own_path(url: str) -> str:
    """`url` if it is a path on this site, else "/": never an open redirect."""
    plain = url.startswith("/") and not url.startswith(("//", "/\\")) and url.isprintable()
    return url if plain and "\\" not in url else "/"


def head_of(jam: Any, state: str, tab: str = "lobby") -> JamHead:
    """What the frame of a jam's page shows. `jam` is a domain Jam, `state` the one in force now."""
    url = f"/jams/{jam.id if jam.host else jam.slug}"
    return JamHead(id=jam.id, title=jam.title, url=url, state=state, tab=tab, host=jam.host)
