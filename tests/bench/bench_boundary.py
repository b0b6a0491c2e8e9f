"""How fast the boundary decides, scans and analyses. Run: ``python tests/bench/bench_boundary.py``.

Rates depend on the machine; the ratios compare things measured in the same run.
"""

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from server.boundary.analyse import findings, flips, opens
from server.boundary.decide import decide
from server.boundary.detectors import Detectors
from server.boundary.facts import Facts
from server.boundary.labels import Level
from server.boundary.rules import (
    Conditions,
    Expires,
    Rule,
    RuleSet,
    Span,
    default_rules,
    forum_rules,
)

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


def make_rules(count: int, chance: random.Random) -> RuleSet:
    """A house with guards of many sorts, and the shares and accepts of many forums."""
    rules = list(default_rules().rules)
    for n in range(count // 10):
        asked = Conditions(
            units=frozenset({f"Unit {n % 30}"}) if n % 2 else None,
            roles=frozenset({f"role {n % 7}"}) if n % 3 else None,
            jams=frozenset({f"jam{n % 11}"}),
            length=Span(5000 + n) if n % 5 == 0 else None,
            findings=frozenset({"email"}) if n % 4 == 0 else None,
        )
        effect = ("hold", "deny")[n % 2]
        rules.append(Rule(id=f"G{n}", kind="guard", direction="out", effect=effect, conditions=asked))
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
    made = []
    for n in range(count):
        forum = chance.randrange(500)
        made.append(
            Facts(
                direction="out" if n % 4 else "in",
                peer=f"h{chance.randrange(80)}.example",
                tier=chance.choice(("partner", "customer", "stranger")),
                clearance=Level.AMBER,
                jam=f"jam{forum % 50}",
                forum=f"jam{forum % 50}/f{forum}",
                label=chance.choice((Level.GREEN, Level.GREEN, Level.CLEAR, Level.AMBER)),
                author=f"person{chance.randrange(3000)}",
                unit=f"Unit {chance.randrange(40)}",
                role=f"role {chance.randrange(9)}",
                consent=chance.random() < 0.7,
                findings=frozenset({"email"}) if chance.random() < 0.02 else frozenset(),
                thing=chance.choice(("idea", "reply", "reply")),
                act=chance.choice(("Create", "Create", "Update", "Like")),
                length=chance.randrange(6000),
                attachments=chance.randrange(3),
                first_crossing=chance.random() < 0.1,
            )
        )
    return made


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
            and (asked.length is None or facts.length in asked.length)
            and (rule.expires_at is None or now < rule.expires_at)
        ):
            effects.add(rule.effect)
            permitted |= rule.kind != "guard"
    if not permitted or facts.label > facts.clearance:
        return "deny"
    return next(effect for effect in ("deny", "hold", "redact", "allow") if effect in effects)


def rate(work, asked) -> float:
    """How many of ``asked`` get done in a second of CPU, in the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for one in asked:
            work(one)
        best = min(best, time.process_time() - start)
    return len(asked) / best


def bench_decisions() -> None:
    chance = random.Random(1)
    asked = make_facts(20_000, chance)
    for count in (10, 200, 1000):
        rules = make_rules(count, chance)
        compiled = rules.compiled
        start = time.process_time()
        cold = [compiled.verdict(one, NOW).effect for one in asked]
        cold_rate = len(asked) / (time.process_time() - start)
        assert [naive(one, rules, NOW) for one in asked[:300]] == cold[:300]
        quick = rate(lambda one, compiled=compiled: compiled.verdict(one, NOW), asked)
        worded = rate(lambda one, rules=rules: decide(one, rules, NOW), asked[:5000])
        slow = rate(lambda one, rules=rules: naive(one, rules, NOW), asked[:200])
        effects = {effect: cold.count(effect) for effect in sorted(set(cold))}
        print(
            f"{len(rules.rules):5} rules: {quick:9,.0f} verdicts/s (first time {cold_rate:,.0f}), "
            f"{worded:8,.0f} decisions/s with reasons, naive {slow:8,.0f}/s, {quick / slow:.0f} times; {effects}"
        )


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
    print(f"findings over 200 rules: {time.process_time() - start:.3f} s, {len(remarks)} remarks")
    start = time.process_time()
    opened = opens(rules, rules.without("G-findings", "G1"), now=NOW)
    print(f"opens over 200 rules: {time.process_time() - start:.3f} s, {len(opened)} examples")
    cases = [(str(n), one) for n, one in enumerate(make_facts(50_000, chance))]
    start = time.process_time()
    found = flips(rules, rules.without("G-findings"), cases, NOW)
    took = time.process_time() - start
    print(f"dry run: {len(cases) / took:,.0f} cases/s, {len(found)} flips; a million in {took * 20:.0f} s")


def main() -> None:
    bench_decisions()
    bench_scan()
    bench_analysis()


if __name__ == "__main__":
    main()
