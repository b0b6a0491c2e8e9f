"""The rules that come with an organisation and with each of its forums."""

from __future__ import annotations

from server.boundary.facts import KINDS
from server.boundary.labels import Level
from server.boundary.rule import ANY_LIST, ANY_PATTERN, NAME_TO_ROLE, Conditions, Rate, Rule, Span
from server.boundary.ruleset import RuleSet

MAY_LEAVE = frozenset({Level.CLEAR, Level.GREEN})
KEPT_CLOSE = frozenset({"clients", "organisation", "recipients"})
MUST_STAY = frozenset(Level) - MAY_LEAVE
ANSWERS = frozenset({"Create", "Update", "Delete", "Like", "Undo"})
HOURLY = Rate(6_000)


def default_rules() -> RuleSet:
    """Return the guards of a new organisation. Nothing is shared yet."""
    return RuleSet(
        (
            Rule(
                id="G-label",
                kind="guard",
                direction="out",
                effect="deny",
                conditions=Conditions(labels=MUST_STAY),
                note="Nothing above GREEN leaves.",
            ),
            Rule(
                id="G-onward",
                kind="guard",
                direction="out",
                effect="deny",
                conditions=Conditions(peers=frozenset({"*", "tier:stranger"}), labels=MAY_LEAVE, onward=KEPT_CLOSE),
                note="What readers may not pass on freely goes to nobody we have no agreement with.",
            ),
            Rule(
                id="G-findings",
                kind="guard",
                direction="out",
                effect="hold",
                conditions=Conditions(findings=KINDS - {"quote", "lookalike"} | {ANY_PATTERN, ANY_LIST}),
                note="Secrets and personal data wait for a reviewer.",
            ),
            Rule(
                id="G-files",
                kind="guard",
                direction="out",
                effect="hold",
                conditions=Conditions(attachments=Span(1)),
                note="No detector reads what stands in a file or a picture: somebody looks at it first.",
            ),
            Rule(
                id="G-quote",
                kind="guard",
                direction="out",
                effect="hold",
                conditions=Conditions(findings=frozenset({"quote"}), roles=frozenset({"guest"})),
                note="What people of other servers repeat of inside words waits before it is passed on.",
            ),
            Rule(
                id="G-consent",
                kind="guard",
                direction="out",
                effect="redact",
                conditions=Conditions(consent=False),
                redactions=frozenset({NAME_TO_ROLE}),
                note="Whoever has not agreed to be named outside appears by role.",
            ),
        )
    )


def forum_rules(forum_key: str, title: str, audience: str, peers: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Return the share and the accept that a forum's audience stands for.

    ``public`` means everyone, ``partners`` every partner, or only ``peers`` where some are named; ``inside``
    needs no rules.
    Raises ValueError for another audience.
    """
    if audience == "inside":
        return ()
    if audience not in ("partners", "public"):
        raise ValueError(f"unknown audience '{audience}': inside, partners or public")
    whom = None if audience == "public" else frozenset(peers or ("tier:partner",))
    known = "everyone" if audience == "public" else "the named servers" if peers else "partners"
    return (
        _share(forum_key, whom, None, f"“{title}” is shared with {known}."),
        _accept(forum_key, whom, ANSWERS | {"Flag"}, f"Answers to “{title}” from {known}."),
    )


def mirror_rules(forum_key: str, title: str, host: str, audience: str = "partners") -> tuple[Rule, ...]:
    """Return the rules for a forum of ``host`` that our people joined: all goes to it and comes from it.

    Where its audience is ``public``, ``host`` announces it to everyone, so everyone is named in the share.
    """
    whom = frozenset({host})
    readers, said = (None, "everyone") if audience == "public" else (whom, f"{host} alone")
    return (
        _share(forum_key, readers, ANSWERS | {"Follow", "Flag"}, f"What we say in “{title}” goes to {said}."),
        _accept(forum_key, whom, ANSWERS | {"Announce", "Flag", "Add", "Move"}, f"What {host} tells us of “{title}”."),
    )


def _share(forum_key: str, whom: frozenset[str] | None, acts: frozenset[str] | None, note: str) -> Rule:
    return Rule(
        id=f"S-{forum_key}",
        kind="share",
        direction="out",
        effect="allow",
        conditions=Conditions(peers=whom, forums=frozenset({forum_key}), labels=MAY_LEAVE, acts=acts),
        note=note,
    )


def _accept(forum_key: str, whom: frozenset[str] | None, acts: frozenset[str], note: str) -> Rule:
    return Rule(
        id=f"A-{forum_key}",
        kind="accept",
        direction="in",
        effect="allow",
        conditions=Conditions(peers=whom, forums=frozenset({forum_key}), acts=acts),
        duties=(HOURLY,),
        note=note,
    )
