"""A small identity provider: OpenID Connect's code flow with PKCE, over HTTP, with keys of its own."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "marmalade", "kept between the two"
RIGHT = "Basic " + base64.b64encode(b"marmalade:kept+between+the+two").decode()
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Provider:
    """Who `claims` describes is signed in there. `twisted` changes what an ID token says, `key` signs it."""

    server: TestServer
    key: RSAKey | ECKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    twisted: dict[str, Any] = field(default_factory=dict)
    shown: list[RSAKey | ECKey] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    async def start(cls) -> Provider:
        app = web.Application()
        made = cls(TestServer(app))
        made.shown = [made.key]
        app.router.add_get("/.well-known/openid-configuration", made._describe)
        app.router.add_get("/keys", made._keys)
        app.router.add_get("/authorize", made._authorize)
        app.router.add_post("/token", made._token)
        app.router.add_get("/userinfo", made._userinfo)
        await made.server.start_server()
        return made

    @property
    def issuer(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **claims}
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, {k: v for k, v in said.items() if v is not None}, self.key)

    def logout_token(self, **claims: Any) -> str:
        return self.token(**{"jti": secrets.token_hex(8), "events": {LOGOUT: {}}, **claims})

    async def _describe(self, _request: web.Request) -> web.Response:
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        endpoints = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in names.items()}
        return web.json_response({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **endpoints})

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response(KeySet(self.shown).as_dict(private=False))

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = f"{asked['redirect_uri']}?code={code}&state={asked['state']}"
        return web.Response(status=302, headers={"Location": back})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        right = request.headers["Authorization"] == RIGHT
        if asked is None or not right or challenge != asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        claims = {"nonce": asked["nonce"], **self.claims, **self.twisted}
        return web.json_response({"access_token": "at", "token_type": "Bearer", "id_token": self.token(**claims)})

    async def _userinfo(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer at"
        return web.json_response({"sub": self.claims["sub"], "preferred_username": "from.userinfo", "name": "Una Info"})
