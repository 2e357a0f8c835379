"""What the text says of plans and limits."""

from __future__ import annotations

import pytest

from graders.model.challenge import Dataset
from tests.graders.cases import (
    HONEST,
    README,
    finding,
    graded,
    named_with_evidence,
    points,
)
from tests.scripted import Candidate

#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "no plan": (HONEST, "MON001"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)


def test_content_counts_and_keywords_do_not(customers: Dataset) -> None:
    """A plan tied to these data earns points; the same headings over empty phrases earn none."""
    empty = (
        "# Churn\n\n## Monitoring\n\nMonitoring is very important and drift, labels, alerts and retraining will be "
        "handled.\n"
        "\n## Limits\n\nThere are of course certain limits to what any model in this world can possibly do for us.\n"
    )
    content = graded(HONEST, customers, **{"README.md": README.format(auc=".78")})
    phrases = graded(HONEST, customers, **{"README.md": empty})
    assert not finding(content, "MON001").flagged
    assert not finding(content, "DOC002").flagged
    assert finding(phrases, "MON001").flagged
    assert finding(phrases, "DOC002").flagged
    assert points(content, "monitoring") > points(phrases, "monitoring")
    assert points(content, "communication") > points(phrases, "communication") + 1


def test_words_for_a_result_are_no_result(customers: Dataset) -> None:
    """A passage on results without a number earns nothing for results, whatever it names."""
    said = "# Churn\n\n## Results\n\nThe model ranks customers by score and day {} than anything we tried before it.\n"
    told, praised = (graded(HONEST, customers, **{"README.md": said.format(w)}) for w in ("by .1 better", "better"))
    assert points(told, "communication") == pytest.approx(points(praised, "communication") + 0.7 * 4 / 5)
