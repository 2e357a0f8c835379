"""A group that is ranked worse is named."""

from __future__ import annotations

import numpy as np
import pytest

from graders.checks.performance.slices import slices
from graders.measure.scoring import constant
from graders.model.challenge import Dataset
from graders.model.probe import Probe
from graders.rubric import performance
from tests.graders.cases import (
    finding,
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


def test_points_and_finding_agree_on_whether_a_group_is_served_worse(
    customers: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All points are no word that nobody is served worse, where the finding names a group."""
    monkeypatch.setattr(performance, "worst", lambda facts: (slices(facts)[0], constant(1.0)))
    report = graded(Candidate(predict=of_one_shop), customers)
    (told,) = [one.why for section in report.sections for one in section.criteria if one.id == "worst-slice"]
    named = len(finding(report, "SLICE001").evidence)
    assert told == f"{named} of 8 groups are served worse than noise explains, by too little to cost points."
