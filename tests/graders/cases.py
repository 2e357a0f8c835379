"""Grading a scripted candidate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graders.grade import assess, collect, measure_cost_baseline
from graders.model.challenge import Challenge, Column, Criterion, Dataset, Use
from graders.model.finding import Finding
from graders.model.probe import Action, Exit, Failure, Run
from graders.model.report import Measurement, Report
from graders.model.submission import Location
from graders.rubric.points import CRITERIA
from testing.builders import a_challenge, a_submission
from tests.scripted import Candidate, ScriptedSandbox, by_score

SECTION_OF = dict.fromkeys(("parity", "cost", "data-validation", "monitoring"), "production")
SECTION_OF |= dict.fromkeys(("communication", "bias"), "responsibility")
MODEL = {"predictive-quality", "calibration", "leakage", "generalisation"}
MODEL |= {"worst-slice", "evaluation-design", "robustness"}


def the_challenge() -> Challenge:
    rubric = tuple(
        Criterion(name, SECTION_OF.get(name, "model" if name in MODEL else "code"), 4.0, name)  # type: ignore[arg-type]
        for name in CRITERIA
    )
    columns = (
        *(Column(name, "float", name) for name in ("score", "late")),
        Column("shop", "text", "where", sensitive=True),
        Column("age", "int", "years", sensitive=True, bands=(40,)),
    )
    use = Use(capacity=0.1, contact=1, loss=5, requests_per_second=10, core_hour=0.04)
    return a_challenge(columns=columns, rubric=rubric, post_outcome=("late",), use=use)


def graded(candidate: Candidate, dataset: Dataset, **files: str) -> Report:
    submission = a_submission({"pipeline.py": files.pop("pipeline", PIPELINE), **files})
    sandbox = ScriptedSandbox(candidate)
    reference = measure_cost_baseline(submission, the_challenge(), dataset, ScriptedSandbox(Candidate()))
    at = "2026-11-22T12:00:00Z"
    return assess(
        collect(submission, the_challenge(), dataset, sandbox, seed=11, graded_at=at, cost_baseline=reference)
    )


def table(report: Report, name: str) -> Measurement:
    return next(found for found in report.measurements if found.id == name)


def finding(report: Report, code: str) -> Finding:
    return next(f for f in report.findings if f.code == code)


def points(report: Report, criterion: str) -> float | None:
    return next(c.points for s in report.sections for c in s.criteria if c.id == criterion)


def crash(name: str, line: int = 3) -> dict[str, Run]:
    failure = Failure("KeyError", "'assay-unseen'", (Location("pipeline.py", line),))
    return {name: Run(name, Action.PREDICT, Exit.CRASHED, failure=failure)}


def on(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Candidate:
    """Honest but for one probe."""
    return Candidate(predict=lambda probe: change(by_score(probe)) if probe.name == name else by_score(probe))


def named_with_evidence(report: Report, code: str) -> bool:
    """Whether the code is flagged, and each piece of its evidence is a sentence."""
    named = finding(report, code)
    return named.flagged and all(len(evidence.what) > 20 for evidence in named.evidence)


SHOPS = "predict unseen categories"
HONEST = Candidate()
PIPELINE = '''"""Churn."""

import logging

log = logging.getLogger(__name__)


def train(data: "DataFrame", model_dir: "Path") -> None:
    """Fit on all labelled rows."""
    log.info("training on %d rows", len(data))


def evaluate(data: "DataFrame") -> dict[str, float]:
    """Estimate forward in time."""
    if data.empty:
        raise ValueError("no rows")
    return {"roc_auc": 0.75}


def predict(data: "DataFrame", model_dir: "Path") -> "Series":
    """Score each row alone."""
    return data["score"]
'''
README = """# Churn

The task: say which customers leave within 60 days, so that the shop can call them in time.

## Results

ROC AUC is {auc} on held-out customers, with a standard error of about .01 over shops and ages.

## Monitoring

Each month the share of missing age and of unknown shop values is compared with training; above 10 % the owner is woken.
Predictions by shop are watched, and the AUC once labels arrive after 60 days; if it falls we roll back.

## Limits

Not for customers of a shop that training has not seen, and not for anybody whose age is unknown.
"""
