"""What a candidate's predict returned, made into probabilities or refused."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.harness.calls import BadAnswer, predictions


@pytest.mark.parametrize(
    ("returned", "taken"),
    [(1 + 2e-16, 1.0), (1 + 9e-10, 1.0), (-9e-10, 0.0), (0.25, 0.25), (1.0, 1.0)],
)
def test_rounding_is_moved_to_the_edge(returned: float, taken: float) -> None:
    assert predictions([0.5, returned], 2).tolist() == [0.5, taken]


@pytest.mark.parametrize("returned", [1 + 1e-6, -1e-6, 1.5])
def test_what_rounding_does_not_explain_is_refused(returned: float) -> None:
    with pytest.raises(BadAnswer) as refused:
        predictions(np.array([0.5, returned]), 2)
    assert refused.value.args[0] == "PRED_RANGE"
