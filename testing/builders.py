"""Values for tests, each sensible by default: name only what the test is about.

No builder runs anything; `a_report()` is a graded package, `an_ungraded_report()` one that crashed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from graders.checks.check import Check
from graders.model.case import Case
from graders.model.challenge import Challenge, Column, Criterion, Dataset
from graders.model.finding import Evidence, Finding, Guide, Question, Severity, Status
from graders.model.probe import Action, Exit, Failure, Run, SandboxInfo
from graders.model.report import (
    Cap,
    CriterionResult,
    Curves,
    Debrief,
    Measurement,
    Overall,
    Problem,
    Report,
    Score,
    SectionResult,
    Verdicts,
)
from graders.model.submission import Form, Location, Submission

PIPELINE = '''"""Churn pipeline."""

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

NUMERIC = ["n_products", "usage_trend"]


def train(data, model_dir):
    """Fit and save."""
    scaler = StandardScaler().fit(data[NUMERIC])
    model = LogisticRegression().fit(scaler.transform(data[NUMERIC]), data["churned"])
    joblib.dump((scaler, model), model_dir / "model.joblib")


def evaluate(data):
    return {"roc_auc": 0.81}


def predict(data, model_dir):
    scaler, model = joblib.load(model_dir / "model.joblib")
    return model.predict_proba(scaler.transform(data[NUMERIC]))[:, 1]
'''


def a_submission(files: Mapping[str, str | bytes] | None = None, **kw: Any) -> Submission:
    """A package of one pipeline.py; `files` may be given as text."""
    given = {"pipeline.py": PIPELINE} if files is None else files
    stored = {path: text.encode() if isinstance(text, str) else text for path, text in given.items()}
    defaults: dict[str, Any] = {
        "id": "7f3a91c2",
        "sha256": "5e" * 32,
        "form": Form.PACKAGE,
        "entry": "pipeline.py",
        "files": stored,
        "runnable": stored,
    }
    return Submission(**defaults | kw)


def a_notebook(cells: Mapping[int, str] | None = None, **kw: Any) -> Submission:
    """A notebook of which every cell is runnable, in order."""
    sources = {1: "import pandas as pd", 3: PIPELINE} if cells is None else dict(cells)
    cut = "\n".join(sources.values()).encode()
    lines = tuple((cell, n) for cell, text in sources.items() for n in range(1, len(text.splitlines()) + 1))
    defaults: dict[str, Any] = {"form": Form.NOTEBOOK, "entry": "churn.ipynb", "cells": sources, "lines": lines}
    return replace(a_submission({"churn.ipynb": "{}"}), **defaults | {"runnable": {"pipeline.py": cut}} | kw)


def a_dataset(rows: int = 8, hidden_rows: int = 6, seed: int = 0, **kw: Any) -> Dataset:
    """Two numeric columns, customers of two rows each and a label; small enough to read."""
    public, hidden = _customers(rows, seed), _customers(hidden_rows, seed + 1)
    oracle = np.linspace(0.1, 0.9, hidden_rows)
    defaults: dict[str, Any] = {
        "public": public.assign(churned=np.arange(rows) % 2),
        "hidden": hidden,
        "labels": (np.arange(hidden_rows) % 2).astype(np.int64),
        "oracle": oracle,
        "baseline": np.full(hidden_rows, 0.5),
        "public_oracle": np.linspace(0.1, 0.9, rows),
        "fingerprint": "d1" * 8,
    }
    return Dataset(**defaults | kw)


def _customers(rows: int, seed: int) -> pd.DataFrame:
    numbers = np.random.default_rng(seed)
    days = pd.date_range("2024-01-31", periods=rows, freq="D").strftime("%Y-%m-%d")
    return pd.DataFrame(
        {
            "customer_id": np.arange(rows) // 2,
            "snapshot_date": days,
            "n_products": numbers.integers(1, 5, rows),
            "usage_trend": numbers.normal(size=rows),
        }
    )


def a_challenge(**kw: Any) -> Challenge:
    """A challenge over the columns of `a_dataset`, with a criterion in each section."""
    defaults: dict[str, Any] = {
        "id": "ml_pipeline",
        "version": "1",
        "title": "Customer churn",
        "columns": (
            Column("customer_id", "int", "the customer"),
            Column("snapshot_date", "date text", "when the row was taken"),
            Column("n_products", "int", "products held"),
            Column("usage_trend", "float", "change of usage"),
            Column("churned", "int", "left within 60 days"),
        ),
        "target": "churned",
        "group": "customer_id",
        "time": "snapshot_date",
        "packages": frozenset({"numpy", "pandas", "sklearn", "joblib"}),
        "rubric": (
            Criterion("M1a", "model", 14, "Ranking of the hidden customers"),
            Criterion("C1a", "code", 8, "Structure"),
            Criterion("P1", "production", 4, "Latency and cost"),
            Criterion("D1", "responsibility", 4, "Bias and collection"),
        ),
        "references": (),
        "folder": Path("challenges/ml_pipeline"),
        "make": lambda seed: a_dataset(seed=seed),
    }
    return Challenge(**defaults | kw)


def a_run(name: str = "train", action: Action = Action.TRAIN, exit: Exit = Exit.OK, **kw: Any) -> Run:  # noqa: A002
    """A run that went well in about a second."""
    return Run(name, action, exit, **{"seconds": 1.204, "cpu_seconds": 1.1512, "max_rss_mb": 180.25} | kw)


def a_crash(name: str = "train", action: Action = Action.TRAIN, **kw: Any) -> Run:
    """A run that raised a KeyError in line 14 of pipeline.py."""
    failure = Failure("KeyError", "'churned'", (Location("pipeline.py", 14),))
    return a_run(name, action, Exit.CRASHED, **{"failure": failure} | kw)


def a_case(*runs: Run, **kw: Any) -> Case:
    """A case with the runs given, by default a train, an evaluate and a predict that went well."""
    given = runs or (
        a_run(model=b"model"),
        a_run("evaluate", Action.EVALUATE, claims={"roc_auc": 0.81}),
        a_run("predict", Action.PREDICT, predictions=np.linspace(0.2, 0.7, 6)),
    )
    defaults: dict[str, Any] = {
        "submission": a_submission(),
        "challenge": a_challenge(),
        "dataset": a_dataset(),
        "runs": {run.name: run for run in given},
        "sandbox": SandboxInfo("sha256:ab12", "docker 20.10 runc"),
        "seed": 7,
        "graded_at": "2026-11-22T20:00:00Z",
    }
    return Case(**defaults | kw)


def a_check(code: str = "LEAK001", **kw: Any) -> Check:
    """A check with a guide and a question, which finds nothing."""
    defaults: dict[str, Any] = {
        "title": "Fitted before the split",
        "severity": Severity.MAJOR,
        "family": "leakage",
        "examine": lambda case: (),  # noqa: ARG005
        "guide": Guide(
            "The source is followed from fit to split.",
            "The estimate has already seen the rows it is tested on.",
            "Fit inside the folds, for instance in a scikit-learn Pipeline.",
        ),
        "question": Question("Where is the scaler fitted?", "Inside the folds.", "It does not matter."),
    }
    return Check(code=code, **defaults | kw)


def a_finding(code: str = "LEAK001", status: Status = Status.FLAGGED, **kw: Any) -> Finding:
    """A finding; when flagged, with one piece of evidence at line 13 of pipeline.py."""
    what = "StandardScaler is fitted on all rows before they are split."
    evidence = (Evidence(what, Location("pipeline.py", 13)),) if status is Status.FLAGGED else ()
    defaults: dict[str, Any] = {"title": "Fitted before the split", "severity": Severity.MAJOR, "evidence": evidence}
    return Finding(code, status=status, **defaults | kw)


def a_criterion(id: str = "M1a", points: float | None = 11.26, max: float = 14, **kw: Any) -> CriterionResult:  # noqa: A002
    defaults: dict[str, Any] = {"title": "Ranking of the hidden customers", "why": "Skill is 0.80."}
    return CriterionResult(id, points=points, max=max, **defaults | kw)


def a_section(id: str = "model", *criteria: CriterionResult, **kw: Any) -> SectionResult:  # noqa: A002
    """A section of the criteria given, its points and maximum summed over those that were judged."""
    given = criteria or (a_criterion(),)
    judged = [c for c in given if c.points is not None]
    points = sum(c.points or 0 for c in judged) if judged else None
    defaults: dict[str, Any] = {
        "points": points,
        "max": sum(c.max for c in judged),
        "weight": sum(c.max for c in given),
        "low": None if points is None else points - 1,
        "high": None if points is None else points + 1,
    }
    return SectionResult(id, criteria=given, **defaults | kw)


def a_report(**kw: Any) -> Report:
    """A graded report: a flagged, a passed and a not applicable finding, four sections, all metrics."""
    defaults: dict[str, Any] = {
        "case": a_case(),
        "problem": None,
        "overall": Overall(72.41, 68.13, 76.88, 3, (3,), (Cap("LEAK001", "A leak that moves the score."),)),
        "sections": _sections(),
        "metrics": _metrics(),
        "verdicts": Verdicts("confirmed", "clean", True),
        "findings": _findings(),
        "debrief": (Debrief("LEAK001", "Where is the scaler fitted?", "pipeline.py, line 13", "In folds.", "No."),),
        "curves": Curves(((0.0, 0.0), (0.2, 0.6), (1.0, 1.0)), ((0.1, 0.12, 500), (0.4, 0.33, 500))),
        "grader_version": "0.1.0",
        "rubric_version": "1",
        "measurements": (a_measurement(), a_measurement(id="cost", note="Not measured: no reference.", rows=())),
    }
    return Report(**defaults | kw)


def a_measurement(**kw: Any) -> Measurement:
    """A table with a cell of every kind."""
    defaults: dict[str, Any] = {
        "id": "shift",
        "title": "When the data move",
        "note": "By month.",
        "columns": ("Part", "Rows", "ROC AUC", "Attainable", "p"),
        "rows": (("2024-01", 3256, Score(0.8112, 0.794, 0.826), 0.8214, None),),
    }
    return Measurement(**defaults | kw)


def an_ungraded_report(**kw: Any) -> Report:
    """A report on a submission whose train crashed."""
    hint = "Run the starter kit's check.py."
    defaults: dict[str, Any] = {
        "case": a_case(a_crash()),
        "problem": Problem("TRAIN_CRASHED", "train raised KeyError.", hint, Location("pipeline.py", 14)),
        "overall": None,
        "sections": (),
        "metrics": {},
        "verdicts": Verdicts("not judged", "not judged", None),
        "findings": (a_finding(status=Status.NOT_APPLICABLE, note="nothing ran"),),
        "debrief": (),
        "curves": Curves(),
    }
    return a_report(**defaults | kw)


def _sections() -> tuple[SectionResult, ...]:
    return (
        a_section("model", a_criterion(), a_criterion("M2a", 2.0, 8, title="Leakage", findings=("LEAK001",))),
        a_section(
            "code", a_criterion("C1a", 7.1, 8, title="Structure", why="Small functions.", next="Split it.", gain=0.4)
        ),
        a_section("production", a_criterion("P1", None, 4, title="Latency and cost", why="Not measured.")),
        a_section("responsibility", a_criterion("D1", 1.0, 4, title="Bias and collection", why="Not mentioned.")),
    )


def _metrics() -> dict[str, object]:
    return {
        "hidden": {"roc_auc": Score(0.7812, 0.7689, 0.7931), "brier": Score(0.1201, 0.1154, 0.1249)},
        "train": {"roc_auc": Score(0.8421, 0.836, 0.848)},
        "claimed": {"roc_auc": Score(0.81, 0.79, 0.83), "accuracy": 0.9},
        "claimed_null": {"roc_auc": Score(0.503, 0.48, 0.526)},
        "skill": Score(0.8125, 0.77, 0.86),
        "oracle": 0.829,
        "baseline": 0.573,
    }


def _findings() -> tuple[Finding, ...]:
    return (
        a_finding(),
        a_finding("LEAK010", Status.PASSED, title="A prediction depends on the batch"),
        a_finding("TEST001", Status.NOT_APPLICABLE, title="No tests", note="no tests came with it"),
    )
