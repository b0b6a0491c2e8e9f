"""How fast the boundary decides, scans, compares and rehearses: `python -m tests.bench.bench_boundary`.

Rates depend on the machine; the ratios compare things measured in the same run.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import cedarpy

from server.boundary.analyse import findings, openings
from server.boundary.decide import decide
from server.boundary.detectors import Detectors
from server.boundary.facts import Facts
from server.boundary.labels import Clearance, Level
from server.boundary.rules import (
    Conditions,
    Expires,
    Review,
    Rule,
    RuleSet,
    Span,
    Week,
    default_rules,
    forum_rules,
)
from tests.server.boundary import cedar_oracle

NOW = datetime(2026, 7, 1, tzinfo=UTC)
WORDS = [
    "we",
    "could",
    "ship",
    "the",
    "lifts",
    "in",
    "smaller",
    "boxes",
    "and",
    "let",
    "the",
    "people",
    "who",
    "mount",
    "them",
    "choose",
    "the",
    "order",
    "of",
    "parts",
    "so",
    "that",
    "nothing",
    "waits",
    "on",
    "site",
    "for",
    "a",
    "crane",
    "while",
    "the",
    "team",
    "in",
    "the",
    "other",
    "hall",
    "already",
    "has",
    "what",
    "it",
    "needs",
    "today",
]
OFFICE = Week(frozenset(range(5)), 8 * 60, 18 * 60)
TYPES = (frozenset({"image/png"}), frozenset({"application/pdf"}), frozenset({"text/plain"}))


def make_rules(count: int, chance: random.Random) -> RuleSet:
    """A house with guards of many sorts over all facts, and the shares and accepts of many forums."""
    rules = list(default_rules().rules)
    for n in range(count // 10):
        asked = Conditions(
            jams=frozenset({f"jam{n % 11}"}),
            units=frozenset({f"Unit {n % 30}"}) if n % 2 else None,
            roles=frozenset({f"role {n % 7}"}) if n % 3 else None,
            length=Span(5000 + n) if n % 5 == 0 else None,
            findings=frozenset({"email"}) if n % 4 == 0 else None,
            categories=frozenset({"legal"}) if n % 6 == 1 else None,
            onward=frozenset({"organisation", "recipients"}) if n % 7 == 1 else None,
            attachment_types=frozenset({"image/*"}) if n % 8 == 1 else None,
            attachment_bytes=Span(1_000_000 * n) if n % 9 == 1 else None,
            nth=Span(1, 1 + n % 5) if n % 10 == 3 else None,
            age=Span(24 * (n % 9)) if n % 11 == 5 else None,
            week=OFFICE if n % 12 == 7 else None,
        )
        effect, duties = ("deny", ()) if n % 2 else ("hold", (Review(1 + n % 2, (f"@unit{n % 4}",)),))
        rules.append(Rule(id=f"G{n}", kind="guard", direction="out", effect=effect, conditions=asked, duties=duties))
    n = 0
    while len(rules) < count:
        peers = tuple(f"h{chance.randrange(60)}.example" for _ in range(3)) if n % 2 else ()
        share, accept = forum_rules(f"jam{n % 50}/f{n}", f"Forum {n}", "partners", peers)
        if n % 9 == 0:
            ends = (Expires(NOW + timedelta(days=n - 40)),)
            share = Rule(id=share.id, kind="share", direction="out", effect="allow", duties=ends)
        rules += [share, accept]
        n += 1
    return RuleSet(tuple(rules[:count]))


def make_facts(count: int, chance: random.Random) -> list[Facts]:
    """Requests over many forums, peers, people and lengths, all different."""
    return [_make_facts(n, chance) for n in range(count)]


def _make_facts(n: int, chance: random.Random) -> Facts:
    forum = chance.randrange(500)
    types = chance.choice(TYPES) if chance.random() < 0.1 else frozenset()
    return Facts(
        direction="out" if n % 4 else "in",
        peer=f"h{chance.randrange(80)}.example",
        tier=chance.choice(("partner", "customer", "stranger")),
        clearance=Level.AMBER,
        cleared_for=frozenset({"legal"}),
        jam=f"jam{forum % 50}",
        forum=f"jam{forum % 50}/f{forum}",
        label=chance.choice((Level.GREEN, Level.GREEN, Level.CLEAR, Level.AMBER)),
        categories=frozenset({"legal"}) if chance.random() < 0.05 else frozenset(),
        onward=chance.choice(("community", "community", "community", "organisation")),
        author=f"person{chance.randrange(3000)}",
        unit=f"Unit {chance.randrange(40)}",
        role=f"role {chance.randrange(9)}",
        consent=chance.random() < 0.7,
        findings=frozenset({"email"}) if chance.random() < 0.02 else frozenset(),
        act=chance.choice(("Create", "Create", "Update", "Like")),
        thing=chance.choice(("idea", "reply", "reply")),
        length=chance.randrange(6000),
        attachments=len(types),
        attachment_types=types,
        attachment_bytes=chance.randrange(9_000_000) if types else 0,
        first_crossing=chance.random() < 0.1,
        nth=chance.randrange(1, 51),
        age=chance.choice((0, 0, 0, chance.randrange(500))),
        week_minute=chance.randrange(7 * 1440),
    )


def make_thread_of(count: int, chance: random.Random) -> list[Facts]:
    """The same number of requests as the gate makes them: each idea or reply towards forty servers, one by one."""
    made: list[Facts] = []
    hosts = [(f"h{n}.example", chance.choice(("partner", "customer"))) for n in range(40)]
    clearance = Clearance(Level.AMBER, frozenset({"legal"}))
    while len(made) < count:
        first = make_facts(2, chance)[1]
        made += [
            first.towards(
                peer, tier, clearance, first.findings, act=first.act, first_crossing=False, nth=1 + n % 9
            )
            for n, (peer, tier) in enumerate(hosts)
        ]
    return made[:count]


def naive(facts: Facts, rule_set: RuleSet, now: datetime) -> str:
    """Decide by looking at each rule in turn, as directly as Python allows."""
    effects = set()
    permitted = False
    for rule in rule_set.rules:
        asked = rule.conditions
        if (
            rule.direction == facts.direction
            and (asked.peers is None or facts.peer in asked.peers or f"tier:{facts.tier}" in asked.peers)
            and (asked.forums is None or facts.forum in asked.forums)
            and (asked.jams is None or facts.jam in asked.jams)
            and (asked.labels is None or facts.label in asked.labels)
            and (asked.acts is None or facts.act in asked.acts)
            and (asked.units is None or facts.unit in asked.units)
            and (asked.roles is None or facts.role in asked.roles)
            and (asked.consent is None or facts.consent is asked.consent)
            and (asked.findings is None or asked.findings & facts.findings)
            and (asked.categories is None or asked.categories & facts.categories)
            and (asked.onward is None or facts.onward in asked.onward)
            and (asked.length is None or facts.length in asked.length)
            and (asked.attachment_types is None or any(one.startswith("image/") for one in facts.attachment_types))
            and (asked.attachment_bytes is None or facts.attachment_bytes in asked.attachment_bytes)
            and (asked.nth is None or facts.nth in asked.nth)
            and (asked.age is None or facts.age in asked.age)
            and (asked.week is None or facts.week_minute in asked.week)
            and (rule.expires_at is None or now < rule.expires_at)
        ):
            effects.add(rule.effect)
            permitted |= rule.kind != "guard"
    if not permitted or facts.label > facts.clearance:
        return "deny"
    return next(effect for effect in ("deny", "hold", "redact", "allow") if effect in effects)


def rate(work: Any, asked: list[Any], rounds: int = 3) -> float:
    """How many of ``asked`` get done in a second of CPU, in the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for one in asked:
            work(one)
        best = min(best, time.process_time() - start)
    return len(asked) / best


