"""Heads of requests are bounded in time: uvicorn itself waits for ever for headers that have begun."""

from __future__ import annotations

import asyncio

import h11
import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

log = structlog.get_logger(__name__)

#: Seconds from the opening of a connection, or from the first byte of a later request, to the end of its headers.
HEAD_SECONDS = 10.0


class TimedHeads(H11Protocol):
    """A connection that is answered 408 and closed where the headers of a request take too long."""

    head_seconds = HEAD_SECONDS
    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._due = self.loop.call_later(self.head_seconds, self._end)

    def data_received(self, data: bytes) -> None:
        """As uvicorn does; the time runs while a head is incomplete, however many bytes come meanwhile."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._due is None:
            self._due = self.loop.call_later(self.head_seconds, self._end)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _end(self) -> None:
        log.info("a request whose headers did not come was ended")
        self.transport.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.transport.close()
