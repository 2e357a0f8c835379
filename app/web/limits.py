"""Bodies of requests are bounded: in bytes, in silence, in time, and in how many large ones arrive at once.

FastAPI reads a JSON body or a small form before it asks who sends it, so those are kept small.  A route that takes
files makes room for a large body once it knows the sender, and keeps it on disk.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

import anyio
import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

#: Bytes of a body that no route has made room for.
SMALL = 2**20 + 2**16
#: Seconds without a byte, and for the whole body; a body of 11 MB in that time needs 300 kbit/s.
SILENCE, LONGEST = 10.0, 300.0
#: Large bodies that may be arriving at once: of one sender, and in all.
OF_ONE, IN_ALL = 64, 256
#: Tables and challenges that are in memory at once.
LARGE = 2
#: A part of a form that is larger than this lies on disk.
SPOOL = 2**16
ROOM = "assay.room"


class BodyLimit:
    """Stops reading a body at its limit with 413, and at a sender's silence with 408; both as problem details."""

    silence, longest = SILENCE, LONGEST

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, self._bounded(scope, receive) if scope["type"] == "http" else receive, send)
        except ClientDisconnect:
            log.info("a request was broken off by its sender")

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        announced = Headers(scope=scope).get("content-length", "0")
        # What is announced as too large is not read at all; a length that is no number counts as none.
        size = int(announced) if announced.isdecimal() else 0
        until, read, complete = time.monotonic() + self.longest, 0, False

        async def bounded() -> Message:
            nonlocal read, complete
            if complete:
                return await receive()
            if max(read, size) > scope.get(ROOM, SMALL):
                raise HTTPException(413)
            try:
                with anyio.fail_after(min(self.silence, until - time.monotonic())):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            complete = not message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > scope.get(ROOM, SMALL):
                raise HTTPException(413)
            return message

        return bounded


class Intake:
    """What bounds the uploads of all senders: how many arrive at once, and how many are examined."""

    def __init__(self, slots: int) -> None:
        self.slots = anyio.CapacityLimiter(slots)
        self.large = anyio.CapacityLimiter(LARGE)
        self._arriving = Counter[str]()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @contextmanager
    def room(self, scope: Scope, limit: int, sender: str) -> Iterator[None]:
        """Let the body of this request grow to `limit` bytes; HTTPException 503 while too many are arriving."""
        if ROOM in scope:
            yield
            return
        if self._arriving[sender] >= OF_ONE or self._arriving.total() >= IN_ALL:
            raise HTTPException(503, "Too many uploads at once; come back in a few seconds.", {"Retry-After": "5"})
        scope[ROOM] = limit
        self._arriving[sender] += 1
        try:
            yield
        finally:
            self._arriving -= Counter((sender,))

    def turn(self, sender: str) -> asyncio.Lock:
        """Held while an upload of `sender` waits or is examined, so that one sender's many keep nobody waiting."""
        return self._turns.setdefault(sender, asyncio.Lock())
