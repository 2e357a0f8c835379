"""What does not pay is named: probabilities that are none, columns, complexity."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graders.model.challenge import Dataset
from graders.model.finding import Severity
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
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, many_customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, many_customers), code)


def test_complexity_that_does_not_pay_is_named(customers: Dataset) -> None:
    """A dear model that ranks no better than a logistic regression is flagged, a cheap one is not."""
    simple = replace(customers, baseline_models={"logistic regression": customers.oracle})
    dear, cheap = graded(Candidate(train_seconds=30.0), simple), graded(HONEST, simple)
    assert finding(dear, "MODEL001").flagged
    assert "30" not in finding(cheap, "MODEL001").note
    assert not finding(cheap, "MODEL001").flagged


def overfit(probe: Probe) -> np.ndarray:
    """More than half of it is noise."""
    return np.clip(0.3 * by_score(probe) + 0.7 * np.random.default_rng(2).random(len(probe.data)), 0, 1)


def test_a_simpler_model_that_does_better_is_told(customers: Dataset) -> None:
    """By how much, with an interval; it is no reproach, and not told of a model that keeps up."""
    simple = replace(customers, baseline_models={"logistic regression": customers.hidden["score"].to_numpy()})
    found = finding(graded(Candidate(predict=overfit), simple), "MODEL002")
    assert found.flagged
    assert found.severity is Severity.INFO
    by = r"logistic regression.*better than the submission by 0?\.\d{3} \(0?\.\d{3} to 0?\.\d{3}\)"
    assert re.search(by, found.evidence[0].what)
    assert not finding(graded(HONEST, simple), "MODEL002").flagged
