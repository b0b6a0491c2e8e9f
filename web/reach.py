"""The audience line: verdicts of the boundary said in the words of the composer and of the passport."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.boundary.sentences import removed, sentence
from server.domain.crossings import EVERYONE, Verdict
from server.domain.jams import Forum
from server.services.house import House, Rulebook
from web.people import Names
from web.views import AUDIENCE_ICONS, AudienceBadge, Reach, RuleSentence, Tone, VerdictLine

_SEVERAL = 3


def listed(names: Sequence[str]) -> str:
    """("Acme", "Globex", "Initech") → "Acme, Globex and Initech"."""
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def badge_of(house: House, forum: Forum, names: Names) -> AudienceBadge:
    """Whom a forum is for. `names` maps hosts of partners to their names."""
    host = names.get(forum.host, forum.host)
    if forum.audience == "inside":
        return AudienceBadge(kind="inside", words=f"Inside {host or house.name}")
    if forum.audience == "public":
        return AudienceBadge(kind="public", words="Everyone")
    others = [host] if host else [names.get(peer, peer) for peer in forum.peers or names.partners]
    words = among([house.name, *others]) if others else f"{house.name} and partners"
    return AudienceBadge(kind="partners", words=words)


def audience_words(house: House, forum: Forum, names: Names) -> str:
    """The same as a sentence."""
    host = names.get(forum.host, forum.host)
    if forum.audience == "inside":
        return f"Only people at {host or house.name}. Nothing said here has a way out."
    if forum.audience == "public":
        return "Anybody on the open web can read it; people of other servers can answer, as the rules say."
    if host:
        return f"People at {house.name} and {host}, each on their own server."
    others = listed([names.get(peer, peer) for peer in forum.peers or names.partners]) or "every partner"
    return f"People at {house.name} and {others}, each on their own server."


def name_of(audience: str, names: Mapping[str, str]) -> str:
    return "everyone" if audience == EVERYONE else names.get(audience, audience)


def draw_reach(
    house: House,
    forum: Forum,
    verdicts: Sequence[Verdict],
    names: Mapping[str, str],
    book: Rulebook,
    verb: str,
) -> Reach:
    """Say who will see what is being written. `verb` begins the button: "Post", "Reply", "Save"."""
    lines = tuple(line_of(verdict, names, book) for verdict in verdicts)
    crossing = [name_of(v.audience, names) for v in verdicts if v.crosses]
    held = [name_of(v.audience, names) for v in verdicts if v.verdict == "held"]
    if not crossing and not held:
        return _staying(house, forum, verdicts, lines, names)
    if not crossing:
        whom = among(held)
        return Reach(
            tone="held",
            icon="hourglass",
            sentence=f"{house.name} sees this now, {whom} after a reviewer",
            effect=f"{_first_reason(verdicts, 'held', names)} Inside, it appears at once.",
            button=f"{verb} to {house.name}, ask to send to {whom}",
            lines=lines,
        )
    return _leaving(house, verdicts, crossing, held, lines, verb)


def _staying(
    house: House,
    forum: Forum,
    verdicts: Sequence[Verdict],
    lines: tuple[VerdictLine, ...],
    names: Mapping[str, str],
) -> Reach:
    if forum.audience == "inside":
        effect, lines = "This forum is for your own people. Nothing said here has a way out.", lines[:1]
    elif verdicts:
        effect = _first_reason(verdicts, "denied", names)
    else:
        effect = "No partner takes part in this forum yet."
    return Reach(
        tone="inside",
        icon="lock",
        sentence=f"Only people at {house.name} will see this",
        effect=effect,
        button=f"Stays inside {house.name}",
        lines=lines,
    )


def _leaving(
    house: House, verdicts: Sequence[Verdict], crossing: list[str], held: list[str],
    lines: tuple[VerdictLine, ...], verb: str,
) -> Reach:  # fmt: skip
    public = "everyone" in crossing
    tone: Tone = "public" if public else "partners"
    whom = "everyone" if public else among([house.name, *crossing])
    effect = ["Anybody on the open web, at once." if public else f"Sent to {among(crossing)} at once."]
    for verdict in verdicts:
        if verdict.verdict == "redacted" and verdict.redactions:
            effect = [f"It leaves with {removed(verdict.redactions)}."]
    if held:
        effect.append(f"Waits for a reviewer before {among(held)} sees it.")
    refused = [line.audience for line in lines if line.verdict == "denied"]
    if refused and not public:
        effect.append(f"Not sent to {among(refused)}.")
    return Reach(
        tone=tone,
        icon=AUDIENCE_ICONS[tone],
        sentence=f"{whom[0].upper()}{whom[1:]} will see this",
        effect=" ".join(effect),
        button=f"{verb} to {whom}",
        lines=lines,
    )


def among(names: Sequence[str]) -> str:
    """Up to three names, then the number of the others."""
    if len(names) <= _SEVERAL:
        return listed(names)
    return f"{', '.join(names[:2])} and {len(names) - 2} others"


def _first_reason(verdicts: Sequence[Verdict], word: str, names: Mapping[str, str]) -> str:
    return next(
        (named(one.reason, one.audience, name_of(one.audience, names)) for one in verdicts if one.verdict == word), ""
    )


def named(reason: str, audience: str, name: str) -> str:
    """A reason with the partner's name in place of its host."""
    return reason if audience == EVERYONE else reason.replace(audience, name)


def line_of(verdict: Verdict, names: Mapping[str, str], book: Rulebook) -> VerdictLine:
    """One verdict with its reason and the sentences of the rules that decided."""
    name = name_of(verdict.audience, names)
    advice = f" {verdict.advice.rstrip('.')}." if verdict.advice else ""
    return VerdictLine(
        audience=name,
        verdict=verdict.verdict,
        words=words_of(verdict),
        reason=named(verdict.reason + advice, verdict.audience, name),
        rules=rule_sentences(verdict.rules, book),
    )


def words_of(verdict: Verdict) -> str:
    """The verdict as a badge says it."""
    return {
        "allowed": "crosses",
        "redacted": "crosses, redacted",
        "held": "waits for a reviewer",
        "denied": "does not cross",
        "inside": "stays inside",
    }[verdict.verdict]


def rule_sentences(ids: Sequence[str], book: Rulebook) -> tuple[RuleSentence, ...]:
    known = {rule.id: rule for rule in book.rules.rules}
    return tuple(RuleSentence(id=id_, sentence=sentence(known[id_])) for id_ in ids if id_ in known)
