"""Single sign-on by OpenID Connect: the code flow with PKCE, state and nonce (OpenID Connect Core 1.0, RFC 7636).

Only members who were added before can come in; the provider's word that an address is verified finds them once, and
from then on the provider's own `sub` does.  The libraries for it are loaded by the first sign-in of this kind: most
servers have none.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import httpx

from app.errors import Unauthenticated
from app.platform.secrets import Keyring
from app.platform.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

COOKIE = "assay_sso"
MINUTES = 10
ALGORITHMS = ["RS256", "ES256", "PS256"]
TIMEOUT = 10.0
BACK = "/sign-in/sso/back"


class SignInFailed(Unauthenticated):
    """Single sign-on gave no member; the sentence says why, for the log and the person."""

    def __init__(self, detail: str) -> None:
        super().__init__("sign-in-failed", detail)


@dataclass(frozen=True)
class Pending:
    """What has to come back unchanged from the provider; kept in a signed cookie, so that no server has to remember."""

    state: str
    nonce: str
    verifier: str
    until: int

    @staticmethod
    def new() -> Pending:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return Pending(state, nonce, verifier, int(time.time()) + MINUTES * 60)

    def sealed(self, keys: Keyring) -> str:
        text = base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode()
        return f"{text}.{keys.derive('sso', text).hex()}"

    @staticmethod
    def opened(cookie: str, keys: Keyring) -> Pending:
        """What was sealed; SignInFailed where it was changed or is too old."""
        text, _, mac = cookie.partition(".")
        if not hmac.compare_digest(keys.derive("sso", text).hex().encode(), mac.encode()):
            raise SignInFailed("Start again: the sign-in was begun elsewhere.")
        pending = Pending(**json.loads(base64.urlsafe_b64decode(text)))
        if pending.until < time.time():
            raise SignInFailed("Start again: the sign-in took too long.")
        return pending


@dataclass(frozen=True)
class Identity:
    """Who the provider says it is: its own name for them, and an address it has verified."""

    subject: str
    email: str


async def begin(settings: Settings, pending: Pending) -> str:
    """The provider's address to send the browser to."""
    async with _client(settings) as client:
        about = await _discover(client, settings)
        url, _ = client.create_authorization_url(
            about["authorization_endpoint"],
            state=pending.state,
            nonce=pending.nonce,
            code_verifier=pending.verifier,
        )
        return str(url)


async def finish(settings: Settings, pending: Pending, code: str, state: str) -> Identity:
    """Exchange the code for an identity; SignInFailed where anything about it is not as it was begun."""
    from joserfc.errors import JoseError  # noqa: PLC0415

    if not hmac.compare_digest(pending.state.encode(), state.encode()):
        raise SignInFailed("Start again: the answer belongs to another sign-in.")
    try:
        async with _client(settings) as client:
            about = await _discover(client, settings)
            token = await client.fetch_token(about["token_endpoint"], code=code, code_verifier=pending.verifier)
            keys = (await client.request("GET", about["jwks_uri"], withhold_token=True)).raise_for_status().json()
        claims = _claims(str(token["id_token"]), keys, about["issuer"], settings.oidc_client_id, pending.nonce)
    except SignInFailed:
        raise
    except (httpx.HTTPError, JoseError, KeyError, ValueError, TypeError) as fault:
        raise SignInFailed(f"The sign-in service gave no usable answer ({type(fault).__name__}).") from fault
    except Exception as fault:  # the client's own errors share no base class
        raise SignInFailed("The sign-in service refused.") from fault
    if claims.get("email_verified") is not True or not claims.get("email"):
        raise SignInFailed("The sign-in service does not vouch for an e-mail address.")
    return Identity(f"{claims['iss']} {claims['sub']}", str(claims["email"]))


def _claims(id_token: str, keys: Any, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    decoded = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
    registry = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    registry.validate(decoded.claims)
    return dict(decoded.claims)


async def _discover(client: AsyncOAuth2Client, settings: Settings) -> dict[str, Any]:
    """The provider's description of itself; it must be about the issuer that was set."""
    issuer = settings.oidc_issuer.rstrip("/")
    answer = await client.request("GET", f"{issuer}/.well-known/openid-configuration", withhold_token=True)
    about: dict[str, Any] = answer.raise_for_status().json()
    if str(about["issuer"]).rstrip("/") != issuer:
        raise SignInFailed("The sign-in service speaks for another issuer.")
    return about


def _client(settings: Settings) -> AsyncOAuth2Client:
    from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415

    return AsyncOAuth2Client(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        scope="openid email",
        redirect_uri=settings.base_url + BACK,
        code_challenge_method="S256",
        timeout=TIMEOUT,
        follow_redirects=False,
    )
