"""A group that was not collected is found by measurement, and named where it reaches the predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.model.challenge import Dataset
from graders.model.finding import Certainty
from graders.model.probe import Probe
from graders.model.report import Report
from tests.graders.cases import (
    HONEST,
    finding,
    graded,
    table,
)
from tests.scripted import Candidate, by_score


def under_collected(customers: Dataset) -> Dataset:
    """The same customers, but most of those who left `west` early were not kept."""
    public = customers.public
    early = (public["snapshot_date"] < "2024-03") & (public["shop"] == "west") & (public["churned"] == 1)
    lost = early & (np.random.default_rng(2).random(len(public)) < 0.8)
    return replace(customers, public=public[~lost].reset_index(drop=True))


def test_the_under_collected_group_is_found_by_measurement(customers: Dataset) -> None:
    """Nobody tells the grader which group it is; where nothing is missing, nothing is found."""
    found = table(graded(HONEST, under_collected(customers)), "collection")
    assert found.rows[0][0] == "shop west"
    assert table(graded(HONEST, customers), "collection").rows == ()


def too_low_in_the_west(probe: Probe) -> np.ndarray:
    there = (probe.data["shop"] == "west").to_numpy() if "shop" in probe.data else np.zeros(len(probe.data), bool)
    return by_score(probe) * np.where(there, 0.6, 1.0)


def certainty(report: Report, code: str) -> Certainty | None:
    return finding(report, code).certainty


def test_collection_bias_that_reaches_the_predictions_is_named(customers: Dataset) -> None:
    """A model that learnt what was not collected as not happening is flagged, one that is right is not."""
    biased = graded(Candidate(predict=too_low_in_the_west), under_collected(customers))
    assert certainty(biased, "DATA002") is Certainty.CONFIRMED
    assert "Shop west" in finding(biased, "DATA002").evidence[0].what
    assert not any(
        evidence.certainty is Certainty.CONFIRMED
        for evidence in finding(graded(HONEST, under_collected(customers)), "DATA002").evidence
    )
