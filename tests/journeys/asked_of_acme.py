"""What Acme asks of everybody (polls, statements, hours, rooms, words of absent people), and the pages that show it."""

from __future__ import annotations

from datetime import timedelta

from server.domain.ideas import Absent, Contribution
from server.services import hours, ideas, people, polls, proxies, ratings, rooms, statements
from server.services.house import House
from tests.journeys.organisations import Floor


async def ask_everybody(house: House, floor: Floor) -> dict[str, str]:
    """Ask in every way there is; return the paths of the pages, by name, as a facilitator sees them."""
    sasha, riley = await people.person(house, "sasha"), await people.person(house, "riley")
    now, soon = house.now(), house.now() + timedelta(hours=3)
    idea = await ideas.post_idea(house, sasha, floor.public, "Boxes that fit", "Most of them are too large.")
    poll = await polls.ask(house, sasha, idea, "Which tape would you use?", ["Paper", "Plastic"], ends_at=soon)
    await polls.vote(house, riley, poll, [0])
    await ratings.rate(house, riley, idea, {"Impact": 4, "Effort": 2})
    await _state(house, floor, idea)
    hour = await hours.plan(house, sasha, floor.public, "sasha", "Ask Sasha about boxes", now, soon)
    for words in ("What would you stop doing tomorrow?", "Who pays for paper tape?"):
        await hours.ask(house, riley, await hours.obtain(house, riley, hour.id), words)
    task = "Ask the supplier."
    room = await rooms.open_room(house, sasha, idea, "What does it cost?", task, ["riley"], "riley", soon)
    await rooms.say(house, riley, room, "Two cents, says the supplier.")
    olga = Absent("Olga Petrova", "Workshop hall 2")
    told = await proxies.enter_idea(house, sasha, floor.inside, olga, "Gloves", "Warmer ones, please.", consents=True)
    return {
        "asking": "/jams/better/asking",
        "asked-thread": f"/ideas/{idea.id}",
        "poll-form": f"/ideas/{idea.id}/poll",
        "statements": "/jams/better/statements",
        "statement-form": f"/jams/better/statements/new?from={idea.id}",
        "statements-results": "/jams/better/statements/results",
        "hour": f"/hours/{hour.id}",
        "hour-form": "/jams/better/hours/new",
        "room": f"/rooms/{room.id}",
        "room-form": f"/ideas/{idea.id}/room",
        "for-another": f"/forums/{floor.inside.id}/for-another",
        "for-another-reply": f"/ideas/{idea.id}/for-another",
        "of-another": f"/ideas/{told.id}",
    }


async def _state(house: House, floor: Floor, idea: Contribution) -> None:
    sasha, riley = await people.person(house, "sasha"), await people.person(house, "riley")
    first = await statements.draft(house, sasha, floor.jam, "Most of our boxes are too large", [idea.id])
    await statements.draft(house, sasha, floor.jam, "Customers would pay more for paper", [idea.id])
    await statements.draft(house, riley, floor.jam, "Nobody reads what stands on a box", [idea.id])
    for name in ("riley", "sasha", "casey", "morgan"):
        await statements.vote(house, await people.person(house, name), floor.jam, first.id, "agree")
