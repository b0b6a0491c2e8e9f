"""The story told beside the real statements: what stays inside, waits, changes its name, comes back or is taken back.

These few lines are the demo's own words; everything else that is said in the jam is real text. Each beat takes
`tag`, which the check uses to plant a string that must or must not be found elsewhere; a person's demo has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from server.demo.api import Answer, until
from server.demo.jam import THEIR_FORUM
from server.demo.stage import Stage

Tag = Callable[[str], str]


def no_tag(_: str) -> str:
    """Add nothing."""
    return ""


@dataclass(frozen=True, slots=True)
class Told:
    """What the beats posted, for whoever wants to look at it again."""

    whispered: Answer
    held: Answer
    amber: Answer
    redacted: Answer
    recalled: Answer
    shared: Answer
    theirs: Answer
    open: Answer


async def whisper(stage: Stage, tag: Tag) -> Answer:
    """An idea and its answers in the forum that nobody outside ever sees."""
    riley, sasha = stage.cast.person("acme", "riley"), stage.cast.person("acme", "sasha")
    idea = await stage.post_idea(
        riley, "money-and-rules", f"Before we say this in public{tag('inside idea title')}",
        f"Legal asked us to talk about the bus subsidy among ourselves first.{tag('inside idea text')}",
    )  # fmt: skip
    first = await sasha.post(f"/ideas/{idea['id']}/replies", text=f"Agreed, inside only.{tag('inside reply')}")
    await riley.post(f"/ideas/{first['id']}/replies", text=f"Then it stays between us.{tag('inside answer')}")
    await riley.ask("PATCH", f"/ideas/{idea['id']}", _json(text=f"Shorter: not yet.{tag('inside edit')}"))
    return idea


def _json(**body: str) -> bytes:
    return orjson.dumps(body)


async def wait_for_review(stage: Stage, tag: Tag) -> Answer:
    """An idea with an e-mail address and a code name: held until somebody other than its author releases it."""
    riley = stage.cast.person("acme", "riley")
    return await stage.post_idea(
        riley, "living-here", f"Ask the Nightjar team for spare rooms{tag('held title')}",
        f"They have space downtown for evening classes: rooms@acme.example knows which.{tag('held text')}",
    )  # fmt: skip


async def keep_amber(stage: Stage, tag: Tag) -> Answer:
    """An idea in a public forum that its author labelled AMBER: it stays inside, in the open forum too."""
    sasha = stage.cast.person("acme", "sasha")
    return await stage.post_idea(
        sasha, "getting-around", f"Shift times for our own parking{tag('amber title')}",
        f"Let us start the second shift at ten, and say so when the works council agreed.{tag('amber text')}",
        label="AMBER",
    )  # fmt: skip


async def speak_unnamed(stage: Stage, tag: Tag) -> Answer:
    """Ottoline did not agree that her name leaves: outside, a colleague at Acme says this."""
    ottoline = stage.cast.person("acme", "ottoline")
    return await stage.post_idea(
        ottoline, "getting-around", f"A bench at every bus stop{tag('public: unnamed title')}",
        f"People would wait for a bus if they could sit while they wait.{tag('public: unnamed text')}",
    )  # fmt: skip


async def speak_openly(stage: Stage, tag: Tag) -> Answer:
    """An idea in public that the others answer from their own servers, marks and all."""
    riley, sasha = stage.cast.person("acme", "riley"), stage.cast.person("acme", "sasha")
    rowan, skyler = stage.cast.person("globex", "rowan"), stage.cast.person("initech", "skyler")
    idea = await stage.post_idea(
        riley, "living-here", f"One evening a month when all three of us open our doors{tag('public: idea title')}",
        f"Neighbours come in, we show what we do, and everybody brings one idea.{tag('public: idea text')}",
    )  # fmt: skip
    uri = idea["uri"]
    theirs = await stage.post_reply(
        rowan, "living-here", uri, uri, f"Globex would open the labs on Thursdays.{tag('public: reply of a partner')}"
    )
    await stage.post_reply(
        skyler, "living-here", uri, uri, f"Initech joins: we have the car park.{tag('public: reply of a stranger')}"
    )
    await stage.post_reply(
        sasha, "living-here", uri, theirs["uri"], f"Thursday it is, thank you.{tag('public: answer back')}"
    )
    for person in (sasha, rowan, skyler):
        await stage.mark(person, "living-here", uri)
    await stage.mark(sasha, "living-here", uri, "emerging")
    return idea


async def speak_among_partners(stage: Stage, tag: Tag) -> Answer:
    """An idea for partners: Globex reads and answers it, Initech never hears of it."""
    sasha, avery = stage.cast.person("acme", "sasha"), stage.cast.person("globex", "avery")
    idea = await stage.post_idea(
        sasha, "learning-and-work", f"Share our apprentices for a month each{tag('partner: idea title')}",
        f"Half a year with us, a month with Globex: they would see both trades.{tag('partner: idea text')}",
    )  # fmt: skip
    uri = idea["uri"]
    await stage.post_reply(
        avery, "learning-and-work", uri, uri, f"We could take four from September.{tag('partner: reply')}"
    )
    await stage.mark(avery, "learning-and-work", uri)
    await stage.post_idea(
        avery, "learning-and-work", f"Lend us your classroom in the evening{tag('partner: idea of theirs')}",
        f"Ours is full, yours is dark after six.{tag('partner: text of theirs')}",
    )  # fmt: skip
    return idea


async def answer_at_theirs(stage: Stage, tag: Tag) -> Answer:
    """In a forum that Globex holds, Acme's people answer and support from their own server."""
    sasha, avery = stage.cast.person("acme", "sasha"), stage.cast.person("globex", "avery")
    idea = await stage.post_idea(
        avery, THEIR_FORUM, f"A thermal camera{tag('partner: idea at theirs')}",
        f"Ours is used twice a month. Come and fetch it.{tag('partner: text at theirs')}",
    )  # fmt: skip
    uri = idea["uri"]
    await stage.post_reply(sasha, THEIR_FORUM, uri, uri, f"Gladly, next week.{tag('partner: reply at theirs')}")
    await stage.mark(sasha, THEIR_FORUM, uri)
    return idea


async def take_back(stage: Stage, tag: Tag) -> Answer:
    """An idea that crossed, was read elsewhere, and is recalled from everybody."""
    riley, morgan = stage.cast.person("acme", "riley"), stage.cast.admin("acme")
    idea = await stage.post_idea(
        riley, "living-here", f"Name the new square after our founder{tag('recalled title')}",
        f"On second thoughts this was never ours to propose.{tag('recalled text')}",
    )  # fmt: skip
    for organisation in ("globex", "initech"):
        await stage.local_id(stage.cast.admin(organisation), "living-here", idea["uri"])

    async def granted() -> Answer | None:
        page = await morgan.get(f"/boundary/crossings?object={idea['id']}")
        return next((line for line in page["data"] if line["audience"] == "public"), None)

    line = await until("the ledger tells of the idea to recall", granted)
    await morgan.post(f"/boundary/crossings/{line['id']}/recall")
    return idea


async def tell(stage: Stage, tag: Tag = no_tag) -> Told:
    """Tell the whole story, in order."""
    return Told(
        whispered=await whisper(stage, tag),
        held=await wait_for_review(stage, tag),
        amber=await keep_amber(stage, tag),
        redacted=await speak_unnamed(stage, tag),
        open=await speak_openly(stage, tag),
        shared=await speak_among_partners(stage, tag),
        theirs=await answer_at_theirs(stage, tag),
        recalled=await take_back(stage, tag),
    )
