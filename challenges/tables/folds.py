"""Learners that see gaps, U-shapes and single codes, judged by folds of whole units, with the error of units.

Everything here is a function of rows and a seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from challenges.tables.definition import Definition, TaskName
from challenges.tables.packed import Rows, frame, hashes
from graders.model.arrays import FloatArray, IntArray, Truth
from graders.model.later import pd
from graders.tasks.errors import R2
from graders.tasks.ranking import ROC_AUC, ROC_AUC_OVR
from graders.words import Text, say

#: Rows that are looked at, and codes of one column that are told apart.
SAMPLE, CODES, FOLDS = 12_000, 120, 3
#: Rows that a class needs to be judged by itself in a sample that has hundreds of times as many.
FEW_ROWS = 30
#: Rows for each different one, from which on equal rows are what the table is made of.
COARSE = 10
#: Figures from here on are told without decimals.
THOUSAND = 1_000
#: A word of a text, and how many of them make it prose.
WORD, FEW_WORDS = r"[^\W\d_]{2,}", 5
#: Meetings that chance would give, from which on none at all is no chance.
SURE_TO_MEET = 10
#: Standard errors of one fold from which on the others cannot make up for what it lacks.
SURELY = 5
UNIT = re.compile(
    r"^(?:rownames?|row_?number|index)$|(?:^|_)(?:id|ids|key|nr|uuid|guid|customer|client|user|patient|subject|account|acct|member|household|person"
    r"|employee|driver|device|session|store|shop|machine|tailnum|school|hospital|clinic|family|firm|student|pupil|teacher"
    r"|player|kunde|mitarbeiter|filiale|konto|maschine|schueler|klinik|haushalt|cliente|paciente|usuario|cuenta|tienda)(?:_?(?:id|no|nr|num|number|key|code))?$"
)

#: Numbers of stretches of time, and of nobody.
WHEN = re.compile(r"(?:^|_)(?:year|month|week|day|date|time|season)_?(?:id|key|nr|num|number)$")
#: Words that end as the names of identifiers do.
ENDS_IN_ID = re.compile(
    r"(?:acid|aid|amid|android|arid|asteroid|avoid|bid|braid|candid|carotid|centroid|covid|did|fluid|grid|hid"
    r"|humid|hybrid|invalid|kid|laid|lid|lipid|liquid|maid|medicaid|mid|morbid|opioid|orchid|paid|prepaid"
    r"|pyramid|raid|rapid|rid|rigid|said|sigmoid|solid|steroid|thyroid|unpaid|valid|void)"
)

#: Fewer different dates are no column of dates.
FEW_DATES = 5
#: Dates as one number, and dates as text.
DATE_NUMBER = (
    r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d{2}|(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}"
)
DATE_TEXT = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T].{1,20})?"


@dataclass(frozen=True)
class Measured:
    """A value with its 95 % interval, from the error over units; least, most: between which it can lie."""

    value: float
    error: float
    least: float = -np.inf
    most: float = np.inf

    @property
    def low(self) -> float:
        return max(self.value - 1.96 * self.error, self.least)

    @property
    def high(self) -> float:
        return min(self.value + 1.96 * self.error, self.most)

    def __neg__(self) -> Measured:
        return Measured(-self.value, self.error, -self.most, -self.least)

    def __str__(self) -> str:
        return str(self.said)

    @property
    def said(self) -> Text:
        if abs(self.value) >= THOUSAND:  # a target in its own unit
            return say("{value:,.0f} ({low:,.0f} to {high:,.0f})", value=self.value, low=self.low, high=self.high)
        value, low, high = (round(figure, 3) + 0.0 for figure in (self.value, self.low, self.high))  # no -0.000
        return say("{value:.3f} ({low:.3f} to {high:.3f})", value=value, low=low, high=high)


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows to be judged.  truth: the task's numbers.  unit: the number of each row's unit.  total: rows there are."""

    rows: pd.DataFrame
    truth: Truth
    unit: IntArray
    task: TaskName
    total: int

    @property
    def name(self) -> str:
        return "R²" if self.task == "regression" else "ROC AUC"

    @property
    def note(self) -> str:
        if len(self.rows) == self.total:
            return ""
        seen = len(self.rows)
        return say("{seen:,} of {rows:,} rows were looked at, drawn by whole units.", seen=seen, rows=self.total)

    def fold(self, seed: int = 0) -> IntArray:
        """The fold of each row; a unit lies in one."""
        return drawn(self.unit, np.random.default_rng(seed))

    def scored(self, answers: FloatArray, rows: np.ndarray | None = None) -> Measured:
        """ROC AUC (against the rest, where there are many classes) or R² of answers, and its error over units.

        Where rows lack classes, of those that they have.
        """
        kept = slice(None) if rows is None else rows
        truth, unit = self.truth[kept], self.unit[kept]
        if self.task == "multiclass" and len(present := np.unique(truth)) < answers.shape[1]:
            truth, answers = np.searchsorted(present, truth), answers[:, present]
        metric = {"binary": ROC_AUC, "multiclass": ROC_AUC_OVR, "regression": R2}[self.task]
        value = metric.statistic.value(truth, answers)
        by_unit = np.bincount(unit, metric.statistic.influence(truth, answers))
        return Measured(value, float(np.sqrt(np.sum(by_unit**2))), metric.low, metric.high)

    def skill(self, value: float) -> float:
        """Of a value of `scored`: 0 for no information, 1 for perfect."""
        return value if self.task == "regression" else 2 * value - 1


