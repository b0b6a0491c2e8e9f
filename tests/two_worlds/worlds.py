"""A world, and its twin: the same history but for what one observer may not learn.

What the observer may learn happens alike in both; the rest happens with other words in the twin, or not at all.
Every hidden field carries a canary. One that only whoever is on the list of a forum may read carries another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from server.domain.actors import Member
from server.domain.errors import Refusal
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import ideas_read
from server.services.agreements import follow_agreements
from server.services.jams import follow_clock
from server.services.rule_times import RuleClock
from server.services.rule_versions import activate_due
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation
from tests.two_worlds.history import History, Step, is_inside
from tests.two_worlds.may_learn import Reader, Said, may_cross, surely_without
from tests.two_worlds.tables import CODE_NAME

CANARY = "CANARYBIRD"
CLOSED = "NIGHTJARSONG"
# Where a language is stated, which is a tag of parts of eight letters at most.
TONGUE = "canarybi-birdsong"
CLOSED_TONGUE = "nightjar-birdsong"
UNITS = ("R&D", "Sales", "R&D", "IT", "Sales", "R&D", f"{CANARY} in a unit")
ZOE, OBSERVING = 6, 5
# What detectors find, in each of the two worlds: as long as one another, so that a rule on lengths sees no difference.
PLANTS: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "email": ("Ask anna.kay@example.org. ", "Ask bert.lee@example.org. "),
    "phone": ("Ring +44 20 7946 0958. ", "Ring +44 20 7946 0321. "),
    "secret": ("Use AKIAIOSFODNN7EXAMPLE. ", "Use AKIA5QW2NNMD3SHUTTLE. "),
    "codename": (f"As in {CODE_NAME}. ", "As in Redstart. "),
    "person": (f"Says {CANARY} Zoe. ", f"Says {CANARY} Yan. "),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a world is furnished with: values, no open thing, so that a copy of the stores goes with them."""

    forums: dict[str, Forum]
    named: tuple[Member, ...]
    zoe: Member
    reviewers: tuple[Member, Member]
    ann: str
    olaf: str
    apart: Forum
    listed: tuple[Member, ...]

    @property
    def observing(self) -> Member:
        """Return whoever observes from inside, where somebody does: one of those who are named, and on no list."""
        return self.named[OBSERVING]


