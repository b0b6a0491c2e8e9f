"""From a public page to one's own server, with the address of what one wants to answer."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


@pytest.mark.parametrize("server", ["social.example", "@ann@social.example", " Social.Example "])
async def test_a_reader_is_sent_to_their_own_server_with_our_address(acme: Organisation, peer: Elsewhere, server: str):
    page = f"{acme.url}/objects/{'1' * 32}"
    answer = await peer.get(f"{acme.url}/home?server={quote(server)}&page={quote(page)}")
    assert answer.status == 303
    assert answer.headers["location"] == f"http://social.example/authorize_interaction?uri={quote(page, safe='')}"


@pytest.mark.parametrize(
    ("server", "page"),
    [
        ("", "{url}/objects/1"),
        ("social.example/evil?x=", "{url}/objects/1"),
        ("a b", "{url}/objects/1"),
        ("social.example\r\nSet-Cookie: x=1", "{url}/objects/1"),
        ("social.example", "https://elsewhere.example/objects/1"),
        ("social.example", "{url}.elsewhere.example/objects/1"),
        ("social.example", "{url}/" + "x" * 3000),
    ],
)
async def test_nobody_is_sent_anywhere_by_an_address_that_is_none(
    acme: Organisation, peer: Elsewhere, server: str, page: str
) -> None:
    answer = await peer.get(f"{acme.url}/home?server={quote(server)}&page={quote(page.format(url=acme.url))}")
    assert answer.status == 400
    assert "location" not in answer.headers
