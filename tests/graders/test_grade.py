"""The judgement as a whole, on scripted candidates."""

from __future__ import annotations

import ast
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from types import SimpleNamespace
from typing import TypeVar, get_args

import numpy as np
import pytest

from graders.catalog import BY_CODE, CHECKS
from graders.checks.check import judge
from graders.facts import Facts
from graders.grade import assess, collect, observe
from graders.model.case import Case
from graders.model.challenge import Dataset, Section
from graders.model.finding import Severity, Status
from graders.model.probe import SIDES, Action, Exit, Failure, Probe, Run
from graders.model.report import Report
from graders.model.submission import Location
from graders.probes import sessions
from graders.probes.names import PROBES, ProbeName
from graders.report.document import document
from graders.report.readers import OPEN_SOURCES
from graders.rubric.points import beside
from graders.source import syntax
from testing.builders import PIPELINE, a_case, a_check, a_submission
from tests.graders.cases import finding, graded, points, the_challenge
from tests.scripted import CLAIMS, Candidate, ScriptedSandbox, by_score

T = TypeVar("T")


def of_the_batch(probe: Probe) -> np.ndarray:
    return by_score(probe) * (0.99 if probe.batches else 1.0)


def of_a_large_batch(probe: Probe) -> np.ndarray:
    small = bool(probe.batches) or len(probe.data) <= sessions.SAMPLE
    return np.where(small, 1 - by_score(probe), by_score(probe))


def of_a_whole_table(probe: Probe) -> np.ndarray:
    """As where a row is compared with those beside it: in a part of the table nothing is known."""
    return np.full(len(probe.data), 0.5) if len(probe.data) <= sessions.CROWD else by_score(probe)


def of_the_seed(probe: Probe) -> np.ndarray:
    return by_score(probe) * (0.9 if probe.name == ProbeName.PREDICT_AGAIN else 1.0)


def of_what_comes_later(probe: Probe) -> np.ndarray:
    return np.clip(by_score(probe) * 0.5 + 0.15 * probe.data["late"].to_numpy(), 0, 1)


def a_lookup(*columns: str) -> Callable[[Probe], np.ndarray]:
    """Knows the label of every third training row by these columns."""
    known: dict[tuple[float, ...], float] = {}

    def by_lookup(probe: Probe) -> np.ndarray:
        keys = list(probe.data[[*columns]].itertuples(index=False, name=None))
        if probe.name == ProbeName.PREDICT_PUBLIC:
            known.update(zip(keys[::3], (probe.data["late"] > 0)[::3].astype(float), strict=True))
        return np.array([known.get(key, p) for key, p in zip(keys, by_score(probe), strict=True)])

    return by_lookup


STRANGERS = frozenset(
    {ProbeName.PREDICT_REKEYED, ProbeName.PREDICT_STRANGERS, ProbeName.PREDICT_CHANGED, ProbeName.PREDICT_KEPT}
)


def by_customer(probe: Probe, strange: frozenset[str] = STRANGERS) -> np.ndarray:
    """Knows customers below 2,000 by their number."""
    known = (probe.data["customer_id"].to_numpy() < 2000) & (probe.name not in strange)
    return np.where(known, by_score(probe), 0.5) if "training rows" in probe.name else by_score(probe)


def of_all_others(probe: Probe) -> np.ndarray:
    """Knows which rows are a customer's own, and leaves them out of its figures: others' numbers tell it nothing."""
    return by_customer(probe, STRANGERS | {ProbeName.PREDICT_EXCHANGED})


def by_number(probe: Probe) -> np.ndarray:
    return np.clip(by_score(probe) + 0.01 * (probe.data["customer_id"].to_numpy() % 2), 0, 1)


def unseeded(probe: Probe) -> float:
    return {ProbeName.EVALUATE: 0.75, ProbeName.EVALUATE_AGAIN: 0.76}.get(probe.name, 0.5)


def unlucky(probe: Probe) -> float:
    """Honest: one draw of the permuted labels happens to lie high."""
    return 0.75 if probe.name in CLAIMS else 0.56 if probe.name == ProbeName.EVALUATE_NULL else 0.5


