"""Whoever stalls inside the headers of a request is ended, at the level of sockets; nobody else is."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import ClassVar

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.web.heads import TimedHeads
from testing.site import free_port
from testing.waiting import SECONDS, until

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"


class Hasty(TimedHeads):
    head_seconds = 0.5


class Patient(TimedHeads):
    """Ends nothing while a test runs, and remembers its connections."""

    head_seconds = 4 * SECONDS
    made: ClassVar[list[Patient]] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.made.append(self)


@contextmanager
def serving(heads: type[TimedHeads]) -> Iterator[int]:
    """The port of a server that echoes bodies."""

    async def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse((await request.body()).decode())

    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])
    config = uvicorn.Config(app, port=free_port(), log_config=None, http=heads, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield config.port
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that waits half a second for headers."""
    assert TimedHeads.head_seconds == 10
    with serving(Hasty) as made:
        yield made


def ended(connection: socket.socket, *parts: bytes) -> bytes:
    """All that is answered, where `parts` are sent with a fifth of a second before each but the first."""
    for number, part in enumerate(parts):
        time.sleep(0.2 * bool(number))
        try:
            connection.sendall(part)
        except OSError:
            break
    answer = b""
    with suppress(ConnectionResetError):  # the server ended it while a part was on its way
        while part := connection.recv(65536):
            answer += part
    return answer


@pytest.mark.parametrize(
    "parts",
    [(), (b"G",), (HEAD,), (HEAD, b"a: 1\r\n", b"b: 1\r\n", b"c: 1\r\n"), (HEAD + b"\r\nbody" + HEAD, b"a: 1\r\n")],
    ids=["nothing", "one byte", "half a head", "byte after byte", "a second request"],
)
def test_headers_that_do_not_end_are_ended(port: int, parts: tuple[bytes, ...]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        answer = ended(connection, *parts)
    assert answer.endswith(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def test_a_slow_body_and_a_later_request_are_not() -> None:
    """The time is that of one head: a body has its own, and a connection that is kept is not ended in the middle."""
    with serving(Patient) as port, socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        until(lambda: Patient.made and timed())
        connection.sendall(HEAD + b"\r\n")
        until(lambda: not timed())
        connection.sendall(b"body")
        answer = b""
        while not answer.endswith(b"body"):
            answer += connection.recv(65536)
        assert not timed()
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        until(timed)
        assert ended(connection, b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")


def timed() -> bool:
    """Whether the time of a head runs on the patient server's one connection."""
    return Patient.made[0]._due is not None
