"""Stretches of time as tables name them, such as `2021Q1` or 202101, and the first day of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from graders.model.later import pd

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
NAMED = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
YEAR = r"(?P<year>(?:1[6-9]|2[01])\d\d)"
#: A column of more different values names no stretches of time: it would be every day of eighty years.
MOST = 30_000
#: Values that are looked at before a whole column is.
FIRST = 50


class Form(NamedTuple):
    """One way to name a stretch of time; its groups are the year and what `first_day` takes beside it."""

    shape: re.Pattern[str]
    first_day: Callable[[int, str], date]


def _month(year: int, told: str) -> date:
    return date(year, int(told) if told.isdigit() else MONTHS.index(told[:3].lower()) + 1, 1)


def _day(year: int, told: str) -> date:
    return date(year, int(told[:2]), int(told[2:]))


def _quarter(year: int, told: str) -> date:
    return date(year, 3 * int(told) - 2, 1)


def _week(year: int, told: str) -> date:
    return date.fromisocalendar(year, int(told), 1)


def _form(shape: str, first_day: Callable[[int, str], date]) -> Form:
    return Form(re.compile(shape.replace("YEAR", YEAR), re.ASCII | re.IGNORECASE), first_day)


FORMS = (
    _form(r"YEAR[-/. ]?M?(?P<part>\d\d)", _month),
    _form(r"(?P<part>\d\d?)[-/. ]YEAR", _month),
    _form(rf"(?P<part>{NAMED})[-/. ]?YEAR", _month),
    _form(rf"YEAR[-/. ]?(?P<part>{NAMED})", _month),
    _form(r"YEAR[-/. ]?Q(?P<part>[1-4])", _quarter),
    _form(r"Q(?P<part>[1-4])[-/. ]?YEAR", _quarter),
    _form(r"YEAR[-/. ]?(?:W|KW)(?P<part>\d\d?)", _week),
    _form(r"(?:W|KW)[-/. ]?(?P<part>\d\d?)[-/. ]YEAR", _week),
    _form(r"YEAR(?P<part>\d{4})", _day),
    _form(r"YEAR(?P<part>\d\d)", _week),
)


def first_days(column: pd.Series) -> pd.Series | None:
    """The first day, as ISO text, of the stretch of time that each value names; None where a column names none.

    All values have to be of one form, and in the calendar: one that is not makes the column something else.
    Whole numbers count as their digits.  Weeks are those of ISO 8601, which begin on a Monday.
    """
    if _named(_texts(column.head(FIRST))) is None:
        return None
    texts = _texts(column)
    days = _named(texts)
    return None if days is None else texts.map(days)


def _texts(column: pd.Series) -> pd.Series:
    texts = column.astype("str")
    return texts.str.removesuffix(".0") if pd.api.types.is_float_dtype(column) else texts


def _named(texts: pd.Series) -> dict[str, str] | None:
    named = texts.drop_duplicates().tolist()
    if not 0 < len(named) <= MOST:
        return None
    return next((days for form in FORMS if (days := _read(form, named)) is not None), None)


def _read(form: Form, texts: list[str]) -> dict[str, str] | None:
    days = {}
    for text in texts:
        if (found := form.shape.fullmatch(text)) is None:
            return None
        try:
            days[text] = form.first_day(int(found["year"]), found["part"]).isoformat()
        except ValueError:
            return None
    return days
