"""Idempotency-Key: a POST that is repeated with the same key is answered as it was the first time, and done once.

After draft-ietf-httpapi-idempotency-key-header.  What failed has changed nothing, so it is not remembered and may be
sent again.  Answers may hold secrets that are shown once, so they are kept sealed with a key derived from ours.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile

from anyio import to_thread
from cryptography.fernet import Fernet
from starlette.datastructures import Headers, MutableHeaders, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Conflict, DomainError, Invalid
from app.ports import Service
from app.store import idempotency
from app.store.idempotency import Asked, Stored
from app.web.errors import answer
from app.web.limits import SMALL, SPOOL, Intake
from app.words import _

HEADER = "idempotency-key"
REPLAYED = "idempotency-replayed"
KEY_MAX = 255
KEPT_HEADERS = ("content-type", "location", "retry-after", "etag")


class Idempotency:
    """Stands before every POST of the API that carries the header.

    `who` names the caller of a request, None where the credential does not count (any more): nothing is repeated to
    those, and the route refuses them.
    """

    def __init__(self, app: ASGIApp, who: Callable[[Request], Awaitable[str | None]]) -> None:
        self.app, self._who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _concerned(scope):
            return await self.app(scope, receive, send)
        request = Request(scope, receive)
        service: Service = request.app.state.service
        intake: Intake = request.app.state.intake
        try:
            key = _key(request)
            caller = await self._who(request)
            if caller is None:  # the route will say that nobody is known
                return await self.app(scope, receive, send)
            form = request.headers.get("content-type", "").startswith("multipart/")
            with intake.room(scope, service.settings.max_upload if form else SMALL, f"{caller} once"):
                async with _kept(request) as body:
                    asked = Asked(caller, key, await digest(request, body))
                    return await self._once(request, asked, await _again(body, receive), send)
        except (DomainError, HTTPException) as no:
            return await answer(request, no)(scope, receive, send)

    async def _once(self, request: Request, asked: Asked, receive: Receive, send: Send) -> None:
        service: Service = request.app.state.service
        found = await to_thread.run_sync(_claim, service, asked)
        if found is not None:
            return await _repeat(request, asked, found, send)
        recorder = Recorder(send, lambda: _settle(service, asked, recorder))
        try:
            await self.app(request.scope, receive, recorder)
        finally:
            if not recorder.complete:
                await to_thread.run_sync(_settle, service, asked, recorder)
        return None


class Recorder:
    """Passes an answer on and remembers it; `settle` keeps it before its end is sent."""

    def __init__(self, send: Send, settle: Callable[[], None]) -> None:
        self._send, self._settle = send, settle
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = Headers(raw=message.get("headers", []))
            self.headers = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.complete = not message.get("more_body", False)
            if self.complete:
                await to_thread.run_sync(self._settle)
        await self._send(message)


async def digest(request: Request, body: UploadFile) -> bytes:
    """SHA-256 of method, address and body; the boundary of a form, which clients draw anew each time, left out."""
    kind = request.headers.get("content-type", "")
    boundary = kind.partition("boundary=")[2]
    mark = boundary.split(";")[0].strip().strip('"').encode("latin-1") if kind.startswith("multipart/") else b""
    said = json.dumps([request.method, request.url.path, request.url.query, "multipart" if mark else kind])
    found, held = hashlib.sha256(said.encode() + b"\0"), b""
    await body.seek(0)
    while chunk := await body.read(SPOOL):
        *whole, held = (held + chunk).split(mark) if mark else (held + chunk,)
        for piece in whole:
            found.update(piece)
        begun = max(len(held) - len(mark), 0)  # the beginning of a mark waits for its end
        found.update(held[:begun])
        held = held[begun:]
    found.update(held)
    return found.digest()


@asynccontextmanager
async def _kept(request: Request) -> AsyncIterator[UploadFile]:
    """The whole body, on disk where it is large."""
    with SpooledTemporaryFile(SPOOL) as file:
        body = UploadFile(file)  # type: ignore[arg-type]  # as Starlette itself does; it writes in a thread
        async for chunk in request.stream():
            await body.write(chunk)
        yield body


def _key(request: Request) -> str:
    key = request.headers[HEADER]
    if not 1 <= len(key) <= KEY_MAX or not key.isascii():
        raise Invalid(
            "bad-idempotency-key", _("An Idempotency-Key has 1 to {key_max} ASCII characters.").format(key_max=KEY_MAX)
        )
    return key


def _concerned(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/api/"):
        return False
    return HEADER in Headers(scope=scope)


async def _again(body: UploadFile, then: Receive) -> Receive:
    """The body from its beginning, and after it whatever else is to be received."""
    await body.seek(0)
    complete = False

    async def receive() -> Message:
        nonlocal complete
        if complete:
            return await then()
        chunk = await body.read(SPOOL)
        complete = not chunk
        return {"type": "http.request", "body": chunk, "more_body": not complete}

    return receive


def _claim(service: Service, asked: Asked) -> Stored | None:
    with service.engine.begin() as connection:
        return idempotency.claim(connection, asked)


def _settle(service: Service, asked: Asked, recorder: Recorder) -> None:
    """Keep what succeeded; what failed may be sent again."""
    with service.engine.begin() as connection:
        if recorder.complete and 200 <= recorder.status < 400:
            sealed = _seal(service, asked).encrypt(recorder.body)
            idempotency.keep(connection, asked, recorder.status, recorder.headers, sealed)
        else:
            idempotency.release(connection, asked)


def _seal(service: Service, asked: Asked) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(service.keys.derive("idempotency", asked.caller, asked.key)))


async def _repeat(request: Request, asked: Asked, stored: Stored, send: Send) -> None:
    if stored.request != asked.request:
        other = Invalid(
            "idempotency-key-reused", _("This Idempotency-Key was used for another request. Use a new one.")
        )
        return await answer(request, other)(request.scope, request.receive, send)
    if stored.status is None:
        early = Conflict(
            "still-being-answered",
            _("The first request with this Idempotency-Key is still being answered. Try again soon."),
        )
        return await answer(request, early)(request.scope, request.receive, send)
    headers = MutableHeaders(stored.headers | {REPLAYED: "true"})
    body = _seal(request.app.state.service, asked).decrypt(stored.body)
    headers["content-length"] = str(len(body))
    await send({"type": "http.response.start", "status": stored.status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
    return None
