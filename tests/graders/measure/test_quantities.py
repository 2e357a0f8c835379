"""Statistics with their influences: equal to the slow way, and wide enough."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from graders.checks.performance import shift
from graders.checks.performance.slices import shrinkage
from graders.measure import quantities
from graders.measure.groups import banded
from graders.measure.linear import Clusters, Linear, holm
from graders.measure.scoring import Bootstrap
from graders.model.arrays import FloatArray, IntArray
from graders.model.challenge import Column

STATISTICS = {
    "roc_auc": quantities.roc_auc,
    "brier": quantities.brier,
    "slope": quantities.calibration_slope,
    "lift": lambda labels, scores: quantities.lift(labels, scores, 0.2),
}


def a_sample(rows: int = 900, seed: int = 0) -> tuple[IntArray, FloatArray, IntArray]:
    """Labels, scores and customers of three rows each, whose rows go together."""
    rng = np.random.default_rng(seed)
    who = np.arange(rows) // 3
    log_odds = rng.normal(size=rows // 3 + 1)[who] + rng.normal(size=rows)
    labels = (rng.random(rows) < 1 / (1 + np.exp(1 - log_odds))).astype(np.int64)
    return labels, np.round(1 / (1 + np.exp(-log_odds)), 2), who


def test_roc_auc_is_that_of_scikit_learn_with_ties_and_weights() -> None:
    """Value and replicates agree with the field's standard implementation."""
    labels, scores, _ = a_sample()
    weights = np.random.default_rng(1).integers(0, 3, len(labels)).astype(np.float64)
    assert quantities.roc_auc(labels, scores).value == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    weighted = roc_auc_score(labels, scores, sample_weight=weights)
    assert quantities.roc_auc(labels, scores, weights).value == pytest.approx(weighted, abs=1e-12)


@pytest.mark.parametrize("name", STATISTICS)
def test_an_influence_is_what_one_more_copy_adds(name: str) -> None:
    """Doubling a row moves the statistic by the row's influence, to first order; all of them sum to nothing."""
    labels, scores, _ = a_sample()
    found = STATISTICS[name](labels, scores)
    assert abs(found.influence.sum()) < 1e-6
    if name in ("roc_auc", "brier"):
        for row in (0, 7, 400):
            again = STATISTICS[name](np.append(labels, labels[row]), np.append(scores, scores[row]))
            assert again.value - found.value == pytest.approx(found.influence[row], rel=0.05, abs=2e-6)


@pytest.mark.parametrize("name", ["roc_auc", "brier"])
def test_the_standard_error_is_that_of_the_bootstrap_of_customers(name: str) -> None:
    """One pass gives what a thousand draws give, within their own noise."""
    labels, scores, who = a_sample(3000)
    drawn = getattr(Bootstrap(labels, who, 5), name)(scores)
    assert Clusters(who).error(STATISTICS[name](labels, scores)) == pytest.approx(drawn.standard_error, rel=0.1)


def test_rows_of_one_customer_count_as_one() -> None:
    """Writing every row down three times makes nothing surer."""
    labels, scores, who = a_sample(300)
    once = Clusters(who).error(quantities.roc_auc(labels, scores))
    thrice = Clusters(np.repeat(who, 3)).error(quantities.roc_auc(np.repeat(labels, 3), np.repeat(scores, 3)))
    assert thrice == pytest.approx(once, rel=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_is_monotone_and_never_below_the_p_value(values: list[float]) -> None:
    """Adjusted p-values keep their order, are at most 1 and at least what they were."""
    adjusted = holm(values)
    assert all(p <= q <= 1 for p, q in zip(values, adjusted, strict=True))
    order = np.argsort(values, kind="stable")
    assert all(np.diff(np.asarray(adjusted)[order]) >= 0)


def test_holm_finds_nothing_in_noise() -> None:
    """Forty groups of nothing: in hardly more than one family of twenty is any of them significant."""
    rng = np.random.default_rng(0)
    families = [min(holm(list(rng.random(40)))) < 0.05 for _ in range(400)]
    assert np.mean(families) < 0.08


@pytest.mark.parametrize(("spread", "kept"), [(0.0, 0.35), (0.2, 0.75)])
def test_noise_is_shrunk_away_and_differences_stay(spread: float, kept: float) -> None:
    """Groups that differ by chance alone are drawn to all rows; real differences are kept."""
    rng = np.random.default_rng(3)
    values = list(1 + spread * rng.normal(size=30) + 0.05 * rng.normal(size=30))
    found = np.mean(shrinkage(values, [0.05] * 30))
    assert found <= kept if spread == 0 else found >= kept


def test_bands_name_every_number() -> None:
    """Edges belong to the upper band; the stand-in for no value is unknown."""
    column = Column("age", "int", "years", bands=(30, 65), unknown=999)
    found = banded(pd.Series([29, 30, 64, 65, 999]), column)
    assert list(found) == ["under 30", "30 to below 65", "30 to below 65", "65 and over", "unknown"]


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        (range(1000), range(1000), 0.0, 0.001),
        (range(1000), range(500, 1500), 0.25, 99),
        (["a", "b"] * 50, ["a", "b"] * 70, 0.0, 0.001),
        (["a", "b"] * 50, ["a", "c"] * 50, 0.25, 99),
        ([0.0, 1.0] * 50, np.linspace(0, 1, 100), 0.0, 99),
        ([1.0, np.nan] * 50, [1.0, 1.0] * 50, 0.25, 99),
        ([f"2024-01-{d:02}" for d in range(1, 29)] * 9, [f"2025-06-{d:02}" for d in range(1, 29)] * 9, 0.25, 99),
    ],
)
def test_the_stability_index_sees_what_moved(before: object, after: object, low: float, high: float) -> None:
    """Equal columns have an index of 0; new categories, gaps and other ranges a large one; two values never loop."""
    index = shift.stability_index(pd.Series(before), pd.Series(after))  # type: ignore[arg-type]
    assert low <= index <= high


def test_a_share_keeps_its_interval_inside_0_and_1() -> None:
    """Near the edge the interval is lopsided, not cut off."""
    found = Clusters(np.arange(50)).share(quantities.mean(np.r_[np.zeros(48), np.ones(2)]))
    assert 0 < found.low < found.value < found.high < 0.2


def test_statistics_on_the_same_rows_are_paired() -> None:
    """The difference of a statistic with itself has no error at all."""
    labels, scores, who = a_sample()
    found = quantities.roc_auc(labels, scores)
    nothing: Linear = found - found
    assert Clusters(who).error(nothing) == 0
    assert Clusters(who).p_value(nothing) == 1
