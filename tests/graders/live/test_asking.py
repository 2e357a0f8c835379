"""Only what a task asks for is run, on public rows, and judged by the checks that it can feed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from graders.live.asking import PREDICTS, RUNS, WARM_ORDER, Asked, ask
from graders.live.judging import JUDGED, outcome
from graders.live.model import READ, TESTS, LiveOutcome
from graders.live.rows import live_rows
from graders.model.challenge import Dataset
from graders.model.probe import Action, Exit, Failure, Probe, Run
from graders.model.submission import Location
from graders.probes.names import ProbeName
from testing.builders import a_submission
from tests.graders.cases import PIPELINE, crash, on, the_challenge
from tests.scripted import Candidate, ScriptedSandbox, by_score

HONEST = Candidate()


def run(candidate: Candidate, dataset: Dataset, *runs: str, column: str = "") -> tuple[LiveOutcome, list[Probe]]:
    """The outcome, and every probe that was asked; nothing hidden is at hand."""
    nothing: Any = None
    public = replace(dataset, hidden=nothing, labels=nothing, oracle=nothing, baseline=nothing)
    sandbox, asked = ScriptedSandbox(candidate), Asked(runs, column=column)
    rows = live_rows(the_challenge(), public, 5)
    case = ask(asked, a_submission({"pipeline.py": PIPELINE}), the_challenge(), rows, sandbox, seed=3)
    return outcome(case, asked), [probe for session in sandbox.sessions for probe in session]


def codes(found: LiveOutcome) -> set[str]:
    return {finding.code for finding in found.findings}


@pytest.mark.parametrize("name", RUNS)
def test_only_what_is_asked_is_run(name: str, customers: Dataset) -> None:
    """And what every run of a label or a hidden row could tell stays away from predict."""
    found, probes = run(HONEST, customers, name)
    predicts = {probe.name for probe in probes if probe.action is Action.PREDICT}
    assert predicts == PREDICTS.get(name, frozenset()) - {ProbeName.PREDICT_REKEYED} | (
        predicts & {ProbeName.PREDICT_REKEYED}
    )
    assert bool(predicts) == any(probe.action is Action.TRAIN for probe in probes)
    assert set(found.asked) <= {code for codes in JUDGED.values() for code in codes} or name == READ
    assert found.failure is None
    assert all("churned" not in probe.data for probe in probes if probe.action is Action.PREDICT)


def test_the_claim_has_its_interval(customers: Dataset) -> None:
    claim = run(HONEST, customers, "evaluate")[0].claim
    assert claim is not None
    assert (claim.metric, claim.value) == ("roc_auc", 0.75)
    assert claim.low < 0.75 < claim.high


@pytest.mark.parametrize("used", [True, False])
def test_what_a_column_is_worth_is_told_of_a_task_on_it(used: bool, customers: Dataset) -> None:
    """Nothing where the model does not use it; of a column that no task speaks of nothing is told."""
    name = the_challenge().columns[0].name

    def answers(probe: Probe) -> np.ndarray:
        return by_score(probe) if used else np.full(len(by_score(probe)), 0.5)

    figures = {
        figure.name: figure.value
        for figure in run(Candidate(predict=answers), customers, "columns", column=name)[0].figures
    }
    assert (figures["column"] > 0) == used
    assert "column" not in {figure.name for figure in run(HONEST, customers, "columns")[0].figures}


def test_only_what_is_made_again_loads_its_libraries_anew(customers: Dataset) -> None:
    """All else has the order of sets of the containers that are kept warm."""
    for runs in PREDICTS:
        orders = {probe.hash_seed for probe in run(HONEST, customers, runs)[1]}
        assert (orders == {WARM_ORDER}) == (runs != "again")


def of_the_batch(probe: Probe) -> np.ndarray:
    return by_score(probe) * (0.99 if probe.batches else 1.0)


def of_the_seed(probe: Probe) -> np.ndarray:
    return by_score(probe) * (0.9 if probe.name == ProbeName.PREDICT_AGAIN else 1.0)


NO_TESTS = {"total": 0, "passed": 0, "coverage": 0}
FAULTS = {
    "a batch": (Candidate(predict=of_the_batch), "batches", "LEAK010"),
    "chance": (Candidate(predict=of_the_seed), "again", "REPRO001"),
    "a category": (Candidate(broken=crash(ProbeName.UNSEEN_CATEGORIES)), "odd rows", "ROB001"),
    "a gap": (on(ProbeName.VALUES_MISSING, lambda answers: 1 - answers), "odd rows", "ROB002"),
    "permuted labels": (Candidate(claim=lambda probe: 0.75), "leaks", "OVR003"),  # noqa: ARG005
    "no tests": (Candidate(tools={**HONEST.tools, Action.TESTS: NO_TESTS}), TESTS, "TEST001"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_the_detectors_of_a_grading_judge_it(fault: str, customers: Dataset) -> None:
    candidate, asked, code = FAULTS[fault]
    assert code in codes(run(candidate, customers, asked)[0])
    honest = run(HONEST, customers, asked)[0]
    assert code not in codes(honest)
    assert code in honest.asked


@pytest.mark.parametrize("fault", FAULTS)
def test_a_check_whose_probes_did_not_run_is_silent(fault: str, customers: Dataset) -> None:
    """It is neither found nor passed, so that nobody reads that it is gone."""
    candidate, asked, code = FAULTS[fault]
    other = run(candidate, customers, "columns" if asked != "columns" else "again")[0]
    assert code not in other.asked
    assert code not in codes(other)


FAILURE = Failure("KeyError", "'churned'", (Location("pipeline.py", 14),))


@pytest.mark.parametrize(("action", "after"), [(Action.TRAIN, 2), (Action.EVALUATE, 5)])
def test_a_change_that_fails_says_why_and_runs_nothing_more(action: Action, after: int, customers: Dataset) -> None:
    broken = {action.value: Run(action.value, action, Exit.CRASHED, failure=FAILURE)}
    found, probes = run(Candidate(broken=broken), customers, "leaks")
    assert "KeyError" in str(found.failure)
    assert found.hint
    assert found.where == "pipeline.py, line 14"
    assert len(probes) <= after + 1
    assert not codes(found)


def test_no_finding_speaks_of_hidden_rows(customers: Dataset) -> None:
    """Rows that are kept back are public: words that were written for hidden ones would say otherwise."""
    late = Candidate(claim=lambda probe: 0.97, predict=of_the_batch)  # noqa: ARG005
    found = run(late, customers, *PREDICTS)[0]
    assert codes(found)
    shown = [str(text) for finding in found.findings for text in (finding.title, finding.what)]
    shown += [str(figure.title) for figure in found.figures]
    assert not [text for text in shown if "hidden" in text]
