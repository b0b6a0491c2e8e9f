"""Two organisations hold one jam, each on its own server: people meet in one thread, and one forum stays at home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import expect

from server.services import ideas, people, polls
from tests.journeys.conftest import Arrive, Found
from tests.journeys.organisations import Floor, Organisation, status_of, until
from tests.journeys.pictures import shoot

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]
SECRET = "The subsidy talks, among ourselves"


@dataclass(frozen=True)
class Neighbour:
    """Globex, with which Acme has an agreement, and what Acme said inside."""

    globex: Organisation
    secret_id: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def neighbour(acme: Organisation, floor: Floor, founding: Found) -> Neighbour:
    globex = await founding("Globex", admin="jordan")
    await globex.add("avery", "Avery Quist", "Field Service")
    await acme.add_partner(globex)
    await globex.add_partner(acme)
    await globex.serve()
    async with acme.house() as house:
        riley = await people.person(house, "riley")
        secret = await ideas.post_idea(house, riley, floor.inside, SECRET, "Not a word outside.")
    return Neighbour(globex, secret.id)


async def test_a_partner_joins_a_forum_and_both_sides_talk_in_it_each_on_their_own_server(
    acme: Organisation, floor: Floor, neighbour: Neighbour, arrive: Arrive
) -> None:
    jordan, avery, riley = await arrive(neighbour.globex), await arrive(neighbour.globex), await arrive(acme)
    await jordan.sign_in("jordan")
    await jordan.type("Join a forum of another server", floor.partners.handle)
    await jordan.press("Ask to join")
    await jordan.is_told("The other server has been asked.")
    await jordan.reload_until_there(jordan.page.get_by_role("link", name="Better together"))
    await jordan.sees("held by")
    await jordan.follow("Better together")
    joined = jordan.page.get_by_role("article").filter(has_text="Logistics", has_not_text="asked to join")
    await jordan.reload_until_there(joined)

    await riley.sign_in("riley", f"/forums/{floor.partners.id}")
    await riley.sees_button("Post to Acme and Globex")
    await riley.type("Your idea in one line", "One gate for all our trucks")
    await riley.type("What would it change, and for whom?", "They wait an hour now, at two gates.")
    await riley.press("Post to Acme and Globex")
    await riley.is_told("Your idea is in.")
    thread = riley.page.url

    await avery.sign_in("avery")
    await avery.follow("Better together")
    await avery.reload_until_there(avery.page.get_by_role("link", name="One gate for all our trucks"))
    await avery.follow("One gate for all our trucks")
    await avery.sees("Riley Hart")
    await avery.sees("They wait an hour now, at two gates.")
    await expect(avery.page.locator("article.root .badge", has_text="Acme").first).to_be_visible()
    await avery.type("Your reply", "Our yard could take the night shift.")
    await avery.press("Reply to Globex and Acme")
    await avery.is_told("Your reply is in.")

    theirs = riley.page.get_by_role("article", name="Reply by Avery Quist")
    await riley.reload_until_there(theirs)
    await expect(theirs.locator(".badge", has_text="Globex")).to_be_visible()
    await riley.sees("Our yard could take the night shift.", within=theirs)
    await riley.follow("Reply to Avery Quist", within=theirs)
    await riley.sees("Our yard could take the night shift.")
    await riley.type("Your reply", "Then let us try it in March.")
    await riley.press("Reply to Acme and Globex")
    await riley.sees("Then let us try it in March.")

    await avery.reload_until_there(avery.page.get_by_text("Then let us try it in March."))
    await avery.press("Support")
    support = riley.page.locator("article.root").get_by_role("button", name="Support")
    await riley.visit(thread)
    await riley.reload_until_there(support.filter(has_text="1"))


async def test_what_a_partner_edits_deletes_and_votes_is_seen_on_both_servers(
    acme: Organisation, floor: Floor, neighbour: Neighbour, arrive: Arrive
) -> None:
    async with acme.house() as house:
        riley = await people.person(house, "riley")
        idea = await ideas.post_idea(house, riley, floor.partners, "Wash the trucks together", "One hall, two yards.")
        ends = house.now() + timedelta(hours=1)
        await polls.ask(house, riley, idea, "Which day?", ["Monday", "Friday"], ends_at=ends)
    avery, mine = await arrive(neighbour.globex), await arrive(acme)
    await avery.sign_in("avery")
    await avery.follow("Better together")
    await avery.reload_until_there(avery.page.get_by_role("link", name="Wash the trucks together"))
    await avery.follow("Wash the trucks together")
    await avery.reload_until_there(avery.page.locator(".poll"))
    poll = avery.page.locator(".poll")
    await poll.get_by_label("Friday").check()
    await avery.press("Vote", within=poll)
    await mine.sign_in("riley", f"/ideas/{idea.id}")
    await mine.reload_until_there(mine.page.locator(".poll").filter(has_text="1 person voted"))

    await avery.page.get_by_label("Your reply").fill("Our hall is free on Fridays.")
    await avery.press("Reply to Globex and Acme")
    own = avery.page.get_by_role("article", name="Reply by Avery Quist")
    await mine.reload_until_there(mine.page.get_by_text("Our hall is free on Fridays."))
    await shoot(mine, "journey-partner-answers")
    await avery.follow("Edit", within=own)
    await avery.page.get_by_label("Your reply").fill("Our hall is free on Mondays.")
    await avery.press("Save to Globex and Acme")
    await avery.is_told("Saved.")
    await mine.reload_until_there(mine.page.get_by_text("Our hall is free on Mondays."))
    await mine.does_not_see("free on Fridays")
    await avery.follow("Delete", within=own)
    await avery.press("Delete it")
    await avery.is_told("Deleted.")

    async def gone() -> bool:
        await mine.page.reload()
        return await mine.page.get_by_text("free on Mondays").count() == 0

    await until("Acme has deleted what Avery deleted", gone)


async def test_what_somebody_at_the_partner_reports_is_a_case_on_both_servers(
    acme: Organisation, floor: Floor, neighbour: Neighbour, arrive: Arrive
) -> None:
    async with acme.house() as house:
        riley = await people.person(house, "riley")
        await ideas.post_idea(house, riley, floor.partners, "Fine the late drivers", "By name, on the board.")
    avery, jordan, morgan = await arrive(neighbour.globex), await arrive(neighbour.globex), await arrive(acme)
    await avery.sign_in("avery")
    await avery.follow("Better together")
    await avery.reload_until_there(avery.page.get_by_role("link", name="Fine the late drivers"))
    await avery.follow("Fine the late drivers")
    await avery.follow("Flag")
    await avery.page.get_by_label("Your reason").fill("It shames people.")
    await avery.press("Flag it")
    await jordan.sign_in("jordan")
    await jordan.follow("Better together")
    await jordan.visit(f"/jams/{jordan.page.url.rsplit('/', 1)[1]}/control/cases")
    case = jordan.page.get_by_role("article").filter(has_text="Fine the late drivers")
    await expect(case).to_contain_text("It shames people.")
    await case.get_by_label("Your note").fill("Please look at this one.")
    await jordan.press("Tell their own server", within=case)
    await jordan.is_told("Saved.")
    await morgan.sign_in("morgan", "/jams/better/control/cases")
    theirs = morgan.page.get_by_role("article").filter(has_text="Fine the late drivers")
    await morgan.reload_until_there(theirs)
    await expect(theirs).to_contain_text("Please look at this one.")
    await expect(theirs).to_contain_text("Globex")
    await morgan.does_not_see("It shames people.")


async def test_what_is_said_inside_is_nowhere_on_the_partner_server_nor_at_the_edge(
    acme: Organisation, floor: Floor, neighbour: Neighbour, arrive: Arrive
) -> None:
    jordan = await arrive(neighbour.globex)
    await jordan.sign_in("jordan")
    await jordan.type("Join a forum of another server", floor.inside.handle)
    await jordan.press("Ask to join")
    await jordan.is_told("The other server has been asked.")
    await jordan.visit("/search?q=subsidy")
    await jordan.sees("Nothing that you may see matches.")
    await jordan.visit("/")
    await jordan.does_not_see("Our own house")
    with jordan.refused_with(404):
        await jordan.visit(f"/ideas/{neighbour.secret_id}")
        await jordan.does_not_see(SECRET)
        await jordan.visit(f"/forums/{floor.inside.id}")
        await jordan.does_not_see("Our own house")
    for path in (f"/objects/{neighbour.secret_id}", f"/forums/{floor.inside.id}", f"/@{floor.inside.slug}"):
        assert await status_of(acme.edge_port, path) == 404


async def test_when_a_partner_suspends_the_link_the_other_side_sees_it(
    acme: Organisation, floor: Floor, neighbour: Neighbour, arrive: Arrive
) -> None:
    jordan, morgan = await arrive(neighbour.globex), await arrive(acme)
    await jordan.sign_in("jordan", f"/boundary/partners/{acme.edge_host}")
    await jordan.press("Pause")
    await jordan.sees_button("Resume")
    async with acme.house() as house:
        riley = await people.person(house, "riley")
        await ideas.post_idea(house, riley, floor.partners, "A lamp over the scales", "It is dark there.")
    await morgan.sign_in("morgan", f"/boundary/partners/{neighbour.globex.edge_host}")
    await morgan.reload_until_there(morgan.page.get_by_text("It takes nothing from us now"))
    await shoot(morgan, "journey-partner-suspended")
    await jordan.visit("/search?q=scales")
    await jordan.sees("Nothing that you may see matches.")
    await jordan.visit(f"/boundary/partners/{acme.edge_host}")
    await jordan.press("Resume")
    await jordan.sees_button("Pause")
    await jordan.visit("/search?q=scales")
    await jordan.reload_until_there(jordan.page.get_by_role("link", name="A lamp over the scales"))
