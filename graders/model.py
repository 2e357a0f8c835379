"""The words Assay is written in: frozen values shared by intake, sandbox, graders and service.

A submission goes in, probes are put to it, each gives a run, the runs make a case, checks examine the
case and give findings, and everything ends in one report.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


#: Where Python ends a line; str.splitlines knows more ends, and would count on a different line.
LINE_END = re.compile(r"\r\n|\r|\n")


# --- what a candidate hands in -----------------------------------------------------------------------


class Form(StrEnum):
    PACKAGE = "package"
    SCRIPT = "script"
    NOTEBOOK = "notebook"


@dataclass(frozen=True, order=True)
class Location:
    """A place in the candidate's own files; `line` counts within `cell` where there is one (both from 1)."""

    path: str
    line: int | None = None
    cell: int | None = None

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{self.path}, cell {self.cell}" + (f", line {self.line}" if self.line else "")
        return self.path + (f", line {self.line}" if self.line else "")


@dataclass(frozen=True)
class SetAside:
    """Something of the submission that is kept out of the run, and why: a cell magic, a cache."""

    where: Location
    what: str


@dataclass(frozen=True)
class Source:
    """One module as it is read, not run: a .py file, or all cells of a notebook as one text with magics set aside.

    Line n of a notebook's `text` is `places[n - 1]`, its (cell, line in the cell).
    """

    path: str
    text: bytes
    places: tuple[tuple[int, int], ...] = ()

    @property
    def is_notebook(self) -> bool:
        return self.path.endswith(".ipynb")

    def locate(self, line: int | None) -> Location:
        """The place in the candidate's own file for a line of the text."""
        if not self.places or line is None:
            return Location(self.path, line)
        if not 0 < line <= len(self.places):
            return Location(self.path)
        cell, line_in_cell = self.places[line - 1]
        return Location(self.path, line_in_cell, cell)


