"""Hooks in pandas, where rows are numbered anew and where a column is summed up by group, and wherever tables are put
beside each other."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from . import content
from .book import MIXED, UNKNOWN
from .tracer import Tracer, replace

STATISTICS = ("mean", "sum", "median", "std", "var", "agg", "aggregate", "apply", "transform", "value_counts")
#: Functions of numpy that put tables beside each other.
BESIDE = ("hstack", "column_stack")


class Frames:
    """Keeps rows known through renumbering, and notes which columns were averaged over which rows."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def install(self) -> None:
        from pandas.core.groupby.generic import DataFrameGroupBy, SeriesGroupBy  # noqa: PLC0415

        for cls in (pd.DataFrame, pd.Series):
            replace(cls, "reset_index", self._renumbering)
        pd.concat = self._joining(pd.concat)
        pd.crosstab = self._crossing(pd.crosstab)
        for name in BESIDE:
            setattr(np, name, self._beside(getattr(np, name)))
        for group in (DataFrameGroupBy, SeriesGroupBy):
            for name in STATISTICS:
                replace(group, name, self._grouping)

    def _renumbering(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def reset_index(table: Any, *args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(table, *args, **kwargs)
            rows = tracer.quietly(tracer.book.rows, table)
            result = original(table, *args, **kwargs)
            if rows is not None:
                tracer.quietly(tracer.book.learn, table if result is None else result, rows)
            return result

        return reset_index

    def _joining(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def concat(objs: Any, *args: Any, **kwargs: Any) -> Any:
            if not tracer.idle or not isinstance(objs, (list, tuple)):
                return original(objs, *args, **kwargs)
            result = original(objs, *args, **kwargs)
            if not args and kwargs.get("axis", 0) in (0, "index") and not isinstance(objs, dict):
                tracer.quietly(self._joined, objs, result)
            return result

        return concat

    def _beside(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def stack(tup: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(tup, *args, **kwargs)
            if tracer.idle and isinstance(tup, (list, tuple)) and content.length(result) >= content.FEWEST:
                tracer.quietly(self._put_beside, tup, result)
            return result

        return stack

    def _put_beside(self, tables: Any, result: Any) -> None:
        """Each row holds what those of the parts hold: it is theirs, where the known ones agree."""
        k, book = content.length(result), self._tracer.book
        known = [book.remembered(table, k) for table in tables if content.length(table) == k]
        found = [rows for rows in known if rows is not None]
        if found and all(np.array_equal(found[0], rows) for rows in found[1:]):
            book.learn(result, found[0])

    def _joined(self, tables: Any, result: Any) -> None:
        if content.length(result) < content.FEWEST:
            return
        found = [self._tracer.book.rows(table) for table in tables]
        made_up = [np.full(content.length(table), UNKNOWN, np.int32) for table in tables]
        if any(rows is not None for rows in found):
            rows = np.concatenate([new if rows is None else rows for rows, new in zip(found, made_up, strict=True)])
            if len(rows) == len(result) and (rows >= 0).mean() >= MIXED:
                self._tracer.book.learn(result, rows)

    def _grouping(self, original: Callable[..., Any]) -> Callable[..., Any]:
        tracer = self._tracer

        @functools.wraps(original)
        def hooked(groups: Any, *args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(groups, *args, **kwargs)
            tracer.depth += 1  # the function given may be the candidate's; it sees single groups
            try:
                result = original(groups, *args, **kwargs)
            finally:
                tracer.depth -= 1
            tracer.quietly(self._grouped, groups, list(named(args, kwargs)), result, tracer.place())
            return result

        return hooked

    def _grouped(self, groups: Any, asked: list[Any], result: Any, place: Any) -> None:
        """A fit of its own kind: the column is what was learnt from, the groups are what for."""
        source = groups._selected_obj
        if isinstance(source, pd.DataFrame) and asked:
            source = source[[name for name in source.columns if name in asked]]
        if content.length(source) < content.FEWEST:
            return
        rows = self._tracer.book.rows(source)
        columns = [source] if isinstance(source, pd.Series) else [source.iloc[:, i] for i in range(source.shape[1])]
        if rows is None or len(columns) > 8:
            return
        for column in columns:
            self._averaged(column, rows, result, place)

    def _crossing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Counts of a class by group: what a rate of each class is made of."""
        tracer = self._tracer

        @functools.wraps(original)
        def crosstab(index: Any, columns: Any, *args: Any, **kwargs: Any) -> Any:
            if not tracer.idle:
                return original(index, columns, *args, **kwargs)
            tracer.depth += 1
            try:
                result = original(index, columns, *args, **kwargs)
            finally:
                tracer.depth -= 1
            tracer.quietly(self._crossed, [index, columns], result, tracer.place())
            return result

        return crosstab

    def _crossed(self, counted: list[Any], result: Any, place: Any) -> None:
        for column in counted:
            if isinstance(column, pd.Series) and content.length(column) >= content.FEWEST:
                rows = self._tracer.book.rows(column)
                if rows is not None:
                    self._averaged(column, rows, result, place)

    def _averaged(self, column: pd.Series, rows: Any, result: Any, place: Any) -> None:
        tracer = self._tracer
        table = tracer.table(column)
        table.rows, table.label_column = rows, tracer.book.named(column, rows)
        table.labels = table.hashes if table.label_column else None
        fit = tracer.log_fit("groupby", "statistic", table, place)
        if fit is None:
            return
        if content.length(result) == len(rows):
            tracer.origins.made(fit["id"], result, rows)
        else:
            tracer.origins.measured(fit["id"], result)


def named(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
    """The columns that an aggregation names: `{"y": "mean"}` or `rate=("y", "mean")`."""
    for given in args:
        if isinstance(given, dict):
            yield from given
    for given in kwargs.values():
        if isinstance(given, tuple) and given:
            yield given[0]
