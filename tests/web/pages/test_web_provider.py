"""People sign in with their organisation's identity provider, and leave with it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from joserfc.jwk import ECKey, RSAKey

from server.domain.errors import Missing
from server.oidc import IdentityProvider
from server.services import people
from tests.web.pages.conftest import Browser, Site
from tests.web.pages.identity_provider import CLIENT, SECRET, Provider

WREN = {"sub": "248289761001", "preferred_username": "Wren.Ash@acme.example", "name": "Wren Ash", "department": "Legal"}


@pytest.fixture
async def elsewhere() -> AsyncIterator[Provider]:
    made = await Provider.start()
    made.claims = dict(WREN)
    yield made
    await made.server.close()


@pytest.fixture
def provider(elsewhere: Provider) -> IdentityProvider:
    return IdentityProvider(issuer=elsewhere.issuer, client_id=CLIENT, client_secret=SECRET, name="Acme ID")


async def go_through(site: Site, browser: Browser, path: str = "/sign-in/elsewhere") -> tuple[int, str, str]:
    """Follow the redirects to the provider and back; return the status, where it leads and the page."""
    answer, _ = await browser.get(path)
    assert answer.status == 303, await answer.text()
    away = await browser.client.session.get(answer.headers["Location"], allow_redirects=False)
    back = urlsplit(away.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == site.house.addresses.inside_url
    answer, page = await browser.get(f"{back.path}?{back.query}")
    return answer.status, answer.headers.get("Location", ""), page


async def test_whoever_the_provider_vouches_for_becomes_a_member_and_is_the_same_one_next_time(site: Site) -> None:
    browser = await site.browser()
    _, page = await browser.get("/sign-in?next=/jams/better")
    assert "Sign in with Acme ID" in page
    found = re.search(r'href="(/sign-in/elsewhere[^"]+)"', page)
    assert found
    status, leads, _ = await go_through(site, browser, found[1])
    assert (status, leads) == (303, "/jams/better")
    wren = await people.person(site.house, "wren.ash")
    assert (wren.name, wren.unit, wren.role) == ("Wren Ash", "Legal", "member")
    assert "Wren Ash" in (await browser.get("/"))[1]
    again = await site.browser()
    assert (await go_through(site, again))[0] == 303
    assert len([one for one in await people.list_people(site.house) if one.name == "Wren Ash"]) == 1


async def test_another_name_at_the_provider_is_still_the_same_person(site: Site, elsewhere: Provider) -> None:
    await go_through(site, await site.browser())
    elsewhere.claims["preferred_username"] = "wren.oak"
    browser = await site.browser()
    await go_through(site, browser)
    assert "Wren Ash" in (await browser.get("/"))[1]
    with pytest.raises(Missing):
        await people.person(site.house, "wren.oak")


async def test_a_name_that_is_somebody_s_has_to_be_proved_once_by_the_password(site: Site, elsewhere: Provider) -> None:
    await people.set_password(site.house, site.jonas, "a long enough secret")
    elsewhere.claims |= {"preferred_username": "jonas"}
    browser = await site.browser()
    status, _, page = await go_through(site, browser)
    assert status == 409
    assert "There is a person called jonas here already." in page
    assert 'value="jonas"' in page
    answer, _ = await browser.post("/sign-in", username="jonas", password="a long enough secret")
    assert answer.status == 303
    other = await site.browser()
    assert (await go_through(site, other))[0] == 303
    assert "Jonas Lindqvist" in (await other.get("/"))[1]


async def test_an_identity_is_not_connected_to_whoever_else_signs_in_meanwhile(
    site: Site, elsewhere: Provider
) -> None:
    await people.set_password(site.house, site.mara, "a long enough secret")
    elsewhere.claims |= {"preferred_username": "jonas"}
    browser = await site.browser()
    await go_through(site, browser)
    assert (await browser.post("/sign-in", username="mara", password="a long enough secret"))[0].status == 303
    assert (await go_through(site, await site.browser()))[0] == 409


async def test_whoever_is_signed_in_connects_the_provider_to_themselves_and_to_nobody_else(
    site: Site,
) -> None:
    assert (await go_through(site, await site.browser(site.jonas)))[:2] == (303, "/?done=saved")
    other = await site.browser()
    await go_through(site, other)
    assert "Jonas Lindqvist" in (await other.get("/"))[1]
    status, _, page = await go_through(site, await site.browser(site.mara))
    assert status == 409
    assert "That sign-in belongs to somebody else here." in page


async def test_a_leaver_comes_in_no_more_and_their_session_dies_with_the_provider_s(
    site: Site, elsewhere: Provider
) -> None:
    browser = await site.browser()
    await go_through(site, browser)
    stranger = await site.browser()
    answer, _ = await stranger.send("/sign-in/elsewhere/end", {"logout_token": elsewhere.logout_token(sub=WREN["sub"])})
    assert answer.status == 200
    assert (await browser.get("/"))[0].status == 303, "the session is over"
    await people.change_member(site.house, site.mara, await people.person(site.house, "wren.ash"), active=False)
    status, _, page = await go_through(site, await site.browser())
    assert status == 401
    assert "Your access to this server has ended." in page


@pytest.mark.parametrize("claims", [
    {"events": {}}, {"nonce": "n"}, {"aud": "another"}, {"iss": "https://other.example"}, {"sub": None}, {"iat": None},
])  # fmt: skip
async def test_a_logout_token_that_does_not_hold_ends_nothing(
    site: Site, elsewhere: Provider, claims: dict[str, Any]
) -> None:
    browser = await site.browser()
    await go_through(site, browser)
    token = elsewhere.logout_token(**{"sub": WREN["sub"], **claims})
    for bad in (token, "", "no token"):
        answer, _ = await browser.send("/sign-in/elsewhere/end", {"logout_token": bad})
        assert answer.status == 400
    assert (await browser.get("/"))[0].status == 200


@pytest.mark.parametrize("twisted", [
    {"nonce": "of another attempt"}, {"aud": "another client"}, {"iss": "https://other.example"}, {"exp": 1_000},
    {"sub": None}, {"sub": "x" * 300}, {"azp": "another client"}, {"iat": None}, {"nonce": None}, {"exp": None},
])  # fmt: skip
async def test_a_token_that_was_made_for_something_else_lets_nobody_in(
    site: Site, elsewhere: Provider, twisted: dict[str, Any]
) -> None:
    elsewhere.twisted = twisted
    browser = await site.browser()
    status, _, page = await go_through(site, browser)
    assert status == 502
    assert "does not work at present" in page
    assert (await browser.get("/"))[0].status == 303


async def test_a_token_signed_with_a_key_that_the_provider_does_not_show_lets_nobody_in(
    site: Site, elsewhere: Provider
) -> None:
    elsewhere.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    assert (await go_through(site, await site.browser()))[0] == 502


async def test_a_new_key_of_the_provider_is_looked_up(
    site: Site, elsewhere: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.oidc.LOOK_AGAIN", -1.0)
    await go_through(site, await site.browser())
    elsewhere.key = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
    elsewhere.algorithm = "ES256"
    elsewhere.shown.append(elsewhere.key)
    assert (await go_through(site, await site.browser()))[0] == 303


async def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(site: Site) -> None:
    browser, thief = await site.browser(), await site.browser()
    answer, _ = await browser.get("/sign-in/elsewhere")
    away = await browser.client.session.get(answer.headers["Location"], allow_redirects=False)
    back = urlsplit(away.headers["Location"])
    path = f"{back.path}?{back.query}"
    refused, page = await thief.get(path)
    assert refused.status == 401
    assert "This attempt to sign in is over." in page
    assert (await browser.get(path))[0].status == 303
    assert (await (await site.browser()).get(path))[0].status == 401
    assert (await browser.get("/sign-in/elsewhere/back"))[0].status == 401


async def test_what_the_token_does_not_say_is_asked_for(site: Site, elsewhere: Provider) -> None:
    del elsewhere.claims["preferred_username"]
    await go_through(site, await site.browser())
    assert (await people.person(site.house, "from.userinfo")).unit == "Legal"


async def test_a_provider_that_is_away_leaves_the_way_by_password(site: Site, elsewhere: Provider) -> None:
    await elsewhere.server.close()
    answer, page = await (await site.browser()).get("/sign-in/elsewhere")
    assert answer.status == 503
    assert 'name="password"' in page
