"""The organisation's own identity provider, asked who somebody is: OpenID Connect Core 1.0, code flow with PKCE.

What the provider says is believed where its token is signed with one of its published keys, for us, for this very
attempt, and not expired. Nothing of its tokens is kept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, encode_basic_auth
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from server.domain.attempts import Attempt
from server.domain.identities import Identity

#: What a provider is described by, in settings called MARMALADE_OIDC_….
OIDC = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "NAME", "JOIN", "UNIT_CLAIM")
#: Signatures that are checked; "none" and shared secrets are not among them.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
LEEWAY = 60
SECONDS = 10.0
LONGEST = 1_000_000
#: How long the provider's own description and keys are taken as they were, in seconds.
KEPT = 3600.0
#: A key that nobody knew makes us look again, at most so often.
LOOK_AGAIN = 60.0
#: What a logout token says it is (OpenID Connect Back-Channel Logout 1.0, 2.4).
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class NotProved(Exception):
    """The provider did not say, in a form that can be believed, who somebody is. The text is for the log."""


@dataclass(slots=True)
class _Known:
    """What the provider says of itself, and its keys. `at` and `keys_at` are monotonic seconds."""

    document: Mapping[str, Any]
    keys: KeySet
    at: float
    keys_at: float


@dataclass(slots=True, kw_only=True)
class IdentityProvider:
    """The provider at `issuer`, with which we are registered; `name` is what people call it."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    joins: bool = True
    unit_claim: str = "department"
    _known: _Known | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def address(self, attempt: Attempt, back_url: str) -> str:
        """Return where to send the browser. Raises NotProved when the provider cannot be reached."""
        asked = {
            "response_type": "code", "client_id": self.client_id, "redirect_uri": back_url, "scope": "openid profile",
            "state": attempt.state, "nonce": attempt.nonce,
            "code_challenge": attempt.challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        where = self._endpoint((await self._look()).document, "authorization_endpoint")
        return f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(asked)}"

    async def finish(self, attempt: Attempt, code: str, back_url: str) -> Identity:
        """Exchange a code for who somebody is. Raises NotProved."""
        known = await self._look()
        sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back_url,
            "code_verifier": attempt.verifier,
        }  # fmt: skip
        ways = known.document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        headers = {}
        if "client_secret_basic" in ways:
            # Both are encoded as in a form first (RFC 6749, 2.3.1).
            headers["Authorization"] = encode_basic_auth(quote_plus(self.client_id), quote_plus(self.client_secret))
        else:
            sent |= {"client_id": self.client_id, "client_secret": self.client_secret}
        answer = await _ask("POST", self._endpoint(known.document, "token_endpoint"), data=sent, headers=headers)
        claims = await self._claims(str(answer.get("id_token", "")), nonce={"essential": True, "value": attempt.nonce})
        if claims.get("azp", self.client_id) != self.client_id:
            raise NotProved("the token was made for another client")
        if "preferred_username" not in claims and known.document.get("userinfo_endpoint"):
            bearer = {"Authorization": f"Bearer {answer.get('access_token', '')}"}
            more = await _ask("GET", self._endpoint(known.document, "userinfo_endpoint"), headers=bearer)
            if more.get("sub") != claims["sub"]:
                raise NotProved("userinfo is about somebody else")
            claims = {**more, **claims}
        return self._identity(claims)

    async def read_logout(self, token: str) -> str:
        """Return the subject whose sessions shall end (Back-Channel Logout 1.0, 2.6). Raises NotProved."""
        claims = await self._claims(token)
        events = claims.get("events")
        if not isinstance(events, dict) or LOGOUT not in events or "nonce" in claims:
            raise NotProved("this is no logout token")
        return str(claims["sub"])

    async def look(self) -> str:
        """Read the provider's description and keys; return what is wrong, "" where all is well."""
        try:
            await self.address(Attempt.make(), "")
        except NotProved as error:
            return str(error)
        return ""

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        said = {key: value for key, value in claims.items() if isinstance(value, str)}
        return Identity(
            issuer=self.issuer,
            subject=said["sub"],
            username=said.get("preferred_username", ""),
            name=said.get("name", ""),
            unit=said.get(self.unit_claim, ""),
        )

    async def _claims(self, token: str, **more: Any) -> dict[str, Any]:
        known = await self._look()
        try:
            found = _read(token, known.keys)
        except (JoseError, ValueError) as error:
            known = await self._look(again=True)
            try:
                found = _read(token, known.keys)
            except (JoseError, ValueError):
                raise NotProved(f"the token cannot be read: {error}") from error
        needed: dict[str, Any] = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
            "iat": {"essential": True},
            "sub": {"essential": True},
            **({"exp": {"essential": True}} if more else {}),
        }
        try:
            jwt.JWTClaimsRegistry(now=int(time.time()), leeway=LEEWAY, **needed, **more).validate(found)
        except JoseError as error:
            raise NotProved(f"a claim does not hold: {error}") from error
        if not isinstance(found["sub"], str) or not 0 < len(found["sub"]) <= 255:
            raise NotProved("the subject is no text of up to 255 characters")
        return found

    async def _look(self, *, again: bool = False) -> _Known:
        """Read the provider's description and keys (Discovery 1.0), kept for an hour."""
        async with self._lock:
            known, now = self._known, time.monotonic()
            if known and now - known.at < KEPT and not (again and now - known.keys_at > LOOK_AGAIN):
                return known
            document = await _ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if document.get("issuer") != self.issuer:
                raise NotProved("the provider calls itself by another name than MARMALADE_OIDC_ISSUER")
            try:
                keys = KeySet.import_key_set(await _ask("GET", self._endpoint(document, "jwks_uri")))  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise NotProved(f"its keys cannot be read: {error}") from error
            self._known = _Known(document, keys, now, now)
            return self._known

    def _endpoint(self, document: Mapping[str, Any], name: str) -> str:
        found = document.get(name)
        if not isinstance(found, str) or urlsplit(found).scheme != urlsplit(self.issuer).scheme:
            raise NotProved(f"the provider names no usable {name}")
        return found


