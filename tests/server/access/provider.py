"""A small OpenID Connect provider on loopback: discovery, keys, authorization with PKCE, tokens signed with RSA.

It can be told to misbehave: each lie is a change of the ID token, of the key that signs it, or of how it describes itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "trackside", "a secret"
HEADER = {"alg": "RS256", "kid": "one"}


@dataclass
class SmallProvider:
    """What it knows, and the lies it tells."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "4711", "preferred_username": "ann"})
    claims: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    sign_with: RSAKey | None = None
    forge: Callable[[dict[str, Any]], str] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    broken: bool = False

    def discovery(self, _: Request) -> Response:
        if self.broken:
            return Response(status_code=500)
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        told = {name: f"{self.issuer}/{path}" for name, path in places.items()}
        return JSONResponse({"issuer": self.issuer, **told, **self.described})

    def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}", 303)

    async def token(self, request: Request) -> Response:
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(sent.get("code", ""), None)
        known = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = asked and asked["code_challenge"] == challenge and asked["redirect_uri"] == sent.get("redirect_uri")
        if not asked or not good or request.headers.get("authorization") != known:
            return JSONResponse({"error": "invalid_grant"}, 400)
        moment = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": moment, "exp": moment + 300, "nonce": asked["nonce"]}
        claims = {name: value for name, value in {**claims, **self.person, **self.claims}.items() if value is not None}
        token = self.forge(claims) if self.forge else jwt.encode(HEADER, claims, self.sign_with or self.key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )


def foreign_key() -> RSAKey:
    """Another provider's key, under the same name."""
    return RSAKey.generate_key(2048, {"kid": "one"})


def by_hand(algorithm: str, secret: bytes) -> Callable[[dict[str, Any]], str]:
    """Tokens that no library would make: unsigned ones (`none`), or an HMAC with any secret."""

    def encode(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    def forge(claims: dict[str, Any]) -> str:
        header = json.dumps({"alg": algorithm, "kid": "one"}).encode()
        text = f"{encode(header)}.{encode(json.dumps(claims).encode())}"
        return f"{text}.{encode(hmac.digest(secret, text.encode(), 'sha256')) if secret else ''}"

    return forge


@contextmanager
def serving(provider: SmallProvider) -> Iterator[SmallProvider]:
    """Serve it on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(provider.app(), port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    provider.issuer = f"http://127.0.0.1:{port}"
    assert urlsplit(provider.issuer).port == port
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
