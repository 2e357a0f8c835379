"""Answers that turn on a sensitive column are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from graders.facts import Facts
from graders.model.challenge import Dataset
from graders.model.probe import Probe
from graders.rubric.responsibility import measures_groups
from testing.builders import a_case, a_submission
from tests.graders.cases import (
    finding,
    graded,
    named_with_evidence,
    the_challenge,
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


#: A function beside the work -> whether it measures groups, where the README names a column of people.
GROUPS = {
    "def auc_by_group(rows):\n    return [roc_auc_score(y, p) for y, p in rows.groupby('age')]": True,
    "def slices(rows):\n    return rows.groupby('shop')['y'].mean()": True,
    "def group_folds(rows):\n    return [rows[rows.fold == k] for k in range(5)]": False,
    "def group_columns():\n    return ['age', 'shop']": False,
}


@pytest.mark.parametrize(("code", "measures"), GROUPS.items())
def test_groups_are_measured_by_what_works_out_a_figure(code: str, measures: bool) -> None:
    """A name and a column in the text measure nothing."""
    files = {"lib.py": code, "README.md": "# Bias\n\nBy age and shop.\n"}
    assert measures_groups(Facts(a_case(submission=a_submission(files), challenge=the_challenge()))) is measures


def test_a_column_that_earns_nothing_costs_less_than_nothing_when_shuffled(customers: Dataset) -> None:
    """A score that rises without the column is no score that falls."""
    told = finding(graded(Candidate(predict=selects_by_age), customers), "FAIR002").evidence[0].what
    assert told.startswith("Shuffling `age` moves answers by 0.")
    assert "costs -0." in told
