"""What was measured of a case, as estimates that can be pushed through the rubric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graders.measure import answers, performance
from graders.measure.answers import predictions
from graders.measure.performance import Scored
from graders.measure.scoring import (
    Bootstrap,
    Estimate,
    by_tenth,
    calibration_curve,
    confusion,
    precision_recall_curve,
    roc_curve,
)
from graders.model.arrays import FloatArray, Truth
from graders.model.case import Case, NotApplicable, run_of
from graders.model.challenge import Use
from graders.model.report import Curves, Score
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import TASKS, metric_of, public_truth, task_of, uninformed
from graders.tasks.decisions import BALANCED_ACCURACY
from graders.tasks.errors import OF_QUANTILES, RMSLE
from graders.tasks.metric import Metric

#: The share of the public rows a claim is taken to rest on, as candidates do not say: a usual hold-out.
#: It errs towards a wide interval, in the candidate's favour.
CLAIM_SHARE = 0.2
LEAST_ERROR = 1e-3
#: What a report on a binary task has always shown, by the names it gives them.
BINARY_COMPANIONS = {"roc_auc": "roc_auc", "average_precision": "average_precision", "brier": "brier_score"}


@dataclass(frozen=True, eq=False)
class Measured:
    """The metric of one graded case, and its companions.

    hidden, baseline, oracle, skill, calibration_error and others (metrics by name) are estimates on the hidden rows;
    train, claimed and null are values of the metric with the standard errors beside them.  `null` is the
    mean claim over all draws of permuted labels, None where none could be had; `retrained` the hidden metric of
    the second model.  `apart` says that constant, simple and strong models of ours differ by more than noise; it is
    always so where an oracle is known.  `sample` holds the draws that all estimates share.  `uninformed` is what
    answers reach that know nothing of a row.
    """

    metric: Metric
    hidden: Estimate
    others: Mapping[str, tuple[Metric, Estimate]]
    calibration_error: Estimate
    baseline: Estimate
    oracle: Estimate
    skill: Estimate
    train: float | None
    train_error: float
    claims: Mapping[str, float]
    claim_error: float
    null: float | None
    null_error: float
    retrained: float | None
    sample: Bootstrap
    uninformed: float
    apart: bool = True

    @property
    def claimed(self) -> float:
        return self.claims[self.metric.name]

    @property
    def optimism(self) -> float:
        """By how much the claim is better than the hidden value."""
        return self.metric.better(self.claimed, self.hidden.value)

    @property
    def optimism_error(self) -> float:
        """Standard error of `optimism`; claim and hidden rows are independent samples.

        Never 0, as it is for a constant prediction, so that gaps can be told in units of it.
        """
        return max(float(np.hypot(self.claim_error, self.hidden.standard_error)), LEAST_ERROR * self.step(1.0))

    def step(self, auc: float) -> float:
        """So much of the metric as weighs what `auc` of ROC AUC does: see `step`."""
        return step(self.metric, self.uninformed, self.hidden.value, auc)

    def table(self) -> dict[str, object]:
        """The `metrics` of the report."""
        name, metric = self.metric.name, self.metric
        claimed: dict[str, object] = dict(sorted(self.claims.items()))
        claimed[name] = _interval(metric, self.claimed, self.claim_error)
        return {
            "hidden": {
                name: self.hidden.score(metric.low, metric.high),
                **{key: estimate.score(other.low, other.high) for key, (other, estimate) in self.others.items()},
                "calibration_error": self.calibration_error.score(0, 1),
            },
            "train": {} if self.train is None else {name: _interval(metric, self.train, self.train_error)},
            "claimed": claimed,
            "claimed_null": {} if self.null is None else {name: _interval(metric, self.null, self.null_error)},
            "skill": self.skill.score(),
            "oracle": self.oracle.value,
            "baseline": self.baseline.value,
            "uninformed": self.uninformed,
        }


def step(metric: Metric, uninformed: float, value: float, auc: float) -> float:
    """So much of a metric as weighs what `auc` of ROC AUC does, which runs from .5 without information to 1.

    A share is taken of the way from no information to the best there is.  What has no such end is taken of the error
    itself at `value`, twice where errors are squared: a tenth more error is a tenth more MAE and a fifth more deviance.
    """
    if metric.higher and metric.bounded:
        return 2 * auc * (metric.high - uninformed)
    error = metric.high - value if metric.higher else value
    return 2 * auc * (2 if metric.squared else 1) * abs(error)


def _interval(metric: Metric, value: float, error: float) -> Score:
    return Score(value, max(metric.low, value - 1.96 * error), min(metric.high, value + 1.96 * error))


def _calibration_error(case: Case, metric: Metric, sample: Bootstrap, hidden: FloatArray) -> Estimate:
    """How far answers lie from what happened, by what the metric makes the best answer.  That is the mean of logarithms
    for rmsle.  Where it is the median or another quantile, it lies beside the mean of a skewed target: what happened is
    then taken as much lower or higher as the best answers are.  Where each class counts alike, it weighs them alike:
    such answers may be given back the shares of the classes."""
    calibrated = task_of(case.challenge).calibrated
    if metric.name == BALANCED_ACCURACY.name:
        shares = np.bincount(
            public_truth(case.challenge, case.dataset.public).astype(np.intp), minlength=hidden.shape[1]
        )
        weighed = hidden * shares
        ways = (hidden, weighed / np.maximum(weighed.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny))
        found = [sample.calibration_error(*calibrated(case.dataset.labels, way)) for way in ways]
        return min(found, key=lambda error: error.value)
    if metric.name == RMSLE.name:
        told, happened = calibrated(np.log1p(case.dataset.labels), np.log1p(np.maximum(hidden, 0)))
    else:
        told, happened = calibrated(case.dataset.labels, hidden)
    best, mean = float(np.mean(case.dataset.oracle)), float(np.mean(case.dataset.labels))
    if metric.name in OF_QUANTILES and best > 0 and mean > 0:
        happened = happened * (best / mean)
    return sample.calibration_error(told, happened)


def measure(case: Case) -> Measured:
    """Measure a case; NotApplicable where train, evaluate or predict gave nothing."""
    hidden = predictions(case, ProbeName.PREDICT)
    claims = run_of(case.runs, ProbeName.EVALUATE).claims
    data, challenge, metric = case.dataset, case.challenge, metric_of(case.challenge)
    sample = Bootstrap(data.labels, challenge.units(data.hidden), case.seed)
    score, baseline, oracle = (sample.metric(metric, of) for of in (hidden, data.baseline, data.oracle))
    simple = None if data.simple is None else sample.metric(metric, data.simple)
    error = score.standard_error
    scatter = error * float(np.sqrt(len(data.hidden) / (CLAIM_SHARE * len(data.public))))
    share = 1.0
    if metric.low == 0 and not metric.higher and score.value > 0:  # a tenth of an error scatters by a tenth
        share = float(np.clip(claims[metric.name] / score.value, 0.0, 1.0))
    nulls = answers.claims(case, (ProbeName.EVALUATE_NULL, *sessions.NULL_DRAWS))
    known = public_truth(challenge, data.public)
    return Measured(
        metric=metric,
        hidden=score,
        others=_others(case, sample, hidden),
        calibration_error=_calibration_error(case, metric, sample, hidden),
        baseline=baseline,
        oracle=oracle,
        skill=_skill(metric, score, (baseline, simple, oracle)),
        apart=simple is None or _apart(metric, baseline, simple, oracle),
        train=_score(case, ProbeName.PREDICT_PUBLIC, known),
        train_error=error * float(np.sqrt(len(data.hidden) / len(data.public))),
        claims=claims,
        claim_error=scatter * share,
        null=float(np.mean(nulls)) if nulls else None,
        null_error=scatter / max(len(nulls), 1) ** 0.5,
        retrained=_score(case, ProbeName.PREDICT_AGAIN, data.labels),
        sample=sample,
        uninformed=uninformed(challenge, known, data.labels),
    )


#: The skill of a simple model, where a constant has none and a strong one has all.
SIMPLE_SKILL = 0.6


def _skill(metric: Metric, score: Estimate, ends: tuple[Estimate, Estimate | None, Estimate]) -> Estimate:
    """0 at the first end and 1 at the last, straight in between and on; with a bend where a simple model stands.

    Without the bend where the ends cannot be told apart: a step of noise would be worth points.  1 where the last end
    is no better than the first: there is no way to go, and nobody loses by it.
    """
    none, simple, all_ = ends
    if metric.better(all_.value, none.value) <= 0:
        return Estimate(1.0, np.ones_like(score.replicates))
    straight = (score - none) / (all_ - none)
    if simple is None or not _apart(metric, none, simple, all_):
        return straight
    below = ((score - none) / (simple - none)).map(lambda share: SIMPLE_SKILL * share)
    above = ((score - simple) / (all_ - simple)).map(lambda share: SIMPLE_SKILL + (1 - SIMPLE_SKILL) * share)
    ahead = metric.better(score.value, simple.value) > 0, metric.sign * (score - simple).replicates > 0
    return Estimate(above.value if ahead[0] else below.value, np.where(ahead[1], above.replicates, below.replicates))


def _apart(metric: Metric, none: Estimate, simple: Estimate, all_: Estimate) -> bool:
    """Whether each end is better than the one before by more than noise explains."""
    steps = ((simple - none).score(), (all_ - simple).score())
    return all((step.low if metric.higher else -step.high) > 0 for step in steps)


def _others(case: Case, sample: Bootstrap, hidden: FloatArray) -> dict[str, tuple[Metric, Estimate]]:
    """The other metrics of the task that have a value for these answers, by the name they have in the report."""
    challenge = case.challenge
    names = BINARY_COMPANIONS if challenge.task == "binary" else {name: name for name in task_of(challenge).metrics}
    metrics = {shown: task_of(challenge).metric(name, challenge) for shown, name in names.items()}
    return {
        shown: (metric, sample.metric(metric, hidden))
        for shown, metric in metrics.items()
        if metric.name != challenge.metric and metric.least <= hidden.min()
    }


def _score(case: Case, name: str, truth: Truth) -> float | None:
    try:
        return metric_of(case.challenge).statistic.value(truth, predictions(case, name))
    except NotApplicable:
        return None


def curves(scored: Scored, oracle: FloatArray, use: Use) -> Curves:
    """Points for the plots of a graded case."""
    if scored.task == "regression":
        return Curves(predicted=by_tenth(scored.labels, scored.scores))
    if scored.task == "multiclass":
        told, right = TASKS[scored.task].calibrated(scored.labels, scored.scores)
        return Curves(calibration=calibration_curve(right, told), confusion=confusion(scored.labels, scored.scores))
    costs = () if None in (use.contact, use.loss) else performance.cost_curve(scored, use)
    return Curves(
        roc=roc_curve(scored.labels, scored.scores),
        calibration=calibration_curve(scored.labels, scored.scores),
        precision_recall=precision_recall_curve(scored.labels, scored.scores),
        cost=tuple((at, cost.value) for at, cost in costs),
        cost_range=tuple((cost.low, cost.high) for _, cost in costs),
        roc_attainable=roc_curve(scored.labels, oracle),
    )
