"""A world, and its twin: the same history but for what one observer may not learn.

A history is a list of steps. Visible steps happen alike in both; hidden ones happen with other words in the twin,
or not at all. Every hidden field carries a canary.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import rsa

from server.domain.actors import Member
from server.domain.agreements import NamedForum, Terms
from server.domain.errors import Refusal
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import agreements, crossings, ideas, partners, people, rules
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation, found

Observer = Literal["stranger", "partner", "ex-partner"]
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CANARY = "CANARYBIRD"

VISIBLE = (
    "idea", "faceless idea", "reply", "edit", "raise label", "delete", "recall", "recall from observer",
    "observer replies", "observer likes", "other replies", "build on", "forum closes", "consent withdrawn",
    "reply under hidden", "build on hidden",
)  # fmt: skip
HIDDEN = (
    "amber idea", "inside idea", "held idea", "pilot idea", "red reply", "closed idea", "held edit", "support",
    "best", "draft jam", "new member", "new partner", "agreement", "pause other", "rule about others",
    "other replies in pilot", "amber idea deleted", "reply in pilot", "hidden forum", "recall hidden",
)  # fmt: skip
Step = tuple[str, int, bool]
"""What happens, to which of the things there (modulo their number), and whether the twin leaves it out."""


@dataclass
class World:
    """One of the two. `hidden` are the URIs that the observer may not know, by the step that made them.

    `veiled` tells in which room of the edge each step hides something, in both worlds alike.
    """

    acme: Organisation
    watcher: Elsewhere
    other: Elsewhere
    observer: Observer
    twin: bool
    open_: Forum
    closed: Forum
    pilot: Forum
    secret: Forum
    ann: str
    olaf: str
    zoe: Member
    named: list[Member]
    shown: list[Contribution] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)
    is_partner: bool = False
    number: int = 0
    veiled: dict[int, str] = field(default_factory=dict)

    def words(self, what: str) -> str:
        """Return hidden words: a canary, other words in the twin, of another length."""
        return f"{CANARY} {what} {self.number} " + ("quite different and longer" if self.twin else "as it was")

    def conceal(self, made: Contribution) -> None:
        self.hidden[f"step {self.number}"] = made.uri


@asynccontextmanager
async def world(
    observer: Observer, *, twin: bool, blank: Path, pairs: list[tuple[str, str]], foreign: list[rsa.RSAPrivateKey]
) -> AsyncIterator[World]:
    """Make a world with its people, forums and servers elsewhere, the observer following what it may follow."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        acme = await found(stack, folder, blank, "Acme", pairs[:1], in_flight=1, now=START)
        watcher, other = Elsewhere(foreign[0], "lemmy"), Elsewhere(foreign[1], "marmalade")
        for peer in (watcher, other):
            await peer.start()
            stack.push_async_callback(peer.close)
        made = await _furnish(acme, watcher, other, observer, twin)
        yield made


async def _furnish(acme: Organisation, watcher: Elsewhere, other: Elsewhere, observer: Observer, twin: bool) -> World:
    named = [await acme.member(f"person{n}", name=f"Person Number{n}") for n in range(6)]
    zoe = await people.add_member(
        acme.house, "yanyan" if twin else "zoe", f"{CANARY} {'Yan' if twin else 'Zoe'}", CANARY, consent=False
    )
    await acme.jam()
    await acme.partner(other.host)
    if observer != "stranger":
        await acme.partner(watcher.host)
    ann, olaf = watcher.person("ann"), other.person("olaf")
    forums = {
        "open": await acme.forum("open"),
        "closed": await acme.forum("closed", "partners"),
        "pilot": await acme.forum(f"pilot-{CANARY.lower()}-{'t' if twin else 'w'}", "partners", peers=(other.host,)),
        "secret": await acme.forum(f"secret-{CANARY.lower()}-{'t' if twin else 'w'}", "inside"),
    }
    await acme.idle()
    for peer, actor in ((watcher, ann), (other, olaf)):
        for forum in forums.values():
            await peer.post(acme.inbox, peer.activity("Follow", actor, forum.uri))
            await acme.idle()
    made = World(
        acme, watcher, other, observer, twin, forums["open"], forums["closed"], forums["pilot"], forums["secret"],
        ann, olaf, zoe, named, is_partner=observer != "stranger",
    )  # fmt: skip
    made.hidden = {name: forums[name].uri for name in ("pilot", "secret")} | {"zoe": zoe.uri}
    if observer == "stranger":
        made.hidden["closed"] = forums["closed"].uri
    return made


