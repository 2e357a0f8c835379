"""Known units, later: which rows are hidden where a model meets units that it has seen, and what their past tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from challenges.tables import folds, moments
from challenges.tables.definition import Definition, HiddenUnits
from challenges.tables.folds import Measured
from challenges.tables.packed import Rows, frame
from challenges.tables.table import Table, TableError
from graders.model.arrays import FloatArray, IntArray
from graders.model.later import pd
from graders.words import Text, count, say, sentences

#: Fewer known units, or rows on a side, are refused: nothing can be said of them then.
LEAST_UNITS, LEAST_ROWS = 5, 10
#: From this share of late rows that are of units with earlier rows, known units are proposed.
MOSTLY = 0.75
#: A skill of a unit's earlier labels by themselves that leaves nothing to predict.
TELLS_ALL = 0.96
#: What all earlier labels say of a unit that has none weighs as much as so many rows of it.
PRIOR = 2.0


@dataclass(frozen=True, eq=False)
class Sides:
    """Masks of rows: those before the cut, later ones of units with rows before, and later ones of other units.

    cut: the code of the first late time.
    """

    early: np.ndarray
    later: np.ndarray
    unseen: np.ndarray
    cut: int

    @property
    def known_share(self) -> float:
        """The share of the late rows whose unit has earlier ones."""
        return float(self.later.sum() / (self.later.sum() + self.unseen.sum()))


def sides(unit: IntArray, times: IntArray, hidden: float) -> Sides:
    """The rows before and after the time from which on this share of them lies; times: codes that grow with time."""
    cut = int(np.sort(times)[int((1 - hidden) * len(times))])
    late = times >= cut
    seen = np.bincount(unit[~late], minlength=int(unit.max()) + 1) > 0
    return Sides(~late, late & seen[unit], late & ~seen[unit], cut)


def check(found: Sides, unit: IntArray, group: str) -> None:
    """TableError where known units cannot be asked about later, with what to do."""
    do = say("Hide rows of new units, or take another column as the unit.")
    rows, units = int(found.later.sum()), len(np.unique(unit[found.later]))
    if min(rows, int(found.early.sum())) < LEAST_ROWS:
        no = say(
            "Of {late:,} later rows only {rows:,} are of a {group} that has earlier rows, so known units cannot be "
            "asked about.",
            late=rows + int(found.unseen.sum()),
            rows=rows,
            group=repr(group),
        )
        raise TableError(sentences(no, do), code="UNITS_NOT_AGAIN")
    if units < LEAST_UNITS:
        no = count(
            "Only {n:,} value of {group} has earlier and later rows; known units need at least {least}.",
            "Only {n:,} values of {group} have earlier and later rows; known units need at least {least}.",
            units,
            group=repr(group),
            least=LEAST_UNITS,
        )
        raise TableError(sentences(no, do), code="UNITS_TOO_FEW")


def proposed(table: Table, definition: Definition, wished: str | None) -> tuple[HiddenUnits, Text] | None:
    """Whose rows are to be hidden, and why: of known units where most later rows are, unless their past tells all.

    None where rows have no unit or no time.  TableError where what was wished cannot be.
    """
    if wished not in (None, "new", "known"):
        raise TableError(
            say("Hidden units are `new` or `known`, not {value}.", value=repr(wished)), code="UNITS_UNKNOWN"
        )
    if definition.group is None or definition.time is None:
        if wished == "known" and definition.group is None:
            no = say("Known units need a column that names the unit. Say which, or hide rows of new units.")
            raise TableError(no, code="UNITS_NO_GROUP")
        if wished == "known":
            no = say("Known units are asked about later, so they need a time. Say which, or hide rows of new units.")
            raise TableError(no, code="UNITS_NO_TIME")
        return None
    unit = folds.units(definition, table.rows)
    times = moments.in_order(table, definition.time, table.rows[definition.time])
    found = sides(unit, pd.factorize(times, sort=True)[0].astype(np.int64), definition.hidden)
    group, share = f"`{definition.group}`", found.known_share if found.early.any() else 0.0
    seen = say("{share:.0%} of the later rows are of a {group} that has earlier rows.", share=share, group=group)
    if wished == "known":
        check(found, unit, definition.group)
        return "known", sentences(seen, _unseen(found))
    if wished == "new":
        return "new", sentences(seen, _both(found, unit))
    if share < MOSTLY or _refused(found, unit, definition.group):
        why = say("So new ones are proposed. Choose known if the model is for units that it has seen.")
        return "new", sentences(seen, why, _both(found, unit))
    past, skill = told_by_the_past(
        definition, frame(table.rows, np.flatnonzero(found.early)), frame(table.rows, np.flatnonzero(found.later))
    )
    if skill > TELLS_ALL:
        why = say(
            "But its earlier rows tell the later answers ({metric} {value:.2f}), so new ones are proposed. "
            "Choose known if that is the task.",
            metric="R²" if definition.task == "regression" else "ROC AUC",
            value=past.value,
        )
        return "new", sentences(seen, why, _both(found, unit))
    why = say("So the model will meet units that it knows, later. Choose new if it is for those that nobody has seen.")
    return "known", sentences(seen, why, _unseen(found))


def _refused(found: Sides, unit: IntArray, group: str) -> bool:
    try:
        check(found, unit, group)
    except TableError:
        return True
    return False


def _unseen(found: Sides) -> Text:
    """What becomes of later rows of new units where known ones are asked about."""
    rows = int(found.unseen.sum())
    if not rows:
        return Text("")
    return count("{n:,} later row of a new unit is left out.", "{n:,} later rows of new units are left out.", rows)


def _both(found: Sides, unit: IntArray) -> Text:
    """What becomes of units with rows before and after the cut where new ones are asked about: one side, by lot."""
    most = int(unit.max()) + 1
    early, late = (np.bincount(unit[side], minlength=most) for side in (found.early, found.later))
    lost = float((early + late)[(early > 0) & (late > 0)].sum()) / 2 / len(unit)
    if lost <= moments.SOME_GAPS:
        return Text("")
    return say("About {share:.0%} of the rows are left out, as their unit has early and late rows.", share=lost)


def as_columns(definition: Definition, target: pd.Series) -> FloatArray:
    """The target as numbers, shape (rows, columns): of many classes one column each."""
    truth = folds.truth_of(definition, target)
    if definition.task != "multiclass":
        return truth[:, None].astype(np.float64)
    return np.eye(len(definition.classes))[truth]


def level(truth: FloatArray, unit: IntArray, asked: IntArray) -> FloatArray:
    """The mean of a unit's labels, of each unit in `asked`; few are drawn to the mean of all.

    truth: shape (rows, columns).
    """
    most = int(max(unit.max(), asked.max())) + 1
    rows = np.bincount(unit, minlength=most)[asked][:, None]
    sums = np.stack([np.bincount(unit, column, most)[asked] for column in truth.T], axis=1)
    return np.asarray((sums + PRIOR * truth.mean(axis=0)) / (rows + PRIOR))


def level_before(truth: FloatArray, unit: IntArray, times: IntArray) -> FloatArray:
    """The same of each labelled row by the labels of its unit at earlier times alone."""
    order = np.lexsort((times, unit))
    own, when = unit[order], times[order]
    new_unit = np.r_[True, own[1:] != own[:-1]]
    first, now = (_runs(begins) for begins in (new_unit, new_unit | np.r_[True, when[1:] != when[:-1]]))
    sums = np.vstack([np.zeros(truth.shape[1]), np.cumsum(truth[order], axis=0)])
    told = np.empty_like(truth)
    told[order] = (sums[now] - sums[first] + PRIOR * truth.mean(axis=0)) / (now - first + PRIOR)[:, None]
    return told


def _runs(begins: np.ndarray) -> IntArray:
    """Of each place that of the first of its run."""
    first = np.flatnonzero(begins)
    return np.repeat(first, np.diff(first, append=len(begins)))


def told_by_the_past(definition: Definition, early: Rows, later: Rows) -> tuple[Measured, float]:
    """What the mean of a unit's earlier labels says of its later ones: ROC AUC or R² by itself, and that as a skill."""
    unit = folds.units(definition, early, later)
    known, asked = unit[: len(early)], unit[len(early) :]
    told = level(as_columns(definition, early[definition.target]), known, asked)
    truth = folds.truth_of(definition, later[definition.target])
    own = pd.factorize(asked)[0].astype(np.int64)
    sample = folds.Sample(pd.DataFrame(index=range(len(own))), truth, own, definition.task, len(own))
    found = sample.scored(told if definition.task == "multiclass" else told[:, 0])
    return found, sample.skill(found.value)