def drawn(unit: IntArray, rng: np.random.Generator) -> IntArray:
    """The fold of each row, of FOLDS that are alike in units; a unit lies in one."""
    return rng.permutation(np.arange(int(unit.max()) + 1) % FOLDS)[unit]


def units(definition: Definition, *sides: Rows) -> IntArray:
    """The number of each row's unit, side after side; where none is named, equal rows are one, others by themselves.

    Where a few values make up all rows, equal ones are no copies, and each row is by itself.
    """
    if definition.group is not None:
        return pd.factorize(_column(sides, definition.group).astype("str"))[0].astype(np.int64)
    names = [name for name in definition.features if all(name in side for side in sides)]
    inputs = [name for name in names if not unique_key(_column(sides, name))]
    unit = pd.factorize(np.concatenate([hashed(side, inputs) for side in sides]))[0].astype(np.int64)
    return unit if not len(unit) or COARSE * (unit.max() + 1) > len(unit) else np.arange(len(unit))


def _column(sides: Sequence[Rows], name: str) -> pd.Series:
    return sides[0][name] if len(sides) == 1 else pd.concat([side[name] for side in sides], ignore_index=True)


def units_of_sides(definition: Definition, public: Rows, hidden: Rows) -> tuple[IntArray, IntArray]:
    """The number of each row's unit on both sides, told as it was before the split."""
    unit = units(definition, public, hidden)
    return unit[: len(public)], unit[len(public) :]


def hashed(rows: Rows, names: Sequence[str]) -> npt.NDArray[np.uint64]:
    """One number for the values of a row, column by column, as a copy of a large table would not fit."""
    told: npt.NDArray[np.uint64] = np.zeros(len(rows), dtype=np.uint64)
    for name in names:
        told *= np.uint64(1_000_003)
        told ^= hashes(rows, name)
    return told


def unique_key(column: pd.Series) -> bool:
    """Whether nearly every row has its own value of a column that is no measurement: a name or a number of the row.

    Measurements in whole numbers meet by chance, at least n² / 2r times where n rows have a range of r.  Numbers of
    rows do not, or are called so.
    """
    if pd.api.types.is_float_dtype(column) or len(column) < 20:
        return False
    different = column.nunique()
    if different <= 0.98 * len(column):
        return False
    if not pd.api.types.is_integer_dtype(column) or is_unit(str(column.name)):
        return True
    by_chance = len(column) ** 2 / (2 * (float(column.max()) - float(column.min()) + 1))
    return bool(by_chance >= SURE_TO_MEET and len(column) - different < by_chance / 3)


