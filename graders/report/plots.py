"""The geometry of the plots; the templates draw with it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graders.model.probe import Action
from graders.report.rounding import METRIC, SECONDS, decimals
from graders.report.schema import Cell, Interval, Measurement, Metrics, Run
from graders.words import N_

Pair = tuple[float, float]

#: What the gap plot compares, in the order a reader needs it: key in the metrics, label.
COMPARED = (
    ("train", N_("On its own training rows")),
    ("claimed", N_("Claimed by the candidate")),
    ("claimed_null", N_("Claimed with permuted labels")),
    ("hidden", N_("On hidden rows")),
)


@dataclass(frozen=True)
class Scale:
    """Maps [low, high] to [start, end], clamped, to a tenth of a unit."""

    low: float
    high: float
    start: float = 0.0
    end: float = 100.0

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + min(max(share, 0.0), 1.0) * (self.end - self.start), 1)

    def ticks(self, step: float) -> list[float]:
        """The multiples of `step` from low to high."""
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(n * step, 6) for n in range(first, last + 1)]


@dataclass(frozen=True)
class Drawn:
    """How a table of measurements is drawn: one row a dot with its interval, columns by their names.

    In `value` stand `{metric}` for the challenge's metric and `{moved}` for where it goes as it gets worse.  `mark` is
    a second number of the row, drawn as a tick and told by `mark_word`; `at` are lines that mean something.
    """

    value: str
    reading: str
    mark: str = ""
    at: tuple[tuple[str, float], ...] = ()
    bars: bool = False
    most: int = 12
    single: bool = False

    @property
    def of_metric(self) -> bool:
        """Whether the dots are values of the challenge's metric."""
        return self.value == "{metric}"


#: The metrics that answers without information bring to one half, whatever the rows.
RANKED = frozenset({"roc_auc", "roc_auc_ovr"})
#: Lines that mean something.  A call within `Drawn(...)` would keep its reading out of the catalogue.
RIGHT, MOVED, REFERENCE = ((N_("right"), 0.0),), ((N_("moved"), 0.1),), ((N_("reference"), 1.0),)
#: By measurement; any other is shown as a table alone.
DRAWINGS: Mapping[str, Drawn] = {
    "rivals": Drawn("{metric}", "Simple models of ours on the same rows. A useful submission is better than they are."),
    "importance": Drawn(
        "{moved} of {metric}",
        "How much worse the predictions get when one column is shuffled. A long bar: the model needs the column.",
        bars=True,
    ),
    "shift": Drawn(
        "{metric}",
        "Dots: this model, with its 95 % interval. Ticks: the best answers that we know of, there.",
        mark="Best known",
    ),
    "slices": Drawn(
        "{metric}", "The weakest groups first. Ticks: the best answers that we know of, there.", "Best known", most=10
    ),
    "people": Drawn("Missed", "Of the positive rows, the share that the model misses.", single=True),
    "errors": Drawn("Error", "The mean absolute error in each group. Lower is better.", single=True),
    "residuals": Drawn(
        "Bias",
        "How much too high predictions are, from the lowest to the highest. Near 0 is good; less than 0 is too low.",
        at=RIGHT,
    ),
    "classes": Drawn(
        "Recall",
        "Dots: of the rows of a class, the share that is found. Ticks: of the rows given a class, the share that is "
        "right. Higher is better.",
        mark="Precision",
    ),
    "monitor": Drawn(
        "Index",
        "Labelled rows against hidden rows. Above 0.1 the column has changed.",
        at=MOVED,
        bars=True,
    ),
    "cost": Drawn("Ratio", "Relative to what our reference needs in the same image.", at=REFERENCE, bars=True),
}


@dataclass(frozen=True)
class Row:
    """One line of a dot plot; `path` is where its number stands in the document, `beside` a second one's place."""

    label: str
    value: float
    low: float | None
    high: float | None
    mark: float | None
    path: tuple[str | int, ...]
    digits: int = METRIC
    beside: tuple[str | int, ...] = ()
    hollow: bool = False


@dataclass(frozen=True)
class Plot:
    """A dot plot or bars: rows, scale in percent, ticks, named lines, and how many rows are only in the table."""

    rows: tuple[Row, ...]
    scale: Scale
    ticks: tuple[float, ...]
    lines: tuple[tuple[str, float], ...]
    bars: bool = False
    left_out: int = 0

    @property
    def least(self) -> Row:
        return min(self.rows, key=lambda row: row.value)

    @property
    def most(self) -> Row:
        return max(self.rows, key=lambda row: row.value)


def drawing(index: int, table: Measurement, asked: Metrics, columns: Sequence[str] = ()) -> Plot | None:
    """The plot of a table of measurements, None where there is none or its columns are others than expected.

    `columns` are their English names where the table is in another language.
    """
    columns = columns or table.columns
    how = DRAWINGS.get(table.id)
    value = how and how.value.format(metric=asked.title or "ROC AUC", moved="Fall" if asked.higher else "Rise")
    if how is None or value not in columns:
        return None
    at, mark = columns.index(value), columns.index(how.mark) if how.mark in columns else None
    numbered = [(r, row) for r, row in enumerate(table.rows) if not (how.single and ", " in str(row[0]))]
    rows = [_row(index, r, row, at, mark) for r, row in numbered]
    known = [row for row in rows if row is not None]
    if not known:
        return None
    return _plot(known[: how.most], how.at, how.bars, len(table.rows) - min(len(known), how.most))


