"""How long a probe was ready to run and got no core, seen from PID 1: that time is not the candidate's.

The kernel counts for each thread how long it ran and how long it stood in line.  A thread that stood in line while
others of the same probe ran waited for these, so their CPU time is taken off; sleeping counts as nothing.  A thread
that begins and ends between two looks is missed, which errs against the candidate by the time between two looks.
The kernel adds a wait when it is over, which on a busy machine is many looks after it began: so each thread is also
taken from the look at which it was first seen, and whichever reckoning finds more counts.
Where no kernel counts (gVisor), a sleep of PID 1's own that ends late tells that the core was taken.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .processes import others

COUNTED = os.path.exists("/proc/self/schedstat")
#: Seconds between two looks, and the lateness that any sleep has.
LEAST, USUAL = 0.02, 0.002

Thread = tuple[str, str]  # process, thread


class Waiting:
    """Seconds of waiting since this was made; `used` gives the CPU seconds of the whole probe."""

    def __init__(self, used: Callable[[], float]) -> None:
        self.seconds = 0.0
        self._used = used
        self._cpu, self._at = used(), time.monotonic()
        self._threads = dict(threads()) if COUNTED else {}
        self._since = {thread: Since(*counted, self._cpu, 0.0) for thread, counted in self._threads.items()}

    def look(self, late: float = 0.0) -> None:
        """Add what was waited since the last look, before anything is reaped; `late` is how late the caller woke."""
        now = time.monotonic()
        if now - self._at < LEAST:
            return
        cpu = self._used()
        ran, passed = cpu - self._cpu, now - self._at
        found = dict(threads()) if COUNTED else {}
        waited = longest(self._threads, found, ran) if COUNTED else late - USUAL - ran
        self.seconds = max(
            self.seconds + min(max(waited, 0.0), max(passed - ran, 0.0)), self._since_first_seen(found, cpu)
        )
        self._cpu, self._at, self._threads = cpu, now, found

    def _since_first_seen(self, found: dict[Thread, tuple[float, float]], cpu: float) -> float:
        """The most that any thread shows: what was waited before it was seen, and its own wait since, less what others
        ran meanwhile."""
        first = self._since
        self._since = {thread: first.get(thread, Since(0.0, 0.0, self._cpu, self.seconds)) for thread in found}
        return max((self._since[thread].waited(*counted, cpu) for thread, counted in found.items()), default=0.0)


class Since(NamedTuple):
    """A thread when it was first seen: its CPU seconds and seconds in line, and the probe's CPU seconds and wait."""

    run: float
    wait: float
    cpu: float
    before: float

    def waited(self, run: float, wait: float, cpu: float) -> float:
        others = max((cpu - self.cpu) - (run - self.run), 0.0)
        return self.before + max((wait - self.wait) - others, 0.0)


def longest(before: dict[Thread, tuple[float, float]], after: dict[Thread, tuple[float, float]], ran: float) -> float:
    """The longest wait of any thread between two looks, less the CPU seconds of all others, of `ran` in all."""
    waits = []
    for thread, (run, wait) in after.items():
        run_before, wait_before = before.get(thread, (0.0, 0.0))
        waits.append((wait - wait_before) - max(ran - (run - run_before), 0.0))
    return max(waits, default=0.0)


def threads() -> Iterator[tuple[Thread, tuple[float, float]]]:
    """CPU seconds and seconds in line of every thread but those of ours; dead ones until somebody waits for them."""
    for pid in others():
        try:
            for tid in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{tid}/schedstat") as file:
                    run, wait, _ = file.read().split()
                yield (pid, tid), (int(run) / 1e9, int(wait) / 1e9)
        except (OSError, ValueError):  # it ended meanwhile
            continue
