"""Numbers of the text are held against what was measured."""

from __future__ import annotations

import pytest

from graders.model.challenge import Dataset
from graders.model.submission import Location
from tests.graders.cases import (
    HONEST,
    README,
    finding,
    graded,
)


@pytest.mark.parametrize(
    ("auc", "flagged"),
    [(".78", False), ("0.79", False), ("93 %", True), ("0.95", True), ("above 0.9", True), (".60", False)],
)
def test_numbers_of_the_text_are_held_against_what_was_measured(auc: str, flagged: bool, customers: Dataset) -> None:
    """A claim within its margin or below holds; one far above does not, with file and line."""
    report = graded(HONEST, customers, **{"README.md": README.format(auc=auc)})
    found = finding(report, "DOC003")
    assert found.flagged is flagged, found
    if flagged:
        assert found.evidence[0].where == Location("README.md", 7)
        assert "we measured 0.80" in found.evidence[0].what


@pytest.mark.parametrize(
    "sentence",
    [
        "The baseline reaches an AUC of .95.",
        "On the training rows ROC AUC is 0.99.",
        "If AUC falls below .95 we retrain.",
        "A random split would have claimed an AUC of .97.",
        "The AUC of each shop lies between .95 and .99.",
        "The column alone has an AUC of .95.",
    ],
)
def test_numbers_of_something_else_are_left_alone(sentence: str, customers: Dataset) -> None:
    """Baselines, training scores, conditions and groups are no claim about the delivered model."""
    report = graded(HONEST, customers, **{"README.md": f"# Churn\n\n{sentence}\n"})
    assert not finding(report, "DOC003").flagged
