"""The honest candidate is accused of nothing."""

from __future__ import annotations

from graders.model.challenge import Dataset
from graders.model.finding import Status
from tests.graders.cases import (
    HONEST,
    graded,
    points,
)

ABOUT_BEHAVIOUR = ("ROB", "SKEW", "PERF", "SLICE", "SHIFT", "FAIR", "MODEL", "FEAT")


def test_the_honest_candidate_is_accused_of_nothing(customers: Dataset) -> None:
    """Nothing about behaviour is held against a model that scores each row alone by what matters."""
    report = graded(HONEST, customers)
    assert {f.code for f in report.findings if f.flagged and f.code.startswith(ABOUT_BEHAVIOUR)} == set()
    assert {f.code for f in report.findings if f.status is Status.BROKEN} == set()
    assert points(report, "cost") == 4.0
    assert points(report, "parity") == 4.0
