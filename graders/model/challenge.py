"""What is asked: the columns, the use, the limits and the rubric of a challenge, and its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from graders.model.arrays import FloatArray, Truth
from graders.model.contract import TaskName
from graders.model.packages import Wheel

if TYPE_CHECKING:  # who reads code alone need not load it
    import pandas as pd


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
    """How the model will be used, as the brief states it.  What it does not state is None; its figures are not shown.

    capacity: share of the rows that can be acted on.  contact, loss: cost of acting on one row, and of missing one
    positive row; of many classes `loss` is the cost of one row in a wrong class.  over, under: of a number, what one
    unit too many and one too few cost.  requests_per_second and core_hour (the price of one core for an hour) make a
    bill; a core is planned to be busy for `busy` of the time.
    """

    capacity: float | None = None
    contact: float | None = None
    loss: float | None = None
    over: float | None = None
    under: float | None = None
    requests_per_second: float | None = None
    core_hour: float | None = None
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
HiddenUnits = Literal["new", "known", "both"]


@dataclass(frozen=True)
class Criterion:
    """One line of the rubric: at most `points`, in one section of the report."""

    id: str
    section: Section
    points: float
    title: str


@dataclass(frozen=True)
class Reference:
    """A reference submission and what grading it must give; the project's own acceptance test.

    flagged: codes that must all be found.  flagged_any: codes of which one must be.
    """

    name: str
    status: Literal["graded", "ungraded"]
    bands: frozenset[int] = frozenset()
    flagged: frozenset[str] = frozenset()
    not_flagged: frozenset[str] = frozenset()
    flagged_any: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Dataset:
    """The rows of one challenge, made from one secret seed.  `labels`, `oracle` and `baseline` have one
    entry for each hidden row; they never leave the grader's own process.

    `public` holds the target column; `hidden` does not.  `labels` are 0 or 1, the number of each row's class in the
    challenge's order, or the target's own value.  `oracle` is the answer that nobody can better: the true probability,
    one column for each class, or the number that is best for the metric.  `baseline` is what the challenge's baseline
    pipeline answers, `baseline_models` what our simple models do, by name; all have the shape that predict returns.
    `public_oracle` is the oracle of the public rows.  `fresh` are rows like the hidden ones that are
    in neither: what is timed, so that no time can spell out a hidden row; None where a challenge has none.
    `simple` is what a simple model of ours answers, where nobody knows what is attainable: `baseline` are then answers
    without information and `oracle` those of the strongest model of ours.
    `known` is what was worked out of the rows, by name and challenge; no copy with other rows takes it along.
    """

    public: pd.DataFrame
    hidden: pd.DataFrame
    labels: Truth
    oracle: FloatArray
    baseline: FloatArray
    public_oracle: FloatArray
    fingerprint: str
    baseline_models: Mapping[str, FloatArray] = field(default_factory=dict)
    fresh: pd.DataFrame | None = None
    simple: FloatArray | None = None
    known: dict[tuple[str, Challenge], Any] = field(default_factory=dict, init=False, repr=False)


@dataclass(frozen=True)
class Challenge:
    """Everything that makes one challenge: a second challenge is one more such value in one more folder.

    `task` and `metric` are the field's names (see graders/tasks/).  `positive` is the value of the target that a binary
    task asks about, `classes` names those of a multiclass one in the order of predict's columns, `quantile` is that of
    mean_pinball_loss, `unit` what the target of a regression is counted in.
    `group` names the column of the statistical unit (its rows are not independent); without one each row is a unit.
    `hidden_units` says whose rows are hidden: those of new units, so that estimates keep units apart as well; later
    ones of known units, each of which has public rows; or both.
    `time` names the column a deployment moves forward in; without one the hidden rows were drawn at random.
    `packages` are the import names on offer.  `extra` are wheels that it adds to those of the image; with
    `own_packages` a submission may bring a lock of more.
    `post_outcome` columns are known only after the outcome: a model must not rest on them.
    `follow_up_budget` bounds the CPU time of probes that settle a doubt, in multiples of one train and one evaluate;
    `fault_seconds` the CPU seconds of the candidate's tests over planted faults.
    `cost_baseline` names the reference whose cost is the measure of all others; `baseline_models` scores the hidden
    rows with our simple models.  `hours` is the least and the most that candidates should plan.
    `equated`: equal work gets equal points on other rows of it, as benchmarks/seeds.py measures.
    `subject` gives the beginnings of words by which the brief speaks of these data, in each of its languages.
    `lot` names the rows of one candidate, where each has their own; without one they are everybody's.
    """

    id: str
    version: str
    title: str
    columns: tuple[Column, ...]
    target: str
    packages: frozenset[str]
    rubric: tuple[Criterion, ...]
    references: tuple[Reference, ...]
    folder: Path
    make: Callable[[int], Dataset]
    group: str | None = None
    hidden_units: HiddenUnits = "new"
    time: str | None = None
    task: TaskName = "binary"
    metric: str = "roc_auc"
    positive: str | int = 1
    classes: tuple[str, ...] = ()
    quantile: float = 0.5
    unit: str = ""
    post_outcome: tuple[str, ...] = ()
    follow_up_budget: float = 3.0
    fault_seconds: float = 60.0
    train_limits: Limits = Limits()
    predict_limits: Limits = Limits()
    tool_limits: Limits = Limits()
    use: Use = Use()
    cost_baseline: str = ""
    hours: tuple[int, int] | None = None
    baseline_models: Callable[[pd.DataFrame, pd.DataFrame], Mapping[str, FloatArray]] | None = None
    subject: Callable[[], frozenset[str]] = frozenset
    extra: tuple[Wheel, ...] = ()
    own_packages: bool = False
    equated: bool = False
    lot: str = ""

    @property
    def kept_apart(self) -> str | None:
        """The column whose units estimates keep apart; None without one, or where known units are asked about too."""
        return self.group if self.hidden_units == "new" else None

    def units(self, rows: pd.DataFrame) -> npt.NDArray[Any]:
        """The statistical unit of each row, shape (rows,)."""
        return np.arange(len(rows)) if self.group is None else rows[self.group].to_numpy()

    def inputs(self, rows: pd.DataFrame) -> tuple[str, ...]:
        """The columns of `rows` that a model may rest on: neither target nor unit nor time."""
        apart = {self.target, self.group, self.time}
        return tuple(c.name for c in self.columns if c.name in rows and c.name not in apart)
