"""What goes wrong before a text is read is our fault, never the text's; more in app/intake/test_bounded.py."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable

import pytest

from graders.model.probe import SandboxError
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun

BOUNDS = Bounds(seconds=300)


class Unreadable:
    """It can be written down and not be read, like a value of another version of the code."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return os.fspath, (1,)


def test_a_request_that_cannot_be_read_is_ours() -> None:
    with pytest.raises(SandboxError, match="could not be read: TypeError"):
        ForkServer().call(BOUNDS, len, Unreadable())  # type: ignore[arg-type]


def test_a_server_that_cannot_begin_is_ours() -> None:
    with pytest.raises(SandboxError, match="no process could be begun"):
        ForkServer("no_such_module").call(BOUNDS, len, "abc")


def test_no_reader_copies_what_was_loaded() -> None:
    """A collection in a forked process would touch, and so copy, all that the server holds."""
    assert ForkServer("pandas").call(BOUNDS, gc.get_freeze_count) > 50_000


def _inner() -> tuple[int, int]:
    """This process, and whose child the one is that answers a call from here."""
    return os.getpid(), ForkServer("no_such_module").call(Bounds(cpu_seconds=5), os.getppid)


def _endless() -> None:
    while True:
        pass


def _inner_overrun() -> str:
    try:
        ForkServer().call(Bounds(cpu_seconds=1), _endless)
    except Overrun as overrun:
        return overrun.limit
    return ""


def test_a_call_within_a_call_needs_no_other_server() -> None:
    """It is forked from the process that asks, which has loaded all; limits of its own hold."""
    server = ForkServer(__name__)
    asking, parent = server.call(BOUNDS, _inner)
    assert asking == parent != os.getpid()
    assert server.call(BOUNDS, _inner_overrun) == "cpu"
