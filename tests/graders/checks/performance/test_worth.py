"""What does not pay is named: probabilities that are none, columns, complexity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graders.model.challenge import Dataset
from graders.model.probe import Probe
from tests.graders.cases import (
    HONEST,
    finding,
    graded,
    named_with_evidence,
)
from tests.scripted import Candidate, by_score


def nudged_by_age(probe: Probe) -> np.ndarray:
    age = pd.to_numeric(probe.data["age"], errors="coerce").fillna(30).to_numpy(dtype=np.float64)
    return 0.97 * by_score(probe) + 0.03 * (age % 2)


def overconfident(probe: Probe) -> np.ndarray:
    return by_score(probe) ** 6


#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "probabilities that are none": (Candidate(predict=overconfident), "EVAL005"),
    "a column that earns nothing": (Candidate(predict=nudged_by_age), "FEAT001"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)


def test_complexity_that_does_not_pay_is_named(customers: Dataset) -> None:
    """A dear model that ranks no better than a logistic regression is flagged, a cheap one is not."""
    simple = replace(customers, baseline_models={"logistic regression": customers.oracle})
    dear, cheap = graded(Candidate(train_seconds=30.0), simple), graded(HONEST, simple)
    assert finding(dear, "MODEL001").flagged
    assert "30" not in finding(cheap, "MODEL001").note
    assert not finding(cheap, "MODEL001").flagged
