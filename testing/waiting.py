"""Waiting for what comes to be, however slow the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

#: It costs nothing where all is well, and a busy machine starts a process in minutes.
SECONDS = 300.0


def until(read: Callable[[], Value], right: Callable[[Value], object] = bool, *, seconds: float = SECONDS) -> Value:
    """What `read` gives as soon as it is right, which is true where nothing else is said; or AssertionError.

    The longer it has taken, the less often it is asked: asking takes processor time from what is waited for.
    """
    begin = time.monotonic()
    while not right(value := read()):
        waited = time.monotonic() - begin
        assert waited < seconds, f"after {seconds:g} s it is still {value!r}"
        time.sleep(min(0.02 + waited / 10, 0.1))
    return value