async def live(made: World, history: list[Step]) -> None:
    """Play a history. An ex-partner is removed at two thirds of it."""
    leaving = len(history) * 2 // 3
    for number, (what, which, left_out) in enumerate(history):
        made.number = number
        if made.observer == "ex-partner" and number == leaving:
            await partners.change_partner(made.acme.house, made.acme.admin, made.watcher.host, state="removed")
            made.is_partner = False
            await _rest(made)
        concealed = what in HIDDEN and not (what == "closed idea" and made.is_partner)
        if concealed or what.endswith("hidden"):
            made.veiled[number] = "forums" if what in ("draft jam", "hidden forum") else "objects"
        # That an edit waits may show (when its author asks to be unnamed, say); its words may not.
        if not (concealed and left_out and made.twin and what != "held edit"):
            # The jam may be closed, or the thing gone: alike in both worlds, or hidden.
            with suppress(Refusal):
                await _do(made, what, which)
        await _rest(made)


async def _rest(made: World) -> None:
    await made.acme.idle()
    made.acme.wait(60)
    await made.acme.idle()


async def _do(made: World, what: str, which: int) -> None:
    acme, house = made.acme, made.acme.house
    author = made.named[which % len(made.named)]
    standing = [one for one in [await acme.fresh(one) for one in made.shown] if not one.deleted]
    target = standing[which % len(standing)] if standing else None
    text = f"Shown in step {made.number}."
    match what:
        case "idea":
            made.shown.append(await acme.idea(made.open_, text, author, title=f"Title {made.number}"))
        case "faceless idea":
            made.shown.append(await acme.idea(made.open_, text, made.zoe, title=f"Title {made.number}"))
        case "closed idea":
            hidden = not made.is_partner
            idea = await acme.idea(made.closed, made.words(what) if hidden else text, author)
            made.conceal(idea) if hidden else made.shown.append(idea)
        case "amber idea" | "amber idea deleted":
            idea = await acme.idea(made.open_, made.words(what), author, title=CANARY, label="AMBER")
            made.conceal(idea)
            if what == "amber idea deleted":
                await acme.idle()
                await ideas.delete(house, author, idea)
        case "inside idea":
            made.conceal(await acme.idea(made.secret, made.words(what), author))
        case "held idea":
            made.conceal(await acme.idea(made.open_, f"{made.words(what)} x@example.org", author))
        case "pilot idea":
            made.conceal(await acme.idea(made.pilot, made.words(what), author))
        case "draft jam":
            jam = await acme.jam(f"draft{made.number}-{CANARY.lower()}", opened=False)
            forum = await acme.forum(f"draft{made.number}-{CANARY.lower()}", jam=jam)
            made.hidden[f"step {made.number}"] = forum.uri
        case "hidden forum":
            audience: Literal["inside", "partners"] = "inside" if which % 2 else "partners"
            forum = await acme.forum(f"f{made.number}-{CANARY.lower()}", audience, peers=(made.other.host,))
            made.hidden[f"step {made.number}"] = forum.uri
        case "new member":
            await acme.member(f"new{made.number}{CANARY}", name=made.words(what), consent=which % 2 == 0)
        case "new partner":
            await acme.partner(f"{CANARY.lower()}{made.number}.example", "customer" if which % 2 else "partner")
        case "agreement":
            await _agree_with(acme, f"{CANARY.lower()}{made.number}.example")
        case "pause other":
            state: Literal["active", "paused"] = "active" if which % 2 else "paused"
            await partners.change_partner(house, acme.admin, made.other.host, state=state)
        case "rule about others":
            stored, _ = await rules.rules_in_force(house)
            guard = f'\n[[rule]]\nid = "G-{made.number}"\nkind = "guard"\nto = "{made.other.host}"\neffect = "deny"\n'
            await rules.apply_rules(house, acme.admin, stored.text + guard, alone=True)
        case "consent withdrawn":
            await people.change_member(house, author, author, consent=False)
        case "forum closes":
            if which % 7 == 0:
                from server.services import jams

                (jam, *_) = await jams.list_jams(house, acme.admin)
                await jams.freeze_jam(house, acme.admin, jam)
        case _ if target is not None:
            await _do_about(made, what, target, author, text)


