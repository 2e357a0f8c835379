"""How the candidate judged their own model."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graders.checks.performance import evaluation
from graders.facts import Facts
from graders.model.challenge import Dataset
from graders.model.probe import Action, Exit, Run
from graders.probes.names import ProbeName
from testing.builders import a_case, a_run, a_submission
from tests.graders.cases import (
    HONEST,
    PIPELINE,
    finding,
    graded,
    named_with_evidence,
)
from tests.scripted import Candidate

#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "no interval": (HONEST, "EVAL003"),
    "no baseline": (HONEST, "EVAL002"),
}


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)


#: What the code says -> a code that must be flagged.
WRITTEN = {
    "accuracy decides": (
        "from sklearn.model_selection import cross_val_score\n\ncross_val_score(model, x, y)\n",
        "EVAL001",
    ),
    "decisions at .5": ("def calls(scores):\n    return scores >= 0.5\n", "EVAL004"),
}


@pytest.mark.parametrize(("text", "code"), WRITTEN.values(), ids=WRITTEN.keys())
def test_each_fault_in_the_code_is_named_with_its_place(text: str, code: str, customers: Dataset) -> None:
    """The code is flagged with file and line."""
    found = finding(graded(HONEST, customers, pipeline=f"{PIPELINE}\n\n{text}"), code)
    assert found.flagged, found
    assert found.evidence[0].where is not None
    assert (found.evidence[0].where.line or 0) > PIPELINE.count("\n")


def test_a_method_of_ones_own_is_no_search(customers: Dataset) -> None:
    """However it is called, the library's default metric does not decide there."""
    own = "class Model:\n    def cross_validate(self, rows):\n        return rows\n\n\nModel().cross_validate([1])\n"
    assert not finding(graded(HONEST, customers, pipeline=f"{PIPELINE}\n\n{own}"), "EVAL001").flagged


#: What a README says -> whether it says how sure the estimate is.
SAID = {
    "With 16 letters of the rarest office the error of that is about .03.": True,
    "About .64 balanced accuracy, with an error of .03.": True,
    "The intervals of both overlap, .71 to .75 and .73 to .77.": True,
    "It reaches a root mean squared error of 319.": False,
    "The model predicts with an error of 12 euros.": False,
    "The worst fold is .03 above the mean.": True,
    "Folds gave 0.71-0.75.": True,
    "It was trained from 2023-10 to 2024-02.": False,
    "1. Make the profile finer.\n2. Intervals by quantiles, with a margin.": False,
    "Only 84 of them left, so what is said of that office is uncertain.": False,
}


@pytest.mark.parametrize(("text", "sure"), SAID.items())
def test_how_sure_it_is_may_be_said_in_many_words(text: str, sure: bool, customers: Dataset) -> None:
    """An error of the estimate says how sure it is; an error of the answers is the metric itself."""
    found = finding(graded(HONEST, customers, **{"README.md": f"# Results\n\n{text}\n"}), "EVAL003")
    assert found.flagged is not sure


#: What a README says -> whether it compares with something simpler.
COMPARED = {
    "Guessing by\nfrequency gives 1.6.": True,
    "Always predicting the median would cost 4.1.": True,
    "Against .71 of a logistic regression it reaches .78.": True,
    "| logistic regression | 0.71 |\n| boosting | 0.78 |": True,
    "A logistic regression reaches .71.": False,
    "We tried logistic regression (AUC .71), a forest (.74) and boosting (.75).": True,
    "A logistic regression (C of .1) reaches .71.": False,
    "The figure is constant over months.": False,
    "The baseline is what we would have.": False,
}


@pytest.mark.parametrize(("text", "compared"), COMPARED.items())
def test_a_simpler_model_may_be_named_in_many_words(text: str, compared: bool, customers: Dataset) -> None:
    """With its figure: the model that is handed in may be a plain one itself."""
    found = finding(graded(HONEST, customers, **{"README.md": f"# Results\n\n{text}\n"}), "EVAL002")
    assert found.flagged is not compared


@pytest.mark.parametrize(("under_other_labels", "sure"), [(0.02, True), (0.01, False)])
def test_an_interval_that_no_label_moves_was_not_measured(
    under_other_labels: float, sure: bool, customers: Dataset
) -> None:
    """A spread that is the same to the last digit on permuted labels is a number in the text."""
    claims = {"roc_auc": 0.5, "roc_auc_std": under_other_labels}
    null = Run(ProbeName.EVALUATE_NULL, Action.EVALUATE, Exit.OK, claims=claims)
    told = replace(HONEST, beside={"roc_auc_std": 0.01}, broken={ProbeName.EVALUATE_NULL: null})
    assert finding(graded(told, customers), "EVAL003").flagged is not sure


#: Numbers beside the headline, on the public labels and on permuted ones; whether they were measured, as a figure of a
#: group and as an interval.
HEADLINE = (0.7312345, 0.5023456)
BESIDE = {
    "as far off": ((HEADLINE[0] - 0.02, HEADLINE[1] - 0.02), False, False),
    "as many times": ((HEADLINE[0] * 0.98, HEADLINE[1] * 0.98), False, False),
    "as it was": ((0.7211111, 0.7211111), False, False),
    "by itself": ((0.7011111, 0.5111111), True, True),
    "by a margin of the rows alone": ((HEADLINE[0] - 0.0313, HEADLINE[1] - 0.0313), False, True),
    "rounded": ((0.71, 0.50), True, True),
}


@pytest.mark.parametrize(("beside", "of_a_group", "sure"), BESIDE.values(), ids=BESIDE.keys())
def test_a_number_made_of_the_headline_was_not_measured(
    beside: tuple[float, float], of_a_group: bool, sure: bool
) -> None:
    """A margin that stands in the code is none; one that follows from the number of rows may be."""
    pipeline = PIPELINE + "\n\nMARGIN, SHARE = 0.02, 0.98\n"
    runs = [
        a_run(name, Action.EVALUATE, claims={"roc_auc": whole, "roc_auc_low": own})
        for name, whole, own in zip((ProbeName.EVALUATE, ProbeName.EVALUATE_NULL), HEADLINE, beside, strict=True)
    ]
    facts = Facts(a_case(*runs, submission=a_submission({"pipeline.py": pipeline})))
    assert evaluation.goes_with_the_headline(facts, "roc_auc_low") is not of_a_group
    assert evaluation.has_uncertainty(facts) is sure
