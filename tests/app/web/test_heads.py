"""Whoever stalls inside the headers of a request is ended, at the level of sockets; nobody else is."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.web.heads import HEAD_SECONDS, TimedHeads
from testing.site import Site, free_port
from testing.waiting import SECONDS

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"


class Hasty(TimedHeads):
    head_seconds = 0.5


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that echoes bodies, and waits half a second for headers."""

    async def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse((await request.body()).decode())

    app = Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])
    config = uvicorn.Config(app, port=free_port(), log_config=None, http=Hasty, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield config.port
    server.should_exit = True
    thread.join()


def ended(connection: socket.socket, *parts: bytes) -> bytes:
    """All that is answered, where `parts` are sent with a fifth of a second before each but the first."""
    for number, part in enumerate(parts):
        time.sleep(0.2 * bool(number))
        try:
            connection.sendall(part)
        except OSError:
            break
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    "parts",
    [(), (b"G",), (HEAD,), (HEAD, b"a: 1\r\n", b"b: 1\r\n", b"c: 1\r\n"), (HEAD + b"\r\nbody" + HEAD, b"a: 1\r\n")],
    ids=["nothing", "one byte", "half a head", "byte after byte", "a second request"],
)
def test_headers_that_do_not_end_are_ended(port: int, parts: tuple[bytes, ...]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        answer = ended(connection, *parts)
    assert answer.endswith(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def test_a_slow_body_and_a_later_request_are_not(port: int) -> None:
    """The time is that of one head: a body has its own, and a connection that is kept is not ended in the middle.

    A busy machine may be too slow for half a second, but a rule that ends them would end them every time.
    """
    assert any(answered(port).startswith(b"HTTP/1.1 200 ") for _ in range(5))


def answered(port: int) -> bytes:
    """The answer to a later request, after one with a slow body; nothing where that was ended."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        connection.sendall(HEAD + b"\r\n")
        time.sleep(0.8)
        connection.sendall(b"body")
        answer = b""
        while not answer.endswith(b"body"):
            received = connection.recv(65536)
            if not received:
                return b""
            answer += received
        time.sleep(0.8)
        return ended(connection, b"GET / HTTP/1.1\r\nHost: x\r\n", b"Connection: close\r\n\r\n")
    return b""


def test_the_service_waits_ten_seconds(site: Site) -> None:
    with socket.create_connection(
        (site.settings.host, site.settings.port), timeout=HEAD_SECONDS + SECONDS
    ) as connection:
        began = time.monotonic()
        assert ended(connection, b"GET /healthz HTTP/1.1\r\n").startswith(b"HTTP/1.1 408 ")
    assert HEAD_SECONDS - 1 < time.monotonic() - began < HEAD_SECONDS + SECONDS
