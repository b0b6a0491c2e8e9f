"""Asking somebody's own server who they are: OAuth 2.0 with PKCE, as Mastodon and those who follow its API speak it.

Whoever signs in names their server, so all of it goes through the guarded transport. A server is believed about its
own people alone: the account it names has to be an actor of that very origin, which WebFinger and the actor's own
document confirm. Its token is asked once who it is for, then revoked; it is never kept or logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson

from federation.fetch import Fetcher, FetchError
from federation.outside import peers, visitors
from federation.outside.peers import Stranger
from federation.outside.store import Outside
from federation.outside.visitors import Client
from federation.signatures import Refusal
from federation.transport import Answer, Transport, TransportError
from federation.urls import BadUrl, parse_url
from federation.vocabulary.actors import MalformedActor, RemoteActor, parse_actor
from server.domain.attempts import Attempt
from server.domain.uris import HOST, USERNAME

#: The least that tells who somebody is: `profile` is that and nothing more, where it is known (Mastodon 4.3).
LEAST, OLDER = "profile", "read:accounts"
#: Asked for where a server tells nobody their own account for less (Takahē), and said so to whoever signed in first.
WHOLE = "read"
LONGEST_SECRET = 500
FAILURES = (FetchError, TransportError, Refusal, MalformedActor, BadUrl)
#: Where Mastodon signs people in, exchanges codes, takes tokens back and registers others.
USUAL = ("/oauth/authorize", "/oauth/token", "/oauth/revoke", "/api/v1/apps")
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}


class NotProved(Exception):
    """A home server did not say, in a form that can be believed, who somebody is. The text is for the log."""


class TooLittle(NotProved):
    """A home server says who somebody is only where we ask for more. It is asked for that from now on."""


@dataclass(frozen=True, slots=True)
class HomeServer:
    """A server that signs its people in, by origin, with where it does that. `issuer` is what its answers name.

    `names_issuer` means that they always do (RFC 9207).
    """

    origin: str
    issuer: str
    authorize_url: str
    token_url: str
    revoke_url: str
    register_url: str
    scope: str
    names_issuer: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody's own server as they named it. `actor_uri` is who they said that they are there, "" for nobody yet."""

    origin: str
    actor_uri: str = ""


