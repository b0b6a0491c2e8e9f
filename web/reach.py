"""The audience line: verdicts of the boundary said in the words of the composer and of the passport."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.boundary.sentences import NOUNS, removed, sentence
from server.domain.crossings import EVERYONE, Verdict
from server.domain.jams import Forum
from server.services.house import House, Rulebook
from web.language import DEFAULT, _, each, later, say, spoken, together
from web.people import Names
from web.views import AUDIENCE_ICONS, AudienceBadge, Reach, RuleSentence, Tone, VerdictLine

_SEVERAL = 3
#: What is said of a verdict where its reason is known in English only: rules are written and explained in English.
IN_GENERAL = {
    "allowed": later("The rules let it reach %(whom)s."),
    "redacted": later("The rules let it reach %(whom)s, with something taken out."),
    "held": later("The rules want a reviewer to look at it before it reaches %(whom)s."),
    "denied": later("The rules do not let it reach %(whom)s."),
    "inside": later("It stays inside."),
}
VERDICT_WORDS = {
    "allowed": say("crosses"),
    "redacted": say("crosses, redacted"),
    "held": say("waits for a reviewer"),
    "denied": say("does not cross"),
    "inside": say("stays inside"),
}


def listed(names: Sequence[str]) -> str:
    """("Acme", "Globex", "Initech") → "Acme, Globex and Initech"."""
    return each(names)


def badge_of(house: House, forum: Forum, names: Names) -> AudienceBadge:
    """Whom a forum is for. `names` maps hosts of partners to their names."""
    host = names.get(forum.host, forum.host)
    if forum.audience == "inside":
        return AudienceBadge(kind="inside", words=say("Inside %(name)s", name=host or house.name))
    if forum.audience == "public":
        return AudienceBadge(kind="public", words=say("Everyone"))
    others = [host] if host else [names.get(peer, peer) for peer in forum.peers or names.partners]
    words = among([house.name, *others]) if others else say("%(name)s and partners", name=house.name)
    return AudienceBadge(kind="partners", words=words)


def audience_words(house: House, forum: Forum, names: Names) -> str:
    """The same as a sentence."""
    host = names.get(forum.host, forum.host)
    if forum.members_only:
        return say("Only the people on its list. Nobody else finds it.")
    if forum.audience == "inside":
        return say("Only people at %(name)s. Nothing said here has a way out.", name=host or house.name)
    if forum.audience == "public":
        return say("Anybody on the open web can read it; people of other servers can answer, as the rules say.")
    if host:
        return say("People at %(names)s, each on their own server.", names=each([house.name, host]))
    others = listed([names.get(peer, peer) for peer in forum.peers or names.partners]) or say("every partner")
    return say("People at %(names)s, each on their own server.", names=each([house.name, others]))


def name_of(audience: str, names: Mapping[str, str]) -> str:
    return say("everyone") if audience == EVERYONE else names.get(audience, audience)


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
            sentence=say("%(here)s sees this now, %(whom)s after a reviewer", here=house.name, whom=whom),
            effect=together(_first_reason(verdicts, "held", names), say("Inside, it appears at once.")),
            button=say("%(verb)s to %(here)s, ask to send to %(whom)s", verb=verb, here=house.name, whom=whom),
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
    effect: str
    if forum.audience == "inside":
        effect, lines = say("This forum is for your own people. Nothing said here has a way out."), lines[:1]
    elif verdicts:
        effect = _first_reason(verdicts, "denied", names)
    else:
        effect = say("No partner takes part in this forum yet.")
    return Reach(
        tone="inside",
        icon="lock",
        sentence=say("Only people at %(here)s will see this", here=house.name),
        effect=effect,
        button=say("Stays inside %(name)s", name=house.name),
        lines=lines,
    )


def _leaving(
    house: House, verdicts: Sequence[Verdict], crossing: list[str], held: list[str],
    lines: tuple[VerdictLine, ...], verb: str,
) -> Reach:  # fmt: skip
    public = "everyone" in crossing
    tone: Tone = "public" if public else "partners"
    whom = say("everyone") if public else among([house.name, *crossing])
    effect: list[str] = [say("Anybody on the open web, at once.")]
    if not public:
        effect = [say("Sent to %(whom)s at once.", whom=among(crossing))]
    for verdict in verdicts:
        if verdict.verdict == "redacted" and verdict.redactions:
            effect = [taken_out(verdict.redactions)]
    if held:
        effect.append(say("Waits for a reviewer before %(whom)s sees it.", whom=among(held)))
    refused = [line.audience for line in lines if line.verdict == "denied"]
    if refused and not public:
        effect.append(say("Not sent to %(whom)s.", whom=among(refused)))
    return Reach(
        tone=tone,
        icon=AUDIENCE_ICONS[tone],
        sentence=say("Everyone will see this") if public else say("%(whom)s will see this", whom=whom),
        effect=together(*effect),
        button=say("%(verb)s to %(whom)s", verb=verb, whom=whom),
        lines=lines,
    )


def among(names: Sequence[str]) -> str:
    """Up to three names, then the number of the others."""
    if len(names) <= _SEVERAL:
        return listed(names)
    return say("%(names)s and %(n)s others", names=tuple(names[:2]), n=len(names) - 2)


def _first_reason(verdicts: Sequence[Verdict], word: str, names: Mapping[str, str]) -> str:
    return next((why(one, one.reason, name_of(one.audience, names)) for one in verdicts if one.verdict == word), "")


def why(verdict: Verdict, reason: str, name: str) -> str:
    """A verdict's reason, as it can be said to this reader: word for word, or what it comes to."""
    if spoken() == DEFAULT:
        return named(reason, verdict.audience, name)
    known = _(verdict.reason)
    return known if known != verdict.reason else say(IN_GENERAL[verdict.verdict], whom=name)


def taken_out(redactions: frozenset[str]) -> str:
    """What is taken out before it leaves."""
    if spoken() == DEFAULT:
        return f"It leaves with {removed(redactions)}."
    nouns = each([say(NOUNS[one]) for one in sorted(redactions) if one in NOUNS])
    return (
        say("It leaves without these: %(what)s.", what=nouns) if nouns else say("It leaves with something taken out.")
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
        reason=why(verdict, verdict.reason + advice, name),
        rules=rule_sentences(verdict.rules, book),
    )


def words_of(verdict: Verdict) -> str:
    """The verdict as a badge says it."""
    return VERDICT_WORDS[verdict.verdict]


def rule_sentences(ids: Sequence[str], book: Rulebook) -> tuple[RuleSentence, ...]:
    known = {rule.id: rule for rule in book.rules.rules}
    return tuple(RuleSentence(id=id_, sentence=sentence(known[id_])) for id_ in ids if id_ in known)
