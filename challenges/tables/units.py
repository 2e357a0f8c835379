"""Which column names what rows belong to."""

from __future__ import annotations

import math
import re

import numpy as np

from challenges.tables import folds, moments
from challenges.tables.definition import ColumnEntry, Definition
from challenges.tables.table import Table
from graders.model.arrays import FloatArray, IntArray
from graders.model.later import pd
from graders.words import Text, say, sentences

#: From this share of the target's spread that lies between units, rows of one are said to share labels.
SHARES = 0.03
#: Rows of a unit; a "unit" of more is a category.
MOST_REPEATS = 0.02
#: The same of a panel, where a category would have several rows a time.
MOST_TIMES = 0.05
#: Rows of somebody, from which on it is no chance that all have the same sex.
REPEATS = 2.0
AGE = re.compile(r"(?:^|_)(?:age|alter)|birth|born|dob")


def shared(which: IntArray, numbers: FloatArray) -> tuple[float, float]:
    """Of numbers the share of their spread that lies between units (the intraclass correlation of one-way ANOVA:
    Donner 1986), and by how many standard errors the F ratio is above 1."""
    count, rows = int(which.max()) + 1, len(which)
    sizes = np.bincount(which, minlength=count)
    if count < 2 or rows - count < 2:
        return 0.0, 0.0
    means = np.bincount(which, numbers, count) / sizes
    between = float(sizes @ (means - numbers.mean()) ** 2) / (count - 1)
    within = float(np.sum((numbers - means[which]) ** 2)) / (rows - count)
    usual = (rows - float(sizes @ sizes) / rows) / (count - 1)
    total = between + (usual - 1) * within
    error = float(np.sqrt(2 / (count - 1) + 2 / (rows - count)))
    return ((between - within) / total if total else 0.0), (between / within - 1) / error if within else np.inf


def proposed(table: Table, draft: Definition) -> tuple[str | None, Text]:
    """The column that names what rows belong to, and why: several rows a value, whose labels agree more than others'.

    None where each row is by itself.
    """
    labelled = table.rows[draft.target].notna()
    truth = folds.truth_of(draft, table.rows[draft.target][labelled]).astype(np.float64)
    if draft.task == "multiclass":
        truth = (truth == np.bincount(truth.astype(int)).argmax()).astype(np.float64)
    elif draft.task == "regression":
        truth = np.clip(truth, *np.quantile(truth, [0.005, 0.995]))
    units = [
        (share, repeats, entry.name, why)
        for entry in draft.column
        if (found := _as_unit(table, draft, entry, truth)) is not None
        for share, repeats, why in [found]
    ]
    if not units:
        by_its_rows = _of_panel(table, draft, truth) or _of_people(table, draft)
        return by_its_rows or (None, _why_none(table, draft, truth))
    # where the rows of none share labels, that of most rows each: more of them could be known already
    _, _, name, why = max(units)
    others = [f"`{other}`" for share, _, other, _ in units if other != name and share > SHARES]
    if others:
        too = say(
            "Rows of one value of {columns} share labels too: take that as the unit if it is what is new in use.",
            columns=", ".join(others),
        )
        why = sentences(why, too)
    return name, why


def _of_panel(table: Table, draft: Definition, truth: FloatArray) -> tuple[str, Text] | None:
    """The column whose every value has one row a time at most, whose rows share labels, and why.

    Numbers along which labels change, such as ranks of each day, are none.
    """
    times = [name for name in moments.tell_when(table, draft) if not table.rows[name].isna().any()]
    found = []
    for entry in draft.column:
        name = entry.name
        if name in (draft.target, *times) or entry.type not in ("int", "text") or folds.plain(name) in moments.PARTS:
            continue
        repeating = _repeating(table, draft, name, MOST_TIMES)
        if repeating is None or repeating[1] < REPEATS or not _agrees(repeating[0], truth):
            continue
        labelled = table.rows[draft.target].notna()
        if entry.type == "int" and _goes_along(table.rows[name][labelled], truth):
            continue
        when = next((time for time in times if moments.once_each(table.rows[name], table.rows[time])), None)
        if when is not None:
            found.append((shared(repeating[0], truth)[0], name, repeating[1], when))
    if not found:
        return None
    _, name, repeats, when = max(found)
    why = say(
        "`{name}` repeats {times:.1f} times a value, its rows share labels, and it has one row for each `{time}`.",
        name=name,
        times=repeats,
        time=when,
    )
    return name, why


def _goes_along(column: pd.Series, truth: FloatArray) -> bool:
    """Whether the mean label of a number is like that of its neighbours, more than chance would have it."""
    ranks = pd.Series(truth).groupby(column.to_numpy()).mean().rank().to_numpy()
    likeness = float(np.corrcoef(ranks[:-1], ranks[1:])[0, 1])
    return abs(likeness) >= 3 / math.sqrt(len(ranks) - 1)