HONEST = Candidate()

#: What a candidate does -> the codes that must be flagged, and no other of the leakage family.
CASES = {
    "honest": (HONEST, set()),
    "another answer in another batch": (Candidate(predict=of_the_batch), {"LEAK010"}),
    "another answer in a smaller batch": (Candidate(predict=of_a_large_batch), {"LEAK010"}),
    "another model with another seed": (Candidate(predict=of_the_seed), {"REPRO001"}),
    "rests on a post-outcome column": (Candidate(predict=of_what_comes_later), {"LEAK002"}),
    "knows nothing of a part of the table": (Candidate(predict=of_a_whole_table), {"LEAK010"}),
    "looks rows up": (Candidate(predict=a_lookup("score")), {"OVR004"}),
    "looks rows up by all that they hold": (Candidate(predict=a_lookup("score", "late")), {"OVR004"}),
    "claims too much": (Candidate(claim=lambda p: 0.93 if p.name in CLAIMS else 0.5), {"OVR002"}),
    "claims another metric in reach": (Candidate(beside={"f1": 0.4, "best_f1": 0.99, "rows": 700.0}), set()),
    "claims an F1 that no threshold gives": (Candidate(beside={"test_f1_score": 0.99}), {"OVR002"}),
    "claims what nobody can attain": (Candidate(claim=lambda p: 0.99 if p.name in CLAIMS else 0.5), {"OVR002"}),
    "an unlucky draw of permuted labels": (Candidate(claim=unlucky), set()),
    "another claim with another seed": (Candidate(claim=unseeded, by_chance=True), {"REPRO001"}),
    "knows customers by their number": (Candidate(predict=by_customer), {"OVR004"}),
    "leaves a customer's own rows out of its figures": (Candidate(predict=of_all_others), set()),
    "reads the customer's number": (Candidate(predict=by_number), {"OVR005"}),
    "finds signal in noise": (Candidate(claim=lambda p: 0.74), {"OVR003"}),  # noqa: ARG005
}


@pytest.fixture(scope="module")
def report_of(customers: Dataset) -> Callable[[str], Report]:
    """The report of one of CASES, graded once for all tests that look at it."""
    return cache(lambda name: graded(CASES[name][0], customers))


@pytest.mark.parametrize(("name", "flagged"), [(name, flagged) for name, (_, flagged) in CASES.items()], ids=CASES)
def test_each_fault_is_named_and_nothing_else(name: str, flagged: set[str], report_of: Callable[[str], Report]) -> None:
    """A fault raises its own code; the honest candidate raises none."""
    report = report_of(name)
    family = {f.code for f in report.findings if f.flagged and f.code.startswith(("LEAK", "OVR", "REPRO001"))}
    assert family == flagged


def test_a_claim_that_nobody_can_attain_is_told_apart(report_of: Callable[[str], Report]) -> None:
    """Above the best month's oracle it is said beside the gap to the hidden score; below, only the gap."""
    told = [
        finding(report_of(name), "OVR002").evidence for name in ("claims too much", "claims what nobody can attain")
    ]
    assert [len(evidence) for evidence in told] == [1, 2]
    assert "knowing the process" in told[1][1].what


SCALED_FIRST = """
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler


def evaluate(data):
    X = StandardScaler().fit_transform(data[["n_products", "usage_trend"]])
    late = (data["snapshot_date"] >= "2023-09-01").to_numpy()
    model = LogisticRegression().fit(X[~late], data["churned"][~late])
    return {"roc_auc": roc_auc_score(data["churned"][late], model.predict_proba(X[late])[:, 1])}
"""


def test_a_leak_says_how_far_the_claim_is_off(customers: Dataset) -> None:
    """What the source text alone suggests ends with what was measured of the claim, where that is in doubt."""
    pipeline = PIPELINE.replace('def evaluate(data):\n    return {"roc_auc": 0.81}\n', SCALED_FIRST)
    found = finding(graded(CASES["claims too much"][0], customers, pipeline=pipeline), "LEAK001")
    assert found.flagged
    assert "the claim of" in found.evidence[-1].what
    assert found.evidence[-1].source not in OPEN_SOURCES  # it holds the hidden score, which no candidate may read
    sound = finding(graded(HONEST, customers, pipeline=pipeline), "LEAK001")
    assert sound.status is Status.NOT_APPLICABLE
    assert "suggests it (pipeline.py, line" in sound.note


