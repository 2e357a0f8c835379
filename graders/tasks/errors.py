"""Metrics of how far numbers lie from what happened."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import FloatArray, Truth
from graders.tasks.metric import Metric, Sums, average, mean_of
from graders.words import say

#: The least prediction whose Poisson deviance is reckoned: at 0 it is infinite.
LEAST_COUNT = 1e-9


def _squared(truth: Truth, answers: FloatArray) -> FloatArray:
    found: FloatArray = (answers - truth) ** 2
    return found


def _root(sums: FloatArray) -> FloatArray:
    return np.sqrt(np.maximum(average(sums), 0.0))


def _explained(truth: Truth, answers: FloatArray) -> FloatArray:
    """Error, the target from its middle and the square of that: R2 is made of their sums at whatever level."""
    away = np.asarray(truth, np.float64) - float(np.median(truth)) if len(truth) else np.zeros(0)
    return np.column_stack([_squared(truth, answers), away, away**2, np.ones(len(truth))])


def _r2(sums: FloatArray) -> FloatArray:
    """1 less error over spread; NaN where there is no spread but for rounding."""
    spread = sums[..., 2] - sums[..., 1] ** 2 / sums[..., 3]
    real = spread > 1e-12 * np.maximum(sums[..., 2], 1e-300)
    found: FloatArray = 1 - np.divide(sums[..., 0], spread, out=np.full(spread.shape, np.nan), where=real)
    return found


def _logarithmic(truth: Truth, answers: FloatArray) -> FloatArray:
    return _squared(np.log1p(truth), np.log1p(answers))


def _deviance(truth: Truth, answers: FloatArray) -> FloatArray:
    """Poisson deviance of each row: 2 (y log(y / p) - y + p)."""
    counts, told = np.asarray(truth, np.float64), np.maximum(answers, LEAST_COUNT)
    ratio = np.divide(counts, told, out=np.ones(len(told)), where=counts > 0)
    found: FloatArray = 2 * (counts * np.log(ratio) - counts + told)
    return found


def _sk_rmse(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import root_mean_squared_error  # noqa: PLC0415

    return float(root_mean_squared_error(truth, answers))


def _sk_mae(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import mean_absolute_error  # noqa: PLC0415

    return float(mean_absolute_error(truth, answers))


def _sk_r2(truth: Truth, answers: FloatArray) -> float:
    """NaN for a constant target, told by its least and greatest value: scikit-learn takes the rounding for a spread."""
    from sklearn.metrics import r2_score  # noqa: PLC0415

    return float(r2_score(truth, answers)) if np.min(truth) < np.max(truth) else float("nan")


def _sk_rmsle(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import root_mean_squared_log_error  # noqa: PLC0415

    return float(root_mean_squared_log_error(truth, answers))


def _sk_deviance(truth: Truth, answers: FloatArray) -> float:
    from sklearn.metrics import mean_poisson_deviance  # noqa: PLC0415

    return float(mean_poisson_deviance(truth, np.maximum(answers, LEAST_COUNT)))


RMSE = Metric(
    "rmse",
    say("root mean squared error"),
    _sk_rmse,
    Sums(mean_of(_squared), _root),
    target_unit=True,
    rooted=True,
)
MAE = Metric(
    "mae",
    say("mean absolute error"),
    _sk_mae,
    Sums(mean_of(lambda truth, answers: np.abs(answers - truth)), average),
    target_unit=True,
)
#: Their best answer is the median, or the quantile asked for, and not the mean.
OF_QUANTILES = frozenset({"mae", "mean_pinball_loss"})
R2 = Metric("r2", say("R²"), _sk_r2, Sums(_explained, _r2), higher=True, low=-np.inf, high=1.0, squared=True)
RMSLE = Metric(
    "rmsle",
    say("root mean squared logarithmic error"),
    _sk_rmsle,
    Sums(mean_of(_logarithmic), _root),
    least=0.0,
    rooted=True,
)
MEAN_POISSON_DEVIANCE = Metric(
    "mean_poisson_deviance",
    say("mean Poisson deviance"),
    _sk_deviance,
    Sums(mean_of(_deviance), average),
    least=0.0,
    squared=True,
)


def mean_pinball_loss(quantile: float) -> Metric:
    """The loss of which the `quantile` of the target is the best constant."""

    def loss(truth: Truth, answers: FloatArray) -> FloatArray:
        short = truth - answers
        found: FloatArray = np.maximum(quantile * short, (quantile - 1) * short)
        return found

    def score(truth: Truth, answers: FloatArray) -> float:
        from sklearn.metrics import mean_pinball_loss as pinball  # noqa: PLC0415

        return float(pinball(truth, answers, alpha=quantile))

    title = say("mean pinball loss at {quantile:g}", quantile=quantile)
    return Metric("mean_pinball_loss", title, score, Sums(mean_of(loss), average), target_unit=True)
