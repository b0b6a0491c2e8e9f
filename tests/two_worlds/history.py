"""Histories: what happens in a world and its twin, made at random from a seed, and readable when one fails."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from random import Random
from typing import Literal, get_args

from server.domain.actors import Role
from tests.two_worlds.may_learn import Reader, strictest
from tests.two_worlds.tables import FOUND, Table, default_table, make_table, unusual

Observer = Literal["stranger", "partner", "ex-partner", "customer", "pilot", "member"]
OBSERVERS: tuple[Observer, ...] = get_args(Observer)
# Whose turn it is in trials. Whoever is inside asks pages, which takes longer.
TURNS = (*OBSERVERS, *OBSERVERS[:-1])
# What people do here who may not see a forum that they are not on the list of: everybody but organisers.
WATCHING: tuple[Role, ...] = ("member", "facilitator", "analyst", "reviewer")
LABELS = ("GREEN", "GREEN", "GREEN", "GREEN", "CLEAR", "AMBER", "AMBER", "RED", "GREEN+legal", "AMBER+legal")
PEOPLE = 7


def is_inside(observer: Observer) -> bool:
    """Say whether it is one of our own people who observes."""
    return observer == "member"



# What happens in a forum for the people on its list alone.
APART = (
    "apart idea", "apart reply", "apart edit", "apart delete", "apart mark", "apart lock", "apart decide", "apart poll",
    "apart flag", "apart question", "apart meeting", "apart list", "apart forum",
)  # fmt: skip

# How often each kind of step happens, relative to the others.
STEPS: dict[str, int] = {
    # said in our forums; whether the observer may learn of it is worked out when it happens
    "idea": 12, "question": 5, "reply": 10, "edit": 6, "relabel": 3, "delete": 3,
    "reply under hidden": 3, "build on": 2, "build on hidden": 2, "reply to hidden": 2, "delete hidden": 2,
    # marks and the boundary's own deeds
    "support": 1, "recall": 2, "recall hidden": 1, "release": 3, "refuse": 2, "refuse hidden": 1,
    "release incoming": 1,
    # what those who run the jam do with it
    "mark": 2, "unmark": 1, "mark hidden": 1, "lock": 1, "unlock": 1, "lock hidden": 1,
    "decide": 2, "decide hidden": 1, "merge": 1, "move hidden": 1,
    # others
    "observer replies": 4, "observer likes": 2, "observer unlikes": 1, "observer posts": 2, "observer edits": 1,
    "observer deletes": 1, "other replies": 4, "other posts": 2, "other edits": 1, "other deletes": 1,
    "other replies in pilot": 2, "reply in pilot": 1,
    # the house
    "draft jam": 1, "hidden forum": 2, "new member": 2, "new partner": 1, "agreement": 1, "pause other": 1,
    "change other": 1, "rules about others": 2, "table": 1, "consent": 2, "chores": 1, "observer's clearance": 1,
    "pause observer": 1, "close": 1, "shadow": 1, "agree with observer": 1,
    # in a forum for the people on its list alone, which no observer is on
    **dict.fromkeys(APART, 1),
}  # fmt: skip
TONGUES = ("", "", "de", "ar", "pt-BR")
# What other servers attach to their words; "alt" means that what detectors find stands beside a picture.
ATTACHED = ("", "", "", "picture", "plan", "several", "alt")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. `which` and `who` choose among what and who is there, modulo their number.

    `found` is what detectors find in its words, `tongue` the language they are said to be in, `attached` what another
    server attaches to them; `apart` whether the twin leaves it out where the observer may not learn of it (else it
    happens there in other words).
    """

    what: str
    which: int = 0
    who: int = 0
    where: str = "open"
    label: str = "GREEN"
    found: str = ""
    tongue: str = ""
    attached: str = ""
    apart: bool = False

    def __str__(self) -> str:
        usual = Step(self.what)
        told = (f.name for f in fields(self) if getattr(self, f.name) != getattr(usual, f.name))
        return " ".join([self.what, *(f"{name}={getattr(self, name)}" for name in told)])


