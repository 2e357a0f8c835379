"""Answers that turn on a sensitive column are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from graders.model.challenge import Dataset
from graders.model.probe import Probe
from tests.graders.cases import (
    graded,
    named_with_evidence,
)
from tests.scripted import Candidate, by_score


def selects_by_age(probe: Probe) -> np.ndarray:
    age = pd.to_numeric(probe.data["age"], errors="coerce").fillna(30).to_numpy(dtype=np.float64)
    return np.clip(0.5 * by_score(probe) + 0.5 * (age >= 40), 0, 1)


#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "misses one group of people": (Candidate(predict=selects_by_age), "FAIR001"),
    "a sensitive column moves answers": (Candidate(predict=selects_by_age), "FAIR002"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)
