"""Which column says when a row is of, and what of its numbers are dates."""

from __future__ import annotations

import re
from typing import Literal

import numpy as np

from challenges.tables import folds, periods
from challenges.tables.definition import ColumnEntry, Definition
from challenges.tables.table import Table, TableError
from graders.model.arrays import FloatArray
from graders.model.later import pd
from graders.words import Text, count, say, sentences

RECORDED = re.compile(
    r"(?:^|_)(?:date|time|day|week|month|quarter|period|at|on|hour|timestamp|ts|snapshot|datum|created|applied|when)"
    r"(?:_|$)"
)
BORN = re.compile(r"birth|born|dob|geburt")
YEAR = re.compile(r"(?:^|_)(?:year|yr|jahr)(?:id)?(?:_|$)")
#: Names of a year of rows and of its parts, with the greatest number of each.
YEARS = frozenset({"year", "yr", "jahr", "annee", "ano"})
PARTS = {"month": 12, "mon": 12, "mnth": 12, "monat": 12, "mois": 12, "mes": 12, "quarter": 4, "week": 53, "doy": 366}
PARTS |= {"day_of_year": 366, "date_of_month": 31, "day_of_month": 31, "day": 31, "dom": 31, "tag": 31, "jour": 31}
#: Of fewer years the last would be half of the rows.
FEWEST_YEARS = 3
NOT_WHEN = re.compile(r"built|remod|birth|born|made|model")
#: What numbers may count, from which number to below which, and since when: 1990 to 2100, days to 2050.
COUNTS: tuple[tuple[int, int, Literal["D", "s", "ms", "us", "ns"], str], ...] = (
    (7_305, 29_220, "D", "1970-01-01"),
    (32_874, 54_789, "D", "1899-12-30"),
    (631_152_000, 4_102_444_800, "s", "1970-01-01"),
    (631_152_000 * 10**3, 4_102_444_800 * 10**3, "ms", "1970-01-01"),
    (631_152_000 * 10**6, 4_102_444_800 * 10**6, "us", "1970-01-01"),
    (631_152_000 * 10**9, 4_102_444_800 * 10**9, "ns", "1970-01-01"),
)
NANOSECONDS = r"[1-9]\d{17}|[1-4]\d{18}"
#: A column of dates that lacks fewer may be the time of a row; one that lacks more tells what befell some of them.
SOME_GAPS = 0.1


def proposed(table: Table, draft: Definition, group: str | None) -> tuple[str | None, Text]:
    """The column in which the use of the model moves forward, and why: dates without gaps, at best the latest of a row.

    None where hidden rows are to be drawn at random.
    """
    dates = [entry.name for entry in draft.column if entry.name != draft.target and _may_move(table, entry)]
    if not dates and group is not None and (year := _of_panel(table, draft, group)):
        why = say("Each `{group}` has one row for each `{time}`.", group=group, time=year)
        return year, sentences(why, _why(table, draft.model_copy(update={"group": group}), year))
    if not dates and (found := _in_parts(table, draft)) is not None:
        year, parts = found
        why = say(
            "{columns} tell the time together, of which hidden rows have the last years.",
            columns=", ".join(f"`{name}`" for name in parts),
        )
        one = say("Write them as one column of dates to cut within a year.")
        return year, sentences(why, one, _why(table, draft.model_copy(update={"group": group}), year))
    if not dates:
        return None, _why_none(table, draft)
    named = [name for name in dates if RECORDED.search(name.lower())] or dates
    name = max(named, key=lambda each: (table.rows[each].nunique() > 10, _late(table, each)))
    return name, _why(table, draft.model_copy(update={"group": group}), name)


def tell_when(table: Table, draft: Definition) -> list[str]:
    """The columns whose values may be the time of a row, years among them."""
    names = [entry.name for entry in draft.column if entry.name != draft.target]
    return [
        name
        for name in names
        if _may_tell(table, name) or (table.kinds[name] == "date text" and not table.rows[name].isna().any())
    ]


def once_each(column: pd.Series, time: pd.Series) -> bool:
    """Whether a value has one row a time at most, and that is no chance: of a panel, such as countries and years."""
    which, when = (pd.factorize(each)[0].astype(np.int64) for each in (column, time))
    units, times, rows = int(which.max()) + 1, int(when.max()) + 1, len(which)
    if times < FEWEST_YEARS or rows**2 / (2 * units * times) < folds.SURE_TO_MEET:
        return False
    return len(np.unique(which * times + when)) == rows


def _of_panel(table: Table, draft: Definition, group: str) -> str | None:
    found = [
        name for name in tell_when(table, draft) if name != group and once_each(table.rows[group], table.rows[name])
    ]
    return found[0] if len(found) == 1 else None


def _in_parts(table: Table, draft: Definition) -> tuple[str, list[str]] | None:
    """The column of years beside which others hold the month, or the day of the year, of the same row; and all three.

    A year alone may be that in which a thing was made.
    """
    names = [entry.name for entry in draft.column if entry.name != draft.target]
    years = [name for name in names if folds.plain(name) in YEARS and _may_tell(table, name)]
    parts = [name for name in names if (most := PARTS.get(folds.plain(name))) and _counts(table, name, most)]
    if len(years) != 1 or not parts or table.rows[years[0]].nunique() < FEWEST_YEARS:
        return None
    return years[0], [years[0], *parts]


