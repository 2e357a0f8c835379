"""Sessions over one core and over two: the same runs count, and the grading comes to an end."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Literal

import pytest

from graders.grade import observe
from graders.model.challenge import Dataset
from graders.model.probe import Action, Exit, Failure, Probe, Run, Watch, unwatched
from graders.model.submission import Submission
from graders.probes.names import ProbeName
from sandbox.protocol import exchange
from testing.builders import a_submission
from tests.graders.cases import the_challenge
from tests.scripted import Candidate, ScriptedSandbox


class OnCores(ScriptedSandbox):
    """Sessions run in threads, as many at once as there are cores; every call uses much of the processor."""

    def __init__(self, cores: int, candidate: Candidate | None = None) -> None:
        super().__init__(candidate or Candidate())
        self._cores = ThreadPoolExecutor(cores)

    def start(
        self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched
    ) -> Future[tuple[Run, ...]]:
        def perform(probe: Probe) -> Run:
            (run,) = super(OnCores, self).start(submission, [replace(probe, unless=None)]).result()
            return replace(run, cpu_seconds=run.cpu_seconds or 3.0)

        return self._cores.submit(exchange.session, probes, perform, watch)


def test_one_core_and_two_give_the_same_runs(customers: Dataset) -> None:
    """Whoever is done first helps the other, and what counts does not change."""
    found = []
    for cores in (1, 2, 2, 2):
        runs = observe(a_submission(), the_challenge(), customers, OnCores(cores), seed=1)
        assert all(run.exit is Exit.OK for run in runs)
        found.append([run.name for run in runs])
    assert found == [found[0]] * 4


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize(
    ("late", "begun"), [((ProbeName.TRAIN, ProbeName.TRAIN_AGAIN), False), ((ProbeName.TRAIN,), True)]
)
def test_evaluate_is_not_run_where_both_trainings_met_a_limit(
    late: tuple[ProbeName, ...], begun: bool, cores: int, customers: Dataset
) -> None:
    """It would most likely meet it too, for minutes; what was not run is told so."""
    failure = Failure("CPU_LIMIT", "60 s")
    broken = {str(name): Run(name, Action.TRAIN, Exit.TIMED_OUT, failure=failure, waited=0.0) for name in late}
    seen: list[str] = []

    def watch(name: str, event: Literal["started", "ended"]) -> None:
        seen.append(f"{name} {event}")

    sandbox = OnCores(cores, Candidate(broken=broken))
    runs = {run.name: run for run in observe(a_submission(), the_challenge(), customers, sandbox, seed=1, watch=watch)}
    assert ("evaluate started" in seen) is begun
    assert runs[ProbeName.EVALUATE].ok is begun
    assert ProbeName.TESTS in runs


class WithSlowTests(OnCores):
    """Tests end when evaluate has been asked about other rows; keeps what began and ended in turn."""

    def __init__(self) -> None:
        super().__init__(2, Candidate(by_chance=True))
        self.told: list[tuple[str, str]] = []
        self._asked = threading.Event()

    def start(
        self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched
    ) -> Future[tuple[Run, ...]]:
        def listening(name: str, event: Literal["started", "ended"]) -> None:
            if (name, event) == (ProbeName.TESTS, "ended"):
                assert self._asked.wait(30)
            if name in (ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL):
                self._asked.set()
            self.told.append((name, event))
            watch(name, event)

        return super().start(submission, probes, listening)


def test_what_needs_the_tests_order_of_sets_waits_for_their_container(customers: Dataset) -> None:
    """It loads no libraries again; faults come after it, and each run is made once."""
    sandbox = WithSlowTests()
    runs = observe(a_submission(), the_challenge(), customers, sandbox, seed=1)
    begun = [name for name, event in sandbox.told if event == "started"]
    again = sandbox.told.index((ProbeName.EVALUATE_AGAIN, "started"))
    assert sandbox.told.index((ProbeName.TESTS, "ended")) < again
    assert begun.count(ProbeName.EVALUATE_AGAIN) == 1
    assert sorted(run.name for run in runs) == sorted(begun)
