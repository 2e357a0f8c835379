"""What goes wrong before a text is read is our fault, never the text's; more in app/intake/test_bounded.py."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable

import pytest

from graders.model.probe import SandboxError
from sandbox.static_tools.bounded import Bounds, ForkServer

BOUNDS = Bounds(seconds=20)


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