def bench_decisions() -> None:
    chance = random.Random(1)
    asked, threads = make_facts(20_000, chance), make_thread_of(20_000, chance)
    for count in (10, 200, 1000):
        rules = make_rules(count, chance)
        compiled = rules.compiled
        start = time.process_time()
        cold = [compiled.verdict(one, NOW).effect for one in asked]
        cold_rate = len(asked) / (time.process_time() - start)
        assert [naive(one, rules, NOW) for one in asked[:300]] == cold[:300]
        quick = rate(lambda one, compiled=compiled: compiled.verdict(one, NOW), asked)
        gate = rate(lambda one, compiled=compiled: compiled.verdict(one, NOW), threads)
        worded = rate(lambda one, rules=rules: decide(one, rules, NOW), asked[:4000])
        slow = rate(lambda one, rules=rules: naive(one, rules, NOW), asked[:200])
        effects = {effect: cold.count(effect) for effect in sorted(set(cold))}
        print(
            f"{count:5} rules: {gate:9,.0f} decisions/s on ideas for 40 servers each; on requests that have nothing in"
            f" common {quick:,.0f} (first time {cold_rate:,.0f}), with reason and advice {worded:,.0f},"
            f" rule by rule {slow:,.0f} ({quick / slow:.0f} times); {effects}"
        )
        bench_cedar(rules, asked[:200], quick)


