"""Generated rules and facts, and a slow, obvious way to decide by them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

from hypothesis import strategies as st

from server.boundary.facts import Facts
from server.boundary.labels import Level
from server.boundary.rules import Conditions, Expires, Notify, Rate, Rule, RuleSet, Span

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOSTS = ("globex.example", "initech.example:8443")
FORUMS = ("packaging/open", "packaging/inner")
KINDS = ("secret", "email", "pattern:ticket")
ACTS = ("Create", "Like", "Follow")


def facts(**changes):
    """An ordinary idea on its way to Globex, with changes."""
    usual = {
        "direction": "out",
        "peer": "globex.example",
        "tier": "partner",
        "clearance": Level.GREEN,
        "jam": "packaging",
        "forum": "packaging/open",
        "label": Level.GREEN,
        "author": "anna",
        "unit": "R&D",
        "role": "engineer",
        "consent": True,
        "findings": frozenset(),
        "act": "Create",
        "length": 120,
        "attachments": 0,
        "first_crossing": False,
    }
    return Facts(**{**usual, **changes})


def some(chance, values):
    """None half the time, else a few of the values."""
    return None if chance.random() < 0.5 else frozenset(chance.sample(values, chance.randint(1, len(values))))


def make_conditions(chance, narrow):
    asked = {
        "peers": some(chance, ("*", HOSTS[0], "tier:partner", "tier:stranger")),
        "forums": some(chance, FORUMS),
        "labels": some(chance, tuple(Level)),
        "consent": chance.choice((None, None, True, False)),
        "findings": some(chance, ("secret", "email")),
        "acts": some(chance, ("Create", "Like")),
    }
    if not narrow:
        asked |= {
            "jams": some(chance, ("packaging", "lifts")),
            "units": some(chance, ("R&D", "Legal")),
            "roles": some(chance, ("engineer", "counsel")),
            "authors": some(chance, ("anna", "ben@globex.example")),
            "findings": some(chance, (*KINDS, "pattern:*")),
            "length": chance.choice((None, None, Span(0, 10), Span(11), Span(5, 100))),
            "attachments": chance.choice((None, None, Span(1), Span(0, 0))),
            "first_crossing": chance.choice((None, None, True, False)),
        }
        for name in chance.sample(sorted(asked), 8):
            asked[name] = None
    return Conditions(**asked)


def make_rule(chance, kinds=("guard", "share", "share", "accept"), narrow=False):
    kind = chance.choice(kinds)
    direction = {"share": "out", "accept": "in"}.get(kind) or chance.choice(("in", "out"))
    effect = chance.choice(("redact", "hold", "deny") if kind == "guard" else ("allow", "allow", "redact", "hold"))
    redactions = frozenset()
    if effect == "redact" or (effect == "hold" and chance.random() < 0.5):
        redactions = frozenset(chance.sample(("email", "name->role"), chance.randint(1, 2)))
    duties = [Rate(chance.choice((10, 600)))] if chance.random() < 0.4 else []
    starts = None
    if not narrow:
        duties += [Notify(whom) for whom in chance.sample(("@security", "carol"), chance.randint(0, 2))]
        if chance.random() < 0.3:
            duties.append(Expires(NOW + timedelta(days=chance.randint(-3, 3), hours=1)))
        elif chance.random() < 0.3:
            starts = NOW - timedelta(days=chance.randint(-3, 3))
    return Rule(
        id="R",
        kind=kind,
        direction=direction,
        effect=effect,
        conditions=make_conditions(chance, narrow),
        redactions=redactions,
        duties=tuple(duties),
        starts_at=starts,
        note=chance.choice(("", 'Because "so".\nAnd ‘so’ \\ too \t\x7f')),
    )


def make_request(chance):
    peers = [("*", "public"), *product(HOSTS, ("stranger", "customer", "partner"))]
    peer, tier = chance.choice(peers)
    kinds = frozenset(chance.sample(KINDS, chance.choice((0, 0, 1, 2))))
    odd = chance.choice(("failed", "aura"))
    return facts(
        direction=chance.choice(("in", "out", "out")),
        peer=peer,
        tier=tier,
        clearance=chance.choice((Level.RED, Level.RED, Level.GREEN)),
        jam=chance.choice(("packaging", "lifts", "")),
        forum=chance.choice((*FORUMS, "")),
        label=chance.choice(tuple(Level)),
        author=chance.choice(("anna", "ben@globex.example", "else")),
        unit=chance.choice(("R&D", "r&d", "Legal", "")),
        role=chance.choice(("engineer", "Counsel", "")),
        consent=chance.random() < 0.5,
        findings=frozenset({odd}) if chance.random() < 0.05 else kinds,
        act=chance.choice((*ACTS, "Create", "Create")) if chance.random() < 0.97 else "Frobnicate",
        length=chance.choice((0, 5, 10, 11, 100, 101)),
        attachments=chance.choice((0, 1, 9)),
        first_crossing=chance.random() < 0.5,
    )


def pool(make, size, seed, **how):
    """A strategy that draws from things made once from a seed: quick to draw, and small to show."""
    chance = Random(seed)
    return st.sampled_from([make(chance, **how) for _ in range(size)])


GUARDS = pool(make_rule, 500, 1, kinds=("guard",))
RULES = pool(make_rule, 2000, 2)
NARROW_RULES = pool(make_rule, 2000, 3, narrow=True)
REQUESTS = pool(make_request, 5000, 4)


def numbered(found):
    return RuleSet(tuple(replace(rule, id=f"R{index}") for index, rule in enumerate(found)))


RULE_SETS = st.lists(RULES, max_size=9).map(numbered)
NARROW_RULE_SETS = st.lists(NARROW_RULES, max_size=6).map(numbered)
SOME_REQUESTS = st.lists(REQUESTS, min_size=1, max_size=20)


def every_narrow_request():
    """One request of each sort that narrow rules can tell apart, all cleared for everything."""
    peers = [("*", "public"), *product((HOSTS[0], "else.example"), ("stranger", "customer", "partner"))]
    kinds = [frozenset(), frozenset({"secret"}), frozenset({"email"}), frozenset({"secret", "email"})]
    for direction, (peer, tier), forum, label, consent, findings, act in product(
        ("in", "out"), peers, (*FORUMS, "x/y"), Level, (True, False), kinds, ACTS
    ):
        yield facts(
            direction=direction,
            peer=peer,
            tier=tier,
            clearance=Level.RED,
            forum=forum,
            label=label,
            consent=consent,
            findings=findings,
            act=act,
        )


def matches(rule, given, now):
    """Say by the letter whether a rule matches."""
    asked = rule.conditions
    chosen = (
        (asked.jams, given.jam),
        (asked.forums, given.forum),
        (asked.labels, given.label),
        (asked.authors, given.author),
        (asked.acts, given.act),
        (asked.units and {unit.casefold() for unit in asked.units}, given.unit.casefold()),
        (asked.roles and {role.casefold() for role in asked.roles}, given.role.casefold()),
        (asked.length, given.length),
        (asked.attachments, given.attachments),
    )
    kinds = given.findings | {"pattern:*" for kind in given.findings if kind.startswith("pattern:")}
    return (
        rule.direction == given.direction
        and (rule.starts_at is None or rule.starts_at <= now)
        and (rule.expires_at is None or now < rule.expires_at)
        and (asked.peers is None or bool({given.peer, f"tier:{given.tier}"} & asked.peers))
        and all(values is None or value in values for values, value in chosen)
        and asked.consent in (None, given.consent)
        and asked.first_crossing in (None, given.first_crossing)
        and (asked.findings is None or bool(asked.findings & kinds))
    )


def reference(given, rule_set, now):
    """Decide by looking at each rule in turn: (effect, deciding ids, redactions)."""
    known = {"secret", "email", "phone", "codename", "person"}
    odd = [kind for kind in given.findings if kind not in known and not kind.startswith("pattern:")]
    if given.label > given.clearance or odd or given.act == "Frobnicate":
        return "deny", (), frozenset()
    found = [rule for rule in rule_set.rules if matches(rule, given, now)]
    for effect in ("deny", "hold", "redact", "allow"):
        deciding = tuple(sorted(rule.id for rule in found if rule.effect == effect))
        if effect == "deny" and deciding:
            return "deny", deciding, frozenset()
        if not any(rule.kind != "guard" for rule in found):
            return "deny", (), frozenset()
        if deciding:
            return effect, deciding, frozenset().union(*(rule.redactions for rule in found))
    raise AssertionError("unreachable")
