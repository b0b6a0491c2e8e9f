"""The comparison of two rule sets said to a solver (https://github.com/Z3Prover/z3): is there any request at all
that the new rules treat less strictly than the old ones?

Written from the meaning of rules, without the engine's masks: each fact is a variable, each rule a formula.
"""

from datetime import UTC, datetime
from functools import reduce

import z3

from server.boundary.facts import THINGS, Facts
from server.boundary.labels import ONWARD, Level
from server.boundary.rule import ANY_CATEGORY, PERS, STRICTNESS
from server.boundary.rules import Rate, Review, Rule, RuleSet

TIERS = ("public", "stranger", "customer", "partner")
ENDLESS = 10**9
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


class Request:
    """A request as variables: texts are numbers, sets are one flag for each text."""

    def __init__(self, rules: list[Rule]) -> None:
        asked = [rule.conditions for rule in rules]
        self.texts = {
            "peer": [
                "*",
                "else.example",
                *self._named(asked, "peers", lambda peer: peer != "*" and ":" not in peer[:5]),
            ],
            "jam": ["x", *self._named(asked, "jams")],
            "forum": ["x/y", *self._named(asked, "forums")],
            "author": ["someone", *self._named(asked, "authors")],
            "unit": ["elsewhere", *{unit.casefold() for each in asked for unit in each.units or ()}],
            "role": ["other", *{role.casefold() for each in asked for role in each.roles or ()}],
            "act": ["Flag", *self._named(asked, "acts")],
            "tier": list(TIERS),
            "onward": list(ONWARD),
            "thing": list(THINGS),
        }
        self.codes = {name: z3.Int(name) for name in self.texts}
        self.numbers = {
            name: z3.Int(name)
            for name in ("length", "attachments", "attachment_bytes", "nth", "age", "week_minute", "label", "now")
        }
        self.flags = {name: z3.Bool(name) for name in ("out", "consent", "first_crossing")}
        plain = [kind for each in asked for kind in each.findings or () if not kind.endswith(":*")]
        self.findings = {kind: z3.Bool(f"found {kind}") for kind in {*plain, "phone", "pattern:zz", "list:zz"}}
        named = [one for each in asked for one in each.categories or () if one != ANY_CATEGORY]
        self.categories = {one: z3.Bool(f"category {one}") for one in {*named, "zz"}}
        spelt = [one.removeprefix("!") for each in asked for one in each.attachment_types or ()]
        families = {one.partition("/")[0] for one in spelt} - {"*"}
        types = {one for one in spelt if not one.endswith("/*")} | {f"{one}/zz" for one in families} | {"zz/zz"}
        self.types = {one: z3.Bool(f"type {one}") for one in types}

    def _named(self, asked, name, wanted=lambda text: True):
        return sorted({text for each in asked for text in getattr(each, name) or () if wanted(text)})

    def sense(self):
        """What holds of everything that can happen."""
        n, types = self.numbers, list(self.types.values())
        yield from (z3.And(code >= 0, code < len(self.texts[name])) for name, code in self.codes.items())
        yield (self.codes["peer"] == 0) == (self.codes["tier"] == 0)
        yield from (n[name] >= 0 for name in ("length", "attachments", "attachment_bytes", "age", "week_minute", "now"))
        yield z3.And(n["nth"] >= 1, n["label"] >= 0, n["label"] <= 3, n["week_minute"] < 7 * 24 * 60)
        yield z3.Sum([z3.If(one, 1, 0) for one in types]) <= n["attachments"]
        yield z3.Or(*types) == (n["attachments"] > 0)
        yield z3.Implies(n["attachment_bytes"] > 0, n["attachments"] > 0)

    def matches(self, rule: Rule):
        """The formula that says when a rule matches."""
        asked, said = rule.conditions, [self.flags["out"] if rule.direction == "out" else z3.Not(self.flags["out"])]
        if asked.peers is not None:
            hosts = [self._is("peer", peer) for peer in asked.peers if not peer.startswith("tier:")]
            tiers = [self._is("tier", peer[5:]) for peer in asked.peers if peer.startswith("tier:")]
            said.append(z3.Or(*hosts, *tiers))
        for name, values in (
            ("jam", asked.jams),
            ("forum", asked.forums),
            ("author", asked.authors),
            ("act", asked.acts),
            ("onward", asked.onward),
            ("thing", asked.things),
            ("unit", asked.units and {unit.casefold() for unit in asked.units}),
            ("role", asked.roles and {role.casefold() for role in asked.roles}),
        ):
            said += [z3.Or(*(self._is(name, value) for value in values))] if values is not None else []
        if asked.labels is not None:
            said.append(z3.Or(*(self.numbers["label"] == int(level) for level in asked.labels)))
        for name in ("consent", "first_crossing"):
            said += [self.flags[name] == getattr(asked, name)] if getattr(asked, name) is not None else []
        for name in ("length", "attachments", "attachment_bytes", "nth", "age"):
            span = getattr(asked, name)
            if span is not None:
                said.append(self.numbers[name] >= span.least)
                said += [self.numbers[name] <= span.most] if span.most is not None else []
        for values, wanted, covers in (
            (self.findings, asked.findings, lambda kind, entry: entry == f"{kind.partition(':')[0]}:*"),
            (self.categories, asked.categories, lambda one, entry: entry == "*"),
            (self.types, asked.attachment_types, lambda one, entry: entry in (f"{one.partition('/')[0]}/*", "*/*")),
        ):
            said += [self._sets(rule, values, wanted, covers)] if wanted is not None else []
        if asked.week is not None:
            minute = self.numbers["week_minute"]
            said.append(z3.Or(*(z3.And(minute >= begin, minute < end) for begin, end in asked.week.spans)))
        now = self.numbers["now"]
        said += [now >= seconds(rule.starts_at)] if rule.starts_at is not None else []
        said += [now < seconds(rule.expires_at)] if rule.expires_at is not None else []
        return z3.And(*said)

    def _is(self, name, value):
        return self.codes[name] == self.texts[name].index(value)

    def _sets(self, rule, values, wanted, covers):
        turned = any(entry.startswith("!") for entry in wanted)
        entries = {entry.removeprefix("!") for entry in wanted}
        listed = [one for one in values if (one in entries or any(covers(one, entry) for entry in entries)) != turned]
        if rule.kind == "guard":
            return z3.Or(*(values[one] for one in listed))
        return z3.And(z3.Or(*values.values()), *(z3.Not(values[one]) for one in values if one not in listed))

    def facts(self, model) -> tuple[Facts, datetime]:
        """The request that a model of the solver describes."""

        def number(name):
            return model.eval(self.numbers[name], model_completion=True).as_long()

        def text(name):
            return self.texts[name][model.eval(self.codes[name], model_completion=True).as_long()]

        def flag(variable):
            return z3.is_true(model.eval(variable, model_completion=True))

        def chosen(variables):
            return frozenset(one for one, variable in variables.items() if flag(variable))

        numbers = ("length", "attachments", "attachment_bytes", "nth", "age", "week_minute")
        return Facts(
            direction="out" if flag(self.flags["out"]) else "in",
            clearance=Level.RED,
            cleared_for=chosen(self.categories),
            categories=chosen(self.categories),
            findings=chosen(self.findings),
            attachment_types=chosen(self.types),
            label=Level(number("label")),
            consent=flag(self.flags["consent"]),
            first_crossing=flag(self.flags["first_crossing"]),
            **{name: text(name) for name in self.texts},
            **{name: number(name) for name in numbers},
        ), datetime.fromtimestamp(BEGIN.timestamp() + number("now"), UTC)