def test_every_check_appears_once_and_none_is_broken(report_of: Callable[[str], Report]) -> None:
    """The report lists each check of the catalogue exactly once."""
    report = report_of("honest")
    assert [f.code for f in report.findings] == [check.code for check in CHECKS]
    assert len({check.code for check in CHECKS}) == len(CHECKS)
    assert Status.BROKEN not in {f.status for f in report.findings}


def test_a_cap_holds_the_band(report_of: Callable[[str], Report]) -> None:
    """A confirmed leak leaves the points but caps the band at 2."""
    leaky = report_of("finds signal in noise")
    assert leaky.overall.band <= 2
    assert "OVR003" in {cap.code for cap in leaky.overall.caps}
    assert report_of("honest").overall.caps == ()


def test_the_same_case_gives_the_same_report(customers: Dataset) -> None:
    """Grading twice gives equal numbers, intervals included."""
    first, second = graded(HONEST, customers), graded(HONEST, customers)
    assert (first.overall, first.sections, first.findings) == (second.overall, second.sections, second.findings)
    assert first.metrics == second.metrics


def test_half_of_the_judgement_can_be_had_from_elsewhere(report_of: Callable[[str], Report]) -> None:
    """Beside the rest, by facts of its own and sent back as bytes, it gives the same report."""
    for own in map(report_of, CASES):
        case = own.case

        def elsewhere(work: Callable[[], T], case: Case = case) -> Callable[[], T]:
            assert isinstance(work, partial)
            given = [Facts(case) if isinstance(one, Facts) else one for one in work.args]
            done = pickle.dumps(work.func(*given, **work.keywords))
            return lambda: pickle.loads(done)  # noqa: S301

        both = assess(case, elsewhere)
        assert document(own, BY_CODE).model_dump_json() == document(both, BY_CODE).model_dump_json()


def test_a_criterion_that_rests_on_another_half_is_left_to_it(report_of: Callable[[str], Report]) -> None:
    """Whether it names a check or looks through all of them."""
    facts = Facts(report_of("honest").case)
    every = tuple(judge(check, facts) for check in CHECKS)
    criteria = {criterion.id for criterion in facts.case.challenge.rubric}
    names = get_args(Section)
    assert set(beside(facts, every, names)) < criteria  # those that look through all are left out
    for missing in every:
        rests = {check.code: check.criteria for check in CHECKS}[missing.code]
        some = beside(facts, tuple(one for one in every if one is not missing), names)
        assert not set(some) & set(rests)


def test_intervals_hold_their_value_and_grow_with_noise(customers: Dataset) -> None:
    """The score lies in its interval, and a smaller hidden set makes the interval wider."""
    few = replace(
        customers,
        hidden=customers.hidden.iloc[:900],
        labels=customers.labels[:900],
        oracle=customers.oracle[:900],
        baseline=customers.baseline[:900],
    )
    wide, narrow = graded(HONEST, few).overall, graded(HONEST, customers).overall
    for overall in (wide, narrow):
        assert overall.low <= overall.score <= overall.high
    assert wide.high - wide.low > narrow.high - narrow.low


@pytest.mark.parametrize("name", [ProbeName.TRAIN, ProbeName.EVALUATE, ProbeName.PREDICT])
def test_a_failed_essential_run_leaves_it_ungraded(name: str, customers: Dataset) -> None:
    """Without train, evaluate or predict there is no grade, but a problem with its place and a report."""
    action = Action(name)
    failure = Failure("KeyError", "'age'", (Location("pipeline.py", 9),))
    report = graded(Candidate(broken={name: Run(name, action, Exit.CRASHED, failure=failure)}), customers)
    assert report.overall is None
    assert report.problem is not None
    assert report.problem.code == f"{name.upper()}_CRASHED"
    assert report.problem.where == Location("pipeline.py", 9)
    assert ("'age'" in report.problem.message) == (action is not Action.PREDICT)


