"""What is made of the time of a row alone: the time, a span of it, or a part that comes round again."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from enum import StrEnum


class When(StrEnum):
    """How rows of one value lie in time."""

    NEVER = ""  # it is made of other things as well
    SPAN = "span"  # the time itself, or one month of one year: what is equal lies together
    YEAR = "year"
    ROUND = "round"  # a month of any year, a weekday


#: Parts of a date that come round again, as pandas and polars call them.
_ROUND = frozenset(
    {"month", "day", "hour", "minute", "second", "quarter", "week", "weekday", "dayofweek", "day_of_week",
     "dayofyear", "day_of_year", "ordinal_day", "weekofyear", "month_name", "day_name", "isocalendar", "time",
     "is_month_start", "is_month_end", "is_quarter_start", "is_quarter_end", "is_year_start", "is_year_end"}
)  # fmt: skip
_YEARS = frozenset({"%Y", "%y", "Y", "YE", "YS", "A", "1y"})
#: Functions that may be told a span: what they leave of a time is that span.
_TOLD = frozenset({"strftime", "to_period", "truncate", "PeriodIndex", "astype", "floor", "round", "ceil", "to_string"})


def left_of(when: When, name: str, told: Iterable[object] = ()) -> When:
    """What `column.name`, or `column.name(*told)`, leaves of a time."""
    words = [word for word in told if isinstance(word, str)]
    if not when or name in _ROUND:
        return When.ROUND if when else when
    if name == "year" or (name in _TOLD and any(word in _YEARS for word in words)):
        return When.YEAR if when is When.SPAN else when
    formats = [word for word in words if "%" in word]
    if name in ("strftime", "to_string") and formats and not any(year in formats[0] for year in ("%Y", "%y", "%F")):
        return When.ROUND
    return when


def letters(when: When, low: ast.expr | None, high: ast.expr | None) -> When:
    """What some letters of a day written as text leave of it, as in `day[:7]`."""
    if not when or low is None or (isinstance(low, ast.Constant) and low.value in (0, None)):
        short = isinstance(high, ast.Constant) and high.value == len("2024")
        return When.YEAR if short and when is When.SPAN else when
    return When.ROUND


def together(*several: When) -> When:
    """What several such values tell of a row together: a month of a year is a span, a month is not."""
    if not several or When.NEVER in several:
        return When.NEVER
    if When.SPAN in several or {When.YEAR, When.ROUND} <= set(several):
        return When.SPAN
    return several[0]


def spans(keys: Iterable[When]) -> bool:
    """Whether rows that agree in all of these keys lie together in time."""
    return together(*(key for key in keys if key)) is When.SPAN
