"""Mails about notices: their words, their look, and handing them over.

A mail says how much happened and where to read it; whether it says more is the administrators' choice, and words under
a label above GREEN are never in one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime

import structlog

from server.domain.errors import Conflict
from server.domain.mails import Mail, MailChoices, Says
from server.domain.notices import KINDS, NoticeKind
from server.language.figures import number
from server.services import mails
from server.services.house import House
from server.services.inbox import Told
from server.services.mail_links import confirm_token, unsubscribe_token
from server.services.text import excerpt
from server.smtp import Mailing, NotTaken
from web.language import DEFAULT, RIGHT_TO_LEFT, _, ngettext, speaking, spoken
from web.pages.notices.words import sentence_of, url_of_notice
from web.templates import Templates

MOST_LINES = 20
log = structlog.get_logger("mails")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a mail. `title` and `said` are "" where the mail may not hold them."""

    sentence: str
    title: str
    said: str
    url: str


@dataclass(slots=True)
class Postbox:
    """Plans the mails that are due and hands them over. Call `run_once` again and again."""

    house: House
    mailing: Mailing
    templates: Templates

    async def run_once(self) -> int:
        """Return how many mails were handed over or given up."""
        await mails.plan(self.house)
        done = 0
        for mail in await mails.due(self.house):
            if await mails.take(self.house, mail):
                done += await self._send(mail)
        return done

    async def _send(self, mail: Mail) -> int:
        try:
            message = await self._written(mail)
        except Conflict as refusal:
            await mails.end(self.house, mail, "dropped", refusal.public)
            return 1
        try:
            await self.mailing.send(message)
        except NotTaken as error:
            log.warning("mail not taken", mail=mail.id, for_good=error.for_good)
            await mails.end(self.house, mail, "failed" if error.for_good else "waiting", str(error))
            return 1 if error.for_good else 0
        await mails.end(self.house, mail, "sent")
        return 1

    async def _written(self, mail: Mail) -> EmailMessage:
        _member, choices, told = await mails.said_in(self.house, mail)
        with speaking(choices.language or DEFAULT):
            return await self._in_their_language(mail, choices, told)

    async def _in_their_language(self, mail: Mail, choices: MailChoices, told: Sequence[Told]) -> EmailMessage:
        if mail.kind == "confirm":
            return await self._confirming(mail, choices)
        if not told:
            raise Conflict("It has all been read meanwhile.")
        says, counted = await mails.read_says(self.house), counts_of(told)
        message = self._message(mail, choices, f"{self.house.name}: {_(', ').join(counted)}")
        inside = self.house.addresses.inside_url
        token = await unsubscribe_token(self.house, mail.member_id, mail.kind)
        message["List-Unsubscribe"] = f"<{inside}/unsubscribe/{token}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        lines = lines_of(told, says, inside)
        more = len(told) - len(lines) if lines else 0
        values = {
            "site": self.house.name, "counted": counted, "lines": lines, "more": more, "inbox": f"{inside}/inbox",
            "settings": f"{inside}/me/notices", "stop": f"{inside}/unsubscribe/{token}",
            "language": spoken(), "direction": "rtl" if spoken() in RIGHT_TO_LEFT else "ltr",
        }  # fmt: skip
        message.set_content(_plain(counted, lines, more, inside, token))
        message.add_alternative(self.templates.render("mail/notices.html", **values), subtype="html")
        return _in_language(message)

    async def _confirming(self, mail: Mail, choices: MailChoices) -> EmailMessage:
        token = await confirm_token(self.house, choices)
        message = self._message(mail, choices, _("Is this your address?"))
        message.set_content(
            _("Somebody who is signed in at %(site)s asked to be mailed here. If that was you, open this page:")
            % {"site": self.house.name}
            + f"\n\n{self.house.addresses.inside_url}/me/notices/confirm/{token}\n\n"
            + _("If it was not, do nothing: no more mail comes.")
            + "\n"
        )
        return _in_language(message)

    def _message(self, mail: Mail, choices: MailChoices, subject: str) -> EmailMessage:
        message = EmailMessage(policy=LINES)
        message["Subject"] = " ".join(subject.split())
        message["From"] = Address(self.house.name, addr_spec=self.mailing.sender)
        message["To"] = choices.address
        message["Date"] = format_datetime(mail.made_at)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        return message


def _in_language(message: EmailMessage) -> EmailMessage:
    """Name the language of the whole: what is put in a message before its text goes to a part of it."""
    message["Content-Language"] = spoken()
    return message


def counts_of(told: Sequence[Told]) -> list[str]:
    """Say how much of what happened: "3 replies to you"."""
    numbers = Counter(one.notice.kind for one in told)
    return [_count(kind, numbers[kind]) for kind in KINDS if numbers[kind]]


def _count(kind: NoticeKind, n: int) -> str:
    said = {
        "reply": ngettext("%(n)s reply to you", "%(n)s replies to you", n),
        "mention": ngettext("%(n)s mention of you", "%(n)s mentions of you", n),
        "build_on": ngettext("%(n)s idea builds on yours", "%(n)s ideas build on yours", n),
        "mark": ngettext("%(n)s mark", "%(n)s marks", n),
        "outcome": ngettext("%(n)s decision on an idea", "%(n)s decisions on ideas", n),
        "boundary": ngettext("%(n)s decision at the boundary", "%(n)s decisions at the boundary", n),
        "moderation": ngettext("%(n)s act of a facilitator", "%(n)s acts of facilitators", n),
        "duty": ngettext("%(n)s thing waits for you", "%(n)s things wait for you", n),
        "followed": ngettext("%(n)s new thing that you follow", "%(n)s new things that you follow", n),
    }[kind]
    return said % {"n": number(n, spoken())}


def lines_of(told: Sequence[Told], says: Says, inside: str) -> list[Line]:
    """Return what a mail says of single notices: nothing, their titles, or also their words, as the choice is."""
    if says == "counts":
        return []
    return [_line(one, says, inside) for one in told[-MOST_LINES:][::-1]]


def _line(one: Told, says: Says, inside: str) -> Line:
    open_words = one.about is not None and one.root is not None
    open_words = open_words and all(mails.may_say(made.label) for made in (one.about, one.root) if made)
    title = one.root.title if open_words and one.root else ""
    said = excerpt(one.about.text, 200) if open_words and one.about and says == "words" else ""
    sentence = sentence_of(one) if says == "words" else _count(one.notice.kind, 1)
    return Line(sentence, title, said, f"{inside}{url_of_notice(one) or '/inbox'}")


def _plain(counted: Sequence[str], lines: Sequence[Line], more: int, inside: str, token: str) -> str:
    parts = [f"- {one}" for one in counted] + [""]
    for line in lines:
        parts += [line.sentence + (f": {line.title}" if line.title else "")]
        parts += [f"  {line.said}"] if line.said else []
        parts += [f"  {line.url}", ""]
    parts += [ngettext("and %(n)s more", "and %(n)s more", more) % {"n": number(more, spoken())}, ""] if more else []
    parts += [_("Read it:") + f" {inside}/inbox", "", _("When you are mailed:") + f" {inside}/me/notices"]
    parts += [_("No more of these:") + f" {inside}/unsubscribe/{token}", ""]
    return "\n".join(parts)
