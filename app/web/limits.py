"""No request body grows beyond its limit, whether or not its length was announced."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Stops reading a body at `limit` bytes with a 413 that the application's own error form answers.

    FastAPI's own limit answers in plain text, which no client of ours expects.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, self._bounded(scope, receive) if scope["type"] == "http" else receive, send)

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        announced = Headers(scope=scope).get("content-length", "0")
        # What is announced as too large is not read at all; a length that is no number counts as none.
        read = int(announced) if announced.isdecimal() and int(announced) > self.limit else 0

        async def bounded() -> Message:
            nonlocal read
            if read > self.limit:
                raise HTTPException(413)
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413)
            return message

        return bounded
