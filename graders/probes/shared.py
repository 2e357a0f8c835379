"""Calls of predict that two sessions share, so that neither core waits while the other still has some to make."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from graders.model.probe import Probe, Run, not_run

#: A second session helps where the calls that nobody has taken will use so many CPU seconds: its interpreter has the
#: libraries to load for the calls' order of sets.
WORTH_ANOTHER = 2.5
#: What a call is expected to use as long as none has ended.
EXPECTED = 0.15


class Shared:
    """Each session takes the next probe that nobody has taken.

    Which runs count follows from the order of all probes, as if one session had made them: their budget, and after how
    many that met limits the others are not run.  What others have begun meanwhile does not count.
    """

    def __init__(self, probes: Sequence[Probe] = ()) -> None:
        self._probes = tuple(probes)
        self._lock = threading.Lock()
        self._taken: set[str] = set()
        self._runs: dict[str, Run] = {}

    def session(self, *, helping: bool = False) -> list[Probe]:
        """Probes for one session more; one that is `helping` begins only where it is worth a loading of libraries."""
        return [
            replace(probe, unless=partial(self._passed, at, helping), budget=math.inf)
            for at, probe in enumerate(self._probes)
        ]

    def counted(self, runs: Iterable[Run]) -> list[Run]:
        """What one session would have given, of the runs of all sessions."""
        made = {run.name: run for run in runs}
        counted: list[Run] = []
        for probe in self._probes:
            run = not_run(probe, counted) or made.get(probe.name)
            if run is None:  # a benchmark's sandbox leaves some out
                continue
            counted.append(run)
            if probe.essential and not counted[-1].ok:
                break
        return counted

    def _passed(self, at: int, helping: bool, runs: Sequence[Run]) -> bool:
        """Whether a session with these runs so far leaves this probe out; otherwise it has taken it."""
        with self._lock:
            self._runs |= {run.name: run for run in runs}
            probe = self._probes[at]
            # all that has been taken comes before it: it is not run however those end that go on
            if probe.name in self._taken or not_run(probe, tuple(self._runs.values())) or self._failed:
                return True
            if helping and not runs and self._seconds_left < WORTH_ANOTHER:
                return True
            self._taken.add(probe.name)
            return False

    @property
    def _failed(self) -> bool:
        """Whether a call has failed without which the others are of no use."""
        names = {probe.name for probe in self._probes if probe.essential}
        return any(run.name in names and not run.ok for run in self._runs.values())

    @property
    def _seconds_left(self) -> float:
        """CPU seconds of the calls that nobody has taken."""
        used = [run.worked for run in self._runs.values()]
        return (len(self._probes) - len(self._taken)) * (sum(used) / len(used) if used else EXPECTED)
