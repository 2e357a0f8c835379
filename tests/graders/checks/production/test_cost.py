"""What a model costs, next to the reference on the same machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graders.catalog import CHECKS
from graders.checks.production.cost import bill, compared, cost_of
from graders.facts import Facts
from graders.model.challenge import Dataset
from graders.model.probe import Action, Exit, Failure, Run
from graders.probes import sessions, variants
from graders.probes.names import ProbeName
from testing.builders import a_case, a_run
from tests.graders.cases import (
    finding,
    graded,
    named_with_evidence,
    points,
    table,
    the_challenge,
)
from tests.scripted import Candidate

HEAVY = Run(ProbeName.TRAIN, Action.TRAIN, Exit.OK, model=b"model", cpu_seconds=1.0, max_rss_mb=160.0, saved_mb=45.0)


#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "slow calls": (Candidate(call_seconds=0.4), "PERF001"),
    "a large model": (Candidate(broken={ProbeName.TRAIN: HEAVY}), "PERF002"),
    "dear training": (Candidate(train_seconds=30.0), "PERF003"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)


def test_without_a_cost_baseline_cost_is_not_judged(customers: Dataset) -> None:
    """Figures of a machine nobody compared with are worth nothing: not judged, and no zero."""
    late = Run(ProbeName.PREDICT_TIMED, Action.PREDICT, Exit.TIMED_OUT, failure=Failure("WALL_LIMIT", "60 s"))
    report = graded(Candidate(broken={ProbeName.PREDICT_TIMED: late}), customers)
    assert points(report, "cost") is None
    assert "Not measured" in table(report, "cost").note


def test_calls_that_never_end_cost_everything(customers: Dataset) -> None:
    """Using up the CPU time of the timed calls is the dearest, and not a way around being judged."""
    spent = Run(ProbeName.PREDICT_TIMED, Action.PREDICT, Exit.TIMED_OUT, failure=Failure("CPU_LIMIT", "30 s"))
    report = graded(Candidate(broken={ProbeName.PREDICT_TIMED: spent}), customers)
    assert finding(report, "PERF001").flagged
    assert points(report, "cost") == 0.0


def timed(call: float, total: float) -> dict[str, Run]:
    calls = len(sessions.WARM_UP) + sum(times for times, _ in sessions.TIMED)
    seconds = {"call_seconds": (call,) * calls, "cpu_seconds": total}
    return {
        ProbeName.TRAIN: a_run(ProbeName.TRAIN, cpu_seconds=1.0, saved_mb=1.0),
        ProbeName.PREDICT_TIMED: a_run(ProbeName.PREDICT_TIMED, Action.PREDICT, **seconds),
    }


def test_time_hidden_from_the_calls_shows_at_the_start() -> None:
    """A process that owns up to nothing is charged all of it before its first answer."""
    honest, liar = cost_of(timed(0.1, 3.0)), cost_of(timed(0.0, 3.0))
    assert honest.call(1).median == 0.1
    assert liar.start == 3.0
    case = a_case(*timed(0.0, 3.0).values(), cost_baseline=timed(0.1, 2.2))
    ratios = {found.name: found.ratio for found in compared(Facts(case))}
    assert ratios["start to first answer"] > 3


def test_a_ratio_is_told_with_all_that_it_is_made_of() -> None:
    """Whoever divides the two figures gets another number, since both are raised by what nobody would notice."""
    case = a_case(*timed(0.1, 3.0).values(), cost_baseline=timed(0.0, 0.0))
    told = next(found.said for found in compared(Facts(case)) if found.name == "predict 1 row, median")
    assert told == "predict 1 row, median: 0.1 CPU s, the reference 0; 21 × where both get 0.005 more"


def test_what_candidates_may_read_tells_no_hidden_label(customers: Dataset) -> None:
    """Dear work is told with figures, and the score on hidden rows is none of them."""
    dear = Candidate(call_seconds=0.4, train_seconds=30.0)
    one, other = graded(dear, customers), graded(dear, replace(customers, labels=1 - customers.labels))
    assert finding(one, "PERF001").flagged
    assert finding(one, "PERF003").flagged
    for check in (check for check in CHECKS if check.open):
        assert finding(one, check.code).evidence == finding(other, check.code).evidence, check.code


@pytest.mark.parametrize("speed", [1.0, 7.0])
def test_a_slow_machine_changes_nothing(speed: float) -> None:
    """Where submission and reference are slower alike, large costs compare as before."""
    case = a_case(*timed(8 * speed, 200 * speed).values(), cost_baseline=timed(2 * speed, 50 * speed))
    ratio = next(found.ratio for found in compared(Facts(case)) if found.name == "predict 1 row, median")
    assert ratio == pytest.approx(4, abs=0.1)


def test_a_busy_machine_changes_nothing() -> None:
    """Where our own work beside the submission took twice as long, its times count half."""
    quiet, busy = timed(0.2, 6.0), timed(0.4, 12.0)
    paced = {name: replace(run, pace=0.03) for name, run in quiet.items()}
    slowed = [replace(run, pace=0.06, cpu_seconds=2 * quiet[name].cpu_seconds) for name, run in busy.items()]
    ratios = [found.ratio for found in compared(Facts(a_case(*slowed, cost_baseline=paced)))]
    assert ratios == pytest.approx([1.0] * len(ratios))


def test_the_bill_shows_its_arithmetic() -> None:
    """Requests × seconds ÷ use × hours × price, each with its number."""
    use = replace(the_challenge().use, requests_per_second=30, core_hour=0.1, busy=0.5)
    text = bill(cost_of(timed(0.1, 3.0)).call(1), use)
    assert "30 requests/s × 0.100 CPU s = 3.0 cores" in text
    assert "438 EUR a month" in text


def test_the_timed_calls_see_no_hidden_row(customers: Dataset) -> None:
    """Their times are shown to people, so they must not be able to spell out a hidden row."""
    seen = set(customers.public["customer_id"]) | set(customers.hidden["customer_id"])
    session = sessions.predict_session(
        the_challenge(), customers, 1, (a_run(ProbeName.TRAIN, Action.TRAIN, model=b"model"),)
    )
    names = {variant.name for variant in variants.VARIANTS}
    told = [probe for probe in session if probe.timed or probe.name in names]
    assert len(told) == 1 + len(variants.VARIANTS)
    for probe in told:
        if probe.timed:
            assert not set(probe.data["customer_id"]) & seen, "nor any other that it may know"
        else:
            assert set(probe.data["customer_id"]) <= set(customers.public["customer_id"])
