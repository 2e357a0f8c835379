"""The groups of rows that are looked at one by one, and how predictions do in each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from graders.measure import quantities
from graders.measure.linear import Linear
from graders.model.arrays import FloatArray, Truth
from graders.model.challenge import Challenge, Column, Dataset
from graders.model.later import pd
from graders.model.of_data import of_data
from graders.words import listed, say

Mask = npt.NDArray[np.bool_]

#: A smaller group says nothing that its interval would not take back.
LEAST_ROWS, LEAST_OF_A_CLASS = 100, 15
#: A text column with more values than this is no grouping.
MOST_VALUES = 10
FEWEST_VALUES = 2


@dataclass(frozen=True, eq=False)
class Group:
    """Some rows, named after what they have in common; `columns` are those that define it."""

    name: str
    columns: tuple[str, ...]
    rows: Mask


def enough(labels: Truth, classes: int = 2, every_class: bool = True) -> bool:
    """Whether rows of these labels say something: there are enough, and of every class, or of two at least."""
    if labels.dtype.kind == "f":
        return len(labels) >= LEAST_ROWS
    many = np.bincount(labels, minlength=classes) >= LEAST_OF_A_CLASS
    return len(labels) >= LEAST_ROWS and int(many.sum()) >= (classes if every_class else FEWEST_VALUES)


def values(rows: pd.DataFrame, column: Column) -> pd.Series | None:
    """The value, or the band, of a column in each row as text; None for a column that makes no groups."""
    if column.name not in rows:
        return None
    if column.bands:
        return banded(rows[column.name], column)
    if column.type != "text" or not FEWEST_VALUES <= rows[column.name].nunique() <= MOST_VALUES:
        return None
    codes, known = pd.factorize(rows[column.name])  # -1 where it is missing, the last of the names
    return _named([*map(str, known), say("missing")], codes, rows.index)


def banded(numbers: pd.Series, column: Column) -> pd.Series:
    """Each number as its band of the column: `under 30`, `30 to 49`, ..., `65 and over`, or `unknown`."""
    edges = column.bands
    names = [
        say("under {edges:g}", edges=edges[0]),
        *(say("{a:g} to below {b:g}", a=a, b=b) for a, b in pairwise(edges)),
        say("{edges:g} and over", edges=edges[-1]),
        say("unknown"),
    ]
    position = np.searchsorted(edges, numbers.to_numpy(dtype=np.float64), side="right")
    unknown = numbers.isna() | (numbers == column.unknown)
    return _named(names, np.where(unknown, -1, position), numbers.index)


def _named(names: Sequence[str], codes: npt.NDArray[np.int64], index: pd.Index) -> pd.Series:
    """The name of each row; of objects, as pandas' own texts forget what ours were made of."""
    return pd.Series(np.asarray(names, dtype=object)[codes], index, dtype=object)


def months(rows: pd.DataFrame, challenge: Challenge) -> pd.Series:
    """The month of each row as text, as `2024-03`; no rows where the challenge has no time."""
    if challenge.time is None:
        return pd.Series([], dtype=str)
    return rows[challenge.time].astype(str).str.slice(0, 7)


def single(rows: pd.DataFrame, columns: tuple[Column, ...]) -> Iterator[Group]:
    """A group for each value of each column."""
    for column in columns:
        found = values(rows, column)
        if found is not None:
            codes, known = pd.factorize(found.to_numpy(dtype=object), sort=True)  # numbers are compared far faster
            for number, value in enumerate(known):
                yield Group(say("{column} {value}", column=column.name, value=value), (column.name,), codes == number)


def crossed(rows: pd.DataFrame, columns: tuple[Column, ...]) -> Iterator[Group]:
    """A group for each pair of values of two columns."""
    by_column = [list(single(rows, (column,))) for column in columns]
    for first, second in combinations(by_column, 2):
        for a in first:
            for b in second:
                yield Group(listed((a.name, b.name)), a.columns + b.columns, a.rows & b.rows)


def sensitive(challenge: Challenge) -> tuple[Column, ...]:
    return tuple(column for column in challenge.columns if column.sensitive)


def of_people(rows: pd.DataFrame, challenge: Challenge) -> tuple[Group, ...]:
    """Groups by the sensitive columns, and by two of them at once."""
    columns = sensitive(challenge)
    return (*single(rows, columns), *crossed(rows, columns))


@of_data
def of_hidden_people(challenge: Challenge, dataset: Dataset) -> tuple[Group, ...]:
    return of_people(dataset.hidden, challenge)


@of_data
def of_public_people(challenge: Challenge, dataset: Dataset) -> tuple[Group, ...]:
    return of_people(dataset.public, challenge)


@of_data
def of_hidden_business(challenge: Challenge, dataset: Dataset) -> tuple[Group, ...]:
    """Groups of hidden rows by the other columns of few values."""
    skip = {challenge.group, challenge.target, *challenge.post_outcome}
    others = tuple(c for c in challenge.columns if not c.sensitive and c.name not in skip)
    return tuple(single(dataset.hidden, others))


def average(group: Group, numbers: FloatArray) -> Linear:
    """The mean within a group, as a statistic of all rows."""
    return quantities.mean(numbers, group.rows.astype(np.float64))
