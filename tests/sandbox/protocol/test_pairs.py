"""Two calls of predict in one process: when they share one, and what counts where that goes wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graders.model.probe import Action, Exit, Failure, Probe, Run, unwatched
from graders.probes.shared import Shared
from sandbox.protocol import pairs
from sandbox.protocol.exchange import session

ONE = Probe("one", Action.PREDICT, pd.DataFrame({"x": np.arange(30.0)}), b"model", budget=9.0)
TWO = replace(ONE, name="two", data=pd.DataFrame({"x": np.arange(100.0, 110.0)}), after="one")


def performed(asked: list[Probe], probe: Probe, *, refused: float = np.inf) -> Run:
    """Answers with the rows, but for a batch that holds `refused`, which ends the process."""
    asked.append(probe)
    assert probe.data is not None
    values = probe.data.iloc[:, 0].to_numpy()
    run = Run(probe.name, Action.PREDICT, Exit.OK, seconds=4.0, cpu_seconds=2.0, waited=1.0, log="told")
    if refused in values:
        return replace(run, exit=Exit.CRASHED, failure=Failure("KeyError", str(refused)))
    return replace(run, predictions=values)


def test_each_has_a_run_of_its_own() -> None:
    """With the answers to its own rows, its share of the time, and the log of both."""
    asked: list[Probe] = []
    one, two = session([ONE, TWO], lambda probe: performed(asked, probe), unwatched)
    assert [(probe.name, probe.batches) for probe in asked] == [("one", (30, 10))]
    for run, probe, share in ((one, ONE, 0.75), (two, TWO, 0.25)):
        assert probe.data is not None
        assert run.predictions is not None
        assert (run.name, run.log) == (probe.name, "told")
        assert (run.seconds, run.cpu_seconds, run.waited) == (4 * share, 2 * share, share)
        assert list(run.predictions) == list(probe.data["x"])


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (ONE, replace(TWO, after="")),
        (ONE, replace(TWO, after="another")),
        (ONE, replace(TWO, model=b"another")),
        (ONE, replace(TWO, seed=1)),
        (ONE, replace(TWO, hash_seed=1)),
        (ONE, replace(TWO, data=pd.DataFrame({"x": np.arange(10)}))),
        (ONE, replace(TWO, data=pd.DataFrame({"y": np.arange(10.0)}))),
        (replace(ONE, batches=(10, 20)), TWO),
        (replace(ONE, timed=True), replace(TWO, timed=True)),
    ],
)
def test_what_is_not_asked_alike_shares_none(first: Probe, then: Probe) -> None:
    """Nor what is timed, or handed over in parts."""
    assert pairs.joined(first, then) is None
    asked: list[Probe] = []
    runs = session([first, then], lambda probe: performed(asked, probe), unwatched)
    assert [(run.name, run.ok) for run in runs] == [("one", True), ("two", True)]
    assert [probe.name for probe in asked] == ["one", "two"]


@pytest.mark.parametrize(("refused", "fails"), [(29.0, [True, False]), (105.0, [False, True])])
def test_where_they_fail_together_each_is_asked_by_itself(refused: float, fails: list[bool]) -> None:
    """In a session, and where two sessions share all calls, in which each is taken once."""
    asked: list[Probe] = []
    shared = Shared([ONE, TWO])
    for probes in ([ONE, TWO], shared.session(0)):
        runs = session(probes, lambda probe: performed(asked, probe, refused=refused), unwatched)
        assert [run.name for run in runs] == ["one", "two"]
        assert [not run.ok for run in runs] == fails
    assert [not run.ok for run in shared.counted(runs)] == fails
    assert [probe.batches for probe in asked] == 2 * [(30, 10), (), ()]


def test_the_second_counts_for_nothing_where_the_first_has_used_the_budget() -> None:
    """As if it had not been run."""
    first, then = (replace(probe, budget=1.0) for probe in (ONE, TWO))
    one, two = session([first, then], lambda probe: performed([], probe), unwatched)
    assert one.ok
    assert two.exit is Exit.TIMED_OUT
