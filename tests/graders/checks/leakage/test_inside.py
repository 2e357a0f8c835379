"""What the account of one run shows of the rows behind a claim."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from graders.checks.leakage.inside import Data, Pair, _of_pair, look
from graders.checks.leakage.trace import Fit, Judgement, Rows, Trace
from graders.model.submission import Location
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


def test_what_is_no_claim_accuses_nobody() -> None:
    """A model is asked about a part that corrects it, and then about the later rows that are judged by hand."""
    rows = public(100)
    rows = rows.assign(customer_id=range(len(rows)), snapshot_date=pd.date_range("2023-01-01", periods=len(rows)))
    fitted, inner, later = Rows(np.arange(0, 60, 2)), Rows(np.arange(1, 60, 2)), Rows(np.arange(70, 100))
    fit = Fit(0, 0, None, "Model", "model", fitted, labels="churned")
    asked = [Judgement(number, number + 1, None, "predict", 0, part) for number, part in enumerate((inner, later))]
    told = [
        look(Trace(len(rows), (fit,), judged), Data(rows, challenge()), challenge(), Location)
        for judged in (asked, asked[:1])
    ]
    assert [{signal.code for signal in one.signals} for one in told] == [set(), {"LEAK004"}]
