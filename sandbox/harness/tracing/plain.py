"""Rows kept as dictionaries, and scores of models that no library knows: what a claim computed by hand rests on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import content
from .by_hand import MEANS, OF_NUMBERS, OF_OUTCOMES, ROC_AUC, ROOTED, Metric, area
from .content import Ints
from .log import Place
from .tracer import Floats, Judge, Tracer

EXACT = 1e-9
TIES = (0.5, 1.0, 0.0)  # a sort of pairs of score and label, written by hand, puts all ties right or all wrong
MOST_RECORDS = 40  # lists of dictionaries that are looked at
MOST_VECTORS, MOST_NUMBERS = 600, 3_000_000
MOST_ORDERS = 8  # lists of positions kept of one length
MOST_AT_LINE = 120  # vectors kept of one line: a loop over epochs makes one in each


class Plain:
    """Knows lists of dictionaries by what they hold, and keeps what may be scores until the claim is known."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._records = 0
        self._owners: dict[int, tuple[dict[str, Any], int]] = {}
        self._vectors: list[tuple[Place, Ints | None, Floats]] = []
        self._at_line: dict[int, int] = {}
        self._numbers = 0
        self._lists: list[list[Any]] = []  # of dictionaries, which may have been shuffled since
        self._positions: dict[int, list[Ints]] = {}  # lists that may say which rows, by length

    # --- dictionaries ---------------------------------------------------------------------------------

    def records(self, rows: list[Any]) -> tuple[pd.DataFrame, Ints | None] | None:
        """A list of dictionaries as a table, and the rows it has; None where it is no such list."""
        if self._records >= MOST_RECORDS or not all(type(row) is dict for row in itertools.islice(rows, 50)):
            return None
        self._records += 1
        table = pd.DataFrame(rows)
        known = self._by_identity(rows)
        if known is None:
            known = self._tracer.book.rows(table)
        if known is None:
            known = self._tracer.book.proved(self._orders(len(rows)), table)
        if known is not None:
            self._tracer.book.learn(table, known)
            self._lists = [*self._lists[-9:], rows]
        if known is not None and len(self._owners) < 4 * self._tracer.book.n:
            self._owners.update({id(row): (row, int(at)) for row, at in zip(rows, known, strict=True)})
        return table, known

    def _orders(self, k: int) -> Iterator[Ints]:
        """The rows of earlier lists of this length, as these lists are now."""
        for earlier in reversed(self._lists):
            rows = self._by_identity(earlier) if len(earlier) == k else None
            if rows is not None:
                yield rows

    def _by_identity(self, rows: list[Any]) -> Ints | None:
        """The very dictionaries whose rows are known, in whatever order they are now."""
        if not all(id(row) in self._owners for row in rows):
            return None
        return np.array([self._owners[id(row)][1] for row in rows], np.int32)

    # --- scores ---------------------------------------------------------------------------------------

    def keep(self, value: Any, line: int) -> None:
        """Remember numbers that may be scores of rows, or say which rows, until it is known what was claimed."""
        scores = numbers(value)
        if not scores and not (isinstance(value, list) and type(value[0]) is int):
            return
        self._at_line[line] = self._at_line.get(line, 0) + 1
        if self._at_line[line] > MOST_AT_LINE or self._numbers + len(value) > MOST_NUMBERS:
            return
        if not scores:
            if positions(value, self._tracer.book.n):
                self._positions.setdefault(len(value), []).append(np.array(value, np.int32))
                del self._positions[len(value)][:-MOST_ORDERS]
            return
        if len(self._vectors) >= MOST_VECTORS:
            return
        rows = self._tracer.book.remembered(value, len(value))
        self._numbers += len(value)
        self._vectors.append((self._tracer.place(), rows, np.array(value, np.float64)))

    def link(self, claims: Mapping[str, float]) -> None:
        """Find the numbers whose metric is the claim, and put them down as a judgement with all made at that line."""
        metric = self._tracer.metric
        claim = claims.get(metric)
        values = [abs(event["value"]) for event in self._tracer.log.events["judged"] if event["value"] is not None]
        values += [value**0.5 for value in values if metric in ROOTED]
        if claim is None or any(abs(value - abs(claim)) < 1e-6 for value in values):
            return
        found = next(self._equal(claim), None)
        if found is None:
            return
        place, rows, judge = found
        log, linked = self._tracer.log, False
        for where, _, scores in self._vectors:
            if where == place and len(scores) == len(rows):
                value = judge(rows, scores)
                claimed = value is not None and equal(value, claim)
                if claimed and linked:
                    continue  # ranks of the scores, which depend on the other rows
                linked = linked or claimed
                of = list(self._tracer.sources(rows, scores))
                self._tracer.log_judged("by hand", rows, place, value=value, of=of, scores=log.scores(rows, scores))

    def _equal(self, claim: float) -> Iterator[tuple[Place, Ints, Judge]]:
        """Where, of which rows, and by which reckoning."""
        book, metric, judges = self._tracer.book, self._tracer.metric, list(self._judges())
        for place, known, scores in self._vectors:  # the first, as ranks made of scores have the same area
            likely = [*book.routes(len(scores)), *self._positions.get(len(scores), ())]
            for rows in likely if known is None else [known]:
                for judge in judges if (rows >= 0).all() else ():
                    value = judge(rows, scores)
                    if value is not None and equal(value, claim):
                        yield place, rows, judge
            if known is not None and metric in MEANS and equal(MEANS[metric](scores), abs(claim)):
                yield place, known, partial(_mean_of, MEANS[metric])

    def _judges(self) -> Iterator[Judge]:
        """The metric against every column that may be the target."""
        book, metric = self._tracer.book, self._tracer.metric
        outcomes = [codes == codes.max() for codes in book.binary()]
        if metric == ROC_AUC:
            for positive, ties in itertools.product(outcomes, TIES):
                yield partial(_area, positive, ties)
        if metric in OF_OUTCOMES:
            yield from (partial(_of, OF_OUTCOMES[metric], positive.astype(np.float64)) for positive in outcomes)
        if metric in OF_NUMBERS:
            yield from (partial(_of, OF_NUMBERS[metric], column) for column in book.numeric())


def _mean_of(mean: Callable[[Floats], float], rows: Ints, told: Floats) -> float:  # noqa: ARG001
    return mean(told)


def _area(positive: npt.NDArray[np.bool_], ties: float, rows: Ints, told: Floats) -> float | None:
    return area(positive[rows], told, ties)


def _of(metric: Metric, truth: Floats, rows: Ints, told: Floats) -> float:
    return metric(truth[rows], told)


def equal(value: float, claim: float) -> bool:
    return abs(value - claim) <= EXACT * max(1.0, abs(claim))


def numbers(value: Any) -> bool:
    """Whether these may be scores of rows: fractions, one a row."""
    if isinstance(value, (np.ndarray, pd.Series)):
        return value.ndim == 1 and content.numeric(value.dtype) and value.dtype.kind == "f"
    return (
        isinstance(value, list)
        and len(value) >= content.FEWEST
        and all(isinstance(one, float) for one in itertools.islice(value, 50))
    )


def positions(value: list[Any], n: int) -> bool:
    """Whether a list says which of `n` rows, each once."""
    return (
        content.FEWEST <= len(value) <= n
        and all(type(one) is int and 0 <= one < n for one in value)
        and (len(set(value)) == len(value))
    )
