"""A group that is ranked worse is named."""

from __future__ import annotations

import numpy as np
import pytest

from graders.model.challenge import Dataset
from graders.model.probe import Probe
from tests.graders.cases import (
    graded,
    named_with_evidence,
)
from tests.scripted import Candidate, by_score


def of_one_shop(probe: Probe) -> np.ndarray:
    """Ranks the customers of one shop by chance."""
    there = (probe.data["shop"] == "east").to_numpy() if "shop" in probe.data else np.zeros(len(probe.data), bool)
    noise = np.random.default_rng(1).random(len(probe.data))
    return np.where(there, noise, by_score(probe))


#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "a group ranked by chance": (Candidate(predict=of_one_shop), "SLICE001"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)
