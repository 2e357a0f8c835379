"""What was measured of a case, as estimates that can be pushed through the rubric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graders.measure import answers, performance
from graders.measure.answers import predictions, run_of
from graders.measure.performance import Scored
from graders.measure.scoring import Bootstrap, Estimate, calibration_curve, precision_recall_curve, roc_auc, roc_curve
from graders.model.arrays import FloatArray, IntArray
from graders.model.case import Case, NotApplicable
from graders.model.challenge import Use
from graders.model.report import Curves, Score
from graders.probes import sessions

#: The share of the public rows a claim is taken to rest on, as candidates do not say: a usual hold-out.
#: It errs towards a wide interval, in the candidate's favour.
CLAIM_SHARE = 0.2
LEAST_ERROR = 1e-3


@dataclass(frozen=True, eq=False)
class Measured:
    """ROC AUCs and their companions of one graded case.

    hidden, average_precision, brier, calibration_error, baseline, oracle and skill are estimates on the
    hidden rows; train, claimed and null are ROC AUCs with the standard errors beside them.  `null` is the
    mean claim over all draws of permuted labels, None where none could be had; `retrained` the hidden ROC AUC of
    the second model.  `sample` holds the draws that all estimates share.
    """

    hidden: Estimate
    average_precision: Estimate
    brier: Estimate
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

    @property
    def claimed(self) -> float:
        return self.claims["roc_auc"]

    @property
    def optimism(self) -> float:
        """Claim minus hidden ROC AUC."""
        return self.claimed - self.hidden.value

    @property
    def optimism_error(self) -> float:
        """Standard error of `optimism`; claim and hidden rows are independent samples.

        Never 0, as it is for a constant prediction, so that gaps can be told in units of it.
        """
        return max(float(np.hypot(self.claim_error, self.hidden.standard_error)), LEAST_ERROR)

    def table(self) -> dict[str, object]:
        """The `metrics` of the report."""
        claimed: dict[str, object] = dict(sorted(self.claims.items()))
        claimed["roc_auc"] = _interval(self.claimed, self.claim_error)
        return {
            "hidden": {
                "roc_auc": self.hidden.score(0, 1),
                "average_precision": self.average_precision.score(0, 1),
                "brier": self.brier.score(0, 1),
                "calibration_error": self.calibration_error.score(0, 1),
            },
            "train": {} if self.train is None else {"roc_auc": _interval(self.train, self.train_error)},
            "claimed": claimed,
            "claimed_null": {} if self.null is None else {"roc_auc": _interval(self.null, self.null_error)},
            "skill": self.skill.score(),
            "oracle": self.oracle.value,
            "baseline": self.baseline.value,
        }


def _interval(value: float, error: float) -> Score:
    return Score(value, max(0.0, value - 1.96 * error), min(1.0, value + 1.96 * error))


def measure(case: Case) -> Measured:
    """Measure a case; NotApplicable where train, evaluate or predict gave nothing."""
    hidden = predictions(case, sessions.PREDICT)
    claims = run_of(case.runs, sessions.EVALUATE).claims
    data = case.dataset
    sample = Bootstrap(data.labels, data.hidden[case.challenge.group], case.seed)
    score, baseline, oracle = (sample.roc_auc(of) for of in (hidden, data.baseline, data.oracle))
    error = score.standard_error
    claim_error = error * float(np.sqrt(len(data.hidden) / (CLAIM_SHARE * len(data.public))))
    nulls = answers.claims(case, (sessions.EVALUATE_NULL, *sessions.NULL_DRAWS))
    return Measured(
        hidden=score,
        average_precision=sample.average_precision(hidden),
        brier=sample.brier(hidden),
        calibration_error=sample.calibration_error(hidden),
        baseline=baseline,
        oracle=oracle,
        skill=(score - baseline) / (oracle - baseline),
        train=_score(case, sessions.PREDICT_PUBLIC, data.public[case.challenge.target].to_numpy()),
        train_error=error * float(np.sqrt(len(data.hidden) / len(data.public))),
        claims=claims,
        claim_error=claim_error,
        null=float(np.mean(nulls)) if nulls else None,
        null_error=claim_error / max(len(nulls), 1) ** 0.5,
        retrained=_score(case, sessions.PREDICT_AGAIN, data.labels),
        sample=sample,
    )


def _score(case: Case, name: str, labels: IntArray) -> float | None:
    try:
        return roc_auc(labels, predictions(case, name))
    except NotApplicable:
        return None


def curves(scored: Scored, oracle: FloatArray, use: Use) -> Curves:
    """Points for the plots of a graded case."""
    return Curves(
        roc=roc_curve(scored.labels, scored.scores),
        calibration=calibration_curve(scored.labels, scored.scores),
        precision_recall=precision_recall_curve(scored.labels, scored.scores),
        cost=performance.cost_curve(scored, use),
        roc_attainable=roc_curve(scored.labels, oracle),
    )
