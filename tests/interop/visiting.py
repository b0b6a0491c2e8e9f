"""The journeys of somebody who signs in at our edge with the account of a real server of other software."""

from __future__ import annotations

from tests.interop.browsing import Browser, Page
from tests.interop.journeys import Stage, feature, need
from tests.interop.ours import Thing
from tests.interop.until import until


def _browser(stage: Stage) -> Browser:
    if "browser" not in stage.found:
        stage.found["browser"] = Browser(stage.peer.tls)
    found: Browser = stage.found["browser"]
    return found


async def leave(stage: Stage) -> None:
    if "browser" in stage.found:
        await _browser(stage).close()


async def sign_in(stage: Stage, next_path: str) -> Page:
    """Walk from our page through the home server's own forms and back; return where that ends."""
    browser, edge = _browser(stage), f"https://{stage.ours.host}"
    page = await _go_round(stage, await browser.get(f"{edge}/sign-in?next={next_path}"))
    if "only to whoever may read all that is yours" in page.text:
        page = await _go_round(stage, page)
    return page


async def _go_round(stage: Stage, asked: Page) -> Page:
    """Go from our form to the home server, agree there, and come back."""
    browser, (name, word) = _browser(stage), stage.peer.account
    there = await browser.send(asked, asked.form("/sign-in"), address=f"@{name}@{stage.peer.host}")
    need(stage.peer.host in there.url, f"the home server's page is not shown, but {there.url}: {there.text[:1500]}")
    return await browser.agree(there, stage.peer.enters_as or name, word, stage.ours.host)


@feature("Somebody there signs in at our edge with the account they have there", "sign in")
async def signs_in(stage: Stage) -> None:
    page = await sign_in(stage, "/")
    name, _ = stage.peer.account
    need(page.status == 200, f"{page.url} answered {page.status}: {page.text[:1500]}")
    need(f"@{name}@{stage.peer.host}" in page.text, f"not signed in: {page.text[:1500]}")
    given_back = [one for one in stage.passed(stage.peer.host, "POST", "/oauth/revoke") if one.status == 200]
    need(given_back, "the token was not given back")


@feature("On the list of a closed forum, they read it there; their server never gets it", "sign in")
async def reads_closed(stage: Stage) -> None:
    name, _ = stage.peer.account
    forum = await stage.ours.listed_forum(f"{stage.peer.name}-listed", stage.peer.host, f"@{name}@{stage.peer.host}")
    idea = stage.found["listed idea"] = await stage.ours.idea("Between us", "Only for the list.", forum)
    browser = _browser(stage)

    async def shown() -> bool:
        return "Only for the list." in (await browser.get(idea["uri"])).text

    await until("the idea of the closed forum in the browser", shown)
    need(await stage.person.open(idea["uri"]) is None, "their server opens it as well")
    told = [one for one in stage.passed(stage.peer.host, "POST") if idea["uri"] in one.said]
    need(not told, "their server was sent it")


@feature("Signed in so, they answer in the closed forum", "sign in")
async def answers_closed(stage: Stage) -> None:
    idea: Thing = stage.found["listed idea"]
    browser, path = _browser(stage), idea["uri"].removeprefix(f"https://{stage.ours.host}")
    page = await browser.get(idea["uri"])
    page = await browser.send(page, page.form(f"{path}/answer"), text="From my own server's account.")
    need(page.status == 200, f"{page.url} answered {page.status}")

    async def look() -> Thing | None:
        return await stage.ours.answer_with(idea, "own server's account")

    answer = await until("the answer in the thread", look)
    need(answer["author"]["host"] == stage.peer.host, f"the author's server: {answer['author']}")


@feature("Signed in so, they support the idea, change their answer, and take it back", "sign in")
async def changes_closed(stage: Stage) -> None:
    idea: Thing = stage.found["listed idea"]
    browser, edge = _browser(stage), f"https://{stage.ours.host}"
    path = idea["uri"].removeprefix(edge)
    page = await browser.get(idea["uri"])
    await browser.send(page, page.form(f"{path}/support"))

    async def supported() -> bool:
        return bool((await stage.ours.read(idea))["support"] == 1)

    await until("the support counts", supported)
    mine = await browser.get(f"{edge}/mine")
    back = next((one for one in mine.forms if one.action.endswith("/take-back")), None)
    need(back, f"their answer is not among their words: {mine.text[:1500]}")
    assert back is not None
    own = back.action.removesuffix("/take-back")
    page = await browser.get(f"{edge}{own}/change")
    await browser.send(page, page.form(f"{own}/change"), text="From my own server's account, calmer.")

    async def changed() -> bool:
        return await stage.ours.answer_with(idea, "calmer") is not None

    await until("the changed words in the thread", changed)
    mine = await browser.get(f"{edge}/mine")
    await browser.send(mine, mine.form(back.action))

    async def gone() -> bool:
        return await stage.ours.answer_with(idea, "calmer") is None

    await until("the answer gone", gone)
