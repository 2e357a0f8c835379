"""What comes out: points, bands, tables, verdicts and the questions of the interview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graders.model.case import Case
from graders.model.finding import Finding
from graders.model.submission import Location


@dataclass(frozen=True)
class Score:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class CriterionResult:
    """`points` is None where the criterion is not judged: it then counts neither for nor against.

    `next` is the one change that would gain most, and `gain` the points it could gain; "" and 0 where there is none.
    """

    id: str
    title: str
    points: float | None
    max: float
    why: str
    findings: tuple[str, ...] = ()
    next: str = ""
    gain: float = 0.0


@dataclass(frozen=True)
class SectionResult:
    """`max` sums the criteria that were judged, `weight` all of them."""

    id: str
    points: float | None
    max: float
    weight: float
    low: float | None
    high: float | None
    criteria: tuple[CriterionResult, ...]


@dataclass(frozen=True)
class Cap:
    code: str
    why: str


@dataclass(frozen=True)
class Overall:
    """0-100 with a 95 % interval; `bands` has every band that the interval touches."""

    score: float
    low: float
    high: float
    band: int
    bands: tuple[int, ...]
    caps: tuple[Cap, ...] = ()


#: A cell of a table: words, a bare number, a number with its interval, or nothing measured.
Cell = str | float | Score | None


@dataclass(frozen=True)
class Measurement:
    """A table of the report.  `title` and `note` say what was measured and how; rows are as long as `columns`."""

    id: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Verdict = Literal["clean", "suspected", "confirmed", "not judged"]


@dataclass(frozen=True)
class Verdicts:
    leakage: Verdict
    overfitting: Verdict
    reproducible: bool | None


@dataclass(frozen=True)
class Problem:
    """Why a submission is ungraded: a stable code, a sentence, what to do, and where."""

    code: str
    message: str
    hint: str
    where: Location | None = None


@dataclass(frozen=True)
class Curves:
    """Points for the plots, those that the task has.

    Two classes: roc as (false, true positive rate); precision_recall as (recall, precision); cost as (threshold, cost
    of a thousand rows), and cost_range the ends of its interval.  Classes: calibration as (mean probability, how often
    it holds, rows), of many classes that of the predicted one.  Many classes: confusion as counts, a row for each true
    class.  Numbers: predicted as (mean prediction, mean truth, its lower and upper tenth, rows), by tenth of the
    prediction.
    """

    roc: tuple[tuple[float, float], ...] = ()
    calibration: tuple[tuple[float, float, int], ...] = ()
    precision_recall: tuple[tuple[float, float], ...] = ()
    cost: tuple[tuple[float, float], ...] = ()
    cost_range: tuple[tuple[float, float], ...] = ()
    roc_attainable: tuple[tuple[float, float], ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    predicted: tuple[tuple[float, float, float, float, int], ...] = ()


@dataclass(frozen=True)
class Debrief:
    """One question of the interview plan.  `core` is asked of everybody, `evidence` because of a finding, `strength`
    of what went well; `where` is the place to look at together, `stake` the points lost to what is asked about."""

    code: str
    question: str
    evidence: str
    strong: str
    weak: str
    kind: Literal["core", "evidence", "strength"] = "evidence"
    minutes: int = 6
    where: Location | None = None
    stake: float = 0.0


@dataclass(frozen=True, eq=False)
class Report:
    """One submission, judged.  `problem` says why where there is no grade, and `overall` is then None.

    Keys of `metrics`: `hidden`, `train`, `claimed`, `claimed_null` are scores by metric name; `skill` is a
    Score; `oracle` and `baseline` are ROC AUCs on the hidden rows.
    """

    case: Case
    problem: Problem | None
    overall: Overall | None
    sections: tuple[SectionResult, ...]
    metrics: Mapping[str, object]
    verdicts: Verdicts
    findings: tuple[Finding, ...]
    debrief: tuple[Debrief, ...]
    curves: Curves
    grader_version: str
    rubric_version: str
    measurements: tuple[Measurement, ...] = ()