def is_unit(name: str) -> bool:
    """Whether a column's name says that it names somebody or something."""
    last = plain(name).rpartition("_")[2]
    if WHEN.search(plain(name)):
        return False
    numbered = last.endswith(("nr", "nummer")) or (last.endswith("id") and not ENDS_IN_ID.fullmatch(last))
    return bool(UNIT.search(plain(name))) or numbered


def plain(name: str) -> str:
    """A column's name in small letters, its words with `_` between them."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace(" ", "_").replace(".", "_")


def truth_of(definition: Definition, target: pd.Series) -> Truth:
    """The target as numbers: 0 or 1, the number of the class, or itself."""
    if definition.task == "regression":
        return target.to_numpy(np.float64)
    if definition.task == "binary":
        return (target.astype("str") == str(definition.positive)).to_numpy(np.int64)
    return pd.Index(definition.classes).get_indexer(pd.Index(target.astype("str"))).astype(np.int64)


def sampled(definition: Definition, *sides: Rows, seed: int = 0, size: int = SAMPLE) -> Sample:
    """Some rows with a label, of whole units, all where there are no more than `size`; a target's far ends are drawn
    in."""
    unit = units(definition, *sides)
    kept = np.flatnonzero(_column(sides, definition.target).notna())
    total = len(kept)
    if total > size:
        order = np.random.default_rng(seed).permutation(int(unit.max()) + 1)
        kept = np.sort(kept[np.argsort(np.argsort(order)[unit[kept]], kind="stable")[:size]])
    unit = pd.factorize(unit[kept])[0].astype(np.int64)
    rows = _some(sides, kept)
    truth = truth_of(definition, rows[definition.target])
    if definition.task == "regression":  # one row of a million would be all that R² sees
        truth = np.clip(truth, *np.quantile(truth, [0.005, 0.995]))
    elif definition.task == "multiclass":  # a class of a few rows would be all that a mean over classes sees
        rows_of = np.bincount(truth)
        least = max(FOLDS, min(FEW_ROWS, len(truth) // 100))
        present = np.flatnonzero(rows_of >= min(least, np.sort(rows_of)[-2]))
        truth = np.searchsorted(present, truth).clip(0, len(present) - 1)
    return Sample(rows, truth, unit, definition.task, total)


def _some(sides: Sequence[Rows], places: IntArray) -> pd.DataFrame:
    """The rows at these places, counted side after side; one block, as a column can be added to hundreds of others."""
    begin, parts = 0, []
    for side in sides:
        own = places[(places >= begin) & (places < begin + len(side))] - begin
        parts.append(frame(side, own))
        begin += len(side)
    return pd.concat(parts, ignore_index=True).copy()


# --- one column --------------------------------------------------------------------------------------


def binned(column: pd.Series, bins: int = 60) -> IntArray:
    """Each row's bin: a gap, a frequent value of its own, or a share of the others in their order."""
    numbers = as_numbers(column)
    bins_of_rows = np.zeros(len(column), dtype=np.int64)
    known = ~np.isnan(numbers)
    counts = pd.Series(numbers[known]).value_counts()
    frequent = np.sort(
        counts.index[: 2 * bins].to_numpy() if len(counts) <= 2 * bins else _frequent(counts, len(column))
    )
    if len(frequent):
        place = np.searchsorted(frequent, numbers).clip(0, len(frequent) - 1)
        own = known & (frequent[place] == numbers)
        bins_of_rows[own] = 1 + place[own]
        known &= ~own
    if known.any():
        edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, bins + 1)[1:-1]))
        bins_of_rows[known] = 1 + len(frequent) + np.searchsorted(edges, numbers[known], side="right")
    return bins_of_rows


def _frequent(counts: pd.Series, rows: int) -> Any:
    return counts.index[counts > max(10, rows / 200)].to_numpy()