def seconds(at: datetime) -> int:
    return int(at.timestamp() - BEGIN.timestamp())


class Outcome:
    """What a rule set makes of the request: its strictness, what is taken out, the rate and who has to release it."""

    def __init__(self, request: Request, rule_set: RuleSet) -> None:
        self.matched = [(rule, request.matches(rule)) for rule in rule_set.rules]

        def some(wanted):
            return z3.Or(*(formula for rule, formula in self.matched if wanted(rule)))

        permitted = some(lambda rule: rule.kind != "guard")
        denied = z3.Or(z3.Not(permitted), some(lambda rule: rule.effect == "deny"))
        ranks = {effect: some(lambda rule, effect=effect: rule.effect == effect) for effect in ("hold", "redact")}
        self.rank = z3.If(
            denied,
            STRICTNESS["deny"],
            z3.If(
                ranks["hold"],
                STRICTNESS["hold"],
                z3.If(ranks["redact"], STRICTNESS["redact"], STRICTNESS["allow"]),
            ),
        )
        self.removed = {
            each: some(lambda rule, each=each: each in rule.redactions)
            for each in {each for rule in rule_set.rules for each in rule.redactions}
        }
        self.rates = {per: self._rate(per) for per in PERS}
        self.reviews = [
            (duty, formula) for rule, formula in self.matched for duty in rule.duties if isinstance(duty, Review)
        ]

    def _rate(self, per):
        """The least of the rates of one sort that matching rules set."""
        rates = [
            z3.If(formula, duty.per_hour, ENDLESS)
            for rule, formula in self.matched
            for duty in rule.duties
            if isinstance(duty, Rate) and duty.per == per
        ]
        return reduce(lambda one, other: z3.If(one < other, one, other), rates, z3.IntVal(ENDLESS))

    def easier_than(self, before: "Outcome"):
        """The formula that says that this outcome is less strict than ``before``."""
        kept = [
            z3.And(gone, z3.Not(self.removed.get(each, z3.BoolVal(False)))) for each, gone in before.removed.items()
        ]
        reviews = [
            z3.And(asked, *(z3.Not(formula) for other, formula in self.reviews if covers(other, duty)))
            for duty, asked in before.reviews
            if not covers(Review(), duty)
        ]
        held = z3.And(self.rank == STRICTNESS["hold"], z3.Or(*reviews))
        crosses = self.rank < STRICTNESS["deny"]
        freer = [before.rates[per] < self.rates[per] for per in PERS]
        same = z3.And(self.rank == before.rank, crosses, z3.Or(*kept, *freer, held))
        return z3.Or(self.rank < before.rank, same)


def covers(one: Review, other: Review) -> bool:
    """Whether people who satisfy the first have satisfied the second."""
    if one.approvals < other.approvals:
        return False
    return not other.reviewers or (bool(one.reviewers) and set(one.reviewers) <= set(other.reviewers))


def opening(old: RuleSet, new: RuleSet) -> tuple[Facts, datetime] | None:
    """A request that ``new`` treats less strictly than ``old``, at some time, or None if there is none."""
    request = Request([*old.rules, *new.rules])
    solver = z3.Solver()
    solver.set("random_seed", 1)
    solver.add(*request.sense(), Outcome(request, new).easier_than(Outcome(request, old)))
    answer = solver.check()
    assert answer != z3.unknown
    return request.facts(solver.model()) if answer == z3.sat else None
