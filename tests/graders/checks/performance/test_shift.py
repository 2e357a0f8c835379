"""A model that fails where the world has moved on is named."""

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


def of_the_last_month(probe: Probe) -> np.ndarray:
    """Ranks the newest customers by chance."""
    dates = probe.data["snapshot_date"].astype(str)
    newest = (dates >= "2024-03").to_numpy()
    return np.where(newest, np.random.default_rng(1).random(len(probe.data)), by_score(probe))


#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "ranks the newest month by chance": (Candidate(predict=of_the_last_month), "SHIFT001"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)