def bench_cedar(rules: RuleSet, asked: list[Facts], ours: float) -> None:
    """Cedar with everything parsed beforehand, in the fastest of the ways that cedarpy offers."""
    said = cedarpy.PolicySet.from_str(cedar_oracle.policies(rules, unasked=False))
    schema, entities = cedarpy.Schema.from_str(cedar_oracle.SCHEMA), cedarpy.Entities.from_json_str("[]")
    requests = [cedar_oracle.request(one, NOW) for one in asked]
    ways = {
        "batch": lambda: cedarpy.is_authorized_batch(requests, said, entities),
        "batch with schema": lambda: cedarpy.is_authorized_batch(requests, said, entities, schema),
        "one by one": lambda: [cedarpy.is_authorized(one, said, entities) for one in requests],
    }
    rates = {}
    for named, way in ways.items():
        start = time.process_time()
        found = way()
        rates[named] = len(requests) / (time.process_time() - start)
        crossing = [one.decision == cedarpy.Decision.Allow for one in found]
        assert crossing == [decide(one, rules, NOW).effect != "deny" for one in asked]
    best = max(rates, key=rates.__getitem__)
    told = ", ".join(f"{named} {number:,.0f}/s" for named, number in rates.items())
    print(f"       Cedar, policies, entities and schema parsed before: {told}")
    print(f"       ours is {ours / rates[best]:,.0f} times the best of these ({best})")


def bench_scan() -> None:
    chance = random.Random(2)
    texts = [" ".join(chance.choices(WORDS, k=chance.randint(8, 50))).capitalize() + "." for _ in range(5000)]
    texts = [text.replace("the", "thé", 1) if n % 4 == 0 else text for n, text in enumerate(texts)]
    terms = [f"{WORDS[n % 37]} {WORDS[n % 31]}{n}" for n in range(100_000)]
    size = sum(map(len, texts)) / len(texts)
    for named, detectors in (
        ("no terms", Detectors()),
        (f"{len(terms):,} terms", Detectors(terms[::2], terms[1::2])),
    ):
        print(f"scan, {named}: {rate(detectors.scan, texts):,.0f} texts/s of {size:.0f} characters")


def bench_analysis() -> None:
    chance = random.Random(3)
    rules = make_rules(200, chance)
    start = time.process_time()
    remarks = findings(rules, NOW)
    print(f"remarks on 200 rules: {time.process_time() - start:.3f} s, {len(remarks)} remarks")
    some = rules.rules[60]
    for named, other in (
        ("two guards less", rules.without("G-findings", "G1")),
        ("a share more", rules.with_rules(Rule(id="S-more", kind="share", direction="out", effect="allow"))),
        ("a rule less", rules.without(some.id)),
        ("other words", RuleSet(rules.rules, code_names=("Lynx",), lists=(("customers", ("Umbrella",)),))),
        ("nothing in common", make_rules(200, chance)),
    ):
        for one, two, way in ((rules, other, "to"), (other, rules, "from")):
            start = time.process_time()
            found = openings(one, two, now=NOW)
            took = time.process_time() - start
            print(f"openings at 200 rules, {way} {named}: {took:.3f} s, {len(found)} examples")


def main() -> None:
    bench_decisions()
    bench_scan()
    bench_analysis()


if __name__ == "__main__":
    main()
