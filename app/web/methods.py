"""HEAD is answered wherever GET is (RFC 9110, 9.1), which FastAPI leaves to each route."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class HeadAsGet:
    """Answers HEAD with what GET would answer; the server sends the head of it and no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The server keeps its own scope, and by that its knowledge of the method.
        await self.app({**scope, "method": "GET"} if scope.get("method") == "HEAD" else scope, receive, send)
