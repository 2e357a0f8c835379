"""A lot of a table is as hard as the whole, and no candidate's file holds answers to another's hidden rows."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from challenges.cut import SHARE, cut
from graders.model.challenge import Challenge, Dataset
from graders.tasks.asked import metric_of
from testing.builders import a_challenge, a_dataset


def whole(rows: int = 600, *, regression: bool = False) -> tuple[Challenge, Dataset]:
    """Customers of two rows each, with baseline models that know a little and much."""
    made, rng = a_dataset(rows, rows, seed=1), np.random.default_rng(2)
    hidden = made.hidden.assign(customer_id=made.hidden["customer_id"] + rows)
    truth = rng.normal(size=rows)
    labels = truth if regression else (truth > 0).astype(np.int64)
    simple, oracle = truth + rng.normal(size=rows), truth + 0.3 * rng.normal(size=rows)
    challenge = a_challenge(task="regression", metric="rmse") if regression else a_challenge()
    data = replace(made, hidden=hidden, labels=labels, baseline=np.zeros(rows), simple=simple, oracle=oracle)
    return challenge, replace(data, public_oracle=np.zeros(rows))


@pytest.mark.parametrize("regression", [False, True])
def test_lots_differ_and_are_equally_hard(regression: bool) -> None:
    challenge, data = whole(regression=regression)
    metric = metric_of(challenge).statistic
    lots = [cut(challenge, data, seed) for seed in range(5)]
    assert len({lot.fingerprint for lot in lots}) == 5
    for lot in lots:
        assert len(lot.hidden) == len(lot.labels) == len(lot.oracle) == round(SHARE * len(data.hidden))
        assert len(lot.public) == len(lot.public_oracle)
        assert metric.value(lot.labels, lot.simple) == pytest.approx(metric.value(data.labels, data.simple), rel=0.03)
    pd.testing.assert_frame_equal(cut(challenge, data, 0).hidden, lots[0].hidden)


def test_a_file_that_is_passed_on_holds_no_hidden_row() -> None:
    challenge, data = whole()
    lots = [cut(challenge, data, seed) for seed in range(4)]
    for one, other in combinations(lots, 2):
        assert set(one.public["customer_id"]).isdisjoint(other.hidden["customer_id"])
        assert not one.public.equals(other.public)
    for lot in lots:
        assert (lot.hidden.groupby("customer_id").size() == 2).all(), "whole units"


def test_few_units_are_not_cut_and_no_class_is_lost() -> None:
    challenge, data = whole(rows=40)
    assert cut(challenge, data, 1).fingerprint == cut(challenge, data, 2).fingerprint
    challenge, data = whole()
    rare = replace(data, labels=np.where(np.arange(600) < 4, 1, 0))
    assert {cut(challenge, rare, seed).labels.max() for seed in range(5)} == {1}
