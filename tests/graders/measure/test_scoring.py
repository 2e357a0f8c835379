"""Metrics agree with scikit-learn, and intervals with theory."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    roc_auc_score,
)
from sklearn.metrics import precision_recall_curve as sklearn_precision_recall

from graders.measure import scoring
from graders.measure.scoring import (
    RESAMPLES,
    Bootstrap,
    calibration_curve,
    draw,
    precision_recall_curve,
    reachable,
    roc_auc,
    roc_curve,
)
from graders.tasks.binary import LOG_LOSS
from graders.tasks.decisions import F1_MACRO
from graders.tasks.errors import RMSE
from graders.tasks.ranking import ROC_AUC, ROC_AUC_OVR


def rows(count: int, seed: int, digits: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.random(count).round(digits)
    return (rng.random(count) < scores).astype(np.int64), scores


@pytest.mark.parametrize("digits", [6, 2, 1], ids=["no ties", "ties", "many ties"])
def test_metrics_equal_scikit_learn(digits: int) -> None:
    """Point values are those of the library, ties included."""
    labels, scores = rows(400, 1, digits)
    sample = Bootstrap(labels, np.arange(400), seed=0)
    assert sample.roc_auc(scores).value == pytest.approx(roc_auc_score(labels, scores))
    assert sample.average_precision(scores).value == pytest.approx(average_precision_score(labels, scores))
    assert sample.brier(scores).value == pytest.approx(brier_score_loss(labels, scores))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=60))
@settings(max_examples=60)
def test_roc_auc_is_the_share_of_pairs_ranked_rightly(drawn: list[tuple[bool, int]]) -> None:
    """The definition by pairs holds for any labels and ties; one class alone has no ROC AUC."""
    labels = np.array([label for label, _ in drawn], dtype=np.int64)
    scores = np.array([score for _, score in drawn], dtype=np.float64)
    positive, negative = scores[labels == 1], scores[labels == 0]
    if not len(positive) or not len(negative):
        assert np.isnan(roc_auc(labels, scores))
        return
    pairs = np.sign(positive[:, None] - negative[None, :])
    assert roc_auc(labels, scores) == pytest.approx((pairs + 1).mean() / 2)


def test_a_replicate_equals_the_metric_of_the_rows_drawn() -> None:
    """Weighting rows by how often they were drawn is the same as copying them."""
    labels, scores = rows(120, 2, 2)
    groups = np.arange(120) // 3
    times = draw(groups, seed=5)
    copied = np.repeat(np.arange(120), times[7])
    replicate = Bootstrap(labels, groups, seed=5).roc_auc(scores).replicates[7]
    assert replicate == pytest.approx(roc_auc_score(labels[copied], scores[copied]))


def test_whole_groups_are_drawn() -> None:
    """All rows of a customer are drawn equally often, and as many customers as there are."""
    groups = np.array([4, 4, 9, 9, 9, 1])
    times = draw(groups, seed=0)
    assert times.shape == (RESAMPLES, 6)
    assert (times[:, 0] == times[:, 1]).all()
    assert (times[:, 2] == times[:, 4]).all()
    assert (times[:, [0, 2, 5]].sum(axis=1) == 3).all()


def test_a_large_table_takes_memory_for_one_byte_a_draw() -> None:
    """Numbers and products of all draws at once took twenty times as much, and a million rows could not be graded."""
    labels, scores = rows(100_000, 4)
    tracemalloc.start()
    sample = Bootstrap(labels, np.arange(len(labels)), seed=0)
    for metric in (ROC_AUC, LOG_LOSS):
        sample.metric(metric, scores)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * RESAMPLES * len(labels)


def test_blocks_do_not_change_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few resamples at a time or all at once, with groups of rows and with single rows."""
    labels, scores = rows(600, 5)
    samples = [Bootstrap(labels, groups, seed=3) for groups in (np.arange(600) // 4, np.arange(600))]
    whole = [sample.metric(metric, scores).replicates for sample in samples for metric in (ROC_AUC, LOG_LOSS)]
    monkeypatch.setattr(scoring, "COUNTS", 5_000)
    monkeypatch.setattr(scoring, "PRODUCT", 7_000)
    parts = [sample.metric(metric, scores).replicates for sample in samples for metric in (ROC_AUC, LOG_LOSS)]
    np.testing.assert_allclose(parts, whole, rtol=1e-12)


def test_the_standard_error_agrees_with_hanley_and_mcneil() -> None:
    """For independent rows the bootstrap standard error is near the closed form of 1982."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [700, 300])
    scores = rng.normal(size=1000) + labels
    found = Bootstrap(labels, np.arange(1000), seed=1).roc_auc(scores)
    auc = found.value
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = (auc * (1 - auc) + 299 * (q1 - auc**2) + 699 * (q2 - auc**2)) / (300 * 700)
    assert found.standard_error == pytest.approx(np.sqrt(variance), rel=0.15)


def test_copies_of_a_row_do_not_narrow_the_interval() -> None:
    """Four copies of each customer say no more than one: the cluster bootstrap knows."""
    labels, scores = rows(500, 3)
    once = Bootstrap(labels, np.arange(500), seed=1).roc_auc(scores).standard_error
    copied = np.repeat(np.arange(500), 4)
    four = Bootstrap(labels[copied], copied, seed=1).roc_auc(scores[copied]).standard_error
    assert four == pytest.approx(once, rel=0.1)


def test_curves_are_what_they_say() -> None:
    """The ROC curve runs from corner to corner without falling, and its area is the ROC AUC; bins hold all rows."""
    labels, scores = rows(3000, 4)
    x, y = np.array(roc_curve(labels, scores)).T
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert (np.diff(x) >= 0).all()
    assert (np.diff(y) >= 0).all()
    assert np.trapezoid(y, x) == pytest.approx(roc_auc(labels, scores), abs=0.01)
    curve = calibration_curve(labels, scores)
    assert sum(count for _, _, count in curve) == 3000
    assert all(abs(mean - rate) < 0.1 for mean, rate, _ in curve)


def test_the_precision_recall_curve_is_that_of_scikit_learn() -> None:
    """Every point lies on scikit-learn's curve, ties kept together; it ends at full recall with the base rate."""
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, 400), rng.integers(0, 60, 400) / 60
    points = precision_recall_curve(labels, scores, points=30)
    precision, recall, _ = sklearn_precision_recall(labels, scores)
    exact = {(round(float(r), 9), round(float(p), 9)) for p, r in zip(precision, recall, strict=True)}
    assert {(round(x, 9), round(y, 9)) for x, y in points} <= exact
    assert points[-1] == (1.0, pytest.approx(labels.mean()))
    assert len(points) <= 31


@pytest.mark.parametrize("seed", range(5))
def test_what_any_threshold_reaches(seed: int) -> None:
    """Against scikit-learn's own metrics at every threshold, at the rate that the rows have."""
    labels, scores = rows(90, seed, 1)
    found = reachable(labels, scores, float(labels.mean()))
    at = [scores >= cut for cut in (*np.unique(scores), 9)]
    assert found["f1"] == pytest.approx(max(f1_score(labels, said) for said in at))
    assert found["accuracy"] == pytest.approx(max(accuracy_score(labels, said) for said in at))
    assert found["balanced_accuracy"] == pytest.approx(max(balanced_accuracy_score(labels, said) for said in at))
    assert found["average_precision"] == pytest.approx(average_precision_score(labels, scores))


def test_another_rate_counts_positives_more_often() -> None:
    """Twice as many positives are like each of them written twice."""
    labels, scores = np.array([1, 0, 1, 0, 0, 1]), np.array([0.9, 0.8, 0.7, 0.4, 0.3, 0.2])
    twice = np.repeat(np.arange(6), 1 + labels)
    rate = float(labels[twice].mean())
    assert reachable(labels, scores, rate) == pytest.approx(reachable(labels[twice], scores[twice], rate))


@pytest.mark.parametrize(("tail", "few"), [(0.0, False), (300.0, True)])
def test_an_interval_that_few_units_decide_is_wider(tail: float, few: bool) -> None:
    """One error that outweighs all others leaves the spread nearly unknown."""
    errors = np.random.default_rng(0).normal(size=3000)
    errors[7] += tail
    found = Bootstrap(np.zeros(3000), np.arange(3000) // 2, seed=1).metric(RMSE, errors)
    assert found.rests_on_few is few
    plain = replace(found, freedom=math.inf)
    wider, narrow = (one.score(0) for one in (found, plain))
    assert (wider.high - wider.value > narrow.high - narrow.value) is few
    assert (found.standard_error > plain.standard_error) is few


def test_draws_without_a_rare_class_leave_the_interval_of_ranks_to_the_others() -> None:
    """Five rows of a class are in all but one draw of a hundred and fifty: that one has no value, and the rest have."""
    rng = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2], [100, 95, 5])
    answers = rng.dirichlet(np.ones(3), size=200)
    estimate = Bootstrap(truth, np.arange(200), 3).metric(ROC_AUC_OVR, answers)
    assert 0 < np.isnan(estimate.replicates).mean() < 0.02
    found = estimate.score(0, 1)
    assert found.low < found.value < found.high
    assert found.high - found.low == pytest.approx(4 * estimate.standard_error, rel=0.3)


def test_a_class_of_few_rows_makes_macro_f1_uncertain() -> None:
    truth = np.r_[np.zeros(300, int), np.ones(300, int), np.full(6, 2)]
    answers = np.eye(3)[np.r_[truth[:-3], [0, 0, 0]]] * 0.8 + 0.1
    assert Bootstrap(truth, np.arange(len(truth)), seed=1).metric(F1_MACRO, answers).rests_on_few
