"""A small home server that speaks Mastodon's API: registering, OAuth with PKCE, who somebody is; for the tests alone.

Whoever goes to its page of consent is `who`, and has agreed already. It shares no line with `federation`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from aiohttp import web

from tests.federation.elsewhere import Elsewhere


@dataclass
class HomeServer(Elsewhere):
    """`metadata` is what it says of itself (RFC 8414; None: nothing, as Mastodon before 4.3); `account` changes what it
    says of who signed in; `tells_for` is the scope for which it says that, "" for any; `names_itself` puts `iss` into
    its answers. `codes` and `tokens` are those not used up yet.
    """

    who: str = "ann"
    metadata: dict[str, Any] | None = None
    account: dict[str, Any] = field(default_factory=dict)
    names_itself: bool = False
    tells_for: str = ""
    clients: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    granted: str = ""

    def says(self, **changes: Any) -> None:
        """Have it describe itself as Mastodon 4.3 does, with changes."""
        own = {"authorization": "authorize", "token": "token", "revocation": "revoke"}
        self.metadata = {
            "issuer": f"{self.url}/",
            **{f"{name}_endpoint": f"{self.url}/oauth/{path}" for name, path in own.items()},
            "app_registration_endpoint": f"{self.url}/api/v1/apps",
            "scopes_supported": ["read", "profile", "read:accounts"],
            **changes,
        }

    async def _serve(self, request: web.Request) -> web.StreamResponse:  # type: ignore[override]
        match request.path:
            case "/.well-known/oauth-authorization-server" if self.metadata is not None:
                return web.json_response(self.metadata)
            case "/.well-known/webfinger":
                return self._webfinger(request)
            case "/oauth/authorize":
                return self._authorize(request)
            case "/api/v1/accounts/verify_credentials":
                return self._verify_credentials(request)
        return await super()._serve(request)

    async def _take(self, request: web.Request) -> web.Response:
        match request.path:
            case "/api/v1/apps":
                return self._register(parse_qs((await request.read()).decode()))
            case "/oauth/token":
                return self._token(parse_qs((await request.read()).decode()))
            case "/oauth/revoke":
                form = parse_qs((await request.read()).decode())
                self.revoked.append(form["token"][0])
                self.tokens.pop(form["token"][0], None)
                return web.json_response({})
        return await super()._take(request)

    def _webfinger(self, request: web.Request) -> web.Response:
        name = request.query["resource"].removeprefix("acct:").partition("@")[0]
        if f"/users/{name}" not in self.documents:
            return web.Response(status=404)
        uri = self.named.get(name, f"{self.url}/users/{name}")
        link = {"rel": "self", "type": "application/activity+json", "href": uri}
        jrd = {"subject": f"acct:{name}@{self.host}", "links": [link]}
        return web.json_response(jrd, content_type="application/jrd+json")

    def _register(self, form: dict[str, list[str]]) -> web.Response:
        client = f"client-{len(self.clients)}"
        self.clients[client] = {
            "secret": secrets.token_hex(8), "back": form["redirect_uris"][0], "scopes": form["scopes"][0],
        }  # fmt: skip
        return web.json_response({"client_id": client, "client_secret": self.clients[client]["secret"]})

    def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        client = self.clients[asked["client_id"]]
        assert asked["redirect_uri"] == client["back"]
        assert asked["scope"] == client["scopes"]
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        self.scopes.append(asked["scope"])
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "who": self.who}
        issuer = {"iss": (self.metadata or {}).get("issuer", self.url)} if self.names_itself else {}
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], **issuer})}"
        return web.Response(status=302, headers={"Location": back})

    def _token(self, form: dict[str, list[str]]) -> web.Response:
        asked = self.codes.pop(form["code"][0], None)
        client = self.clients.get(form["client_id"][0])
        if client is None or form["client_secret"][0] != client["secret"]:
            return web.json_response({"error": "invalid_client"}, status=401)
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"][0] != asked["redirect_uri"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = secrets.token_urlsafe(16)
        self.tokens[token] = asked["who"]
        self.granted = asked["scope"]
        return web.json_response({"access_token": token, "token_type": "Bearer", "scope": asked["scope"]})

    def _verify_credentials(self, request: web.Request) -> web.Response:
        who = self.tokens.get(request.headers["Authorization"].removeprefix("Bearer "))
        if who is None:
            return web.json_response({"error": "no such token"}, status=401)
        if self.tells_for not in ("", self.granted):
            return web.json_response({"error": "out_of_scope_for_token"}, status=403)
        uri = f"{self.url}/users/{who}"
        page = self.documents[f"/users/{who}"][1].get("url", uri)
        told = {"id": "1", "username": who, "acct": who, "url": page, "uri": uri, **self.account}
        return web.Response(body=json.dumps(told).encode(), content_type="application/json")