class HomeServers:
    """Asks home servers on behalf of people who sign in."""

    def __init__(self, outside: Outside, transport: Transport, fetcher: Fetcher) -> None:
        self._outside = outside
        self._transport = transport
        self._fetcher = fetcher

    async def find(self, typed: str) -> Asked:
        """Return the server of somebody who typed an address (@ann@social.example) or a server. Raises NotProved."""
        name, _, host = typed.strip().removeprefix("acct:").lstrip("@").rpartition("@")
        host = host.lower()
        if not HOST.fullmatch(host) or len(host) > 255 or (name and not USERNAME.fullmatch(name)):
            raise NotProved("this is no address")
        if not name:
            return Asked(_origin(f"{urlsplit(self._outside.addresses.edge_url).scheme}://{host}"))
        try:
            actor, _ = await self._actor(await self._fetcher.webfinger(f"@{name}@{host}"))
        except FAILURES as error:
            raise NotProved(f"the address leads to nobody: {error}") from error
        return Asked(_origin(actor.uri), actor.uri)

    async def describe(self, origin: str) -> HomeServer:
        """Return where a server signs its people in: as it says (RFC 8414), else as Mastodon always did.

        Raises NotProved where what it says leads to another server.
        """
        try:
            answer = await self._transport.get(f"{origin}/.well-known/oauth-authorization-server", FORM)
        except TransportError as error:
            raise NotProved(f"it was not reached: {type(error).__name__}") from error
        said = _read(answer) if answer.status == 200 else None
        if said is None:
            return _usual(origin)
        scopes = said.get("scopes_supported")
        if said.get("issuer") not in (origin, f"{origin}/"):
            raise NotProved("it calls itself by another name")
        return HomeServer(
            origin,
            str(said["issuer"]),
            _own(said, "authorization_endpoint", origin, "/oauth/authorize"),
            _own(said, "token_endpoint", origin, "/oauth/token"),
            _own(said, "revocation_endpoint", origin, "/oauth/revoke"),
            _own(said, "app_registration_endpoint", origin, "/api/v1/apps"),
            LEAST if isinstance(scopes, list) and LEAST in scopes else OLDER,
            said.get("authorization_response_iss_parameter_supported") is True,
        )

    async def client(self, server: HomeServer, back_url: str) -> Client:
        """Return as what we are registered at a server, registering where we are not. Raises NotProved."""
        known = await visitors.client_at(self._outside, server.origin)
        enough = (OLDER, WHOLE) if server.scope == OLDER else (server.scope,)
        if known is not None and known.back_url == back_url and known.scope in enough:
            return known
        told = await self._post(
            server.register_url,
            {
                "client_name": self._outside.name,
                "redirect_uris": back_url,
                "scopes": server.scope,
                "website": self._outside.addresses.edge_url,
            },
        )
        made = Client(back_url, server.scope, _word(told, "client_id"), _word(told, "client_secret"))
        await visitors.keep_client(self._outside, server.origin, made)
        return made

    async def finish(self, server: HomeServer, client: Client, attempt: Attempt, code: str) -> RemoteActor:
        """Exchange a code for who somebody is, and give the token back. Raises NotProved.

        Raises TooLittle once, where a server that says nothing of its scopes finds the usual one too small.
        """
        ours = {"client_id": client.client_id, "client_secret": client.secret}
        told = await self._post(
            server.token_url,
            {
                "grant_type": "authorization_code", "code": code, "redirect_uri": client.back_url,
                "code_verifier": attempt.verifier, "scope": client.scope, **ours,
            },
            forgotten=server.origin,
        )  # fmt: skip
        token = _word(told, "access_token")
        try:
            return await self._account(server, token)
        except TooLittle:
            if client.scope == OLDER == server.scope:
                await self.client(replace(server, scope=WHOLE), client.back_url)
                raise
            raise NotProved("the account was not told, whatever we asked for") from None
        finally:
            await self._give_back(server, {**ours, "token": token})

    async def _account(self, server: HomeServer, token: str) -> RemoteActor:
        """Return the actor that a token is for, which its server, WebFinger and the actor itself agree about.

        Raises TooLittle where the server says that our scope is why it does not tell.
        """
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        try:
            answer = await self._transport.get(f"{server.origin}/api/v1/accounts/verify_credentials", headers)
        except TransportError as error:
            raise NotProved(f"the account was not told: {type(error).__name__}") from error
        account = _read(answer)
        if answer.status == 403 and account is not None and "scope" in str(account.get("error")):
            raise TooLittle("the account is not told for so little")
        if answer.status != 200 or account is None:
            raise NotProved(f"the account was not told: {answer.status}")
        name, page = account.get("acct"), account.get("url")
        if not isinstance(name, str) or not USERNAME.fullmatch(name):
            raise NotProved("the account is not one of its own people")
        host = urlsplit(server.origin).netloc
        try:
            actor, document = await self._actor(await self._fetcher.webfinger(f"@{name}@{host}"))
        except FAILURES as error:
            raise NotProved(f"the account leads to nobody: {error}") from error
        if _origin(actor.uri) != server.origin or actor.username.casefold() != name.casefold():
            raise NotProved("the account leads to somebody else")
        if page != actor.url or account.get("uri", actor.uri) != actor.uri:
            raise NotProved("the account and the actor do not agree")
        if actor.kind not in ("Person", "Service") or actor.suspended or actor.moved_to_uri:
            raise NotProved("the actor is nobody who could come here")
        await peers.keep_stranger(
            self._outside,
            Stranger(actor.uri, actor.host, actor.key_id, actor.public_key_pem, document, self._outside.now()),
        )
        return actor

    async def _actor(self, uri: str) -> tuple[RemoteActor, dict[str, Any]]:
        document = await self._fetcher.document(uri)
        return parse_actor(document, str(document["id"])), document

    async def _give_back(self, server: HomeServer, form: Mapping[str, str]) -> None:
        try:
            await self._transport.post(server.revoke_url, FORM, urlencode(form).encode())
        except TransportError:
            return  # It was asked; nothing of the token is kept here in any case.

    async def _post(self, url: str, form: Mapping[str, str], *, forgotten: str = "") -> dict[str, Any]:
        try:
            answer = await self._transport.post(url, FORM, urlencode(form, quote_via=quote).encode())
        except TransportError as error:
            raise NotProved(f"it was not reached: {type(error).__name__}") from error
        said = _read(answer)
        if answer.status not in (200, 201) or said is None:
            if forgotten and said is not None and said.get("error") in ("invalid_client", "unauthorized_client"):
                await visitors.forget_client(self._outside, forgotten)
            raise NotProved(f"{urlsplit(url).path} answered {answer.status}")
        return said


def _usual(origin: str) -> HomeServer:
    there, token, back, apps = (f"{origin}{one}" for one in USUAL)
    return HomeServer(origin, origin, there, token, back, apps, OLDER, names_issuer=False)


def _own(said: Mapping[str, Any], name: str, origin: str, usual: str) -> str:
    """Return an endpoint that a server names, on its own origin and nowhere else; the usual one where it names none."""
    found = said.get(name, f"{origin}{usual}")
    if not isinstance(found, str) or _origin(found) != origin or "#" in found:
        raise NotProved(f"its {name} is not its own")
    return found


def _origin(url: str) -> str:
    """Return scheme, host and port; raise NotProved for what is no plain address."""
    try:
        return parse_url(url).origin
    except BadUrl as error:
        raise NotProved(str(error)) from error


def _word(said: Mapping[str, Any], name: str) -> str:
    found = said.get(name)
    if not isinstance(found, str) or not 0 < len(found) <= LONGEST_SECRET or not found.isprintable():
        raise NotProved(f"it gave no {name}")
    return found


def _read(answer: Answer) -> dict[str, Any] | None:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