def _of_people(table: Table, draft: Definition) -> tuple[str, Text] | None:
    """The column whose every value has one sex, one race and the like, whatever its name: it names people, and why."""
    told = [entry.name for entry in draft.column if entry.sensitive and entry.name != draft.target]
    labelled = table.rows[draft.target].notna()
    found = []
    for entry in draft.column:
        if entry.name in (draft.target, *told) or entry.type not in ("int", "text"):
            continue
        repeating = _repeating(table, draft, entry.name)
        if repeating is None or repeating[1] < REPEATS:
            continue
        which, repeats = repeating
        fixed = [name for name in told if _has_one(table.rows[name][labelled], which)]
        # a year of birth has one age as well
        if len(fixed) > 1 and not all(AGE.search(folds.plain(name)) for name in fixed):
            found.append((repeats, entry.name, fixed))
    if not found:
        return None
    repeats, name, fixed = max(found)  # a visit of somebody has one sex too
    why = say(
        "`{name}` repeats {times:.1f} times a value, and each has one value of {columns}: it names people.",
        name=name,
        times=repeats,
        columns=", ".join(f"`{each}`" for each in fixed),
    )
    return name, why


def _has_one(column: pd.Series, which: IntArray) -> bool:
    """Whether all rows of a unit have the same value, and not all units do."""
    values = pd.factorize(column, use_na_sentinel=False)[0]
    same = pd.Series(values).groupby(which).transform("first").to_numpy() == values
    return bool(same.all() and values.max() > 0)


def _numbers_blocks(column: pd.Series, truth: FloatArray) -> bool:
    """Whether whole numbers are names of blocks of rows: each has one label, and neighbours agree no more than chance.

    A number of which the label is a function has neighbours that agree, as age has where it decides.
    """
    if not pd.api.types.is_integer_dtype(column) or column.nunique() < 20 or len(column) < 2 * column.nunique():
        return False
    by_value = pd.Series(truth).groupby(column.to_numpy())
    if by_value.nunique().max() > 1:
        return False
    return by_value.first().nunique() > 1 and not _goes_along(column, truth)


def _why_none(table: Table, draft: Definition, truth: FloatArray) -> Text:
    """Codes under a name that tells of no unit may be kinds of things as well, so they are told and not taken."""
    others = (entry for entry in draft.column if entry.type == "text" and entry.name != draft.target)
    codes = [
        entry.name
        for entry in others
        if not folds.is_unit(entry.name) and moments.as_dates(entry.name, table.rows[entry.name].dropna()) is None
    ]
    alike = [name for name in codes if (found := _repeating(table, draft, name)) and _agrees(found[0], truth)]
    if not alike:
        return say("No column names several rows whose labels agree, so each row is by itself.")
    return sentences(
        say("No column is called as a unit is, so each row is by itself."),
        say(
            "Rows of one value of {columns} share labels: take that as the unit if it is what is new in use.",
            columns=", ".join(f"`{name}`" for name in alike),
        ),
    )


def _agrees(which: IntArray, truth: FloatArray) -> bool:
    share, errors = shared(which, truth)
    return share > SHARES and errors > 3


def _repeating(table: Table, draft: Definition, name: str, most: float = MOST_REPEATS) -> tuple[IntArray, float] | None:
    """Which value each labelled row has of a column without gaps, and rows a value; None where they are too few or too
    many for units."""
    column = table.rows[name][table.rows[draft.target].notna()]
    if column.isna().any():
        return None
    which = pd.factorize(column)[0].astype(np.int64)
    values = int(which.max()) + 1
    repeats = len(which) / values
    if values < 20 or repeats < 1.1 or repeats > max(3, most * len(which)):
        return None
    return which, repeats


def _as_unit(
    table: Table, draft: Definition, entry: ColumnEntry, truth: FloatArray
) -> tuple[float, float, Text] | None:
    """The share of the spread of labels that lies between a column's values, 0 where that may be chance, rows a value,
    and why it may be a unit; None if not."""
    column = table.rows[entry.name][table.rows[draft.target].notna()]
    if entry.name == draft.target or entry.type == "date text" or column.isna().any():
        return None
    if not folds.is_unit(entry.name) and not _numbers_blocks(column, truth):
        return None
    if (found := _repeating(table, draft, entry.name)) is None:
        return None
    which, repeats = found
    share, errors = shared(which, truth)
    if share <= SHARES:
        named = table.kinds[entry.name] == "text" or entry.name.lower().endswith(("id", "nr", "nummer"))
        if not named or repeats > 20:  # many rows each, and nothing that they share
            return None
    likeness = say("its name says whose rows they are")
    if _agrees(which, truth):
        likeness = say("its rows share labels")
    why = say(
        "`{name}` repeats {times:.1f} times a value and {likeness}.", name=entry.name, times=repeats, likeness=likeness
    )
    return (share if errors > 3 else 0.0), repeats, why
