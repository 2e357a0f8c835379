"""Whether a batch answers as its rows do alone."""

from __future__ import annotations

import pytest

from graders.model.challenge import Dataset
from graders.probes.names import ProbeName
from tests.graders.cases import (
    graded,
    named_with_evidence,
    on,
)
from tests.scripted import Candidate

#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "batch and single differ": (on(ProbeName.PREDICT_TIMED, lambda p: p * 0.9), "SKEW001"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)