def _counts(table: Table, name: str, most: int) -> bool:
    """Whether a column has the numbers of a part of the year, up to so many, or the names of months."""
    column = table.rows[name]
    if column.isna().any():
        return False
    if table.kinds[name] == "int":
        return bool(column.min() >= 0 and most / 2 < column.max() <= most)
    return most == PARTS["month"] and bool(column.str.strip().str.lower().str.fullmatch(periods.NAMED).all())


def _may_move(table: Table, entry: ColumnEntry) -> bool:
    column, name = table.rows[entry.name], folds.plain(entry.name)
    if BORN.search(name) or column.isna().any() or column.nunique() < 5:
        return False
    if entry.type == "date text":
        return True
    told_by = entry.type == "text" or RECORDED.search(name) is not None
    return told_by and not NOT_WHEN.search(name) and as_dates(entry.name, column) is not None


def _why_none(table: Table, draft: Definition) -> Text:
    why = say("No column holds dates without gaps, so hidden rows are drawn at random.")
    others = [entry.name for entry in draft.column if entry.name != draft.target]
    when = [name for name in others if _may_tell(table, name)]
    if when:
        listed = ", ".join(f"`{name}`" for name in when[:3])
        may = say("{columns} may tell when: take it as the time if the model is used on later rows.", columns=listed)
        why = sentences(why, may)
    elif counted := [name for name in others if _may_count(table, name)]:
        listed = ", ".join(f"`{name}`" for name in counted[:3])
        may = say("{columns} may count time. Write it as dates if the model is used on later rows.", columns=listed)
        why = sentences(why, may)
    for entry in draft.column:
        if entry.name in others and entry.name not in when and folds.unread_dates(table.rows[entry.name]):
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
    order = in_order(table, name, sample.rows[name])
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
    if table.kinds[name] != "date text":
        value, date = table.rows[name].iloc[0], dates_of(table, name).iloc[0]
        why = sentences(why, say("Its values are told as dates: `{value}` is {date}.", value=value, date=date))
    return why


def _may_tell(table: Table, name: str) -> bool:
    """Whether a column holds years or stretches of time, and not those that a thing was made in."""
    column, plain = table.rows[name], folds.plain(name)
    if table.kinds[name] == "date text" or column.isna().any() or BORN.search(plain) or NOT_WHEN.search(plain):
        return False
    told = as_dates(name, column) if YEAR.search(plain) else periods.first_days(column)
    return told is not None


def _may_count(table: Table, name: str) -> bool:
    """Whether a column counts days, weeks or months from some first one: rows stand in the order of it."""
    column, plain = table.rows[name], folds.plain(name)
    counts = RECORDED.search(plain) or YEAR.search(plain)
    return bool(counts and table.kinds[name] == "int" and column.nunique() >= 5 and column.is_monotonic_increasing)


def dates_of(table: Table, name: str) -> pd.Series:
    """The dates that a column holds or tells, as ISO text; TableError where it tells none."""
    column = table.rows[name].dropna()
    dates = column if table.kinds[name] == "date text" else as_dates(name, column)
    if dates is None:
        no = say("The time {name} holds no dates, months, weeks, years or seconds since 1970.", name=repr(name))
        raise TableError(sentences(no, say("Write it as dates, such as 2026-02-28.")), code="TIME_UNREADABLE")
    return dates


def as_dates(name: str, column: pd.Series) -> pd.Series | None:
    """What a column without gaps says of time, as ISO text that sorts as time does; None where it says nothing of it.

    It may name stretches of time (`periods`); else it is numbers.  Years are told as their first day, with a fraction
    as the day of it.  Seconds since 1970 and their parts are told in UTC.  Days since 1970, or since 1899-12-30 as
    spreadsheets count them, are believed of a column that is named after dates.
    """
    if (days := periods.first_days(column)) is not None:
        return days
    numbers = column
    if not pd.api.types.is_numeric_dtype(column):
        if not all(part.str.fullmatch(NANOSECONDS).all() for part in (column.head(periods.FIRST), column)):
            return None
        numbers = column.astype("int64")
    low, high, named = numbers.min(), numbers.max(), RECORDED.search(folds.plain(name)) is not None
    if low >= 1700 and high <= 2200 and numbers.nunique() >= 3:
        return _of_years(numbers)
    if pd.api.types.is_float_dtype(numbers):
        return None
    for least, most, unit, origin in COUNTS:
        if low >= least and high < most and (named or unit != "D"):
            times = pd.to_datetime(numbers, unit=unit, origin=pd.Timestamp(origin))
            return times.dt.strftime("%Y-%m-%d" if unit == "D" else "%Y-%m-%d %H:%M:%S").astype("str")
    return None


def _of_years(years: pd.Series) -> pd.Series:
    year = (years // 1).astype("int64")
    first, end = (pd.to_datetime(each.astype("str") + "-01-01") for each in (year, year + 1))
    days: pd.Series = (first + (end - first) * (years % 1)).dt.strftime("%Y-%m-%d")
    return days.astype("str")


def in_order(table: Table, name: str, column: pd.Series) -> FloatArray:
    """The values of a time as numbers that grow with it."""
    dates = None if table.kinds[name] == "date text" else as_dates(name, column)
    return folds.as_numbers(column if dates is None else dates)


def _late(table: Table, name: str) -> float:
    return float(np.nanmedian(in_order(table, name, table.rows[name])))