@dataclass(frozen=True)
class History:
    """What happens under which tables. The first table is in force from the beginning; None leaves the usual ones.

    `role` is what a member who observes does among us.
    """

    observer: Observer
    steps: tuple[Step, ...]
    tables: tuple[Table | None, ...] = (None,)
    share: float = 1.0
    salt: str = ""
    clearance: str = "GREEN"
    role: Role = "member"
    remaining: list[tuple[tuple[Table, ...], tuple[Reader, ...]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        last = sum(step.what == "table" for step in self.steps)
        for number in range(len(self.steps)):
            before = sum(step.what == "table" for step in self.steps[:number])
            tables = tuple(self.table(one) for one in range(before, last + 1))
            # Before a step an ex-partner leaves, what went before it is still on its way.
            standings = [self._standing(one) for one in range(max(0, number - 1), len(self.steps))]
            if self.observer != "stranger" and any(step.what == "agree with observer" for step in self.steps):
                # An agreement makes a partner, and ends as one.
                clearance = strictest("GREEN", self._standing(0).clearance)
                standings += [Reader("WATCHER", "stranger"), Reader("WATCHER", "partner", clearance)]
            self.remaining.append((tables, (*dict.fromkeys(standings), Reader("*", "public"))))

    @property
    def names_codes(self) -> bool:
        """Say whether every table of this history lists the code name: the usual one lists none."""
        return None not in self.tables

    def table(self, number: int) -> Table:
        chosen = self.tables[number % len(self.tables)]
        return default_table() if chosen is None else chosen

    def leaves_at(self) -> int:
        """Return the step before which an ex-partner is removed, or a number that never comes."""
        return len(self.steps) * 2 // 3 if self.observer == "ex-partner" else len(self.steps) + 1

    def _standing(self, number: int) -> Reader:
        if self.observer == "stranger" or number >= self.leaves_at():
            return Reader("WATCHER", "stranger")
        tier = "customer" if self.observer == "customer" else "partner"
        raised = any(step.what == "observer's clearance" for step in self.steps)
        return Reader("WATCHER", tier, strictest("AMBER", self.clearance) if raised else self.clearance)

    def __str__(self) -> str:
        lines = [f"observer: {self.observer}, cleared for {self.clearance}; asks {self.share:.0%} of the script"]
        for number, table in enumerate(self.tables):
            lines.append(f"table {number}: the usual one" + (", but" if table else ""))
            lines += [f"    {line}" for line in unusual(table or default_table())]
        return "\n".join([*lines, *(f"{number:3} {step}" for number, step in enumerate(self.steps))])


def make_history(seed: int, number: int, share: float = 0.3) -> History:
    """Return the history of one trial: always the same for the same seed and number."""
    chance = Random(f"{seed}/{number}")
    observer = TURNS[number % len(TURNS)]
    steps = [Step("idea", who=chance.randrange(6))]
    # Whoever observes from inside may know of all that happens but what happens apart.
    steps += [make_step(chance, apart=0.6 if is_inside(observer) else 0.0) for _ in range(chance.randint(4, 9))]
    tables: list[Table | None] = [None if chance.random() < 0.3 else make_table(chance)]
    tables += [make_table(chance) for step in steps if step.what == "table"]
    clearance = chance.choice(("GREEN", "GREEN", "AMBER", "CLEAR", "GREEN+legal", "AMBER+legal"))
    role = chance.choice(WATCHING) if is_inside(observer) else "member"
    return History(observer, tuple(steps), tuple(tables), share, f"{seed}/{number}", clearance, role)


def make_step(chance: Random, apart: float = 0.0) -> Step:
    """Return a step; `apart` is how likely it is, besides, one in a forum for the people on its list alone."""
    what = chance.choices(list(STEPS), weights=list(STEPS.values()))[0]
    if chance.random() < apart:
        what = chance.choice(("apart idea", "apart reply", *APART))
    return Step(
        what,
        which=chance.randrange(20),
        who=chance.randrange(PEOPLE),
        where=chance.choice(("open", "open", "open", "closed", "closed", "lab", "vault", "pilot")),
        label=chance.choice(LABELS),
        found=chance.choice(("", "", "", "", *FOUND)),
        tongue=chance.choice(TONGUES),
        attached=chance.choice(ATTACHED),
        apart=chance.random() < 0.5,
    )


# Everything once: hidden things between visible ones, and visible ones that hang on hidden ones.
LONG: tuple[Step, ...] = (
    Step("idea", tongue="de"), Step("reply", who=1), Step("idea", label="AMBER", tongue="ar"),
    Step("reply", label="RED", apart=True),
    Step("other replies in pilot", apart=True, attached="picture", tongue="de"), Step("idea", who=6),
    Step("idea", where="vault", apart=True, tongue="ar"),
    Step("question", who=2, found="email"), Step("release"), Step("question", who=3, found="secret"), Step("refuse"),
    Step("question", which=1, apart=True), Step("release"),
    Step("idea", where="closed", who=4), Step("idea", where="lab", who=5), Step("reply under hidden", tongue="de"),
    Step("build on hidden", apart=True), Step("reply to hidden"), Step("support", apart=True), Step("mark"),
    Step("mark", which=3, who=1), Step("mark hidden", apart=True), Step("decide", which=1), Step("decide", which=4),
    Step("decide hidden", which=3, apart=True), Step("unmark"), Step("mark hidden", which=1, who=1),
    Step("observer replies", tongue="pt-BR"), Step("other replies", which=1, tongue="de"),
    Step("other replies", which=1, found="secret", attached="alt"),
    Step("other replies", which=1, tongue="ar", attached="several"), Step("other edits", tongue="de", attached="plan"),
    Step("move hidden", apart=True), Step("hidden forum", which=1, apart=True),
    Step("draft jam", apart=True), Step("new member", which=1, apart=True), Step("new partner", apart=True),
    Step("agreement", apart=True), Step("shadow", apart=True),
    Step("edit", which=1), Step("edit", which=2, found="phone"), Step("observer likes"), Step("chores", apart=True),
    Step("recall", which=4), Step("rules about others", apart=True), Step("change other", apart=True),
    Step("reply in pilot", which=1), Step("delete", which=1), Step("delete hidden", apart=True),
    Step("relabel", which=3, label="AMBER"), Step("recall hidden", who=1, apart=True), Step("consent", which=1),
    Step("pause other", apart=True), Step("observer unlikes"), Step("observer posts"), Step("reply", which=3, who=6),
    Step("idea", who=1, found="person"), Step("refuse hidden", which=5), Step("merge", which=2),
    Step("decide", found="email"), Step("observer replies", attached="picture"),
    *(Step("lock", which=one) for one in range(3)), Step("lock hidden", apart=True), Step("lock hidden", which=1),
    Step("observer replies"), *(Step("unlock", which=one) for one in range(2)),
    # Ideas, answers and all that hangs on them, where only those on a list read.
    Step("apart idea", tongue="ar"), Step("apart idea", who=2, attached="picture", apart=True, tongue="de"),
    Step("apart reply", who=2, attached="several", tongue="ar"), Step("apart reply", which=1, apart=True),
    Step("apart edit"), Step("apart mark", who=1), Step("apart mark", which=1), Step("apart decide", apart=True),
    Step("apart lock", which=1, apart=True),
    Step("apart poll", apart=True), Step("apart question", found="secret"), Step("apart meeting", apart=True),
    Step("apart flag", which=1, apart=True), Step("apart list", which=1, apart=True), Step("apart forum", apart=True),
    # After it somebody answers whoever observes from inside: what they are told has a number.
    Step("idea", who=5), Step("reply", which=-1, who=1),
    Step("apart delete", which=1), Step("close"), Step("idea", apart=True),
)  # fmt: skip


def history_of(seed: int, number: int, share: float) -> History:
    """Return the history of a trial; numbers below 0 stand for the long one, each observer's, with the whole script."""
    if number < 0:
        return History(OBSERVERS[-1 - number], LONG, role="facilitator")
    return make_history(seed, number, share)
