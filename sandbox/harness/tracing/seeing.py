"""The functions that a rewritten submission calls: each gives what the plain expression would have given."""

from __future__ import annotations

import builtins
import operator
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from . import content, rewrite
from .content import Ints
from .log import Place
from .plain import Plain
from .tracer import Tracer

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "MatMult": operator.matmul,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
    "BitAnd": operator.and_,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
}
PRODUCTS = (operator.mul, operator.matmul)
TABLES = (np.ndarray, pd.DataFrame, pd.Series)
ROWS = (list, tuple, np.ndarray)  # of a table in plain Python
BY_POSITION: Any = type(pd.DataFrame().iloc)
LOCATORS: tuple[Any, ...] = (BY_POSITION, type(pd.DataFrame().loc))
MOST_LOOKS = 3000  # at tables nothing was known of; what comes later is only looked at by the hooks
MOST_AT_LINE = 60  # values seen at one line, in whichever file: what a loop makes after that is no news
DIGESTED = 150
DIGESTED_AT_LINE = 20  # folds, not the small batches that a network learns from


class Seeing:
    """Looks at values on their way, and follows their rows where that can be done exactly."""

    def __init__(self, tracer: Tracer, more: tuple[type, ...] = ()) -> None:
        """more: kinds of tables beside those of numpy and pandas."""
        self._tracer = tracer
        self._more = more
        self._plain = Plain(tracer)
        tracer.link = self._plain.link
        self._looks = 0
        self._digested: dict[Place, int] = defaultdict(int)
        self._seen: dict[int, int] = defaultdict(int)

    def install(self) -> None:
        """Single numbers and short lists, of which loops by hand make millions, go through no method of ours."""
        tables, shown, look, follow = (*TABLES, *self._more, list), self._shown, self._look, self._follow
        interesting, least = frozenset(tables), content.FEWEST

        def see(value: Any, site: int) -> Any:
            kind = type(value)
            if kind in interesting and (kind is not list or len(value) >= least):
                shown(value, site, look, value)
            return value

        def item(value: Any, index: Any, site: int) -> Any:
            found = value[index]
            kind = type(found)
            if kind in interesting and (kind is not list or len(found) >= least):
                shown(found, site, follow, value, index, found)
            return found

        functions: dict[str, Any] = {
            rewrite.SEE: see,
            rewrite.ITEM: item,
            rewrite.PIECE: slice,
            rewrite.MULTIPLY: self._multiplying(see),
        }
        for name, own in OPERATORS.items():
            functions[rewrite.OPERATE.format(name)] = self._operating(own)
        for name, function in functions.items():
            setattr(builtins, name, function)

    def _operating(self, operator: Callable[[Any, Any], Any]) -> Callable[[Any, Any, int], Any]:
        array, shown, carry, quietly = np.ndarray, self._shown, self._carry, self._tracer.quietly
        tracer, product = self._tracer, operator in PRODUCTS

        def operate(left: Any, right: Any, site: int) -> Any:
            found = operator(left, right)
            if type(found) is array:
                shown(found, site, carry, left, right, found)
            if product and type(found) in TABLES and tracer.multiplies and tracer.idle:
                quietly(tracer.multiplied, left, right, found)
            return found

        return operate

    def _multiplying(self, see: Callable[[Any, int], Any]) -> Callable[..., Any]:
        tracer = self._tracer

        def multiply(function: Any, site: int, *given: Any) -> Any:
            found = function(*given)
            see(found, site)
            if tracer.multiplies and tracer.idle:
                whole = given if len(given) > 1 else (getattr(function, "__self__", None), *given)
                tracer.quietly(tracer.multiplied, *whole, found)
            return found

        return multiply

    def _shown(self, value: Any, site: int, learn: Callable[..., None], *given: Any) -> None:
        """Learn of a table of some rows that the candidate's own code made, unless a loop makes many, and keep it."""
        if not self._tracer.idle or content.length(value) < content.FEWEST:
            return
        line = site // rewrite.SITES
        self._seen[line] += 1
        if self._seen[line] <= MOST_AT_LINE:
            self._tracer.quietly(learn, *given)
        self._tracer.calmly(self._plain.keep, value, site)

    # --- what is learnt -------------------------------------------------------------------------------

    def _look(self, value: Any) -> None:
        if self._looks > MOST_LOOKS:
            return
        if isinstance(value, list):
            if not is_table(value):
                found = self._plain.records(value)
                if found is not None:
                    self._put_down(*found)
                return
            value = np.asarray(value)  # once: it takes longer than all that is asked of it
        if self._tracer.book.remembered(value, len(value)) is None:
            self._looks += 1
            self._note(value, self._tracer.book.rows(value))

    def _follow(self, value: Any, index: Any, part: Any) -> None:
        """The rows that `value[index]` has, from those of `value`."""
        book, k = self._tracer.book, content.length(part)
        if book.remembered(part, k) is not None:
            return
        whole = value.obj if isinstance(value, LOCATORS) else value
        known = book.remembered(whole, content.length(whole))
        rows = None if known is None else chosen(known, index, value)
        if rows is not None and len(rows) == k:
            book.learn(part, rows)
            self._note(part, rows)
        else:
            self._look(part)

    def _carry(self, left: Any, right: Any, result: Any) -> None:
        """An operator works row by row on whichever side has as many rows as its result."""
        book, k = self._tracer.book, content.length(result)
        for side in (left, right):
            if isinstance(side, TABLES) and content.length(side) == k:
                known = book.remembered(side, k)
                if known is not None:
                    book.learn(result, known)
                    self._note(result, known)
                    return
        self._look(result)

    def _note(self, value: Any, rows: Ints | None) -> None:
        """Put down what a part of the data's rows holds, so that two runs can be compared."""
        if isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype.kind == "f":
            self._put_down(value, rows)

    def _put_down(self, table: Any, rows: Ints | None) -> None:
        if rows is None or len(rows) > 0.98 * self._tracer.book.n or sum(self._digested.values()) >= DIGESTED:
            return
        place = self._tracer.place()
        if self._digested[place] >= DIGESTED_AT_LINE:
            return
        self._digested[place] += 1
        log = self._tracer.log
        digest = content.digest(content.row_hashes(table))
        log.add("tables", place, rows=log.set(rows), x=digest)


