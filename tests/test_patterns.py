"""No pattern of the product is held up by the text it reads: its time grows with a hostile text, and no faster.

What takes 3 ms for 30,000 signs is fast enough on any machine.  What takes longer must be the machine's fault: then a
sixteenth of the text takes about a sixteenth of the time.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import pytest

from tests.hostile import LENGTH, Use, strings, uses

LIMIT = 0.003
#: A machine with much to do counts waiting for its caches as processor time; so the best of some tries counts.
TRIES = 3
#: A short text looked through so often takes as long as one of the whole length if time grows with length, and a
#: sixteenth of it if time grows with its square.
TIMES = 16
GROWTH = 4
#: Seconds that no machine needs for so long a text but in an endless search.
GIVEN_UP = 1
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
def test_every_pattern_is_linear(subtests: pytest.Subtests) -> None:
    """Whatever repeats what the pattern repeats, after what it wants before, and ended by what it does not want."""
    for use in uses():
        with subtests.test(f"{use.place} {use.method}"):
            assert _held_up(use) is None


@pytest.mark.usefixtures("_alarm")
@pytest.mark.parametrize("pattern", [r"a+b", r"\s+$", r"(?:\w+\.)+\d"])
def test_a_pattern_that_is_not_linear_is_told(pattern: str) -> None:
    assert _held_up(Use("here", re.compile(pattern), "search"), tries=1) is not None


def _held_up(use: Use, tries: int = TRIES) -> str | None:
    """The text that takes more time than its length explains; nothing if there is none."""
    for text, short in zip(strings(use.pattern), strings(use.pattern, LENGTH // TIMES), strict=True):
        if not any(_in_time(use, text, short) for _ in range(tries)):
            return f"{text[:20]!r}...{text[-5:]!r}"
    return None


def _in_time(use: Use, text: str, short: str) -> bool:
    taken = _seconds(use, text)
    return taken <= LIMIT or (taken < GIVEN_UP and taken <= GROWTH * _seconds(use, short, TIMES))


def _seconds(use: Use, text: str, times: int = 1) -> float:
    """Processor seconds that the method takes, without what is made of each match; infinite where it was given up.

    Of the thread: while a timer runs, those of the process go by ticks of 4 ms.
    """
    subject = text.encode() if isinstance(use.pattern.pattern, bytes) else text
    signal.setitimer(signal.ITIMER_PROF, GIVEN_UP)
    before, matches = time.thread_time(), 0
    try:
        for _ in range(times):
            if use.method in ("match", "fullmatch", "search"):
                getattr(use.pattern, use.method)(subject)
            else:
                matches += sum(1 for _ in use.pattern.finditer(subject))
        return time.thread_time() - before - matches * A_MATCH
    except Slow:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
