"""What an answer must be, checked alike on both sides: in the candidate's process to say early what is wrong, and by
the grader, who believes nothing that was checked there.

`contract` is what graders.model.contract.Contract.header gives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Contract = Mapping[str, Any]
#: By so much may rounding carry an answer beyond its bounds, and the probabilities of a row beyond a sum of 1.
ROUNDING, SUM = 1e-9, 1e-3


class BadAnswer(Exception):
    """What the candidate's function returned is not what the contract asks for."""

    def __init__(self, kind: str, *numbers: int) -> None:
        super().__init__(kind)
        self.kind, self.numbers = kind, numbers
        self.header = {"problem": kind, "numbers": list(numbers)}


def width(contract: Contract) -> int:
    """Numbers in the answer for one row."""
    return len(contract["classes"]) or 1


def checked(values: npt.NDArray[np.float64], contract: Contract) -> npt.NDArray[np.float64]:
    """Answers of shape (rows,) or (rows, classes) that keep the contract; BadAnswer where they do not.

    What rounding alone puts outside, such as a probability of 1 + 2e-16, is moved to the edge; rows that sum to nearly
    1 are brought to it.
    """
    import numpy as np  # noqa: PLC0415  (not at the top: check.py reads this module before anything is installed)

    if lost := int((~np.isfinite(values)).sum()):
        raise BadAnswer("PRED_NOT_FINITE", lost, values.size)
    low = -math.inf if contract["low"] is None else contract["low"]
    high = math.inf if contract["high"] is None else contract["high"]
    outside = int(((values < low - ROUNDING) | (values > high + ROUNDING)).sum())
    if outside and high == math.inf:
        raise BadAnswer("PRED_NEGATIVE", outside, values.size)
    if outside:
        raise BadAnswer("PRED_RANGE", outside, values.size)
    kept: npt.NDArray[np.float64] = np.clip(values, low, high)
    if not contract["classes"]:
        return kept
    sums = kept.sum(axis=1, keepdims=True)
    if lost := int((np.abs(sums - 1) > SUM + ROUNDING).sum()):
        raise BadAnswer("PRED_SUM", lost, len(kept))
    found: npt.NDArray[np.float64] = kept / sums
    return found


def check_claims(claims: Mapping[str, float], contract: Contract) -> None:
    """BadAnswer unless these numbers by name hold the metric, at a value it can have."""
    metric = contract["metric"]
    if metric not in claims:
        raise BadAnswer("CLAIMS_NO_METRIC", len(claims))
    if lost := sum(not _finite(value) for value in claims.values()):
        raise BadAnswer("CLAIMS_NOT_FINITE", lost, len(claims))
    low, high = contract["claim_low"], contract["claim_high"]
    if low is not None and claims[metric] < low and not contract["higher"]:
        raise BadAnswer("CLAIMS_SIGN")
    if (low is not None and claims[metric] < low) or (high is not None and claims[metric] > high):
        raise BadAnswer("CLAIMS_RANGE")


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False