def as_numbers(column: pd.Series) -> FloatArray:
    """A column as numbers with NaN for gaps: text by code in sorted order, dates by day."""
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(np.float64)
    known = column.dropna()
    if len(known) and known.head(50).str.match(r"\d{4}-\d{2}-\d{2}").all():
        times = pd.to_datetime(column, errors="coerce", format="ISO8601")
        days = (times - pd.Timestamp("2000-01-01")) / pd.Timedelta(days=1)
        return np.asarray(days, np.float64)
    codes = np.asarray(pd.factorize(column, sort=True)[0], np.float64)
    return np.where(codes < 0, np.nan, codes)


def by_bins(sample: Sample, which: IntArray) -> FloatArray:
    """Out-of-fold answers by the mean of the target in each bin, drawn to the overall mean where rows are few."""
    fold, count = sample.fold(), int(which.max()) + 1
    truth = sample.truth
    columns = np.eye(int(truth.max()) + 1)[truth] if sample.task == "multiclass" else truth[:, None].astype(np.float64)
    answers = np.zeros(columns.shape)
    for part in range(FOLDS):
        known = fold != part
        mean = columns[known].mean(axis=0)
        rows = np.bincount(which[known], minlength=count)[:, None] + 2.0
        sums = np.stack([np.bincount(which[known], each, count) for each in columns[known].T], axis=1) + 2.0 * mean
        answers[~known] = (sums / rows)[which[~known]]
    return answers if sample.task == "multiclass" else answers[:, 0]


def alone(sample: Sample, column: pd.Series) -> Measured:
    """What one column reaches by itself."""
    return sample.scored(by_bins(sample, binned(column)))


# --- several columns ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Encoder:
    """How columns become numbers: those that are codes by their place among the frequent ones; rare ones share one."""

    codes: Mapping[str, pd.Index | None]

    @property
    def coded(self) -> list[bool]:
        return [kept is not None for kept in self.codes.values()]

    def matrix(self, rows: pd.DataFrame) -> FloatArray:
        """Shape (rows, columns)."""
        columns = [as_numbers(rows[n]) if kept is None else _coded(rows[n], kept) for n, kept in self.codes.items()]
        return np.column_stack(columns) if columns else np.zeros((len(rows), 0))


def encoder(rows: Rows, names: Sequence[str]) -> Encoder:
    """An encoder for rows like these."""
    texts = {name for name in names if not pd.api.types.is_numeric_dtype(rows[name]) and not dated(rows[name])}
    return Encoder({name: rows[name].value_counts().index[:CODES] if name in texts else None for name in names})


def _coded(column: pd.Series, kept: pd.Index) -> FloatArray:
    numbers = kept.get_indexer(pd.Index(column)).astype(np.float64)
    return np.where(column.isna(), np.nan, np.where(numbers < 0, float(len(kept)), numbers))


def matrix(rows: pd.DataFrame, names: Sequence[str]) -> tuple[FloatArray, list[bool]]:
    """Columns as numbers, and which of them are codes."""
    made = encoder(rows, names)
    return made.matrix(rows), made.coded


def dated(column: pd.Series) -> bool:
    """Whether the first 50 values of a column are all dates as text, year first."""
    if pd.api.types.is_numeric_dtype(column):
        return False
    known = column.dropna().head(50)
    return bool(len(known)) and bool(known.str.match(r"\d{4}-\d{2}-\d{2}").all())


def is_prose(column: pd.Series) -> bool:
    """Whether a column holds free text: mostly five words or more, and most values once."""
    if pd.api.types.is_numeric_dtype(column):
        return False
    texts = column.dropna().head(2_000).astype("str")
    many = float(texts.str.count(WORD).median()) >= FEW_WORDS if len(texts) else False
    return bool(many and texts.nunique() > 0.5 * len(texts))


def alike(texts: pd.Series) -> pd.Series:
    """Texts without what tells the spellings of one value apart: capitals, and spaces around it."""
    return texts.str.strip().str.lower()


def unread_dates(column: pd.Series) -> bool:
    """Whether a column seems to hold dates in a form that is not read as dates, such as 1.2.26 or 20260201."""
    known = column.dropna().head(3_000)
    if pd.api.types.is_numeric_dtype(known):
        if not (known % 1 == 0).all() or known.nunique() < FEW_DATES:
            return False
        return bool(known.astype("int64").astype("str").str.fullmatch(DATE_NUMBER).mean() > 0.98)
    return bool(known.str.fullmatch(DATE_TEXT).mean() > 0.9) and not dated(column)