def is_table(rows: list[Any]) -> bool:
    """Whether a list holds rows of one width, rather than, say, the weights of the layers of a network, or the two
    sides of each of many splits."""
    if not all(issubclass(kind, ROWS) for kind in set(map(type, rows))):
        return False
    widths = set(map(len, rows))
    if len(widths) != 1 or widths.pop() <= 1:
        return False
    kinds = {*map(type, map(operator.itemgetter(0), rows)), *map(type, rows[0])}
    return not any(issubclass(kind, (*ROWS, *TABLES)) for kind in kinds)


def chosen(rows: Ints, index: Any, value: Any) -> Ints | None:
    """`rows[index]` as far as the index speaks of rows by position; None where it does not."""
    positional: bool = isinstance(value, (np.ndarray, BY_POSITION))
    if isinstance(index, tuple) and index:
        if not positional and not isinstance(value, LOCATORS):
            return None
        index = index[0]
    if isinstance(index, pd.Series) and index.dtype == bool and len(index) == len(rows):
        whole = value.obj if isinstance(value, LOCATORS) else value
        aligned = isinstance(whole, np.ndarray) or index.index.equals(whole.index)
        return rows[index.to_numpy()] if aligned else None
    if isinstance(index, (np.ndarray, list)):
        index = np.asarray(index)
        if index.ndim == 1 and (index.dtype == bool or (positional and index.dtype.kind in "iu")):
            return np.asarray(rows[index], np.int32)
        return None
    if not isinstance(index, slice) or not positional:
        return None
    part: Ints = rows[index]
    return part
