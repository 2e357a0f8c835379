"""What the account of one run shows of the rows behind a claim."""

from __future__ import annotations

import numpy as np
import pytest

from graders.checks.leakage.inside import Data, Pair, _of_pair
from graders.checks.leakage.trace import Fit, Judgement, Rows, Trace
from tests.graders.checks.leakage.traced import challenge, public


@pytest.mark.parametrize(("repeated", "codes"), [(0, {"LEAK009"}), (40, {"LEAK008"})])
def test_copies_on_both_sides_are_no_rows_with_guessed_labels(repeated: int, codes: set[str]) -> None:
    """Neither's labels are a column of the data: those of copies lie beside other rows, guessed ones were made up."""
    rows = public(100)
    fitted, held = Rows(np.arange(60), repeated=repeated), Rows(np.arange(50, 80), repeated=repeated)
    fit = Fit(0, 0, None, "Model", "model", fitted, fed=True)
    judged = Judgement(0, 1, None, "predict", 0, held)
    seen = _of_pair(
        Trace(len(rows), (fit,), (judged,)), Pair(fit, judged, fitted.members, held.members), Data(rows, challenge())
    )
    assert {found.code for found in seen} == codes