@dataclass(frozen=True)
class Submission:
    """A submission that passed intake.  Nothing in it has been executed, and nothing of it lies on disk.

    `files` is what the candidate wrote, by path under the submission's root; `runnable` is what enters a
    container: the same files, or for a notebook a `pipeline.py` cut from its cells in place of the
    notebook.  `lines` maps line n of that cut file to `lines[n - 1]`, its (cell, line in the cell).
    `notebooks` are notebooks in whole, as they are read for their quality.
    """

    id: str
    sha256: str
    form: Form
    entry: str
    files: Mapping[str, bytes]
    runnable: Mapping[str, bytes]
    lines: tuple[tuple[int, int], ...] = ()
    cells: Mapping[int, str] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    notebooks: tuple[Source, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """All code the candidate wrote, by path; of a notebook whose whole is not known, what was cut from it."""
        modules = [Source(path, data) for path, data in self.files.items() if path.endswith(".py")]
        whole = self.notebooks
        if self.form is Form.NOTEBOOK and not whole:
            whole = (Source(self.entry, self.runnable["pipeline.py"], self.lines),)
        return tuple(sorted((*modules, *whole), key=lambda source: source.path))

    def locate(self, path: str, line: int | None) -> Location:
        """The place in the candidate's own file for a line of a runnable file."""
        if self.form is not Form.NOTEBOOK or path != "pipeline.py":
            return Location(path, line)
        if line is None or not 0 < line <= len(self.lines):
            return Location(self.entry)
        cell, line_in_cell = self.lines[line - 1]
        return Location(self.entry, line_in_cell, cell)

    def quote(self, where: Location, around: int = 2) -> tuple[tuple[int, str], ...]:
        """Up to `2 * around + 1` numbered source lines about a location, empty where it names none."""
        if where.line is None:
            return ()
        if where.cell is not None:
            text = self.cells.get(where.cell, "")
        else:
            text = self.files.get(where.path, b"").decode("utf-8", "replace")
        source = LINE_END.split(text)
        first = max(where.line - around, 1)
        return tuple((n, source[n - 1]) for n in range(first, min(where.line + around, len(source)) + 1))


# --- what is asked: a challenge and its data ---------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One column of the data, as the brief's data dictionary describes it.

    Groups of people are compared by `sensitive` columns; a numeric one is cut at `bands`, and `unknown` is the
    number that stands for no value.  `price` says in words what keeping the column costs, where it costs money.
    """

    name: str
    type: Literal["int", "float", "text", "date text"]
    meaning: str
    sensitive: bool = False
    bands: tuple[float, ...] = ()
    unknown: float | None = None
    price: str = ""


@dataclass(frozen=True)
class Use:
    """How the model will be used, as the brief states it: what costs and errors are reckoned with.

    capacity: share of the rows that can be acted on.  contact, loss: cost of acting on one row, and of missing
    one positive row.  requests_per_second and core_hour (the price of one core for an hour) make a bill; a core
    is planned to be busy for `busy` of the time.
    """

    capacity: float = 0.1
    contact: float = 1.0
    loss: float = 5.0
    requests_per_second: float = 10.0
    core_hour: float = 0.04
    busy: float = 0.6
    currency: str = "EUR"


@dataclass(frozen=True)
class Limits:
    """What one probe may use.  Time is counted in CPU seconds of the whole process tree; `seconds` of wall
    clock is the outer bound; sizes are in MB (2**20 bytes)."""

    cpu_seconds: float = 60.0
    seconds: float = 120.0
    memory_mb: int = 1024
    model_mb: int = 50
    log_kb: int = 64


Section = Literal["model", "code", "production", "responsibility"]


@dataclass(frozen=True)
class Criterion:
    """One line of the rubric: at most `points`, in one section of the report."""

    id: str
    section: Section
    points: float
    title: str


@dataclass(frozen=True)
class Reference:
    """A reference submission and what grading it must give; the project's own acceptance test."""

    name: str
    status: Literal["graded", "ungraded"]
    bands: frozenset[int] = frozenset()
    flagged: frozenset[str] = frozenset()
    not_flagged: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Dataset:
    """The rows of one challenge, made from one secret seed.  `labels`, `oracle` and `baseline` have one
    entry for each hidden row; they never leave the grader's own process.

    `public` holds the target column; `hidden` does not.  `oracle` is the true probability of the positive
    class, `baseline` the score the challenge's baseline pipeline gives, `rivals` the scores of simple models of
    ours, by name; `public_oracle` is the oracle of the public rows.
    """

    public: pd.DataFrame
    hidden: pd.DataFrame
    labels: IntArray
    oracle: FloatArray
    baseline: FloatArray
    public_oracle: FloatArray
    fingerprint: str
    rivals: Mapping[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True)
class Challenge:
    """Everything that makes one challenge: a second challenge is one more such value in one more folder.

    `group` names the column of the statistical unit (its rows are not independent), `time` the column a
    deployment moves forward in.  `packages` are the import names the image offers.  `post_outcome` columns
    are known only after the outcome: a model must not rest on them.  `follow_up_budget` bounds the CPU time of
    probes that settle a doubt, in multiples of one train and one evaluate; `fault_seconds` the CPU seconds of the
    candidate's tests over planted faults.  `yardstick` names the reference whose cost is the measure of all others;
    `rivals` scores the hidden rows with simple models of ours.  `hours` is the least and the most that candidates
    should plan.
    """

    id: str
    version: str
    title: str
    columns: tuple[Column, ...]
    target: str
    group: str
    time: str
    packages: frozenset[str]
    rubric: tuple[Criterion, ...]
    references: tuple[Reference, ...]
    folder: Path
    make: Callable[[int], Dataset]
    post_outcome: tuple[str, ...] = ()
    follow_up_budget: float = 3.0
    fault_seconds: float = 60.0
    train_limits: Limits = Limits()
    predict_limits: Limits = Limits()
    tool_limits: Limits = Limits()
    use: Use = Use()
    yardstick: str = ""
    hours: tuple[int, int] | None = None
    rivals: Callable[[pd.DataFrame, pd.DataFrame], Mapping[str, FloatArray]] | None = None


# --- what is executed: probes and runs ---------------------------------------------------------------


class Action(StrEnum):
    TRAIN = "train"
    EVALUATE = "evaluate"
    PREDICT = "predict"
    TESTS = "tests"
    RUFF = "ruff"
    RADON = "radon"


#: Which actions may share a container: one that saw labels never meets one that saw hidden rows.
SIDES: Mapping[Action, str] = {
    Action.TRAIN: "labelled",
    Action.EVALUATE: "labelled",
    Action.PREDICT: "unlabelled",
    Action.TESTS: "tools",
    Action.RUFF: "tools",
    Action.RADON: "tools",
}


@dataclass(frozen=True, eq=False)
class Probe:
    """One call put to the submission, in a process of its own.

    `data` are the rows the candidate's function receives.  `model` is what an earlier train run left
    (opaque bytes).  `batches` are the sizes of consecutive parts in which `data` is handed to `predict`,
    one call each; empty means all at once.  A `traced` train or evaluate leaves an account of what it did with
    which rows as the run's `output` (see graders/leakage/trace.py).  When an `essential` probe does not end well,
    the rest of its session is skipped.  Of a `timed` probe the CPU time of each call comes back, and the
    machine's pace: never of one with hidden rows, which could be spelt out in it.  `planted` files lie in place of the
    submission's own; tests over them end with the first failure, and those in the files named `first` come first.
    A probe is not begun where its session has used `within` CPU seconds.
    """

    name: str
    action: Action
    data: pd.DataFrame | None = None
    model: bytes | None = None
    seed: int = 0
    batches: tuple[int, ...] = ()
    limits: Limits = Limits()
    essential: bool = False
    timed: bool = False
    traced: bool = False
    planted: Mapping[str, bytes] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    within: float = math.inf


class Exit(StrEnum):
    """How a run ended.  All but OK are the candidate's; a fault of ours raises SandboxError instead."""

    OK = "ok"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    NO_ANSWER = "ended without an answer"
    BAD_OUTPUT = "bad output"
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class Failure:
    """Why a run did not end well.  `kind` is a stable code (see sandbox/protocol/failure.py) or the name of a built-in
    exception; `message` is the candidate's text and hostile, or a sentence of ours; `frames` are the places
    in the candidate's files, outermost first."""

    kind: str
    message: str
    frames: tuple[Location, ...] = ()


@dataclass(frozen=True, eq=False)
class Run:
    """What one probe gave, as measured from outside the candidate's process.

    predictions: float64, one for each row of the probe's data, finite and in [0, 1]; for predict.
    claims: finite numbers by name, with at least `roc_auc`; for evaluate.
    model: what `train` saved, opaque; never to be interpreted outside a container.
    output: JSON text, at most 4 MB: of a tool for tests, ruff and radon, of the tracer for a traced probe
        (empty where it has nothing to say).
    log: what was printed, bounded; text of the candidate, and for predict never shown to one.
    saved_mb: what `train` saved, in MB.
    call_seconds: CPU seconds of each call of a timed probe, told by the candidate's own process.
    pace: CPU seconds of a fixed piece of work of ours just before and after a timed probe; 0 where none was done.
    """

    name: str
    action: Action
    exit: Exit
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    max_rss_mb: float = 0.0
    predictions: FloatArray | None = None
    claims: Mapping[str, float] = field(default_factory=dict)
    model: bytes | None = None
    output: str = ""
    failure: Failure | None = None
    log: str = ""
    saved_mb: float = 0.0
    call_seconds: tuple[float, ...] = ()
    pace: float = 0.0

    @property
    def ok(self) -> bool:
        return self.exit is Exit.OK


@dataclass(frozen=True)
class SandboxInfo:
    """What the runs ran on, for the report's provenance."""

    image: str
    runtime: str


Watch = Callable[[str, Literal["started", "ended"]], None]  # (name of the probe, what happened to it)


def unwatched(name: str, event: Literal["started", "ended"]) -> None:
    """The Watch of whoever does not care."""


class SandboxError(Exception):
    """The sandbox itself failed: nobody is graded, no attempt is spent, the work may be tried again."""


class Sandbox(Protocol):
    """Where untrusted code runs.  sandbox/testing/conformance.py holds what every implementation must do."""

    @property
    def info(self) -> SandboxInfo: ...

    def start(
        self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched
    ) -> Future[tuple[Run, ...]]:
        """Run `probes` one after another, each in a fresh process that finds nothing of any other; one Run for
        each that was reached (see Probe.essential).  No container serves two submissions, none that has held
        unlabelled rows serves another call, and none is left when the submission's last call has ended.

        The future raises SandboxError when the fault is ours.  Probes of two sides (see SIDES) in one call
        raise ValueError at once.
        """
        ...


# --- what is judged: cases, checks, findings ---------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Case:
    """Everything a judgement rests on; the same case always gives the same report.

    `yardstick` holds runs of the challenge's reference in the same image, by probe; empty where there are none.
    """

    submission: Submission
    challenge: Challenge
    dataset: Dataset
    runs: Mapping[str, Run]
    sandbox: SandboxInfo
    seed: int
    graded_at: str
    yardstick: Mapping[str, Run] = field(default_factory=dict)


class Severity(StrEnum):
    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Status(StrEnum):
    FLAGGED = "flagged"
    PASSED = "passed"
    NOT_APPLICABLE = "not applicable"
    BROKEN = "broken"


class Certainty(StrEnum):
    """`confirmed` rests on a measurement made outside the candidate's reach, `suspected` on anything less."""

    CONFIRMED = "confirmed"
    SUSPECTED = "suspected"


class NotApplicable(Exception):
    """Nothing to judge here, for the reason given."""


@dataclass(frozen=True)
class Evidence:
    """Something a person can go and look at.  `source` says how it was seen (see graders/leakage/signal.py)."""

    what: str
    where: Location | None = None
    certainty: Certainty = Certainty.CONFIRMED
    source: str = "outside"


@dataclass(frozen=True)
class Question:
    """One question for the debrief, with what a strong and a weak answer holds."""

    ask: str
    strong: str
    weak: str


@dataclass(frozen=True)
class Guide:
    """A check's entry in the guide: how it detects, why it matters, how to avoid the finding."""

    detect: str
    why: str
    avoid: str


@dataclass(frozen=True)
class Check:
    """One stable code, one examination.  `examine` yields evidence against the submission, or none, or
    raises NotApplicable."""

    code: str
    title: str
    severity: Severity
    examine: Callable[[Case], Iterable[Evidence]]
    guide: Guide
    question: Question


@dataclass(frozen=True)
class Finding:
    code: str
    title: str
    status: Status
    severity: Severity
    note: str = ""
    evidence: tuple[Evidence, ...] = ()

    @property
    def flagged(self) -> bool:
        return self.status is Status.FLAGGED

    @property
    def certainty(self) -> Certainty | None:
        """The strongest certainty among the evidence; None when nothing is held against the candidate."""
        if not self.flagged:
            return None
        sure = any(e.certainty is Certainty.CONFIRMED for e in self.evidence)
        return Certainty.CONFIRMED if sure else Certainty.SUSPECTED


# --- what comes out ----------------------------------------------------------------------------------


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
    """0-100 with a 95 % interval; `bands` has two entries where the interval crosses a cut."""

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
    """Points for the plots: ROC as (false, true positive rate); calibration as (mean prediction, observed rate,
    rows); precision_recall as (recall, precision); cost as (threshold, cost of a thousand rows)."""

    roc: tuple[tuple[float, float], ...] = ()
    calibration: tuple[tuple[float, float, int], ...] = ()
    precision_recall: tuple[tuple[float, float], ...] = ()
    cost: tuple[tuple[float, float], ...] = ()


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
