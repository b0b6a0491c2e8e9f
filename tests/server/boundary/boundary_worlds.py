"""Generated rules and facts, and a slow, obvious way to decide by them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from random import Random

from hypothesis import strategies as st

from server.boundary.facts import Facts
from server.boundary.labels import ONWARD, Level
from server.boundary.rules import Conditions, Expires, Notify, Rate, Review, Rule, RuleSet, Span, Week

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOSTS = ("globex.example", "initech.example:8443")
FORUMS = ("packaging/open", "packaging/inner")
KINDS = ("secret", "email", "pattern:ticket", "list:customers")
ACTS = ("Create", "Like", "Follow")
CATEGORIES = ("legal", "export")
TYPES = ("image/*", "application/pdf")
ATTACHED = ("image/png", "application/pdf", "text/plain")
REVIEWERS = ("@legal", "@ip", "carol")
WEEKS = (
    Week(frozenset({0, 1, 2, 3, 4}), 8 * 60, 18 * 60),
    Week(frozenset({5, 6})),
    Week(frozenset({4, 6}), 22 * 60, 6 * 60),
)
MINUTES = (0, 359, 360, 480, 1079, 1080, 4 * 1440 + 1320, 5 * 1440 + 359, 6 * 1440 + 1439)


def facts(**changes):
    """An ordinary idea on its way to Globex, with changes."""
    usual = {
        "direction": "out",
        "peer": "globex.example",
        "tier": "partner",
        "clearance": Level.GREEN,
        "cleared_for": frozenset(),
        "jam": "packaging",
        "forum": "packaging/open",
        "label": Level.GREEN,
        "categories": frozenset(),
        "onward": "community",
        "author": "anna",
        "unit": "R&D",
        "role": "engineer",
        "consent": True,
        "findings": frozenset(),
        "act": "Create",
        "thing": "idea",
        "length": 120,
        "attachments": 0,
        "attachment_types": frozenset(),
        "attachment_bytes": 0,
        "first_crossing": False,
        "nth": 5,
        "age": 0,
        "week_minute": 2 * 1440 + 600,
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
            "things": some(chance, ("idea", "reply", "mark")),
            "jams": some(chance, ("packaging", "lifts")),
            "units": some(chance, ("R&D", "Legal")),
            "roles": some(chance, ("engineer", "counsel")),
            "authors": some(chance, ("anna", "ben@globex.example")),
            "findings": some(chance, (*KINDS, "pattern:*", "list:*")),
            "length": chance.choice((None, None, Span(0, 10), Span(11), Span(5, 100))),
            "attachments": chance.choice((None, None, Span(1), Span(0, 0))),
            "attachment_types": some(chance, chance.choice((TYPES, tuple(f"!{each}" for each in TYPES)))),
            "attachment_bytes": chance.choice((None, None, Span(1001), Span(0, 1000))),
            "first_crossing": chance.choice((None, None, True, False)),
            "categories": some(chance, (*CATEGORIES, "*")),
            "onward": some(chance, ONWARD),
            "nth": chance.choice((None, None, Span(1, 1), Span(0, 3), Span(4))),
            "age": chance.choice((None, None, Span(49), Span(0, 24))),
            "week": chance.choice((None, None, *WEEKS)),
        }
        for name in chance.sample(sorted(asked), 16):
            asked[name] = None
    return Conditions(**asked)


def make_label_conditions(chance):
    """Conditions on label, numbers, hours and findings only: few enough values to try them all."""
    return {
        "categories": some(chance, ("legal", "*")),
        "onward": some(chance, ("community", "recipients")),
        "nth": chance.choice((None, None, Span(1, 1), Span(2))),
        "age": chance.choice((None, None, Span(49), Span(0, 48))),
        "week": chance.choice((None, None, WEEKS[1], WEEKS[2])),
        "findings": some(chance, ("list:customers", "list:*")),
    }


def make_file_conditions(chance):
    """Conditions on attachments and findings only."""
    types = chance.choice((("image/*",), ("image/png", "application/pdf"), ("!image/*",)))
    return {
        "attachments": chance.choice((None, None, Span(0, 0), Span(1), Span(2), Span(1, 1))),
        "attachment_types": some(chance, types),
        "attachment_bytes": chance.choice((None, None, Span(1001), Span(0, 1000))),
        "findings": some(chance, ("list:customers", "list:*")),
    }


def make_newer_rule(chance, asking):
    rule = make_rule(chance, kinds=("guard", "share", "share"), narrow=True)
    asked = asking(chance)
    for name in chance.sample(sorted(asked), 2):
        asked[name] = None
    return replace(rule, direction="out", conditions=Conditions(**asked))


def make_rule(chance, kinds=("guard", "share", "share", "accept"), narrow=False):
    kind = chance.choice(kinds)
    direction = {"share": "out", "accept": "in"}.get(kind) or chance.choice(("in", "out"))
    effect = chance.choice(("redact", "hold", "deny") if kind == "guard" else ("allow", "allow", "redact", "hold"))
    redactions = frozenset()
    if effect == "redact" or (effect == "hold" and chance.random() < 0.5):
        redactions = frozenset(chance.sample(("email", "name->role"), chance.randint(1, 2)))
    per = chance.choice(("peer", "peer", "actor", "jam"))
    duties = [Rate(chance.choice((10, 600)), per)] if chance.random() < 0.4 else []
    if effect == "hold" and chance.random() < 0.5:
        duties.append(Review(chance.choice((1, 2)), tuple(chance.sample(REVIEWERS, chance.randint(0, 2)))))
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
    files = chance.choice((0, 0, 1, 2, 9))
    types = chance.sample(ATTACHED, min(files, chance.choice((1, 2)))) if files else ()
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
        thing=chance.choice(("idea", "reply", "mark", "forum")),
        length=chance.choice((0, 5, 10, 11, 100, 101)),
        attachments=files,
        attachment_types=frozenset(types),
        attachment_bytes=chance.choice((0, 1000, 1001)) if files else 0,
        first_crossing=chance.random() < 0.5,
        categories=frozenset(chance.sample((*CATEGORIES, "other"), chance.choice((0, 0, 1, 2)))),
        cleared_for=frozenset(chance.sample((*CATEGORIES, "other"), chance.choice((3, 3, 0, 1)))),
        onward=chance.choice(ONWARD),
        nth=chance.choice((1, 2, 3, 4)),
        age=chance.choice((0, 24, 25, 48, 49)),
        week_minute=chance.choice(MINUTES),
    )


def pool(make, size, seed, **how):
    """A strategy that draws from things made once from a seed: quick to draw, and small to show."""
    chance = Random(seed)
    return st.sampled_from([make(chance, **how) for _ in range(size)])


GUARDS = pool(make_rule, 500, 1, kinds=("guard",))
RULES = pool(make_rule, 2000, 2)
NARROW_RULES = pool(make_rule, 2000, 3, narrow=True)
LABEL_RULES = pool(make_newer_rule, 1000, 5, asking=make_label_conditions)
FILE_RULES = pool(make_newer_rule, 1000, 6, asking=make_file_conditions)
REQUESTS = pool(make_request, 5000, 4)


def numbered(found):
    rules = tuple(replace(rule, id=f"R{index}") for index, rule in enumerate(found))
    return RuleSet(rules, lists=(("customers", ("Umbrella", "Hooli")),), patterns=(("ticket", "T-[0-9]+"),))


RULE_SETS = st.lists(RULES, max_size=9).map(numbered)
NARROW_RULE_SETS = st.lists(NARROW_RULES, max_size=6).map(numbered)
SOME_REQUESTS = st.lists(REQUESTS, min_size=1, max_size=20)


def every_narrow_request():
    """One request of each sort that narrow rules can tell apart, all cleared for everything."""
    peers = [("*", "public"), *product((HOSTS[0], "else.example"), ("stranger", "customer", "partner"))]
    # No narrow rule names a telephone number: a share stops at what it does not name, a guard does not.
    kinds = subsets(("secret", "email", "phone"), 3)
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
            onward="community",
            findings=findings,
            act=act,
        )


def subsets(values, most):
    return [frozenset(chosen) for size in range(most + 1) for chosen in combinations(values, size)]


FOUND = subsets(("list:customers", "list:x", "email"), 3)


def every_label_request():
    """One request of each sort that rules about labels and times can tell apart, cleared for everything."""
    for categories, onward, nth, age, minute, found in product(
        subsets(("legal", "x"), 2),
        ("community", "clients", "recipients"),
        (1, 2),
        (0, 49),
        (0, 3000, 5 * 1440, 5 * 1440 + 720),
        FOUND,
    ):
        labelled = {"clearance": Level.RED, "cleared_for": categories, "categories": categories, "onward": onward}
        yield facts(**labelled, nth=nth, age=age, week_minute=minute, findings=found)


def every_file_request():
    """One request of each sort that rules about attachments can tell apart."""
    types = subsets(("image/png", "image/gif", "application/pdf", "text/plain"), 3)
    for count, kinds, size, found in product(range(4), types, (0, 1001), FOUND):
        if len(kinds) <= count and bool(kinds) == bool(count) and (count or not size):
            yield facts(attachments=count, attachment_types=kinds, attachment_bytes=size, findings=found)


def without_terms(rule_set):
    """The same rules, with nothing to look for."""
    return replace(rule_set, lists=(), patterns=())


def matches(rule, given, now):
    """Say by the letter whether a rule matches."""
    asked = rule.conditions
    chosen = (
        (asked.jams, given.jam),
        (asked.forums, given.forum),
        (asked.labels, given.label),
        (asked.authors, given.author),
        (asked.acts, given.act),
        (asked.things, given.thing),
        (asked.units and {unit.casefold() for unit in asked.units}, given.unit.casefold()),
        (asked.roles and {role.casefold() for role in asked.roles}, given.role.casefold()),
        (asked.length, given.length),
        (asked.attachments, given.attachments),
        (asked.attachment_bytes, given.attachment_bytes),
        (asked.onward, given.onward),
        (asked.nth, given.nth),
        (asked.age, given.age),
    )
    enough = any if rule.kind == "guard" else all
    sets = (
        (asked.findings, given.findings, lambda kind, wanted: {kind, f"{kind.split(':')[0]}:*"} & wanted),
        (asked.categories, given.categories, lambda category, wanted: {category, "*"} & wanted),
        (asked.attachment_types, given.attachment_types, of_type),
    )
    return (
        rule.direction == given.direction
        and (rule.starts_at is None or rule.starts_at <= now)
        and (rule.expires_at is None or now < rule.expires_at)
        and (asked.peers is None or bool({given.peer, f"tier:{given.tier}"} & asked.peers))
        and all(values is None or value in values for values, value in chosen)
        and asked.consent in (None, given.consent)
        and asked.first_crossing in (None, given.first_crossing)
        and (asked.week is None or in_week(asked.week, given.week_minute))
        and all(
            wanted is None or (bool(values) and enough(bool(test(value, wanted)) for value in values))
            for wanted, values, test in sets
        )
    )


def of_type(media_type, wanted):
    """Whether a media type is one of those wanted; ``!`` turns the question round."""
    family = media_type.split("/")[0]
    if any(each.startswith("!") for each in wanted):
        return not {f"!{media_type}", f"!{family}/*", "!*/*"} & wanted
    return {media_type, f"{family}/*", "*/*"} & wanted


def in_week(week, minute):
    """Whether a minute of the week lies in a window, by walking back to where the window would have begun."""
    for back in range(2):
        day, at = (minute // 1440 - back) % 7, minute % 1440 + back * 1440
        end = week.ends + (1440 if week.ends < week.begins else 0)
        if day in week.days and week.begins <= at < end:
            return True
    return False


def reference(given, rule_set, now):
    """Decide by looking at each rule in turn: (effect, deciding ids, redactions)."""
    known = {"secret", "email", "phone", "codename", "person", "quote", "lookalike"}
    odd = [kind for kind in given.findings if kind not in known and not kind.startswith(("pattern:", "list:"))]
    if given.label > given.clearance or given.categories - given.cleared_for or odd or given.act == "Frobnicate":
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
