"""Whether odd rows are noticed."""

from __future__ import annotations

import pytest

from graders.checks.responsibility.validation import in_code
from graders.facts import Facts
from graders.model.challenge import Dataset
from testing.builders import a_case, a_submission
from tests.graders.cases import (
    HONEST,
    PIPELINE,
    SHOPS,
    finding,
    graded,
    named_with_evidence,
    points,
)
from tests.scripted import Candidate

LOG = Candidate(log=lambda probe: "shop: unknown" if probe.name == SHOPS else "")
MUTE = PIPELINE.replace("log.info(", "str(")
LIBRARY = (
    "/usr/lib/python3.11/site-packages/sklearn/preprocessing/_encoders.py:246: UserWarning: Found unknown categories "
    "in columns ['shop'] during transform.\n  warnings.warn(msg)\n"
)


#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "nothing noticed": (HONEST, "DATA001"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)


def test_whoever_says_what_is_odd_does_better(customers: Dataset) -> None:
    """A log line for odd rows, and none for sound ones, is worth points and clears DATA001."""
    silent, spoken = graded(HONEST, customers), graded(LOG, customers)
    assert not finding(spoken, "DATA001").flagged
    for criterion in ("robustness", "data-validation"):
        assert points(spoken, criterion) > points(silent, criterion)


@pytest.mark.parametrize(("said", "pipeline"), [(LIBRARY, PIPELINE), ("shop: unknown", MUTE)])
def test_what_a_library_says_is_no_validation(said: str, pipeline: str, customers: Dataset) -> None:
    """A warning from a library's file counts for nothing, nor any line where no line of the submission writes one."""
    library = Candidate(log=lambda probe: said if probe.name == SHOPS else "")
    assert finding(graded(library, customers, pipeline=pipeline), "DATA001").flagged


def test_a_logarithm_is_no_log(customers: Dataset) -> None:
    pipeline = PIPELINE.replace('return data["score"]', 'return np.log(data["score"])')
    report = graded(HONEST, customers, pipeline=pipeline)
    (why,) = [one.why for section in report.sections for one in section.criteria if one.id == "monitoring"]
    assert "Predict logs nothing." in why


def test_chatter_is_no_policy(customers: Dataset) -> None:
    """What is printed for every batch says nothing of odd rows, even with other numbers in it."""
    chatty = Candidate(log=lambda probe: f"scored {len(probe.data)} rows in {len(probe.name)} ms")
    assert finding(graded(chatty, customers), "DATA001").flagged


#: Functions that predict calls first -> how many of them compare its rows with those of training.
DRIFT = {
    "def drift_report(rows):\n    log.info('%d', len(rows))\n    return rows": 0,
    "def epsilon(rows):\n    return rows - 1": 0,
    "def report_drift(rows):\n    log.info(far(rows))\n    return rows\ndef far(rows):\n    return rows - KNOWN": 1,
    "def checkDrift(rows):\n    return ks_2samp(rows.age, KNOWN.age)": 1,
}


@pytest.mark.parametrize(("code", "compare"), DRIFT.items())
def test_watching_for_drift_takes_a_comparison(code: str, compare: int) -> None:
    """A name alone watches nothing, nor do the letters of one in another word."""
    name = code.partition("(")[0].removeprefix("def ")
    others = "def train(data, model_dir): ...\ndef evaluate(data): ..."
    files = {"pipeline.py": f"{others}\ndef predict(data, model_dir):\n    return {name}(data)\n{code}\n"}
    assert len(in_code(Facts(a_case(submission=a_submission(files)))).drift) == compare
