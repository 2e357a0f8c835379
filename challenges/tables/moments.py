"""Which column says when a row is of, and what of its numbers are dates."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from challenges.tables import folds
from challenges.tables.definition import ColumnEntry, Definition
from challenges.tables.table import Table
from graders.model.arrays import FloatArray, IntArray
from graders.model.later import pd
from graders.words import Text, count, say, sentences

RECORDED = re.compile(
    r"(?:^|_)(?:date|time|day|month|at|on|hour|timestamp|ts|snapshot|datum|created|applied|when)"
    r"(?:_|$)"
)
BORN = re.compile(r"birth|born|dob|geburt")
YEAR = re.compile(r"(?:^|_)(?:year|yr|jahr)(?:id)?(?:_|$)")
NOT_WHEN = re.compile(r"built|remod|birth|born|made|model")
#: A column of dates that lacks fewer may be the time of a row; one that lacks more tells what befell some of them.
SOME_GAPS = 0.1


def proposed(table: Table, draft: Definition, group: str | None) -> tuple[str | None, Text]:
    """The column in which the use of the model moves forward, and why: dates without gaps, at best the latest of a row.

    None where hidden rows are to be drawn at random.
    """
    dates = [entry.name for entry in draft.column if entry.name != draft.target and _may_move(table, entry)]
    if not dates:
        return None, _why_none(table, draft)
    named = [name for name in dates if RECORDED.search(name.lower())] or dates
    name = max(named, key=lambda each: (table.rows[each].nunique() > 10, _late(table, each)))
    return name, _why(table, draft.model_copy(update={"group": group}), name)


def _may_move(table: Table, entry: ColumnEntry) -> bool:
    column, name = table.rows[entry.name], entry.name.lower()
    tells = entry.type == "date text" or (RECORDED.search(name) is not None and _seconds(table, entry.name))
    return tells and not BORN.search(name) and not column.isna().any() and column.nunique() >= 5


def _why_none(table: Table, draft: Definition) -> Text:
    why = say("No column holds dates without gaps, so hidden rows are drawn at random.")
    years = [entry.name for entry in draft.column if entry.name != draft.target and _years(table, entry.name)]
    if years:
        listed = ", ".join(f"`{year}`" for year in years[:3])
        when = say("{columns} may tell when: name it with `--time` if the model is used on later rows.", columns=listed)
        why = sentences(why, when)
    for entry in draft.column:
        if entry.name != draft.target and folds.unread_dates(table.rows[entry.name]):
            unread = say(
                "`{column}` seems to hold dates. Write them as 2026-02-28 if it is the time.", column=entry.name
            )
            why = sentences(why, unread)
        gaps = int(table.rows[entry.name].isna().sum()) if entry.type == "date text" else 0
        if 0 < gaps < SOME_GAPS * len(table.rows) and not BORN.search(entry.name.lower()):
            more = count(
                "`{column}` lacks the date of {n:,} row. Fill it or delete the row if it is the time.",
                "`{column}` lacks the dates of {n:,} rows. Fill them or delete the rows if it is the time.",
                gaps,
                column=entry.name,
            )
            why = sentences(why, more)
    return why


def _why(table: Table, draft: Definition, name: str) -> Text:
    sample = folds.sampled(draft, table.rows)
    order = folds.as_numbers(sample.rows[name])
    inputs = [
        feature
        for feature in draft.features
        if feature not in (draft.group, name) and not folds.unique_key(sample.rows[feature])
    ]
    future, random = folds.later(sample, inputs, order, 40)
    why = say(
        "On the last rows a model of earlier ones reaches {metric} {later:.2f}, one of random rows {random:.2f}.",
        metric=sample.name,
        later=future.value,
        random=random.value,
    )
    if draft.group is not None and (lost := _left_out(sample.unit, order, draft.hidden)) > SOME_GAPS:
        left = say(
            "About {share:.0%} of the rows are left out, as their `{group}` has early and late rows. "
            "`--group ''` keeps them.",
            share=lost,
            group=draft.group,
        )
        why = sentences(why, left)
    if table.kinds[name] != "date text":
        why = sentences(why, say("Its numbers are seconds since 1970, and are told as dates."))
    return why


def _left_out(unit: IntArray, order: FloatArray, hidden: float) -> float:
    """The share of rows whose unit has rows before and after the cut: those of one side stay, by lot."""
    late = order >= np.quantile(order, 1 - hidden)
    most = int(unit.max()) + 1
    early_rows, late_rows = np.bincount(unit[~late], minlength=most), np.bincount(unit[late], minlength=most)
    both = (early_rows > 0) & (late_rows > 0)
    return float((early_rows + late_rows)[both].sum()) / 2 / len(unit)


def _years(table: Table, name: str) -> bool:
    """Whether a column holds years, and not those that a thing was made in."""
    column, plain = table.rows[name], folds.plain(name)
    if table.kinds[name] != "int" or not YEAR.search(plain) or NOT_WHEN.search(plain):
        return False
    return bool(column.min() >= 1700 and column.max() <= 2200 and column.nunique() >= 3)


def _seconds(table: Table, name: str) -> bool:
    """Whether a column holds seconds, or their thousandths, since 1970: of 1990 to 2100, and no round numbers."""
    column = table.rows[name]
    if table.kinds[name] != "int" or column.nunique() < 5:
        return False
    low, high = int(column.min()), int(column.max())
    return any(low >= 631_152_000 * unit and high < 4_102_444_800 * unit for unit in (1, 1000)) and high > 10**9


def told(table: Table, name: str) -> bool:
    """Whether a column of numbers holds years, or seconds since 1970."""
    return _seconds(table, name) or _years(table, name)


def as_dates(numbers: pd.Series) -> pd.Series:
    """Years as their first day, seconds since 1970 as UTC; ISO text."""
    if numbers.max() <= 2200:
        return numbers.astype("str").str.zfill(4) + "-01-01"
    unit: Literal["s", "ms"] = "s" if numbers.max() < 10**11 else "ms"
    return pd.to_datetime(numbers, unit=unit).dt.strftime("%Y-%m-%d %H:%M:%S").astype("str")


def _late(table: Table, name: str) -> float:
    return float(np.nanmedian(folds.as_numbers(table.rows[name])))
