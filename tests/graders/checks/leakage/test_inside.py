"""What the account of one run shows of the rows behind a claim."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graders.checks.leakage.claimed import claimed
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


@pytest.mark.parametrize(("asked", "code"), [(range(50, 80), "LEAK009"), (range(80, 100), "LEAK003")])
def test_judged_rows_that_were_added_after_a_model_had_answered_them_have_guessed_labels(
    asked: range, code: str
) -> None:
    """Few are judged, and their labels are those of the data: the model was sure and right."""
    rows = public(100)
    first = Fit(0, 0, None, "Model", "model", Rows(np.arange(50)), labels="churned", fed=True)
    again = replace(first, id=1, at=2, rows=Rows(np.arange(60)))
    earlier = Judgement(0, 1, None, "predict", 0, Rows(np.array(asked)))
    judged = Judgement(1, 3, None, "predict", 1, Rows(np.arange(50, 80)))
    trace = Trace(len(rows), (first, again), (earlier, judged))
    data, pair = Data(rows, challenge()), Pair(again, judged, np.arange(60), np.arange(50, 80))
    assert {"LEAK003", "LEAK009"} & {found.code for found in _of_pair(trace, pair, data) if len(found.rows)} == {code}


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


def test_a_claim_of_unknown_rows_is_of_the_only_answers_that_no_score_was_seen_of() -> None:
    """Not where others are of unknown rows, too; and what they do not show is not judged."""
    rows = public(100).assign(customer_id=1)
    fit = Fit(0, 0, None, "Model", "model", Rows(np.arange(60)), labels="churned")
    asked = Judgement(0, 1, None, "predict", 0, Rows(np.arange(60, 100)))
    other, claim = Judgement(1, 2, None, "predict", 0, None), Judgement(1, 2, None, "roc_auc_score", None, None, 0.7)
    for judged, codes in (((asked, claim), {"LEAK004"}), ((asked, other, replace(claim, id=2)), set())):
        trace = Trace(len(rows), (fit,), judged, claims={"roc_auc": 0.7})
        told = look(trace, Data(rows, challenge()), challenge(), Location)
        assert {signal.code for signal in told.signals} >= codes
        assert bool(told.signals) is bool(codes)
        assert told.able == {signal.code for signal in told.signals}


def test_a_rate_of_labels_is_what_a_model_by_hand_was_made_of() -> None:
    """Of rows that are not judged: of all rows it may be shown beside the claim."""
    rows = public(100)
    rows = rows.assign(customer_id=range(len(rows)), snapshot_date=pd.date_range("2023-01-01", periods=len(rows)))
    claim = Judgement(0, 2, None, "roc_auc_score", None, Rows(np.arange(20, 60)), 0.7)
    for counted, codes in ((np.arange(60, 100), {"LEAK004"}), (np.arange(20), set()), (np.arange(len(rows)), set())):
        rates = Fit(0, 0, None, "groupby", "statistic", Rows(counted), labels="churned")
        trace = Trace(len(rows), (rates,), (claim,), claims={"roc_auc": 0.7})
        told = look(trace, Data(rows, challenge()), challenge(), Location)
        assert {signal.code for signal in told.signals} == codes


def test_a_claim_may_weigh_two_groups_of_rows_in_hundredths() -> None:
    told = [
        Judgement(at, at, None, f"by {at}", None, Rows(part), 0.5 + at / 7)
        for at, part in enumerate(np.arange(90).reshape(3, 30))
    ]
    trace = Trace(100, (), tuple(told), claims={"roc_auc": 0.35 * told[1].value + 0.65 * told[2].value})
    assert claimed(trace).found == tuple(told[1:])
    overlapping = replace(told[2], rows=told[1].rows)
    assert not claimed(replace(trace, judged=(*told[:2], overlapping))).linked
