"""No pattern of the product is held up by the text it reads: each takes at most 50 ms for a hostile megabyte.

A machine that is slow at the moment has five times as long as its plainest search of a megabyte takes then.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import pytest

from tests.hostile import MEGABYTE, Use, strings, uses

LIMIT = 0.05
#: A machine with much to do counts waiting for its caches as processor time; so the best of some tries counts.
TRIES = 5
#: A class of characters and one more: looked for at every place of the text, found at none.
PLAINEST = Use("here", re.compile(r"[^\W\d]x"), "search")
TIMES_THE_PLAINEST = 5
GIVEN_UP = 0.5
#: What is made of a match costs besides, in seconds.
A_MATCH = 2e-7


class Slow(Exception):
    pass


@pytest.fixture
def _alarm() -> Iterator[None]:
    def ring(_number: int, _frame: FrameType | None) -> NoReturn:
        raise Slow

    before = signal.signal(signal.SIGPROF, ring)
    yield
    signal.signal(signal.SIGPROF, before)


@pytest.mark.usefixtures("_alarm")
@pytest.mark.parametrize("use", uses(), ids=lambda use: f"{use.place} {use.method}")
def test_a_pattern_is_linear(use: Use) -> None:
    """Whatever repeats what the pattern repeats, after what it wants before, and ended by what it does not want."""
    for text in strings(use.pattern):
        taken = _seconds(use, text)
        for _ in range(TRIES):
            if taken > LIMIT:
                taken = min(taken, _seconds(use, text))
        limit = LIMIT if taken <= LIMIT else max(LIMIT, TIMES_THE_PLAINEST * _seconds(PLAINEST, "a" * MEGABYTE))
        assert taken <= limit, f"{taken:.2f} s for {text[:20]!r}...{text[-5:]!r}"


def _seconds(use: Use, text: str) -> float:
    """Processor seconds for all that the method finds, but what is made of each match; inf where it was given up."""
    subject = text.encode() if isinstance(use.pattern.pattern, bytes) else text
    signal.setitimer(signal.ITIMER_PROF, GIVEN_UP)
    before, matches = time.process_time(), 0
    try:
        if use.method in ("match", "fullmatch", "search"):
            getattr(use.pattern, use.method)(subject)
        else:
            matches = sum(1 for _ in use.pattern.finditer(subject))
        return time.process_time() - before - matches * A_MATCH
    except Slow:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
