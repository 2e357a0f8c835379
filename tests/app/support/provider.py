"""A sign-in service that speaks OpenID Connect and says whatever a test wants it to say."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from testing.site import free_port
from testing.waiting import SECONDS


@dataclass
class Provider:
    """`claims` go into the next ID token, over the honest ones; `signer` signs it, the published key by default."""

    issuer: str
    key: RSAKey
    claims: dict[str, Any] = field(default_factory=dict)
    signer: RSAKey | None = None
    asked: dict[str, str] = field(default_factory=dict)

    def token(self, form: dict[str, str]) -> JSONResponse:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if form["code"] != "good" or challenge.decode() != self.asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        honest = {
            "iss": self.issuer,
            "aud": "assay",
            "sub": "42",
            "exp": int(time.time()) + 60,
            "nonce": self.asked["nonce"],
            "email_verified": True,
        }
        id_token = jwt.encode({"alg": "RS256", "kid": "1"}, honest | self.claims, self.signer or self.key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": id_token})


@contextmanager
def provider() -> Iterator[Provider]:
    """It listens on loopback until the end of the block."""
    port = free_port()
    made = Provider(f"http://127.0.0.1:{port}", RSAKey.generate_key(2048, {"kid": "1"}))
    server = uvicorn.Server(uvicorn.Config(_app(made), port=port, log_config=None))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield made
    server.should_exit = True
    thread.join(SECONDS)


def _app(made: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def about() -> dict[str, str]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": made.issuer} | {name: f"{made.issuer}/{path}" for name, path in ends.items()}

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [made.key.as_dict(private=False)]}

    @app.post("/token")
    async def token(request: Request) -> JSONResponse:
        return made.token({name: str(value) for name, value in (await request.form()).items()})

    return app