def _row(index: int, r: int, row: Sequence[Cell], at: int, mark: int | None) -> Row | None:
    shown, marked = row[at], None if mark is None else row[mark]
    path: tuple[str | int, ...] = ("measurements", index, "rows", r, at)
    low, high, value = None, None, shown
    if isinstance(shown, Interval):
        low, high, value, path = shown.low, shown.high, shown.value, (*path, "value")
    if not isinstance(value, int | float):
        return None
    marked = marked.value if isinstance(marked, Interval) else marked
    ticked = marked if isinstance(marked, int | float) else None
    return Row(str(row[0]), value, low, high, ticked, path, decimals(value))


def gap(metrics: Metrics) -> Plot | None:
    """The metric on training rows, as claimed, as claimed with permuted labels, and on hidden rows."""
    main = metrics.metric
    scores = [(key, label, getattr(metrics, key).get(main)) for key, label in COMPARED]
    rows = [
        Row(label, s.value, s.low, s.high, None, ("metrics", key, main, "value"), hollow=key != "hidden")
        for key, label, s in scores
        if s and s.value is not None
    ]
    nothing = (N_("chance"), 0.5) if main in RANKED else (N_("no information"), metrics.uninformed)
    named = (nothing, (N_("baseline"), metrics.baseline), (N_("best known"), metrics.oracle))
    return _plot(rows, tuple((name, at) for name, at in named if at is not None)) if rows else None


def phases(runs: Sequence[Run]) -> Plot | None:
    """Seconds and memory of the first run of each kind that executes the submission."""
    first = dict[Action, int]()
    for i, run in enumerate(runs):
        if run.action not in (Action.RUFF, Action.RADON):
            first.setdefault(run.action, i)
    timed = [(action, i, runs[i].seconds) for action, i in first.items()]
    rows = [
        Row(action, seconds, None, None, None, ("runs", i, "seconds"), SECONDS, ("runs", i, "max_rss_mb"))
        for action, i, seconds in timed
        if seconds is not None
    ]
    return _plot(rows, (), bars=True) if rows else None


def _plot(rows: Sequence[Row], lines: tuple[tuple[str, float], ...], bars: bool = False, left_out: int = 0) -> Plot:
    told = [n for row in rows for n in (row.value, row.low, row.high, row.mark) if n is not None]
    low, high = _ends([*told, *(at for _, at in lines), *([0.0] if bars else [])])
    step = nice_step(high - low)
    scale = Scale(step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9))
    return Plot(tuple(rows), scale, tuple(scale.ticks(step)), lines, bars, left_out)


def _ends(values: Iterable[float]) -> tuple[float, float]:
    """The least and the greatest, apart even where all are the same."""
    known = list(values)
    low, high = min(known), max(known)
    return (low, high) if high - low > 1e-6 else (low - 0.05, high + 0.05)


def nice_step(width: float, most: int = 5) -> float:
    """The least of 1, 2 and 5 times a power of ten of which at most `most` fit into `width`."""
    power: float = 10.0 ** math.floor(math.log10(width / most))
    return next(power * n for n in (1, 2, 5, 10) if width / (power * n) <= most)


def outline(curve: Sequence[Pair], ends: Sequence[Pair]) -> list[Pair]:
    """The outline of a band of which `ends` are the lower and the upper end at each point of the curve."""
    return _outline([(x, low, high) for (x, _), (low, high) in zip(curve, ends, strict=True)])


def wilson(share: float, count: float) -> tuple[float, float]:
    """The 95 % interval of a share among `count` rows (Wilson 1927)."""
    if count <= 0:
        return 0.0, 1.0
    square = 1.96**2 / count
    middle, half = share + square / 2, 1.96 * math.sqrt(share * (1 - share) / count + square / (4 * count))
    return max((middle - half) / (1 + square), 0.0), min((middle + half) / (1 + square), 1.0)


def roc_band(curve: Sequence[Pair], calibration: Sequence[tuple[float, float, int]]) -> list[Pair]:
    """The outline of the 95 % interval of the true positive rate along an ROC curve, empty where rows are unknown."""
    positives = sum(rate * rows for _, rate, rows in calibration)
    return _outline([(x, *wilson(y, positives)) for x, y in curve]) if positives else []


def precision_band(curve: Sequence[Pair], calibration: Sequence[tuple[float, float, int]]) -> list[Pair]:
    """The same of the precision along a precision-recall curve."""
    positives = sum(rate * rows for _, rate, rows in calibration)
    known = [(x, *wilson(y, x * positives / y)) for x, y in curve if y > 0 and x > 0]
    return _outline(known) if positives else []


def _outline(bounds: Sequence[tuple[float, float, float]]) -> list[Pair]:
    """There along the upper bounds, and back along the lower ones."""
    return [(x, high) for x, _, high in bounds] + [(x, low) for x, low, _ in reversed(bounds)]


def polyline(points: Sequence[Sequence[float]], x: Scale, y: Scale) -> str:
    """SVG `points` through the first two numbers of each point."""
    return " ".join(f"{x(point[0]):g},{y(point[1]):g}" for point in points)


def around(values: Iterable[float], start: float, end: float, *, zero: bool = True) -> tuple[Scale, list[float]]:
    """A scale that holds all values, and 0 where asked, with its ticks; for plots whose axis has no natural end."""
    known = [*values, *([0.0] if zero else [])]
    low, high = min(known), max(known)
    high = high if high > low else low + 1.0
    step = nice_step(high - low, 4)
    scale = Scale(step * math.floor(low / step + 1e-9), step * math.ceil(high / step - 1e-9), start, end)
    return scale, scale.ticks(step)
