"""A case survives being written down."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from graders.grade import assess, observe
from graders.model.case import Case
from graders.model.challenge import Dataset
from graders.model.probe import Action, Exit, Failure, Run
from graders.model.submission import Location, SetAside
from graders.probes.names import ProbeName
from graders.record import OtherData, dump, load
from testing.builders import a_notebook
from tests.graders.cases import the_challenge
from tests.scripted import Candidate, ScriptedSandbox


@pytest.fixture
def case(customers: Dataset) -> Case:
    crash = Failure("ValueError", "\u202etext", (Location("pipeline.py", 3),))
    broken = {
        ProbeName.PREDICT_PARTS: Run(ProbeName.PREDICT_PARTS, Action.PREDICT, Exit.CRASHED, failure=crash, log="x")
    }
    sandbox = ScriptedSandbox(Candidate(broken=broken))
    submission = replace(a_notebook(), set_aside=(SetAside(Location("churn.ipynb", 1, 2), "%matplotlib"),))
    runs = observe(submission, the_challenge(), customers, sandbox, seed=5)
    return Case(
        submission, the_challenge(), customers, {r.name: r for r in runs}, sandbox.info, 5, "2026-11-22T00:00:00Z"
    )


def test_a_report_from_the_record_equals_the_first(case: Case) -> None:
    """Nothing that a report rests on is lost, whatever is in the candidate's files."""
    again = load(dump(case), case.challenge, case.dataset)
    first, second = assess(case), assess(again)
    assert again.submission == case.submission
    assert (first.overall, first.sections, first.findings) == (second.overall, second.sections, second.findings)
    assert (first.metrics, first.curves, first.debrief) == (second.metrics, second.curves, second.debrief)


def test_the_record_is_the_same_for_the_same_case(case: Case) -> None:
    """Writing twice gives equal bytes; of the hidden data only the fingerprint is in them."""
    assert dump(case) == dump(case)
    with zipfile.ZipFile(BytesIO(dump(case))) as stored:
        content = b"".join(stored.read(name) for name in stored.namelist())
    assert case.dataset.fingerprint.encode() in content
    for secret in (case.dataset.labels, case.dataset.oracle, case.dataset.labels.astype("<f8")):
        assert secret.tobytes() not in content


def test_a_record_of_other_data_is_refused(case: Case) -> None:
    """A report is never recomputed against other rows than those that were predicted."""
    with pytest.raises(OtherData):
        load(dump(case), case.challenge, replace(case.dataset, fingerprint="0" * 16))
