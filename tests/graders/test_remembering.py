"""What was worked out for an earlier question changes no report: the same case gives the same one, byte for byte."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from unittest.mock import patch

import pytest

from app.adapters import grading
from graders.catalog import BY_CODE
from graders.facts import Facts, Memory, remembering
from graders.grade import assess, collect
from graders.measure import metrics
from graders.model.case import Case, NotApplicable
from graders.model.challenge import Dataset
from graders.probes.names import ProbeName
from graders.record import dump, load
from graders.report.document import document
from testing.builders import PIPELINE, a_submission
from testing.rows import no_data
from tests.graders.cases import the_challenge
from tests.scripted import Candidate, ScriptedSandbox, by_score

TESTED = {"pipeline.py": PIPELINE, "test_pipeline.py": "def test_it() -> None:\n    assert 1 + 1 == 2\n"}


@pytest.fixture(scope="module")
def whole(customers: Dataset) -> Case:
    """With a cost baseline, so that every run is of some use."""
    candidate = Candidate(predict=lambda probe: by_score(probe) * (0.99 if probe.batches else 1.0))
    submission, challenge = a_submission(TESTED), replace(the_challenge(), make=no_data)
    at = "2026-11-22T12:00:00Z"
    dataset = replace(customers)  # nothing is known of these rows yet
    case = collect(submission, challenge, dataset, ScriptedSandbox(candidate), seed=11, graded_at=at)
    return replace(case, cost_baseline=dict(list(case.runs.items())[:9]))


def parts(case: Case) -> list[Case]:
    """The case as it may be when an earlier question is asked: some of its runs, and no cost baseline yet."""
    drawn = random.Random(3)  # noqa: S311 - no secret
    names = list(case.runs)
    some = [set(drawn.sample(names, share * len(names) // 4)) for share in (0, 1, 2, 3, 4)]
    return [replace(case, runs={n: r for n, r in case.runs.items() if n in kept}, cost_baseline={}) for kept in some]


def test_earlier_questions_change_nothing(whole: Case) -> None:
    plain = document(assess(whole), BY_CODE).model_dump_json()
    with remembering(Memory()):
        for part in [*parts(whole), whole]:
            with suppress(NotApplicable):  # without predict there is no report
                assess(part)
        assert document(assess(whole), BY_CODE).model_dump_json() == plain
        again = load(dump(whole), whole.challenge, whole.dataset)
        assert document(assess(again), BY_CODE).model_dump_json() == plain


def test_nothing_is_worked_out_twice(whole: Case) -> None:
    """Neither for another case with the same runs, nor for one with more where they do not matter."""
    without = {name: run for name, run in whole.runs.items() if name not in {ProbeName.TESTS, ProbeName.RUFF}}
    with remembering(Memory()):
        measured = Facts(replace(whole, runs=without)).measured
        assert Facts(load(dump(whole), whole.challenge, whole.dataset)).measured is measured


def test_what_rests_on_other_runs_is_worked_out_anew(whole: Case) -> None:
    """Also where it rests on them by something else that was worked out, and where a run was not there before."""
    predict = whole.runs[ProbeName.PREDICT]
    assert predict.predictions is not None
    others = replace(predict, predictions=predict.predictions / 2)
    with remembering(Memory()):
        first = Facts(whole)
        assert first.recall(("outer",), lambda: first.measured.hidden.value) == first.measured.hidden.value
        second = Facts(replace(whole, runs={**whole.runs, ProbeName.PREDICT: others}))
        assert second.measured is not first.measured
        assert second.recall(("outer",), lambda: "anew") == "anew"
        assert Facts(replace(whole, seed=12)).measured is not first.measured


def test_nothing_is_remembered_of_another_submission(whole: Case) -> None:
    other = replace(
        whole.submission, files={**whole.submission.files, "pipeline.py": PIPELINE.encode() + b"MORE = 1\n"}
    )
    with remembering(Memory()):
        first = Facts(whole).code
        assert Facts(replace(whole, submission=other)).code is not first
        assert Facts(whole).code is not first


def test_the_service_gets_the_same_files(whole: Case) -> None:
    """Through one process that reads all, as without it; and the last step measures nothing again."""
    plain = grading.judged(dump(whole), whole.challenge, whole.dataset)
    with grading.Reader(whole.submission, whole.challenge, whole.dataset) as reader:
        for part in (parts(whole)[-1], whole):
            reader.judged(part)
        assert reader(_measuring_fails) is None
        assert reader.judged(whole).files() == plain.files()


def _measuring_fails() -> None:
    patch.object(metrics, "measure", side_effect=AssertionError("it was measured before")).start()