def together(sample: Sample, names: Sequence[str], iterations: int = 60) -> Measured:
    """What a boosted model reaches with some columns, by folds of whole units."""
    return sample.scored(out_of_fold(sample, names, iterations))


def reaching(sample: Sample, names: Sequence[str], least: float, iterations: int) -> Measured | None:
    """The same; None where its skill is below the least, which most often the first fold shows."""
    for answers, held in _by_fold(sample, names, iterations):
        part = sample.scored(answers[held], held)
        if sample.skill(part.value + SURELY * part.error) < least:
            return None
    reached = sample.scored(answers)
    return reached if sample.skill(reached.value) >= least else None


def out_of_fold(sample: Sample, names: Sequence[str], iterations: int = 60) -> FloatArray:
    *_, (answers, _) = _by_fold(sample, names, iterations)
    return answers


def _no_answers(sample: Sample, rows: int) -> FloatArray:
    return np.zeros((rows, int(sample.truth.max()) + 1) if sample.task == "multiclass" else rows)


def _by_fold(sample: Sample, names: Sequence[str], iterations: int) -> Iterator[tuple[FloatArray, np.ndarray]]:
    """After each fold the answers so far, and which rows it holds: a model of all others answers to them."""
    x, coded = matrix(sample.rows, names)
    fold = sample.fold()
    answers = _no_answers(sample, len(sample.truth))
    for part in range(FOLDS):
        held = fold == part
        answers[held] = _fitted(sample, x[~held], sample.truth[~held], coded, iterations)(x[held])
        yield answers, held


def later(sample: Sample, names: Sequence[str], order: FloatArray, iterations: int = 60) -> tuple[Measured, Measured]:
    """What the same learner reaches on the last rows: trained on earlier ones, and on as many at random."""
    x, coded = matrix(sample.rows, names)
    cut = np.quantile(order, 0.7)
    last = np.flatnonzero(order > cut)
    early = np.flatnonzero(order <= cut)
    future = sample.scored(_fitted(sample, x[early], sample.truth[early], coded, iterations)(x[last]), last)
    fold = sample.fold(1)
    answers = _no_answers(sample, len(last))
    for part in range(FOLDS):
        known, held = fold != part, fold[last] == part
        answers[held] = _fitted(sample, x[known], sample.truth[known], coded, iterations)(x[last[held]])
    return future, sample.scored(answers, last)


def with_something(x: FloatArray) -> FloatArray:
    """Columns without a single value hold 0: scikit-learn 1.9.1 fails to bin them."""
    empty = np.isnan(x).all(axis=0)
    return np.where(empty, 0.0, x) if empty.any() else x


def _fitted(sample: Sample, x: FloatArray, truth: Truth, coded: list[bool], iterations: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # noqa: PLC0415

    settings: dict[str, Any] = {"max_iter": iterations, "learning_rate": 0.12, "max_leaf_nodes": 24, "random_state": 0}
    settings |= {"early_stopping": False, "categorical_features": coded if any(coded) else None}
    settings["min_samples_leaf"] = min(20, max(3, len(truth) // 50))  # 20 are a fifth of a table of 150 rows
    if sample.task == "regression":
        model = HistGradientBoostingRegressor(**settings).fit(with_something(x), truth)
        return lambda rows: np.asarray(model.predict(rows), np.float64)
    if len(np.unique(truth)) < 2:
        return lambda rows: np.zeros(len(rows))
    model = HistGradientBoostingClassifier(**settings).fit(with_something(x), truth)

    def answered(rows: FloatArray) -> FloatArray:
        told = np.asarray(model.predict_proba(rows), np.float64)
        if sample.task == "binary":
            return told[:, 1]
        whole = np.zeros((len(rows), int(sample.truth.max()) + 1))
        whole[:, model.classes_.astype(int)] = told
        return whole

    return answered
