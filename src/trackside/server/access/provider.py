"""An OpenID Connect provider, as seen from here: its addresses, the exchange of a code, and the check of what it says.

Authorization code flow with PKCE (RFC 7636). Signature, issuer, audience, time and nonce of the ID token are checked as
OpenID Connect Core 1.0, section 3.1.3.7 demands.
"""

from __future__ import annotations

import hmac
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from trackside.server.access.signing import Wrong
from trackside.server.problems import Refused
from trackside.server.settings import OidcSettings

# Seconds that the provider has for each answer, and that clocks may differ.
_TIMEOUT = 10.0
_LEEWAY = 60
# Only signatures that nobody but the provider can make: no HMAC, no "none".
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class Provider:
    """One provider.

    Args:
        settings: its issuer and what it knows us by.
        client: to ask it with.
    """

    def __init__(self, settings: OidcSettings, client: httpx.Client) -> None:
        self._settings = settings
        self._client = client
        self._places = self._discover()

    def address(self, *, redirect: str, state: str, nonce: str, challenge: str) -> str:
        """Where the browser goes to sign in."""
        asked = {
            "response_type": "code",
            "scope": "openid profile email",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        place = str(self._places["authorization_endpoint"])
        return f"{place}{'&' if urlsplit(place).query else '?'}{urlencode(asked)}"

    def claims(self, code: str, *, redirect: str, verifier: str, nonce: str) -> dict[str, Any]:
        """What the provider says about who came back with a code.

        Raises:
            Refused: 401, the code or the ID token is not good; 502, the provider does not answer.
        """
        sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        known_by = httpx.BasicAuth(self._settings.client_id, self._settings.client_secret)
        answer = self._json("POST", str(self._places["token_endpoint"]), data=sent, auth=known_by)
        keys = self._json("GET", str(self._places["jwks_uri"]))
        return self._checked(str(answer.get("id_token", "")), keys, nonce)

    def _discover(self) -> dict[str, Any]:
        issuer = self._settings.issuer
        places = self._json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if not all(isinstance(places.get(name), str) for name in _NEEDED) or places["issuer"] != issuer:
            raise _unusable("it describes itself wrongly")
        scheme = urlsplit(issuer).scheme
        if scheme == "https" and any(urlsplit(places[name]).scheme != "https" for name in _NEEDED):
            raise _unusable("it names addresses without https")
        return places

    def _json(self, method: str, address: str, **more: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, address, timeout=_TIMEOUT, **more)
            if answer.status_code in (400, 401):
                raise Wrong(401, "the provider refused the sign-in", "try again")
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise _unusable(type(error).__name__) from error
        if not isinstance(found, dict):
            raise _unusable("its answer is no JSON object")
        return found

    def _checked(self, token: str, keys: dict[str, Any], nonce: str) -> dict[str, Any]:
        try:
            key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
            claims = jwt.decode(token, key_set, algorithms=list(_ALGORITHMS)).claims
            jwt.JWTClaimsRegistry(
                now=int(time.time()),
                leeway=_LEEWAY,
                iss={"essential": True, "value": self._settings.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _not_good(type(error).__name__) from error
        self._check_party(claims)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise _not_good("wrong nonce")
        return claims

    def _check_party(self, claims: dict[str, Any]) -> None:
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self._settings.client_id) != self._settings.client_id:
            raise _not_good("meant for another party")


def _not_good(why: str) -> Refused:
    return Wrong(401, f"the provider's answer cannot be trusted ({why})", "sign in again")


def _unusable(why: str) -> Refused:
    return Refused(502, f"the sign-in provider cannot be used ({why})", "sign in with a password, or try later")