@dataclass
class World:
    """One of the two. `hidden` are the URIs that the observer may not know, by what made them.

    `twin` says that what those outside may not learn is otherwise, `beside` that what is for the people on a list
    alone is: where a member observes, only the latter is otherwise in the twin. `kept` are things of such a forum, by
    the step that made them, and `rooms` the ids that go with them.

    `shown` stands alike in both worlds, whether it crosses or not; `secret` is what stands in this one alone, by the
    step that made it (None in a twin that left it out). `veiled` tells in which room of the edge each step hides
    something, in both worlds alike. `fixed` are ids whose words no later step may touch.
    """

    acme: Organisation
    watcher: Elsewhere
    other: Elsewhere
    history: History
    twin: bool
    beside: bool
    setting: Setting
    number: int = 0
    kept: list[Contribution | None] = field(default_factory=list)
    rooms: dict[str, dict[str, str]] = field(default_factory=dict)
    shown: list[Contribution] = field(default_factory=list)
    secret: list[Contribution | None] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)
    veiled: dict[int, str] = field(default_factory=dict)
    fixed: set[str] = field(default_factory=set)
    likes: list[dict[str, object]] = field(default_factory=list)
    clock: RuleClock = field(init=False)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = RuleClock(self.acme.house)

    @property
    def names(self) -> dict[str, str]:
        """Return what hosts and forums of a table are called in this world."""
        keys = {name: forum.key for name, forum in self.setting.forums.items()}
        code = {CODE_NAME: "Redstart"} if self.twin else {}
        return {"WATCHER": self.watcher.host, "OTHER": self.other.host, **keys, **code}

    def forum(self, where: str) -> tuple[str, Forum]:
        """Return one of the forums, under its own name: there is a lab only for those who share one."""
        name = where if where in self.setting.forums else "closed"
        return name, self.setting.forums[name]

    def where(self, made: Contribution) -> str:
        return next(name for name, forum in self.setting.forums.items() if forum.id == made.forum_id)

    def words(self, what: str) -> str:
        """Return hidden words: a canary, other words in the twin, of another length."""
        return f"{CANARY} {what} {self.number} " + ("quite different and longer" if self.twin else "as it was")

    def tongue(self, step: Step) -> str:
        """Return a hidden language, another one in the twin; none where the step tells of none."""
        return f"{'pt' if self.twin else 'ar'}-{TONGUE}{'-else' * self.twin}" if step.tongue else ""

    @property
    def apart_tongue(self) -> str:
        """Return the language of what is for the people on a list alone."""
        return f"{'nl' if self.beside else 'he'}-{CLOSED_TONGUE}{'-else' * self.beside}"

    def plain(self, what: str) -> str:
        """Return words that both worlds share."""
        return f"Words of step {self.number}, the {what}, that everybody may read."

    def may_learn(self, said: Said) -> bool:
        """Say whether the observer may get this now or later, under any rules and with any standing to come."""
        if is_inside(self.history.observer):
            # All but what is for the people on a list alone, which no step asks here.
            return True
        tables, readers = self._remaining(said)
        return may_cross(tables, readers, said)

    def surely_without(self, said: Said, redaction: str) -> bool:
        """Say whether the observer, if it gets this, gets it without what a redaction names."""
        if is_inside(self.history.observer):
            return False
        tables, readers = self._remaining(said)
        return surely_without(tables, readers, said, redaction)

    def _remaining(self, said: Said) -> tuple[tuple[list[dict[str, object]], ...], list[Reader]]:
        tables, readers = self.history.remaining[self.number]
        return tables, [reader for reader in readers if self._reads(reader, said.forum)]

    def _reads(self, reader: Reader, where: str) -> bool:
        return where == "open" or (
            reader.peer != "*" and ((where == "closed" and reader.tier == "partner") or where == "lab")
        )

    def author(self, step: Step, said: Said) -> tuple[Member, Said]:
        """Return who says it: somebody unnamed only where their name surely stays inside."""
        who = step.who % (ZOE + 1)
        settled = "consent" not in {one.what for one in self.history.steps}
        if who == ZOE:
            unnamed = _by(said, UNITS[ZOE], False)
            if not self.may_learn(unnamed) or self.surely_without(unnamed, "name->role"):
                return self.setting.zoe, unnamed
            who = 0
        return self.setting.named[who], _by(said, UNITS[who], True if settled else None)

    def planted(self, found: str, said: Said) -> tuple[str, bool, Said]:
        """Return words that detectors find, whether they differ between the worlds, and what is said with them."""
        if found == "codename" and not self.history.names_codes:
            found = ""
        if not found:
            return "", False, said
        with_it = _found(said, found)
        by_name = found == "person" and self.surely_without(with_it, "name->role")
        if not self.may_learn(with_it) or by_name or self.surely_without(with_it, found):
            return PLANTS[found][self.twin], True, with_it
        # A name or a code name that differs may not be where somebody sees it.
        return ("", False, said) if found in ("codename", "person") else (PLANTS[found][0], False, with_it)

    async def conceal(self, step: Step, say: Callable[[], Awaitable[Contribution | None]]) -> None:
        """Do what the observer may not learn of, unless this twin leaves it out; note where it stands."""
        self.veil("", "objects")
        said = None
        if not (step.apart and self.twin):
            with suppress(Refusal):
                said = await say()
        self.secret.append(said)
        self.veil(said.uri if said else "", "objects")

    def veil(self, uri: str, room: str) -> None:
        self.veiled[self.number] = room
        if uri.startswith(self.acme.url):
            self.hidden[f"step {self.number}"] = uri

    def target(self, step: Step, *, ours: bool | None = None, by: str = "") -> Contribution | None:
        """Return one of the things that stand alike in both worlds, ours or a server's where that is asked."""
        found = [one for one in self.shown if ours is None or (one.is_local == ours and (by in ("", one.author_host)))]
        return found[step.which % len(found)] if found else None

    def secret_of(self, step: Step) -> Contribution | None:
        return self.secret[step.which % len(self.secret)] if self.secret else None

    async def fresh(self, made: Contribution) -> Contribution:
        found = await ideas_read.by_id(self.acme.house, made.id)
        if found is None or found.deleted:
            raise Refusal("It is gone.")
        return found

    async def rest(self, seconds: float = 60) -> None:
        """Let everybody do what there is to do, then let time pass, and have first happen what has its time."""
        await self.acme.idle()
        self.acme.wait(seconds)
        await follow_clock(self.acme.house)
        await activate_due(self.acme.house)
        await follow_agreements(self.acme.house)
        await self.clock.run_once()
        await self.acme.idle()


def _by(said: Said, unit: str, consent: bool | None) -> Said:
    return Said(said.forum, said.label, said.findings, unit, "member", consent, said.act)


def _found(said: Said, kind: str) -> Said:
    return Said(said.forum, said.label, said.findings | {kind}, said.unit, said.role, said.consent, said.act)


async def thread_of(made: World, target: Contribution) -> Contribution:
    """Return the idea at the root of a thread."""
    found = await ideas_read.by_id(made.acme.house, target.thread_id)
    assert found is not None
    return found
