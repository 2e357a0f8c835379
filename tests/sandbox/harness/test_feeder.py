"""Calls that are timed from outside: what is answered stands, and nothing but an answer or a failure is taken."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable

import pytest

from sandbox.harness.feeder import DONE, FAILED, HEAD, VALUES, Bad, Line, feed
from sandbox.protocol.wire import LENGTH
from testing.waiting import SECONDS

ROWS = b"one" + b"twice"


def fed(other: Callable[[Line, socket.socket], None]) -> bytes:
    """What the feeder writes down of two calls, of one row and of two, when the other side does this."""
    near, far = socket.socketpair()
    line = Line(far.dup().detach())
    side = threading.Thread(target=other, args=(line, far), daemon=True)
    side.start()
    try:
        return feed(near, ROWS, [3, 5], [1, 2])
    finally:
        near.close()
        side.join(SECONDS)
        far.close()
        line._socket.close()


def header(answer: bytes) -> dict[str, object]:
    (size,) = LENGTH.unpack(answer[: LENGTH.size])
    found: dict[str, object] = json.loads(answer[LENGTH.size : LENGTH.size + size])
    return found


def answered(line: Line, _: socket.socket) -> None:
    assert line.rows() == b"one"
    line.give(b"a" * 8)
    assert line.rows() == b"twice"
    burn(0.1)
    line.give(b"b" * 16)
    line.end(b"", failed=False)


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_values_come_in_order_with_a_time_for_each_call() -> None:
    answer = fed(answered)
    assert answer.endswith(b"a" * 8 + b"b" * 16)
    seconds = header(answer)["seconds"]
    assert isinstance(seconds, list)
    assert len(seconds) == 2


def failing(line: Line, _: socket.socket) -> None:
    line.rows()
    text = b'{"failure": {}}'
    line.end(LENGTH.pack(len(text)) + text, failed=True)


def test_a_failure_is_handed_on_as_it_is() -> None:
    assert header(fed(failing)) == {"failure": {}}


def forged(kind: bytes, size: int, body: bytes) -> Callable[[Line, socket.socket], None]:
    def other(line: Line, far: socket.socket) -> None:
        line.rows()
        far.sendall(HEAD.pack(kind, size) + body)
        far.shutdown(socket.SHUT_WR)

    return other


done = b'{"done": true, "seconds": [0, 0]}'
LIES = {
    "done before all was asked": forged(DONE, 0, b""),
    "values of another length": forged(VALUES, 16, b"a" * 16),
    "an answer for a failure": forged(FAILED, 4 + len(done), LENGTH.pack(len(done)) + done),
    "a failure without an end": forged(FAILED, 2**31, b""),
    "a failure that is none": forged(FAILED, 4, b"[[[["),
    "some other word": forged(b"x", 0, b""),
    "nothing": lambda line, far: (line.rows(), far.shutdown(socket.SHUT_RDWR)),  # type: ignore[misc,return-value]
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_nothing_else_is_an_answer(lie: Callable[[Line, socket.socket], None]) -> None:
    with pytest.raises((Bad, OSError)):
        fed(lie)
