"""Rows kept as dictionaries, and scores of models that no library knows: what a claim computed by hand rests on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from . import content
from .by_hand import (
    AVERAGE_PRECISION,
    EACH,
    MEANS,
    OF_DECISIONS,
    OF_OUTCOMES,
    OF_PROBABILITIES,
    ROC_AUC,
    ROOTED,
    Metric,
    Ranked,
    average_precision,
    may_be_area,
    of_classes,
    of_numbers,
)
from .content import Ints
from .judging import Area, Numbers, Screen
from .log import Place
from .tracer import Floats, Judge, Tracer, number_of, one_column

EXACT = 1e-9
TIES = (0.5, 1.0, 0.0)  # a sort of pairs of score and label, written by hand, puts all ties right or all wrong
MOST_RECORDS = 40  # lists of dictionaries that are looked at
#: Of one length, as a training's rows are many and its batches more; and of all.
MOST_VECTORS, MOST_NUMBERS, MOST_OF_ALL = 1500, 3_000_000, 6_000_000
MOST_ORDERS = 8  # lists of positions kept of one length
MOST_AT_SITE = 200  # vectors of one length kept of one expression: a loop over epochs makes one in each
MOST_CLASSES = 50
ROUNDED = 1e-3  # by which probabilities of all classes may miss one
FEWEST_FOLDS, MOST_FOLDS = 2, 30  # vectors of one line that one mean may be of
MOST_GROUPED, MOST_GROUPS = 12, 60  # answers that are looked at by groups, and groups of one column
MOST_PARTS = 24  # vectors of which two may be parts that the claim weighs
BY_HAND = "by hand"


@dataclass(frozen=True, eq=False)
class Vector:
    """Numbers that may be scores; at: the line and the expression that made them; rows: whose they are, where that is
    known; likely: of the last table so long."""

    at: tuple[Place, int]
    rows: Ints | None
    likely: Ints | None
    told: Floats


class Plain:
    """Knows lists of dictionaries by what they hold, and keeps what may be scores until the claim is known."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._records = 0
        self._owners: dict[int, tuple[dict[str, Any], int]] = {}
        self._vectors: list[Vector] = []
        self._at_site: dict[tuple[int, int], int] = {}
        self._of_length: dict[int, tuple[int, int]] = {}  # how many vectors, and numbers in them
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

    def keep(self, value: Any, site: int) -> None:
        """Remember numbers that may be scores of rows, or say which rows, until it is known what was claimed."""
        if not self._tracer.sought:
            return
        scores = numbers(value) or (self._of_classes() and (probabilities(value) or self._decided(value)))
        if not scores and not (isinstance(value, list) and type(value[0]) is int):
            return
        at = site, len(value)
        self._at_site[at] = self._at_site.get(at, 0) + 1
        vectors, count = self._of_length.get(len(value), (0, 0))
        size = int(np.size(value))
        if self._at_site[at] > MOST_AT_SITE or count + size > MOST_NUMBERS or self._numbers + size > MOST_OF_ALL:
            return
        if not scores:
            if positions(value, self._tracer.book.n):
                self._positions.setdefault(len(value), []).append(np.array(value, np.int32))
                del self._positions[len(value)][:-MOST_ORDERS]
            return
        if vectors >= MOST_VECTORS:
            return
        self._of_length[len(value)] = vectors + 1, count + size
        self._numbers += size
        rows = self._tracer.book.remembered(value, len(value))
        likely = next(iter(self._tracer.book.routes(len(value))), None) if rows is None else rows
        self._vectors.append(Vector((self._tracer.place(), site), rows, likely, np.array(value, np.float64)))

    def _decided(self, value: Any) -> bool:
        return self._tracer.metric in OF_DECISIONS and decisions(value)

    def _of_classes(self) -> bool:
        return self._tracer.metric in {**OF_PROBABILITIES, **OF_DECISIONS}

    def link(self, claims: Mapping[str, float]) -> None:
        """Find the numbers whose metric is the claim, and put them down as a judgement with all made in that place.

        Else folds of one expression, or groups of the rows of one table, whose mean is the claim; neither is looked for
        where a library has given such a mean.
        """
        metric, events = self._tracer.metric, self._tracer.log.events["judged"]
        claim = claims.get(metric)
        values = [abs(event["value"]) for event in events if event["value"] is not None]
        values += [value**0.5 for value in values if metric in ROOTED]
        found = claim is None or any(abs(value - abs(claim)) < 1e-6 for value in values)
        if claim is None or found or not self._tracer.sought:
            return
        judges = list(self._judges())
        for way in (self._one, self._of_a_library, self._folds, self._losses, self._two_parts, self._groups):
            if way(claim, judges):
                return

    def _of_a_library(self, claim: float, judges: list[Judge]) -> bool:  # noqa: ARG002
        """Whether the claim is the mean of the values that a library gave for folds at one line, of all or of one in
        each turn of a loop: these are there."""
        at_line: dict[tuple[int, str], list[float]] = {}
        for event in self._tracer.log.events["judged"]:
            if event["value"] is not None and event["rows"] >= 0:
                at_line.setdefault((event["place"], event["how"]), []).append(event["value"])
        return any(
            equal(abs(float(mean)), abs(claim))
            for values in at_line.values()
            for turn in range(1, len(values) // FEWEST_FOLDS + 1)
            if len(values) % turn == 0
            for mean in np.reshape(values, (-1, turn)).mean(axis=0)
        )

    def _log(self, place: Place, rows: Ints, told: Floats, value: float | None) -> None:
        log, scores = self._tracer.log, one_column(told)
        of = [] if scores is None else list(self._tracer.sources(rows, scores))
        self._tracer.log_judged(BY_HAND, rows, place, value=value, of=of, scores=log.scores(rows, scores))

    def _one(self, claim: float, judges: list[Judge]) -> bool:
        """The metric of one vector."""
        found = next(self._equal(claim, judges), None)
        if found is None:
            return False
        at, rows, shape, judge = found
        linked = False
        for kept in self._vectors:
            other = kept.rows is not None and not np.array_equal(kept.rows, rows)
            if kept.at == at and kept.told.shape == shape and not other:
                value = judge(rows, kept.told)
                claimed = value is not None and equal(value, claim)
                if claimed and linked:
                    continue  # ranks of the scores, which depend on the other rows
                linked = linked or claimed
                self._log(at[0], rows, kept.told, value)
        return True

    def _equal(
        self, claim: float, judges: list[Judge]
    ) -> Iterator[tuple[tuple[Place, int], Ints, tuple[int, ...], Judge]]:
        """Where, of which rows, in which shape, and by which reckoning."""
        book, metric = self._tracer.book, self._tracer.metric
        known: dict[int, tuple[Ints, list[Judge]]] = {}
        screen = Screen(claim, judges)
        for kept in self._vectors:  # the first, as ranks made of scores have the same area
            told = kept.told
            likely = [*book.routes(len(told)), *self._positions.get(len(told), ())]
            for rows in likely if kept.rows is None else [kept.rows]:
                if id(rows) not in known:
                    known[id(rows)] = rows, self._able(claim, rows, judges)
                for judge in screen.of_one(known[id(rows)][1], rows, told):
                    if _by_order_alone(judge, told):
                        continue
                    value = judge(rows, told)
                    if value is not None and equal(value, claim):
                        yield kept.at, rows, told.shape, judge
            if told.ndim == 1 and kept.rows is not None and metric in MEANS and equal(MEANS[metric](told), abs(claim)):
                yield kept.at, kept.rows, told.shape, partial(_mean_of, MEANS[metric])

    def _able(self, claim: float, rows: Ints, judges: list[Judge]) -> list[Judge]:
        """Those whose metric of these rows can be the claim, whatever was told for them."""
        if not (rows >= 0).all():
            return []
        return [
            judge
            for judge in judges
            if not isinstance(judge, Area) or may_be_area(claim, int(judge.positive[rows].sum()), len(rows), EXACT)
        ]

    def _folds(self, claim: float, judges: list[Judge]) -> bool:
        """What one expression gave for each fold, taken for the rows of the last table so long: mean or median."""
        by_site: dict[tuple[Place, int], list[Vector]] = {}
        for kept in self._vectors:
            if kept.likely is not None and (kept.likely >= 0).all():
                run = by_site.setdefault(kept.at, [])
                if run and run[-1].likely is kept.likely:
                    run.pop()  # what came before it on the way to it
                run.append(kept)
        screen = Screen(claim, judges)
        for run in by_site.values():
            told = [(kept.likely, kept.told) for kept in run[-MOST_FOLDS:] if kept.likely is not None]
            if len(told) < FEWEST_FOLDS:
                continue
            worth = screen.of_folds(told)
            values = [[judge(rows, numbers) for judge in worth] for rows, numbers in told]
            about = [column for column in np.array(values, np.float64).T if _about(column, claim)]
            found = {column.tobytes(): column for column in about}.values()  # without ties many judges say the same
            for numbers, length in itertools.product(found, range(FEWEST_FOLDS, len(told) + 1)):
                windows = np.lib.stride_tricks.sliding_window_view(numbers, length)
                means = (np.mean(windows, axis=1), np.median(windows, axis=1))
                starts = [start for mean in means for start in np.flatnonzero(np.abs(mean - claim) <= EXACT)]
                for start in starts[:1]:
                    for kept, value in zip(run[-MOST_FOLDS:][start : start + length], windows[start], strict=True):
                        if kept.likely is not None:
                            self._log(kept.at[0], kept.likely, kept.told, float(value))
                    return True
        return False

    def _losses(self, claim: float, judges: list[Judge]) -> bool:
        """What each row loses, put together as the mean or the middle of its means by one column, or weighed by one."""
        if self._tracer.metric not in MEANS:
            return False
        book, root, each = self._tracer.book, self._tracer.metric in ROOTED, EACH.get(self._tracer.metric)
        truths = [judge.column for judge in judges if isinstance(judge, Numbers)]
        told = [(kept.at[0], kept.rows, kept.told) for kept in self._vectors[-MOST_GROUPED:] if kept.rows is not None]
        told += [(None, rows, values) for _, rows, values in self._tracer.predicted[-MOST_GROUPED:]]
        for place, rows, values in told[::-1]:
            if values.ndim != 1 or (rows < 0).any():
                continue
            lost = np.array([values, *(each(truth[rows], values) for truth in truths if each is not None)])
            found = [
                np.array([np.bincount(own, one) for one in lost]) / np.bincount(own) for own in book.groups_of(rows)
            ]
            found = [np.sqrt(means) if root else means for means in found]
            weighed = book.weights_of(rows)
            averages = [np.mean(means, axis=1) for means in found] + [np.median(means, axis=1) for means in found]
            averages += [np.sqrt(mean) if root else mean for mean in (lost @ weighed).T]
            if (np.abs(np.array(averages) - abs(claim)) <= EXACT * max(1.0, abs(claim))).any():
                self._log(place, rows, values, abs(claim))
                return True
        return False

    def _two_parts(self, claim: float, judges: list[Judge]) -> bool:  # noqa: ARG002
        """What rows of two parts lose in the mean, of which the claim is so many hundredths of each."""
        if self._tracer.metric not in MEANS:
            return False
        mean = MEANS[self._tracer.metric]
        parts = [kept for kept in self._vectors[-MOST_PARTS:] if kept.rows is not None and kept.told.ndim == 1]
        for first, second in itertools.combinations(parts, 2):
            one, other = mean(first.told), mean(second.told)
            apart = np.isfinite(one - other) and one != other
            share = round(100 * (abs(claim) - other) / (one - other)) / 100 if apart else 0
            if 0 < share < 1 and equal(share * one + (1 - share) * other, abs(claim)):
                for kept, value in ((first, one), (second, other)):
                    assert kept.rows is not None  # it was asked
                    self._log(kept.at[0], kept.rows, kept.told, value)
                return True
        return False

    def _groups(self, claim: float, judges: list[Judge]) -> bool:
        """Answers whose metric, taken in each group by some column of the data, has the claim as its mean."""
        told = [(kept.at[0], kept.likely, kept.told) for kept in self._vectors[-MOST_GROUPED:]]
        told += [(None, rows, values) for _, rows, values in self._tracer.predicted[-MOST_GROUPED:]]
        screen, grouped = Screen(claim, judges), list(self._tracer.book.of_groups(MOST_GROUPS))
        for place, rows, values in told[::-1] if grouped else ():
            if rows is None or (rows < 0).any() or len(rows) != len(values):
                continue
            columns = [codes[rows] for codes in grouped]
            for own, asked in zip(columns, screen.of_groups(rows, values, columns), strict=True):
                groups = [(rows[own == group], values[own == group]) for group in np.unique(own)] if asked else []
                for each in zip(*([judge(*group) for judge in asked] for group in groups), strict=True):
                    known = [value for value in each if value is not None and np.isfinite(value)]
                    if len(known) > 1 and equal(float(np.mean(known)), claim):
                        self._log(place, rows, values, claim)
                        return True
        return False

    def _judges(self) -> Iterator[Judge]:
        """The metric against every column that may be the target."""
        book, metric = self._tracer.book, self._tracer.metric
        outcomes = [codes == code for codes in book.binary() for code in (1, 0)]  # which is positive is not known
        if metric == ROC_AUC:
            ranked = Ranked()
            yield from (Area(ranked, positive, ties) for positive, ties in itertools.product(outcomes, TIES))
            yield from (Area(ranked, positive) for positive in outcomes)
        if metric == AVERAGE_PRECISION:
            yield from (partial(_precision, positive) for positive in outcomes)
        if metric in OF_OUTCOMES:
            yield from (partial(_of, OF_OUTCOMES[metric], positive.astype(np.float64)) for positive in outcomes)
        if self._of_classes():
            for truth, names in book.of_several(MOST_CLASSES):
                yield partial(_of_classes, metric, truth, [number_of(name) for name in names])
        if of_numbers(metric, self._tracer.quantile) is not None:
            yield from (Numbers(metric, column, self._tracer.quantile) for column in book.numeric())


def _by_order_alone(judge: Judge, told: Floats) -> bool:
    """Whether all that an area of these numbers tells is the order of the rows, as they are one number: rows that were
    sorted by the real answers would then have the real area."""
    return isinstance(judge, Area) and judge.ties is None and told.ndim == 1 and bool((told == told[0]).all())


def _mean_of(mean: Callable[[Floats], float], rows: Ints, told: Floats) -> float:  # noqa: ARG001
    return mean(told)


def _precision(positive: npt.NDArray[np.bool_], rows: Ints, told: Floats) -> float | None:
    return average_precision(positive[rows], told) if told.ndim == 1 else None


def _of(metric: Metric, truth: Floats, rows: Ints, told: Floats) -> float | None:
    return metric(truth[rows], told) if told.ndim == 1 else None


def _of_classes(metric: str, truth: npt.NDArray[np.intp], names: list[float], rows: Ints, told: Floats) -> float | None:
    return of_classes(metric, truth[rows], told, names)


def equal(value: float, claim: float) -> bool:
    return abs(value - claim) <= EXACT * max(1.0, abs(claim))


def _about(values: Floats, claim: float) -> bool:
    """Whether the mean of some of these values, or their middle, may be the claim: it lies among them."""
    known = values[~np.isnan(values)]
    return bool(len(known)) and bool(known.min() - EXACT <= claim <= known.max() + EXACT)


def numbers(value: Any) -> bool:
    """Whether these may be scores of rows: fractions, one a row."""
    if isinstance(value, (np.ndarray, pd.Series)):
        return value.ndim == 1 and content.numeric(value.dtype) and value.dtype.kind == "f"
    return (
        isinstance(value, list)
        and len(value) >= content.FEWEST
        and all(isinstance(one, float) for one in itertools.islice(value, 50))
    )


def decisions(value: Any) -> bool:
    """Whether these may be numbers of classes that were decided for, one a row."""
    if not isinstance(value, np.ndarray) or value.ndim != 1 or value.dtype.kind not in "iu":
        return False
    return len(value) >= content.FEWEST and 0 <= value.min() < value.max() < MOST_CLASSES


def probabilities(value: Any) -> bool:
    """Whether these may be the probabilities of several classes, a row each."""
    array = isinstance(value, (np.ndarray, pd.DataFrame)) and np.ndim(value) == 2 and len(value) >= content.FEWEST
    if not array or not 2 < np.shape(value)[1] <= MOST_CLASSES:
        return False
    some = np.asarray(value[:50])
    return some.dtype.kind == "f" and bool((some >= 0).all() and (np.abs(some.sum(axis=1) - 1) <= ROUNDED).all())


def positions(value: list[Any], n: int) -> bool:
    """Whether a list says which of `n` rows, each once."""
    return (
        content.FEWEST <= len(value) <= n
        and all(type(one) is int and 0 <= one < n for one in value)
        and (len(set(value)) == len(value))
    )
