"""Sessions over one core and over two: the same runs count, and the grading comes to an end."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from graders.grade import observe
from graders.model.challenge import Dataset
from graders.model.probe import Exit, Probe, Run, Watch, unwatched
from graders.model.submission import Submission
from sandbox.protocol import exchange
from testing.builders import a_submission
from tests.graders.cases import the_challenge
from tests.scripted import Candidate, ScriptedSandbox


class OnCores(ScriptedSandbox):
    """Sessions run in threads, as many at once as there are cores; every call uses much of the processor."""

    def __init__(self, cores: int) -> None:
        super().__init__(Candidate())
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
