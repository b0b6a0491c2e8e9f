"""Acme in full swing, and the address of every page of its inside and its edge, as somebody who may see them all."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import timedelta

from PIL import Image

from server.demo.statements import read_statements
from server.domain.jams import Charter
from server.services import (
    answers,
    board,
    corrections,
    crossings,
    explain,
    feeds,
    follows,
    forums,
    holds,
    hosting,
    ideas,
    jams,
    joining,
    locking,
    marking,
    memberships,
    outcomes,
    partners,
    people,
    rehearsals,
    rules,
    shadow,
    streams,
    templates,
    voices,
    walls,
)
from server.services.explain import Wanted
from server.services.house import House
from tests.journeys.organisations import CHARTER, Floor, Organisation, status_of, until

STATEMENTS = 60
LONG = (
    "We waste an hour each day at two gates. One gate with a booking page, open to all of us, would end that, "
    "and nobody would have to know which company owns which yard.\n\n- book a slot\n- drive in\n- be gone\n\n"
    "See `gate-7` and https://example.org/a/rather/long/address/that/has/no/place/to/break/anywhere/at/all."
)
BUSES = '\n[[rule]]\nid = "G-buses"\nkind = "guard"\ndirection = "out"\nfindings = ["list:buses"]\neffect = "hold"\n'
BUSES += '\n[lists]\nbuses = ["bus stop", "tram"]\n'
AMBER = '\n[[rule]]\nid = "S-amber"\nkind = "share"\nto = "jam.globex.example"\nlabel = "<=AMBER"\n'
SAID = (
    ("A bench at every bus stop", "People would **wait** if they could sit while they wait."),
    ("One evening a month when all of us open our doors", "Neighbours come in, we show what we do."),
    ("Lend each other tools", LONG),
    ("Trams that wait for trains", "Two minutes would be enough on most days."),
    ("حديقة على سطح المبنى", "غداء بين الطماطم، مرة واحدة في الأسبوع."),
    ("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetzeskunde", "Kürzere Wörter, bitte."),
)


@dataclass(frozen=True)
class Swing:
    """Paths by name. `inside` are for Morgan, `edge` for everybody."""

    inside: dict[str, str]
    edge: dict[str, str]
    refused: dict[str, tuple[str, int]]


async def fill(acme: Organisation, floor: Floor) -> Swing:
    """Say and do something of every kind, and list the pages that show it."""
    async with acme.house() as house:
        morgan, riley = await people.person(house, "morgan"), await people.person(house, "riley")
        sasha, casey = await people.person(house, "sasha"), await people.person(house, "casey")
        await partners.add_partner(house, morgan, "jam.globex.example", "partner", "GREEN", "Globex")
        theme = await say_until_themes(house, floor)
        said = [
            await ideas.post_idea(house, (riley, sasha, casey)[number % 3], floor.public, title, text)
            for number, (title, text) in enumerate(SAID)
        ]
        idea, other = said[0], said[1]
        reply = await ideas.reply(house, sasha, idea, "With a roof, please.", intent="evidence")
        answer = await ideas.reply(house, riley, reply, LONG)
        for _ in range(4):
            answer = await ideas.reply(house, casey, answer, "And deeper still.")
        gone = await ideas.reply(house, sasha, idea, "Never mind.")
        await ideas.delete(house, sasha, gone)
        for person in (sasha, casey, morgan):
            await marking.mark(house, person, idea, "support")
        await marking.mark(house, sasha, other, "emerging")
        await locking.lock(house, sasha, said[2], "It turns in circles; the new thread has what we know.")
        grown = await ideas.post_idea(house, sasha, floor.public, "Benches that charge", "Sun.", builds_on=idea.id)
        idea = await ideas.edit(house, riley, idea, "People would **wait** if they could sit.", title=idea.title)
        own = await ideas.post_idea(house, morgan, floor.public, "Soup in the hall", "Each Tuesday.")
        await ideas.reply(house, sasha, own, "With bread, please.", intent="answer")
        stream = await outcomes.open_stream(house, morgan, floor.jam, "Stops where people sit", "All by May.", "riley")
        await outcomes.decide(house, morgan, grown, "stream", "It costs little and many asked.", stream.id)
        await outcomes.decide(house, morgan, other, "later", "When the yard is rebuilt.")
        for what, who, day in (
            ("Ask the town about roofs", "sasha", "2026-01-15"),
            ("Ten benches stand", "", "2999-05-01"),
        ):
            await streams.plan_milestone(house, morgan, stream.id, what, who, day)
        await streams.tell_news(house, riley, stream.id, "The town answers next week; the first two benches are made.")
        corrected = await _corrected_report(house, floor)
        await follows.follow(house, morgan, "forum", floor.public.id)
        await feeds.save_search(house, morgan, "Benches", "q=bench")
        await ideas.post_idea(house, riley, floor.partners, "One gate for all our trucks", "They wait an hour.")
        await ideas.post_idea(house, riley, floor.inside, "The subsidy talks", "Among ourselves.")
        labelled = await ideas.post_idea(
            house, morgan, floor.inside, "Keep it close", "Among us.", label="AMBER+legal+planning>recipients"
        )
        await ideas.post_idea(house, riley, floor.public, "Parking", "For us alone.", label="AMBER")
        await ideas.post_idea(house, riley, floor.public, "Ask for rooms", "Write to rooms@acme.example, they know.")
        await ideas.post_idea(house, casey, floor.public, "Ask for bikes", "Call +49 30 901820, they know.")
        table = (await rules.rules_in_force(house))[0].text
        await shadow.start_shadow(house, morgan, table + BUSES, "To see for a week.")
        await rules.apply_rules(house, morgan, table + AMBER, "Agreed with Globex.")
        draft = await jams.create_jam(house, morgan, "next", "Next year", Charter(), house.now(), floor.jam.closes_at)

        arranged = await _arrange(house, floor) | await _unnamed(house, floor)

        async def waits() -> bool:
            kept = await explain.list_decisions(house, morgan, Wanted(verdict="held"))
            return len(kept) >= 2 and await holds.count_waiting(house) >= 2

        await until("two ideas wait for a reviewer, and the decisions say why", waits)
        decision = (await explain.list_decisions(house, morgan, Wanted(verdict="held")))[0].verdict.id
        await crossings.recall(house, morgan, said[3])
        link = await people.make_link(house, riley)
    public = own.uri.removeprefix(acme.edge_url)

    async def shown() -> bool:
        return await status_of(acme.edge_port, public, "text/html") == 200

    await until("the edge shows what was said", shown)
    thread = f"/ideas/{idea.id}"
    return Swing(
        inside={
            **arranged,
            "home": "/",
            "search": "/search?q=bench",
            "search-nothing": "/search",
            "jam-new": "/jams/new",
            "jam-charter": f"/jams/{draft.slug}/charter",
            "jam-draft": f"/jams/{draft.slug}",
            "jam-draft-settings": f"/jams/{draft.slug}/settings",
            "lobby": "/jams/better",
            "settings": "/jams/better/settings",
            "board": "/jams/better/board",
            "outcomes": "/jams/better/outcomes",
            "stream": f"/streams/{stream.id}",
            **corrected,
            "decide": f"/ideas/{grown.id}/outcome",
            "thread-decided": f"/ideas/{grown.id}",
            "theme": f"/jams/better/themes/{theme}",
            "themes-edit": "/jams/better/themes/edit",
            "between": "/jams/better/between",
            "behind": "/jams/better/behind/ideas",
            "behind-nothing": "/jams/better/behind/minute?name=1",
            "why": "/jams/better/why",
            "why-replies": "/jams/better/why/replies?by=people&intent=evidence",
            "forum-public": f"/forums/{floor.public.id}",
            "forum-partners": f"/forums/{floor.partners.id}",
            "forum-inside": f"/forums/{floor.inside.id}",
            "build": f"/forums/{floor.public.id}/build?on={idea.id}",
            "thread": thread,
            "thread-grown": f"/ideas/{grown.id}",
            "thread-locked": f"/ideas/{said[2].id}",
            "lock": f"/ideas/{own.id}/lock",
            "reply": f"{thread}/reply?to={reply.id}",
            "edit": f"/ideas/{own.id}/edit",
            "labelled": f"/ideas/{labelled.id}",
            "labelled-edit": f"/ideas/{labelled.id}/edit",
            "label": f"/ideas/{labelled.id}/label",
            "history": f"{thread}/history",
            "delete": f"/ideas/{own.id}/delete",
            "recall": f"/ideas/{own.id}/recall",
            "rules": "/boundary",
            "rules-edit": "/boundary/rules/edit",
            "rules-versions": "/boundary/rules/versions",
            "decisions": "/boundary/decisions",
            "decision": f"/boundary/crossings/{decision}",
            "holds": "/boundary/holds",
            "ledger": "/boundary/ledger",
            "recalls": "/boundary/ledger/recalls?state=all",
            "held": "/boundary/held",
            "held-of": "/boundary/held?peer=jam.globex.example",
            "partners": "/boundary/partners",
            "servers": "/boundary/servers",
            "people": "/people",
            "inbox": "/inbox",
            "mail": "/me/notices",
            "catch-up": "/catch-up?span=week",
            "following": "/me/following",
            "who-knows": "/who-knows?q=soup+hall",
            "meet": "/meet",
            "profile": "/people/riley",
            "fair": f"/forums/{floor.public.id}?sort=fair",
        },
        edge={
            "edge-home": "/",
            "edge-forum": floor.public.uri.removeprefix(acme.edge_url),
            "edge-themes": f"{floor.public.uri.removeprefix(acme.edge_url)}/themes",
            "edge-thread": idea.uri.removeprefix(acme.edge_url),
        },
        refused={
            "sign-in": ("/sign-in", 200),
            "welcome": (f"/welcome/{link}", 200),
            "missing": ("/ideas/nowhere", 404),
        },
    )


async def _corrected_report(house: House, floor: Floor) -> dict[str, str]:
    """Have a jam that is over, with a report that was corrected; its pages: as it stands, as it was, to be changed."""
    morgan, now = await people.person(house, "morgan"), house.now()
    jam = await jams.create_jam(house, morgan, "over", "Fewer trucks", CHARTER, now, now + timedelta(days=1))
    forum = await forums.create_forum(house, morgan, jam, "gates", "Gates", "Which gate?", "inside")
    jam = await jams.open_jam(house, morgan, jam)
    await ideas.post_idea(house, morgan, forum, "One gate", "For all trucks.")
    jam = await jams.freeze_jam(house, morgan, jam)
    said = (
        "One gate for all trucks",
        "We open **one** gate in May.",
        "We build no second one.",
        "The yard is too small.",
    )
    label, doing, declined, why = said
    made = await answers.write_answer(house, morgan, jam, "", doing, declined, why, label=label)
    await answers.publish(house, morgan, jam)
    words = (label, "We open **one** gate in March.", declined, why)
    await corrections.correct_answer(house, morgan, jam, made.id, words, "The date was wrong; it is March, not May.")
    report = f"/jams/{jam.slug}/report"
    return {
        "report": report,
        "report-corrected": f"{report}?version=1",
        "report-correct": f"{report}/correct?answer={made.id}",
    }


def face() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 60), (30, 120, 90)).save(made, "PNG")
    return made.getvalue()


async def _unnamed(house: House, floor: Floor) -> dict[str, str]:
    """Have a forum that seals names, and a name in it that was asked for."""
    morgan, riley = await people.person(house, "morgan"), await people.person(house, "riley")
    vera = await people.add_member(house, "vera", "Vera Reviewer", "Legal", "reviewer")
    forum = await forums.create_forum(
        house, morgan, floor.jam, "frankly", "Frankly", "What do we not say aloud?", "inside", names="sealed"
    )
    made = await ideas.post_idea(house, riley, forum, "We are late, and we know why", "Nobody says it in a meeting.")
    await ideas.reply(house, vera, made, "I have seen that too.", intent="experience")
    await ideas.reply(house, morgan, made, "Then let us say it here.")
    await voices.ask_to_open(house, vera, made, "To thank whoever said it first, if they agree.")
    return {
        "sealed-forum": f"/forums/{forum.id}",
        "sealed-thread": f"/ideas/{made.id}",
        "name-ask": f"/ideas/{made.id}/name",
        "names": "/boundary/names",
    }


async def _arrange(house: House, floor: Floor) -> dict[str, str]:
    """Have hosts, a second jam, a rehearsal and an invitation, and list what organisers and admins see of them."""
    morgan, now = await people.person(house, "morgan"), house.now()
    await hosting.put_host(house, morgan, floor.public, "sasha", "Runs the yards, and may change how they are run.")
    sasha = await people.person(house, "sasha")
    await hosting.put_picture(house, sasha, floor.public, sasha.id, "sasha.png", face(), "Sasha between two trucks")
    for hours in (0, 5):
        begins = now + timedelta(hours=hours)
        await hosting.add_slot(house, morgan, floor.jam, floor.public, sasha.id, begins, begins + timedelta(hours=2))
    second = await templates.second_jam(house, morgan, floor.jam, "second", now, floor.jam.closes_at)
    rehearsal = await rehearsals.rehearse(house, morgan, floor.jam)
    await joining.make_invitation(house, morgan, unit="Sales", note="All of the sales floor")
    wall = await walls.put_up(house, morgan, floor.jam, "The hall")
    apart = await jams.create_jam(house, morgan, "apart", "A few of us", CHARTER, now, now + timedelta(days=2))
    few = await forums.create_forum(house, morgan, apart, "few", "The few", "What then?", "inside", members_only=True)
    await memberships.invite(house, morgan, few, "sasha")
    return {
        "members": f"/forums/{few.id}/members",
        "walls": "/jams/better/walls",
        "goals": "/jams/better/goals",
        "wall": f"/wall/{wall}",
        "wall-themes": f"/wall/{wall}?scene=1",
        "wall-river": f"/wall/{wall}?scene=3",
        "jam-from-template": "/jams/new?template=partners",
        "rota": "/jams/better/rota",
        "report-none": f"/jams/{second.slug}/report",
        "report-write": "/jams/better/report/write",
        "report-write-new": "/jams/better/report/write?theme=new",
        "forum-change": f"/forums/{floor.public.id}/change",
        "host": f"/forums/{floor.public.id}/hosts/{sasha.id}",
        "rota-empty": f"/jams/{second.slug}/rota",
        "again": "/jams/better/again",
        "carry": f"/jams/{second.slug}/carry",
        "rehearsal": f"/jams/{rehearsal.slug}",
        "rehearsal-settings": f"/jams/{rehearsal.slug}/settings",
        "setup": "/setup",
        "units": "/units",
        "invitations": "/invitations",
        "person": "/people/sasha/change",
        "moderation": "/moderation",
    }


async def say_until_themes(house: House, floor: Floor) -> str:
    """Say enough real sentences for themes to appear, wait for them, and return the id of one."""
    morgan = await people.person(house, "morgan")
    for statement in read_statements()[:STATEMENTS]:
        forum = floor.public if len(statement.text) % 2 else floor.partners
        await ideas.post_idea(house, morgan, forum, statement.title or statement.text[:80], statement.text)

    async def found() -> str:
        kept = json.loads(await board.read_themes(house, morgan, floor.jam) or "{}")
        return next((theme["id"] for theme in kept.get("themes", ()) if theme["representative"]), "")

    return await until("themes have been found", found)
