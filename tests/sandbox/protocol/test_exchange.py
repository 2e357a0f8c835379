"""One session: what is run, what is run again, and what is not run any more."""

from __future__ import annotations

import pytest

from graders.model.probe import PATIENCE, Action, Exit, Failure, Probe, Run, unwatched
from sandbox.protocol.exchange import session
from sandbox.protocol.failure import Starved

LATE = Failure("WALL_LIMIT", "60 s")


def asked(count: int, **fields: object) -> list[Probe]:
    return [Probe(f"probe {n}", Action.PREDICT, **fields) for n in range(count)]  # type: ignore[arg-type]


def test_a_starved_probe_is_run_once_more() -> None:
    """And a second time there is nobody to grade."""
    tries: list[str] = []

    def perform(probe: Probe) -> Run:
        tries.append(probe.name)
        if len(tries) == 1:
            raise Starved("no core")
        return Run(probe.name, probe.action, Exit.OK)

    ready: list[str] = []
    assert session(asked(1), perform, unwatched, lambda probe: ready.append(probe.name))[0].ok
    assert tries == ready == ["probe 0", "probe 0"]  # in a container of its own each time

    def never(probe: Probe) -> Run:
        raise Starved(probe.name)

    with pytest.raises(Starved):
        session(asked(1), never, unwatched)


@pytest.mark.parametrize(("waited", "ran"), [(0.0, PATIENCE), (None, 5)])
def test_after_two_that_met_a_limit_the_rest_count_the_same(waited: float | None, ran: int) -> None:
    """Where it is their doing: a wall clock that ran on while they waited may be the machine's."""
    done: list[str] = []

    def late(probe: Probe) -> Run:
        done.append(probe.name)
        return Run(probe.name, probe.action, Exit.TIMED_OUT, failure=LATE, waited=waited)

    runs = session(asked(5), late, unwatched)
    assert len(done) == ran
    assert [run.name for run in runs] == [f"probe {n}" for n in range(5)]
    assert {(run.exit, run.failure.kind) for run in runs if run.failure} == {(Exit.TIMED_OUT, "WALL_LIMIT")}


def test_planted_faults_may_make_any_number_of_runs_endless() -> None:
    """That is our doing, and a way to be noticed."""
    late = Run("", Action.TESTS, Exit.TIMED_OUT, failure=Failure("CPU_LIMIT", "60 s"), waited=0.0)
    done: list[str] = []
    session(asked(4, planted={"pipeline.py": b""}), lambda probe: done.append(probe.name) or late, unwatched)  # type: ignore[func-returns-value]
    assert len(done) == 4


def test_what_is_over_the_budget_of_all_counts_as_over_its_limit() -> None:
    """Many dear calls, none of which meets a limit, keep nobody waiting for ever."""
    runs = session(
        asked(4, budget=5.0), lambda probe: Run(probe.name, probe.action, Exit.OK, cpu_seconds=3.0), unwatched
    )
    assert [run.exit for run in runs] == [Exit.OK, Exit.OK, Exit.TIMED_OUT, Exit.TIMED_OUT]
    assert all(run.prevented for run in runs[2:])
