"""What a candidate's predict returned, made into answers or refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from graders.model.contract import BINARY, Contract
from sandbox.harness.calls import BadAnswer, claims, predictions

CLASSES = Contract("log_loss", ("red", "green"), claim_high=None, higher=False)
NUMBERS = Contract("mae", low=None, high=None, claim_high=None, higher=False)
COUNTS = Contract("rmsle", low=0.0, high=None, claim_high=None, higher=False)


def answered(returned: object, contract: Contract = BINARY, rows: int = 2) -> list[object]:
    return predictions(returned, rows, contract.header()).tolist()


@pytest.mark.parametrize(
    ("returned", "taken"),
    [(1 + 2e-16, 1.0), (1 + 9e-10, 1.0), (-9e-10, 0.0), (0.25, 0.25), (1.0, 1.0)],
)
def test_rounding_is_moved_to_the_edge(returned: float, taken: float) -> None:
    assert answered([0.5, returned]) == [0.5, taken]


@pytest.mark.parametrize("returned", [1 + 1e-6, -1e-6, 1.5])
def test_what_rounding_does_not_explain_is_refused(returned: float) -> None:
    with pytest.raises(BadAnswer) as refused:
        answered(np.array([0.5, returned]))
    assert refused.value.args[0] == "PRED_RANGE"


@pytest.mark.parametrize(
    "returned",
    [
        [[0.25, 0.75], [1, 0]],
        np.array([[0.25, 0.75], [1, 0]], np.float32),
        pd.DataFrame({"green": [0.75, 0.0], "red": [0.25, 1.0]}),
        [[0.25, 0.7505], [1, 0]],
    ],
)
def test_a_row_of_probabilities_is_in_the_order_of_the_classes_and_sums_to_one(returned: object) -> None:
    found = np.asarray(answered(returned, CLASSES))
    assert found == pytest.approx(np.array([[0.25, 0.75], [1, 0]]), abs=1e-3)
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("returned", "contract", "kind"),
    [
        ([0.5, 0.5], CLASSES, "PRED_CLASSES"),
        ([[0.5, 0.3, 0.2]] * 2, CLASSES, "PRED_CLASSES"),
        ([[0.5, 0.5]], CLASSES, "PRED_LENGTH"),
        ([[0.5, 0.502]] * 2, CLASSES, "PRED_SUM"),
        ([[-1.0, 2.0]] * 2, CLASSES, "PRED_RANGE"),
        ([[0.5, np.nan]] * 2, CLASSES, "PRED_NOT_FINITE"),
        ([["red", "green"]] * 2, CLASSES, "PRED_TYPE"),
        (pd.DataFrame({"red": [0.5, 0.5], "blue": [0.5, 0.5]}), CLASSES, "PRED_NAMES"),
        (pd.DataFrame([[0.5, 0.5], [1.0, 0.0]], columns=["red", "red"]), CLASSES, "PRED_NAMES"),
        ([[1.0], [2.0]], NUMBERS, "PRED_SHAPE"),
        ([1.0, np.inf], NUMBERS, "PRED_NOT_FINITE"),
        ([1.0, -0.5], COUNTS, "PRED_NEGATIVE"),
    ],
)
def test_an_answer_that_breaks_the_contract_is_refused(returned: object, contract: Contract, kind: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        answered(returned, contract)
    assert refused.value.args[0] == kind


def test_a_regression_may_answer_any_number() -> None:
    assert answered([-3.5, 1e6], NUMBERS) == [-3.5, 1e6]


@pytest.mark.parametrize(
    ("returned", "contract", "kind"),
    [
        ({"roc_auc": 0.5}, NUMBERS, "CLAIMS_NO_METRIC"),
        ({"mae": -2.5}, NUMBERS, "CLAIMS_SIGN"),
        ({"mae": None}, NUMBERS, "CLAIMS_NOT_FINITE"),
        ({"r2": 1.5}, Contract("r2", low=None, high=None, claim_low=None), "CLAIMS_RANGE"),
        ({"log_loss": -0.4}, CLASSES, "CLAIMS_SIGN"),
        ({"roc_auc": -0.4}, BINARY, "CLAIMS_RANGE"),
    ],
)
def test_a_claim_has_the_key_and_the_sign_of_the_metric(returned: object, contract: Contract, kind: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        claims(returned, contract.header())
    assert refused.value.args[0] == kind
