"""Calls of predict that two sessions share, so that neither core waits while the other still has some to make."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from graders.model.probe import Probe, Run, exhausted, not_run

#: A second session makes calls of another order of sets than its own where those that nobody has taken will use so many
#: CPU seconds: its interpreter has the libraries to load for them.
WORTH_ANOTHER = 2.5
#: What a call is expected to use as long as none has ended.
EXPECTED = 0.15


class Shared:
    """Each session takes the next probe that nobody has taken, those of its own order of sets before the others.

    Which runs count follows from the order of all probes, as if one session had made them: their budget, and after how
    many that met limits the others are not run.  What others have begun meanwhile does not count.
    """

    def __init__(self, probes: Sequence[Probe] = ()) -> None:
        self._probes = tuple(probes)
        self._lock = threading.Lock()
        self._taken: dict[str, int] = {}  # and the session that has
        self._runs: dict[str, Run] = {}
        self._sessions = 0

    @property
    def left(self) -> bool:
        """Whether there is a call that nobody has taken."""
        return len(self._taken) < len(self._probes)

    def session(self, hash_seed: int) -> list[Probe]:
        """Probes for one session more, whose container has its libraries loaded in this order of sets."""
        self._sessions += 1
        shared = [
            replace(probe, unless=partial(self._passed, at, self._sessions, hash_seed), budget=math.inf)
            for at, probe in enumerate(self._probes)
        ]
        return sorted(shared, key=lambda probe: probe.hash_seed != hash_seed)

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

    def _passed(self, at: int, session: int, hash_seed: int, runs: Sequence[Run]) -> bool:
        """Whether this session, with these runs so far, leaves this probe out; otherwise it has taken it."""
        with self._lock:
            self._runs |= {run.name: run for run in runs}
            probe = self._probes[at]
            before = [self._runs[one.name] for one in self._probes[:at] if one.name in self._runs]
            # it is not run however those before it end that go on
            if probe.name in self._taken or not_run(probe, before) or self._failed:
                return True
            # who has met limits, or used the budget, in calls that come later leaves this one to those of its order
            spent = exhausted(runs) or sum(run.used for run in runs) >= probe.budget
            if probe.hash_seed != hash_seed and (spent or not self._worth(session, probe.hash_seed)):
                return True
            self._taken[probe.name] = session
            return False

    def _worth(self, session: int, hash_seed: int) -> bool:
        """Whether to load all libraries for calls of this order: nobody has begun them, this session has already, or
        many are left."""
        begun = {self._taken[probe.name] for probe in self._of(hash_seed) if probe.name in self._taken}
        return not begun or session in begun or self._seconds_left(hash_seed) >= WORTH_ANOTHER

    def _of(self, hash_seed: int) -> list[Probe]:
        return [probe for probe in self._probes if probe.hash_seed == hash_seed]

    @property
    def _failed(self) -> bool:
        """Whether a call has failed without which the others are of no use."""
        names = {probe.name for probe in self._probes if probe.essential}
        return any(run.name in names and not run.ok for run in self._runs.values())

    def _seconds_left(self, hash_seed: int) -> float:
        """CPU seconds of the calls of this order that nobody has taken."""
        used = [run.worked for run in self._runs.values()]
        left = sum(probe.name not in self._taken for probe in self._of(hash_seed))
        return left * (sum(used) / len(used) if used else EXPECTED)
