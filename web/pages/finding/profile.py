"""People: what they know, what became of their ideas, and whom to meet."""

from __future__ import annotations

from aiohttp import web

from server.domain.ideas import Contribution
from server.domain.search import Sought
from server.domain.trust import KNOWN_AFTER, TRUSTED_AFTER, TRUSTED_DAYS, WATCHED_DAYS, Trust
from server.keys import HOUSE
from server.services import follows, profiles
from server.services.finding import address_of
from server.services.text import excerpt
from web.answers import show
from web.cards import url_of
from web.language import _
from web.pages.finding.views import (
    EvidenceLine,
    FollowButton,
    KnownLine,
    MeetLine,
    MeetPage,
    ProfilePage,
    TrustLine,
)
from web.pages.finding.words import value_words
from web.people import names_of_hosts, person_of
from web.session import member_of
from web.views import Link


async def show_profile(request: web.Request) -> web.Response:
    """GET /people/{handle}"""
    house, reader = request.app[HOUSE], member_of(request)
    member = await profiles.obtain_person(house, reader, request.match_info["handle"])
    told = await profiles.read_profile(house, reader, member)
    own, path = member.id == reader.id, f"/people/{member.handle.lstrip('@')}"
    followed = await follows.is_followed(house, reader, "person", member.id)
    page = ProfilePage(
        person=person_of(member, await names_of_hosts(house)),
        id=member.id,
        role=member.role if member.is_local else "",
        active=member.active,
        own=own,
        wrote_url=f"/search?{address_of(Sought(author=member.id, order='newest'))}",
        expertise=tuple(
            KnownLine(theme=one.theme, evidence=tuple(evidence_of(made) for made in one.evidence))
            for one in told.expertise
        ),
        adopted=tuple(_link(made) for made in told.adopted),
        built_on=tuple((_link(made), number) for made, number in told.built_on),
        trust=trust_words(told.trust) if told.trust else None,
        follow=None if own else FollowButton(kind="person", subject=member.id, jam="", followed=followed, back=path),
    )
    return show(request, "finding/profile.html", page, section="people")


def _link(made: Contribution) -> Link:
    return Link(text=made.title or excerpt(made.text, 90), url=url_of(made))


def evidence_of(made: Contribution) -> EvidenceLine:
    return EvidenceLine(
        words=made.title or value_words("intent", made.intent, "") or _("A reply"),
        url=url_of(made),
        said=excerpt(made.text, 160),
        support=made.support,
    )


def trust_words(trust: Trust) -> TrustLine:
    """A level in words, where it comes from, and what it changes: nobody is judged in secret."""
    history = trust.history
    level = {"new": _("New here"), "known": _("Known here"), "trusted": _("Trusted here"), "watched": _("Watched")}
    because = _(
        "%(standing)s of their ideas and replies stand; reviewers let in %(released)s and refused %(refused)s;"
        " facilitators removed %(removed)s."
    ) % {
        "standing": history.standing,
        "released": history.released,
        "refused": history.refused,
        "removed": history.removed,
    }
    rule = _(
        "Known from %(known)s that stand, trusted from %(trusted)s over %(days)s days; watched for %(lately)s days"
        " after a refusal or removal."
    ) % {"known": KNOWN_AFTER, "trusted": TRUSTED_AFTER, "days": TRUSTED_DAYS, "lately": WATCHED_DAYS}
    changes = (
        _("Their replies to people here may be mailed at once.")
        if trust.may_interrupt
        else _("Their replies to people here are not mailed at once; they wait for the digest.")
    )
    opens = _("It opens nothing at the boundary: only the rules do.")
    return TrustLine(level=level[trust.level], because=f"{because} {rule}", changes=f"{changes} {opens}")


async def show_meet(request: web.Request) -> web.Response:
    """GET /meet: people of other units and organisations who share threads or themes with the reader."""
    house, reader = request.app[HOUSE], member_of(request)
    names = await names_of_hosts(house)
    found = await profiles.introductions(house, reader)
    page = MeetPage(
        people=tuple(
            MeetLine(
                person=person_of(one.member, names),
                url=f"/people/{one.member.handle.lstrip('@')}",
                threads=tuple(_link(made) for made in one.threads),
                themes=tuple(one.themes),
            )
            for one in found
        )
    )
    return show(request, "finding/meet.html", page, section="people")