async def _do_about(made: World, what: str, target: Contribution, author: Member, text: str) -> None:
    acme, house = made.acme, made.acme.house
    owner = await people.member_by_id(house, target.author_id)
    assert owner is not None
    ours = owner.is_local
    match what:
        case "reply":
            made.shown.append(await acme.reply(target, text, author))
        case "red reply":
            made.conceal(await acme.reply(target, made.words(what), author, label="RED"))
        case "reply under hidden":
            parent = target
            if not made.twin:
                parent = await acme.reply(target, made.words(what), author, label="RED")
                made.conceal(parent)
            made.shown.append(await acme.reply(parent, text, author))
        case "build on hidden":
            base = await acme.idea(made.secret, made.words(what), author) if not made.twin else None
            if base:
                made.conceal(base)
            made.shown.append(await acme.idea(made.open_, text, author, builds_on=base.id if base else ""))
        case "build on":
            made.shown.append(await acme.idea(made.open_, text, author, builds_on=target.thread_id))
        case "edit" if ours:
            await ideas.edit(house, owner, target, f"Edited. {text}")
        case "raise label" if ours:
            await ideas.edit(house, owner, target, target.text, label="AMBER")
            made.shown.remove(next(one for one in made.shown if one.id == target.id))
        case "held edit" if ours and target.kind == "idea":
            # What stands outside stays; inside, the words differ, and no later step touches them.
            await ideas.edit(house, owner, target, f"{made.words(what)} x@example.org")
        case "delete" if ours:
            await ideas.delete(house, owner, target)
        case "recall" | "recall from observer":
            await crossings.recall(house, acme.admin, target, made.watcher.host if what != "recall" else "")
        case "recall hidden":
            await crossings.recall(house, acme.admin, target, "nobody.example")
        case "support" | "best":
            await ideas.mark(house, made.zoe if what == "support" else acme.admin, target, what)
        case "observer replies":
            note = made.watcher.note(made.ann, text, target.uri, made.open_.uri)
            await made.watcher.post(acme.inbox, made.watcher.create(note))
            await acme.idle()
            if known := await acme.know(note["id"]):
                made.shown.append(known)
        case "observer likes":
            await made.watcher.post(acme.inbox, made.watcher.activity("Like", made.ann, target.uri))
        case "other replies":
            note = made.other.note(made.olaf, text, target.uri, made.open_.uri)
            await made.other.post(acme.inbox, made.other.create(note))
        case "other replies in pilot" | "reply in pilot":
            idea = await acme.idea(made.pilot, made.words(what), author)
            made.conceal(idea)
            await acme.idle()
            if what == "reply in pilot":
                await acme.reply(idea, made.words(what), made.zoe)
            else:
                note = made.other.note(made.olaf, made.words(what), idea.uri, made.pilot.uri)
                await made.other.post(acme.inbox, made.other.create(note))


async def _agree_with(acme: Organisation, host: str) -> None:
    """Have a server that the observer knows nothing of offer an agreement, and accept it."""
    them, now = f"https://{host}/actor", acme.house.now()
    terms = Terms(
        forums=(NamedForum("*", CANARY),), direction="both", clearance="GREEN", retention_days=0, onward="anyone",
        tier="partner", starts_at=now, ends_at=now + timedelta(days=1),
    )  # fmt: skip
    document = json.dumps({"id": f"https://{host}/1", "parties": [them, acme.house.addresses.server_uri]})
    asked = await agreements.take_offer(acme.house, host, f"https://{host}/1", 1, terms, document)
    await agreements.accept(acme.house, acme.admin, asked.id)
