"""Every metric agrees with scikit-learn, whichever way it is worked out; one row a metric."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_percentage_error

from graders.measure import quantities
from graders.measure.linear import Clusters
from graders.measure.scoring import Bootstrap
from graders.model.arrays import FloatArray, Truth
from graders.tasks.asked import contract_of, metric_of, uninformed
from graders.tasks.metric import Metric, Sums, average, mean_of
from testing.builders import a_challenge

CLASSES = ("red", "green", "blue")
ROWS, GROUP = 600, 3

#: task, metric, more is better, told in the target's unit, value without information of the rows below
METRICS = (
    ("binary", "roc_auc", True, False, 0.5),
    ("binary", "average_precision", True, False, 0.29),
    ("binary", "log_loss", False, False, 0.60),
    ("binary", "brier_score", False, False, 0.21),
    ("multiclass", "log_loss", False, False, 1.10),
    ("multiclass", "f1_macro", True, False, 0.34),
    ("multiclass", "balanced_accuracy", True, False, 0.34),
    ("multiclass", "roc_auc_ovr", True, False, 0.5),
    ("regression", "rmse", False, True, 5.2),
    ("regression", "mae", False, True, 3.52),
    ("regression", "r2", True, False, 0.0),
    ("regression", "rmsle", False, False, 0.755),
    ("regression", "mean_pinball_loss", False, True, 1.8),
    ("regression", "mean_poisson_deviance", False, False, 4.5),
)


def asked(task: str, metric: str) -> Metric:
    return metric_of(challenge(task, metric))


def challenge(task: str, metric: str):
    classes = CLASSES if task == "multiclass" else ()
    return a_challenge(task=task, metric=metric, classes=classes, quantile=0.8)


def rows(task: str, seed: int = 0, count: int = ROWS) -> tuple[Truth, FloatArray]:
    """Some truth and answers that know a part of it, ties among them."""
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=count)
    if task == "binary":
        return (signal + rng.normal(size=count) > 0.8).astype(np.int64), np.round(1 / (1 + np.exp(0.8 - signal)), 2)
    if task == "multiclass":
        odds = np.exp(np.column_stack([signal, -signal, rng.normal(size=count)]))
        shares = odds / odds.sum(axis=1, keepdims=True)
        truth = (rng.random(count)[:, None] > np.cumsum(shares, axis=1)).sum(axis=1)
        return truth.astype(np.int64), shares
    means = np.exp(1.4 + 0.8 * signal)
    return rng.poisson(means).astype(np.float64), means


@pytest.mark.parametrize(("task", "name", "higher", "unit", "null"), METRICS)
def test_a_metric_is_what_the_table_says(task: str, name: str, higher: bool, unit: bool, null: float) -> None:
    metric, (truth, answers) = asked(task, name), rows(task)
    assert (metric.name, metric.higher, metric.target_unit) == (name, higher, unit)
    assert metric.statistic.value(truth, answers) == pytest.approx(metric.score(truth, answers), rel=1e-9)
    without = uninformed(challenge(task, name), truth, truth)
    assert without == pytest.approx(null, abs=0.06, rel=0.06)
    assert metric.better(metric.score(truth, answers), without) > 0


@pytest.mark.parametrize(("task", "name"), [row[:2] for row in METRICS])
def test_counting_rows_twice_is_the_metric_of_rows_given_twice(task: str, name: str) -> None:
    metric, (truth, answers) = asked(task, name), rows(task)
    times = np.random.default_rng(1).integers(1, 4, len(truth))
    repeated = np.repeat(np.arange(len(truth)), times)
    weighted = metric.statistic.value(truth, answers, times.astype(np.float64))
    assert weighted == pytest.approx(metric.score(truth[repeated], answers[repeated]), rel=1e-9)


@pytest.mark.parametrize(("task", "name"), [row[:2] for row in METRICS])
def test_influence_is_what_one_more_copy_adds(task: str, name: str) -> None:
    metric, (truth, answers) = asked(task, name), rows(task, count=200)
    found = quantities.metric(metric, truth, answers)
    assert abs(found.influence.sum()) < 1e-6 * max(1.0, np.abs(found.influence).sum())
    for row in range(0, 200, 37):
        weights, step = np.ones(200), 1e-4
        weights[row] += step
        slope = (metric.statistic.value(truth, answers, weights) - found.value) / step
        assert slope == pytest.approx(found.influence[row], rel=0.02, abs=2e-5)


@pytest.mark.parametrize(("task", "name"), [row[:2] for row in METRICS])
def test_the_bootstrap_draws_whole_groups(task: str, name: str) -> None:
    metric, (truth, answers) = asked(task, name), rows(task)
    groups = np.arange(len(truth)) // GROUP
    found = Bootstrap(truth, groups, seed=3).metric(metric, answers)
    linear = Clusters(groups).error(quantities.metric(metric, truth, answers))
    assert found.value == pytest.approx(metric.score(truth, answers), rel=1e-9)
    assert found.standard_error == pytest.approx(linear, rel=0.15)


def test_another_metric_is_one_entry() -> None:
    """What docs/tasks.md says of mean_absolute_percentage_error: all else follows from the value."""
    parts = mean_of(lambda truth, answers: np.abs(answers - truth) / np.abs(truth))
    name = "mean_absolute_percentage_error"
    metric = Metric(name, "mean absolute percentage error", mean_absolute_percentage_error, Sums(parts, average))
    truth, answers = rows("regression")
    truth = truth + 1
    found = Bootstrap(truth, np.arange(len(truth)) // GROUP, seed=3).metric(metric, answers)
    assert found.value == pytest.approx(mean_absolute_percentage_error(truth, answers), rel=1e-9)
    assert found.standard_error > 0
    assert metric.better(found.value, 2 * found.value) > 0


def test_a_loss_has_one_floor_whatever_the_type() -> None:
    metric = asked("multiclass", "log_loss")
    truth, sure = np.array([0, 1, 2, 1]), np.eye(3)[[0, 1, 2, 0]]
    single, double = (metric.score(truth, sure.astype(kind).astype(np.float64)) for kind in (np.float32, np.float64))
    assert single == double == pytest.approx(-np.log(np.finfo(np.float32).eps) / 4, rel=1e-3)


def test_a_constant_target_has_no_r2() -> None:
    metric, truth = asked("regression", "r2"), np.full(10, 19.99)
    assert np.isnan(metric.score(truth, truth + 0.1))
    assert np.isnan(metric.statistic.value(truth, truth + 0.1))


@pytest.mark.filterwarnings("ignore:y_pred contains classes")
def test_a_class_that_does_not_occur_is_unknown_and_not_zero() -> None:
    truth, answers = rows("multiclass")
    two = truth != 2
    assert np.isnan(asked("multiclass", "roc_auc_ovr").statistic.value(truth[two], answers[two]))
    found = asked("multiclass", "balanced_accuracy").statistic.value(truth[two], answers[two])
    assert found == pytest.approx(asked("multiclass", "balanced_accuracy").score(truth[two], answers[two]))


def test_a_metric_of_another_task_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="it has: rmse, mae, r2"):
        asked("regression", "roc_auc")


@pytest.mark.parametrize(
    ("task", "name", "low", "high", "claims"),
    [
        ("binary", "roc_auc", 0.0, 1.0, (0.0, 1.0)),
        ("multiclass", "log_loss", 0.0, 1.0, (0.0, None)),
        ("regression", "mae", None, None, (0.0, None)),
        ("regression", "rmsle", 0.0, None, (0.0, None)),
        ("regression", "r2", None, None, (None, 1.0)),
    ],
)
def test_the_contract_bounds_answers_and_claims(
    task: str, name: str, low: float | None, high: float | None, claims: tuple[float | None, float | None]
) -> None:
    contract = contract_of(challenge(task, name))
    assert (contract.low, contract.high, (contract.claim_low, contract.claim_high)) == (low, high, claims)
    assert contract.task == task
    assert contract.parse(contract.header()) == contract
