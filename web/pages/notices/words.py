"""Notices in words, for pages and mails alike."""

from __future__ import annotations

from urllib.parse import quote

from server.domain.notices import EMERGING, NoticeKind
from server.services.inbox import Told
from server.services.text import excerpt, plain
from web.cards import url_of
from web.language import _
from web.pages.notices.views import NoticeLine
from web.people import Names, person_of

ICONS: dict[NoticeKind, str] = {
    "reply": "message-circle",
    "mention": "user",
    "build_on": "blocks",
    "mark": "award",
    "outcome": "stamp",
    "boundary": "shield",
    "moderation": "flag",
    "duty": "stamp",
    "followed": "eye",
}


def kind_words(kind: NoticeKind) -> str:
    """What a kind of notices is called, in the reader's language."""
    return {
        "reply": _("Replies to you"),
        "mention": _("Mentions"),
        "build_on": _("Built on your ideas"),
        "mark": _("Marks"),
        "outcome": _("What became of ideas"),
        "boundary": _("At the boundary"),
        "moderation": _("Moderation"),
        "duty": _("Waiting for you"),
        "followed": _("What you follow"),
    }[kind]


def sentence_of(told: Told) -> str:
    """Say what happened, without any words of the idea or reply itself."""
    notice = told.notice
    # As the words themselves are signed: a forum may show another name than the member's own.
    name = told.about.author_name if told.about else _("Somebody")
    if notice.kind == "mark":
        return _mark_words(notice.detail)
    if notice.kind == "outcome" or notice.detail == "outcome":
        return _outcome_words(told)
    if notice.kind == "boundary":
        return _boundary_words(notice.detail)
    if notice.kind == "followed":
        return _followed_words(told, name)
    return {
        "reply": _("%(name)s replied to you"),
        "mention": _("%(name)s mentioned you"),
        "build_on": _("%(name)s built on your idea"),
        "moderation": _moderation_words(notice.detail),
        "duty": _duty_words(notice.detail),
    }[notice.kind] % {"name": name}


def _mark_words(detail: str) -> str:
    if detail == "best":
        return _("A facilitator marked your words as best")
    return _("A facilitator marked your words as emerging")


def _outcome_words(told: Told) -> str:
    if told.notice.kind == "followed":
        return _("It is decided what becomes of an idea that you follow")
    if told.about is None or told.about.author_id != told.notice.member_id:
        return _("It is decided what becomes of an idea that yours is part of")
    if told.notice.detail == "stream":
        if told.stream:
            return _("Your idea is in the work stream “%(stream)s”") % {"stream": told.stream}
        return _("Your idea is in a work stream")
    return {
        "done": _("Your idea is done"),
        "later": _("Your idea waits for later"),
        "declined": _("Your idea is not carried on"),
    }.get(told.notice.detail, _("It is decided what becomes of your idea"))


def _boundary_words(detail: str) -> str:
    return {
        "held": _("Your words wait for a reviewer before others outside see them"),
        "released": _("A reviewer let your words cross"),
        "refused": _("A reviewer kept your words inside"),
        "closed": _("The jam had closed: the server that holds it did not take your words, they stand here alone"),
    }.get(detail, _("Something was decided about your words at the boundary"))


def _moderation_words(detail: str) -> str:
    return {
        "hidden": _("A facilitator hid words of yours for now; edit them and they can come back"),
        "restored": _("Words of yours that were hidden are back"),
        "asked": _("A facilitator asks you to edit words of yours; the thread says why"),
        "moved": _("A facilitator moved words of yours"),
        "locked": _("Your thread is locked: nobody can answer in it any more"),
        "unlocked": _("Your thread can be answered again"),
        "named": _("Two people opened the name behind words of yours, and know that they are yours"),
    }.get(detail, _("A facilitator removed words of yours"))


def _duty_words(detail: str) -> str:
    if detail.startswith(EMERGING):
        return _("A theme emerges: many suddenly speak of something new")
    return {
        "review": _("Something waits for your review"),
        "flag": _("Somebody asks the facilitators to look at something"),
        "name": _("Somebody asks for the name behind a voice; a second person has to agree"),
        "name opened": _("The name that you asked for is opened"),
        "name refused": _("The name that you asked for stays sealed"),
        "summary": _("You owe the summary of a breakout room"),
        "hour": _("Your host hour has begun; people have questions for you"),
        "answer": _("You are asked for the answer to a theme of a jam"),
        "stream": _("You answer for a work stream"),
        "silence": _("Nothing was said for long about a work stream that you answer for; everybody sees that"),
        "rules": _("A rule table that opens something waits for a second person"),
    }.get(detail, _("Something waits for you to look at"))


def _followed_words(told: Told, name: str) -> str:
    if told.notice.detail == "theme":
        return _("A theme that you follow grows")
    if told.notice.detail == "report":
        return _("A jam that you took part in is answered: its report is published")
    if told.notice.detail == "news":
        return _("%(name)s tells how a work stream with an idea of yours goes on") % {"name": name}
    if told.notice.detail == "correction":
        return _("The report of a jam that you took part in is corrected")
    if told.notice.detail == "hour":
        return _("A host hour has begun: %(name)s answers questions") % {"name": name}
    if told.notice.detail == "room":
        return _("%(name)s asked you into a breakout room") % {"name": name}
    if told.about is not None and told.about.kind == "idea":
        return _("%(name)s posted an idea") % {"name": name}
    return _("%(name)s wrote in a thread that concerns you") % {"name": name}


def url_of_notice(told: Told) -> str:
    """Where a notice leads, as a path; "" where what it was about is gone."""
    notice = told.notice
    plain_places = {
        "hour": f"/hours/{notice.subject_id}",
        "report": f"/jams/{notice.subject_id}/report",
        "correction": f"/jams/{notice.subject_id}/report#corrections",
        "answer": f"/jams/{notice.subject_id}/report/write",
        "rules": "/boundary",
    }
    if notice.detail in ("silence", "news") or (notice.kind == "duty" and notice.detail == "stream"):
        return f"/jams/{notice.subject_id}/outcomes"
    if notice.detail in plain_places:
        return plain_places[notice.detail]
    if notice.emerging:
        return f"/jams/{notice.subject_id}/behind/emerging?name={quote(notice.emerging)}"
    if notice.detail == "summary":
        return url_of(told.about) if told.about else ""
    if notice.kind == "duty":
        cases = f"/jams/{told.about.jam_id}/control/cases" if told.about else "/inbox"
        if notice.detail.startswith("name"):
            return "/boundary/names"
        return "/boundary/holds" if notice.detail == "review" else cases
    if notice.kind == "followed" and notice.detail == "theme":
        return "/catch-up"
    return url_of(told.about) if told.about else ""


def draw_line(told: Told, names: Names) -> NoticeLine:
    about, root = told.about, told.root
    titled = about if about and about.kind == "idea" else root
    return NoticeLine(
        number=told.notice.number,
        icon=ICONS[told.notice.kind],
        sentence=sentence_of(told),
        title=titled.title if titled else told.theme,
        excerpt=excerpt(told.reason or plain(about.html), 160) if about else "",
        url=url_of_notice(told),
        by=person_of(told.by, names) if told.by else None,
        at=told.notice.made_at,
        unread=told.notice.unread,
        kind=told.notice.kind,
    )