def test_a_failed_side_probe_is_not_judged_and_not_zero(customers: Dataset) -> None:
    """When a busy machine ends a tool of ours, its criteria are left out: the maximum shrinks, the score stays fair."""
    gone = Run(ProbeName.RADON, Action.RADON, Exit.TIMED_OUT, failure=Failure("WALL_LIMIT", "30 s"))
    report = graded(Candidate(broken={ProbeName.RADON: gone}), customers)
    whole = graded(HONEST, customers)
    assert points(report, "complexity-duplication") is None
    assert report.sections[1].max == whole.sections[1].max - 4
    assert abs(report.overall.score - whole.overall.score) < 5


def test_one_row_batches_that_crash_are_a_finding_not_a_failure(customers: Dataset) -> None:
    """A crash on single rows is ROB004 and costs parity, while the rest is graded."""
    crash = Run(ProbeName.PREDICT_PARTS, Action.PREDICT, Exit.CRASHED, failure=Failure("ValueError", "secret"))
    report = graded(Candidate(broken={ProbeName.PREDICT_PARTS: crash}), customers)
    assert finding(report, "ROB004").flagged
    assert "secret" not in finding(report, "ROB004").evidence[0].what
    assert points(report, "parity") == 0
    assert finding(report, "LEAK010").status is Status.NOT_APPLICABLE


def test_labels_and_hidden_rows_never_share_a_session(customers: Dataset) -> None:
    """No session mixes sides, and the target column is in no rows handed to predict."""
    sandbox = ScriptedSandbox(HONEST)
    observe(a_submission(), the_challenge(), customers, sandbox, seed=1)
    for session in sandbox.sessions:
        assert len({SIDES[probe.action] for probe in session}) == 1
        for probe in session:
            if probe.action is Action.PREDICT:
                assert "churned" not in probe.data.columns
    null = ProbeName.EVALUATE_NULL  # on all rows, as this candidate leaves no account
    assert sorted(p.name for s in sandbox.sessions for p in s) == sorted((*PROBES, null))


def test_the_candidates_text_is_parsed_by_reading_alone(monkeypatch: pytest.MonkeyPatch, customers: Dataset) -> None:
    """What to ask next and where to plant faults is worked out where a hostile text can be ended, not by who asks."""
    inside: list[object] = []
    asked: list[object] = []

    def watched(*args: object, **named: object) -> object:
        assert inside, "parsed in the process that grades"
        return ast.parse(*args, **named)  # type: ignore[call-overload]

    def reading(function: Callable[..., object], /, *args: object, **named: object) -> object:
        inside.append(function)
        try:
            return function(*args, **named)
        finally:
            asked.append(inside.pop())

    monkeypatch.setattr(syntax, "ast", SimpleNamespace(parse=watched))
    said = {"total": 1, "passed": 1, "failed": 0, "skipped": 0, "coverage": 0.9, "files": [], "tests": []}
    alone = Run(ProbeName.TESTS, Action.TESTS, Exit.OK, cpu_seconds=1.0, output=json.dumps(said))
    submission = a_submission({"pipeline.py": PIPELINE, "tests/test_a.py": "def test_a():\n    assert 1\n"})
    sandbox = ScriptedSandbox(Candidate(broken={ProbeName.TESTS: alone}))
    collect(submission, the_challenge(), customers, sandbox, seed=1, graded_at="", reading=reading)  # type: ignore[arg-type]
    assert len(asked) == 5


def test_a_check_that_breaks_spoils_no_other() -> None:
    """A bug of ours is a finding of its own kind, never held against the candidate."""

    def examine(_: object) -> list[object]:
        raise ZeroDivisionError

    found = judge(a_check("CODE099", examine=examine, severity=Severity.MAJOR), Facts(a_case()))
    assert found.status is Status.BROKEN
    assert found.certainty is None
