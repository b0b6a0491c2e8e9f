"""The pages that ask the crowd, and every form: for everybody, at every size, and closed to words that want to run."""

from __future__ import annotations

import pytest
import pytest_asyncio

from server.services import hosting, ideas, joining, people
from tests.journeys.asked_of_acme import ask_everybody
from tests.journeys.conftest import Arrive
from tests.journeys.hostile_words import HOSTILE, faults_of, send_all
from tests.journeys.looks import NARROW, WIDE, complaints, what_does_not_fit
from tests.journeys.organisations import Floor, Organisation
from tests.journeys.pictures import picture

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.asyncio(loop_scope="session"),
]
# What could not be told from what lies around it where colours are forced: no line, or words in the colour behind them.
LOST = """() => [...document.querySelectorAll("button, .button, input:not([type=hidden]), textarea, select, .badge")]
    .filter((node) => node.checkVisibility() && !node.closest(".unseen") && node.getBoundingClientRect().width > 1)
    .filter((node) => {
        const style = getComputedStyle(node);
        const drawn = ["checkbox", "radio", "file"].includes(node.type) || style.appearance !== "none"
            && node.localName === "input";
        const line = style.borderStyle !== "none" && parseFloat(style.borderTopWidth) > 0;
        return style.color === style.backgroundColor || (!line && !drawn && node.matches("input, textarea, select"));
    }).slice(0, 5).map((node) => node.outerHTML.slice(0, 120))"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asked(acme: Organisation, floor: Floor) -> dict[str, str]:
    async with acme.house() as house:
        return await ask_everybody(house, floor)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def forms(acme: Organisation, floor: Floor, asked: dict[str, str]) -> dict[str, str]:
    """All pages of the inside that have a form with a place for words."""
    async with acme.house() as house:
        morgan, riley = await people.person(house, "morgan"), await people.person(house, "riley")
        own = await ideas.post_idea(house, morgan, floor.public, "Soup in the hall", "Each Tuesday.")
        theirs = await ideas.post_idea(house, riley, floor.inside, "Parking", "Fewer cars.")
        await ideas.reply(house, riley, own, "With bread, please.")
        await hosting.put_host(house, morgan, floor.public, "sasha", "Runs the yards.")
        await joining.make_invitation(house, morgan, unit="Sales", note="All of the sales floor")
    paths = (
        "/", "/jams/new", "/jams/better", "/jams/better/charter", "/jams/better/settings", "/jams/better/rota",
        "/jams/better/again", "/jams/better/walls", "/jams/better/moderation", "/jams/better/control",
        "/jams/better/control/shifts", f"/forums/{floor.inside.id}", f"/forums/{floor.public.id}/build?on={own.id}",
        f"/ideas/{own.id}", f"/ideas/{theirs.id}/reply", f"/ideas/{own.id}/edit", f"/ideas/{own.id}/label",
        f"/ideas/{theirs.id}/flag", f"/ideas/{theirs.id}/hide", f"/ideas/{own.id}/asides", f"/ideas/{own.id}/summary",
        f"/ideas/{own.id}/marks/best", f"/ideas/{own.id}/move", f"/ideas/{own.id}/merge", f"/ideas/{own.id}/lock",
        "/search?q=soup", "/people",
        "/people/sasha/change", "/units", "/invitations", "/setup", "/me/notices", "/who-knows", "/boundary/rules/edit",
        "/boundary/partners", "/boundary/audit", "/boundary/decisions", "/boundary/ledger", "/boundary/holds",
    )  # fmt: skip
    return {path.strip("/").replace("/", "-") or "home": path for path in paths} | asked


async def test_the_pages_of_asking_are_for_everybody_and_fit_everywhere(
    acme: Organisation, asked: dict[str, str], arrive: Arrive
) -> None:
    sasha = await arrive(acme, reduced_motion="reduce")
    await sasha.sign_in("sasha")
    found: list[str] = []
    for name, path in asked.items():
        await sasha.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        await sasha.visit(path)
        found += await complaints(sasha, name)
        await sasha.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        found += await what_does_not_fit(sasha.page, f"{name}-320")
        await sasha.page.emulate_media(color_scheme="light", forced_colors="active")
        await picture(sasha.page, f"{name}-forced")
        found += [f"{name}: lost in forced colours: {node}" for node in await sasha.page.evaluate(LOST)]
        await sasha.page.emulate_media(forced_colors="none")
    await sasha.context.add_cookies([{"name": "direction", "value": "rtl", "url": acme.inside_url}])
    for name, path in asked.items():
        await sasha.visit(path)
        found += await what_does_not_fit(sasha.page, f"{name}-320-rtl")
    assert not found, "\n".join(found)


async def test_no_field_of_any_form_lets_words_out_of_their_place(
    acme: Organisation, floor: Floor, forms: dict[str, str], arrive: Arrive
) -> None:
    morgan = await arrive(acme)
    await morgan.sign_in("morgan")
    found: list[str] = []
    led: dict[str, str] = {}
    with morgan.refused_with(400, 403, 404, 409, 413, 422, 429):
        for name, path in forms.items():
            await morgan.visit(path)
            addresses, wrong = await send_all(morgan.page)
            found += [f"{name}: {one}" for one in wrong]
            led |= dict.fromkeys(addresses, name)
        async with acme.house() as house:
            nasty = await people.add_member(house, "nasty", HOSTILE[:100], "Sales")
            await ideas.post_idea(house, nasty, floor.inside, HOSTILE, HOSTILE)
        for address, name in (led | {acme.inside_url + path: name for name, path in forms.items()}).items():
            await morgan.visit(address)
            found += [f"after {name}, on {address}: {one}" for one in await faults_of(morgan.page)]
    assert not found, "\n".join(dict.fromkeys(found))
