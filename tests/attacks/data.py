"""A small world of customers to grade attacks in, and grading them as the product does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from graders.catalog import BY_CODE
from graders.grade import assess, collect
from graders.model.challenge import Challenge, Column, Criterion, Dataset
from graders.model.probe import Sandbox
from graders.model.report import Report
from graders.model.submission import Submission
from graders.report.document import document
from graders.report.html import render as html
from graders.report.sarif import render as sarif
from graders.rubric.points import CRITERIA
from testing.builders import a_challenge
from tests.attacks.attack import FEATURE

ROWS, HIDDEN = 1200, 1500


def customers(count: int, first: int, seed: int) -> tuple[pd.DataFrame, Any, Any]:
    """Rows, labels and true probabilities; three rows a customer, `score` a noisy view of what makes them leave."""
    random = np.random.default_rng(seed)
    true = random.normal(size=count // 3)[np.arange(count) // 3] + random.normal(size=count)
    chance = 1 / (1 + np.exp(1 - 1.5 * true))
    table = pd.DataFrame(
        {
            "customer_id": first + np.arange(count) // 3,
            "snapshot_date": [f"2024-0{1 + i % 3}-28" for i in range(count)],
            "score": true + random.normal(size=count) - 1,
            "note": "public",
        }
    )
    return table, (random.random(count) < chance).astype(np.int64), chance


def a_world() -> Dataset:
    """Hidden rows are of new customers, and each holds a text that must not get out."""
    public, target, known = customers(ROWS, 0, 1)
    hidden, labels, oracle = customers(HIDDEN, 10_000, 2)
    baseline = np.random.default_rng(3).random(HIDDEN)
    return Dataset(
        public.assign(churned=target), hidden.assign(note=FEATURE), labels, oracle, baseline, known, "f" * 16
    )


def the_challenge() -> Challenge:
    """Every criterion there is, four points each; which section it counts for does not matter here."""
    rubric = tuple(Criterion(name, "code", 4.0, name) for name in CRITERIA)
    columns = (Column("score", "float", "a score"), Column("note", "text", "a note"))
    packages = frozenset({"numpy", "pandas", "sklearn", "pytest"})
    return a_challenge(columns=columns, rubric=rubric, packages=packages)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A report with everything that is made of it."""

    report: Report
    document: dict[str, Any]
    html: str
    sarif: dict[str, Any]

    @property
    def texts(self) -> dict[str, str]:
        """All that anybody may read."""
        return {
            "report.json": json.dumps(self.document, ensure_ascii=False),
            "report.html": self.html,
            "findings.sarif": json.dumps(self.sarif, ensure_ascii=False),
        }

    def flagged(self, code: str) -> bool:
        return next(finding.flagged for finding in self.report.findings if finding.code == code)

    def points(self, criterion: str) -> float | None:
        return next(c.points for s in self.report.sections for c in s.criteria if c.id == criterion)

    @property
    def score(self) -> float:
        assert self.report.overall
        return self.report.overall.score


def graded(submission: Submission, sandbox: Sandbox, world: Dataset) -> Outcome:
    report = assess(collect(submission, the_challenge(), world, sandbox, seed=5, graded_at="2026-01-01T00:00:00Z"))
    page = document(report, BY_CODE)
    return Outcome(report, page.plain(), html(page), sarif(page))
