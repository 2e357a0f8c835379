"""How long a submission may hold a worker: ways to use time, on scripted candidates and a clock of two cores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest

from challenges.expected import PREDICT_LIMITS
from graders.grade import collect
from graders.measure.answers import ESSENTIAL
from graders.model.challenge import Dataset
from graders.model.probe import MOST_ASLEEP, Action, Exit, Failure, Probe, Run, Watch, exhausted, unwatched
from graders.model.submission import Submission
from graders.probes import sessions
from graders.probes.names import ProbeName
from sandbox.protocol import exchange
from testing.builders import a_run, a_submission
from tests.graders.cases import the_challenge
from tests.scripted import Candidate, ScriptedSandbox

CHALLENGE = replace(the_challenge(), predict_limits=PREDICT_LIMITS)
#: Seconds until a container has loaded its libraries, and what happens on the host beside it.
SETUP, MOST = 3.0, 240.0
USUAL = 1.0
#: CPU seconds and wall clock of a probe; None where it meets its limit.
Use = Callable[[Probe], tuple[float, float] | None]
CALLS = (Action.TRAIN, Action.EVALUATE, Action.PREDICT)


class Later(Future[tuple[Run, ...]]):
    """Runs that are known now and there at `end`: whoever asks waits for them."""

    def __init__(self, runs: tuple[Run, ...], end: float, clock: Clock) -> None:
        super().__init__()
        self._end, self._clock = end, clock
        self.set_result(runs)

    def result(self, timeout: float | None = None) -> tuple[Run, ...]:
        self._clock.now = max(self._clock.now, self._end)
        return super().result(timeout)


class Clock(ScriptedSandbox):
    """Two cores; each session takes the one that is free first, for as long as its runs say."""

    def __init__(self, use: Use) -> None:
        super().__init__(Candidate())
        self._use, self._cores, self.now = use, [0.0, 0.0], 0.0

    def start(
        self,
        submission: Submission,  # noqa: ARG002
        probes: Sequence[Probe],
        watch: Watch = unwatched,
    ) -> Later:
        runs = exchange.session(probes, self._run, watch)
        core = self._cores.index(min(self._cores))
        begin = max(self._cores[core], self.now)
        self._cores[core] = begin + SETUP + sum(run.seconds for run in runs)
        return Later(runs, self._cores[core], self)

    def _run(self, probe: Probe) -> Run:
        used = self._use(probe)
        if used is None:
            failure = Failure("WALL_LIMIT", "slept")
            seconds = probe.limits.seconds
            return Run(probe.name, probe.action, Exit.TIMED_OUT, seconds=seconds, failure=failure, waited=0.0)
        return replace(self._candidate.answer(probe), cpu_seconds=used[0], seconds=used[1], waited=0.0)


def usual(_probe: Probe) -> tuple[float, float]:
    return USUAL, USUAL


def asleep(*actions: Action) -> Use:
    """Sleeps until just before the limit of these."""
    return lambda probe: (0.1, probe.limits.seconds - 1) if probe.action in actions else usual(probe)


def busy(*actions: Action) -> Use:
    """Works until just before the limit of these."""
    return lambda probe: (probe.limits.cpu_seconds - 1,) * 2 if probe.action in actions else usual(probe)


def to_the_limit(probe: Probe) -> tuple[float, float] | None:
    """Meets every limit but where it would not be graded: the plain way to be seen less of."""
    return usual(probe) if probe.name in ESSENTIAL or probe.action not in (*CALLS, Action.TESTS) else None


WAYS: dict[str, Use] = {
    "meets each limit": lambda probe: None if probe.action in CALLS else usual(probe),
    "meets each limit but those that ungrade": to_the_limit,
    "sleeps in predict": asleep(Action.PREDICT),
    "sleeps in train and predict": asleep(Action.TRAIN, Action.PREDICT),
    "sleeps in evaluate": asleep(Action.EVALUATE),
    "sleeps in its tests": asleep(Action.TESTS),
    "works in predict": busy(Action.PREDICT),
    "works in train and predict": busy(Action.TRAIN, Action.PREDICT),
    "works in its tests": busy(Action.TESTS),
    "sleeps everywhere": asleep(*CALLS, Action.TESTS),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_submission_holds_a_worker_for_four_minutes_at_most(way: str, customers: Dataset) -> None:
    """Whether it meets its limits or stays below each of them; container starts are counted."""
    clock = Clock(WAYS[way])
    collect(a_submission(), CHALLENGE, customers, clock, seed=11, graded_at="2026-11-22T12:00:00Z")
    assert clock.now <= MOST


@pytest.mark.parametrize(
    ("asleep", "waited", "over"),
    [(MOST_ASLEEP + 1, 0.0, True), (MOST_ASLEEP - 1, 0.0, False), (300.0, 299.0, False), (300.0, None, False)],
    ids=["slept", "paused", "waited for a core", "nobody counted"],
)
def test_sleep_is_what_is_neither_work_nor_a_wait_for_a_core(asleep: float, waited: float | None, over: bool) -> None:
    """A busy machine, and one where nobody counts, make nobody a sleeper."""
    run = a_run("predict", Action.PREDICT, cpu_seconds=2.0, seconds=asleep + 2.0, waited=waited)
    assert exhausted([run]) is over


def test_after_a_minute_of_sleep_the_rest_count_as_over_the_limit() -> None:
    """What a run was to show earns nothing then."""
    probes = [Probe(f"probe {number}", Action.PREDICT) for number in range(5)]
    runs = exchange.session(probes, lambda probe: a_run(probe.name, seconds=40.0, waited=0.0), unwatched)
    assert [run.ok for run in runs] == [True, True, False, False, False]
    assert all(run.prevented for run in runs[2:])


@pytest.mark.parametrize(("trained", "calls"), [(10.0, 170.0), (55.0, 125.0), (200.0, 75.0)])
def test_predict_gets_what_train_has_left(trained: float, calls: float) -> None:
    """Of three minutes, and in any case two and a half calls of its limit."""
    runs = [a_run(ProbeName.TRAIN, Action.TRAIN, cpu_seconds=trained)]
    assert sessions.predict_budget(CHALLENGE, runs) == calls