def read_provider(given: Mapping[str, str]) -> IdentityProvider | None:
    """Return the provider that settings describe, or None; raise ValueError for one that is half described."""
    if not given["ISSUER"]:
        if any(given.values()):
            raise ValueError("MARMALADE_OIDC_ISSUER is missing: the other OIDC settings mean nothing without it.")
        return None
    parts = urlsplit(given["ISSUER"])
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("MARMALADE_OIDC_ISSUER is the provider's address, like https://login.acme.example.")
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("MARMALADE_OIDC_ISSUER has to begin with https: whoever is between could be anybody.")
    if not given["CLIENT_ID"] or not given["CLIENT_SECRET"]:
        raise ValueError("MARMALADE_OIDC_CLIENT_ID and MARMALADE_OIDC_CLIENT_SECRET go with MARMALADE_OIDC_ISSUER.")
    if given["JOIN"] not in ("", "yes", "no"):
        raise ValueError(f"MARMALADE_OIDC_JOIN is yes or no, not {given['JOIN']!r}.")
    return IdentityProvider(
        issuer=given["ISSUER"],
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
        name=given["NAME"],
        joins=given["JOIN"] != "no",
        unit_claim=given["UNIT_CLAIM"] or "department",
    )


def _read(token: str, keys: KeySet) -> dict[str, Any]:
    return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)


async def _ask(method: str, url: str, **more: Any) -> dict[str, Any]:
    """Ask the provider for one JSON object. Raises NotProved for anything else."""
    try:
        async with (
            ClientSession(timeout=ClientTimeout(total=SECONDS), trust_env=False) as client,
            client.request(method, url, allow_redirects=False, **more) as answer,
        ):
            if answer.status != 200:
                raise NotProved(f"{urlsplit(url).path} answered {answer.status}")
            body = bytearray()
            async for piece in answer.content.iter_chunked(65_536):
                body += piece
                if len(body) > LONGEST:
                    raise NotProved(f"{urlsplit(url).path} is longer than {LONGEST} bytes")
    except (ClientError, TimeoutError, OSError) as error:
        raise NotProved(f"{urlsplit(url).hostname} was not reached: {type(error).__name__}") from error
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotProved(f"{urlsplit(url).path} is no JSON") from error
    if not isinstance(found, dict):
        raise NotProved(f"{urlsplit(url).path} is no object")
    return found
