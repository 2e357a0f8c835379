"""Reckonings that may have given a claim, and which of them are worth making.

Many numbers are tried against many columns, in many groups.  So all columns are tried at once first, and only those
that may give the claim are asked one by one: what they say alone counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .by_hand import PINBALL, Ranked, explained, of_numbers, pinball, squared
from .content import Ints
from .tracer import Floats, Judge

Places = npt.NDArray[np.intp]
NEAR = 1e-7  # of a claim: what is found for all at once is rounded otherwise
ALIKE = 1e-24  # of a column's largest square: what is spread by less is one value, rounded
AT_ONCE = 1 << 17  # rows, each once for each column of groups
MOST_KEPT = 64  # parts of the rows whose truth is kept


@dataclass(frozen=True, eq=False)
class Area:
    """ROC AUC against one outcome; ties: the share of a right order that one counts, None by the places of a sort."""

    ranked: Ranked
    positive: npt.NDArray[np.bool_]
    ties: float | None = None

    def __call__(self, rows: Ints, told: Floats) -> float | None:
        if told.ndim != 1:
            return None
        if self.ties is None:
            return self.ranked.ordered(self.positive, rows, told)
        return self.ranked.area(self.positive, rows, told, self.ties)


class Numbers:
    """A metric of numbers against one column; what its truth alone decides is kept while the rows are the same."""

    def __init__(self, metric: str, column: Floats, quantile: float | None = None) -> None:
        self.metric, self.column, self.quantile = metric, column, quantile
        self._by_hand = of_numbers(metric, quantile)
        self._rows: Ints | None = None
        self._truth: Floats = column
        self._variance = 0.0
        self._is_r2 = metric == "r2"

    def __call__(self, rows: Ints, told: Floats) -> float | None:
        if told.ndim != 1 or self._by_hand is None:
            return None
        if rows is not self._rows:
            self._rows, self._truth = rows, self.column[rows]
            self._variance = float(np.var(self._truth)) if self._is_r2 else 0.0
        if self._is_r2:
            return explained(squared(self._truth, told), self._variance)
        return self._by_hand(self._truth, told)


class Screen:
    """Tells which judges may find that some numbers give the claim; the others cannot."""

    def __init__(self, claim: float, judges: Sequence[Judge]) -> None:
        self._claim, self._near, self._judges = claim, NEAR * max(1.0, abs(claim)), list(judges)
        self._areas = [judge for judge in judges if isinstance(judge, Area)]
        self._outcomes = list({id(judge.positive): judge.positive for judge in self._areas}.values())
        at = {id(outcome): number for number, outcome in enumerate(self._outcomes)}
        self._of_outcome = np.array([at[id(judge.positive)] for judge in self._areas], np.intp)
        ties = np.array([[0.0, 1.0] if judge.ties is None else 2 * [judge.ties] for judge in self._areas])
        self._ties = ties.reshape(-1, 2).T[:, :, None]  # the least and the most share that one counts
        self._columns = [judge for judge in judges if isinstance(judge, Numbers)]
        self._of_columns = np.array([judge.column for judge in self._columns])
        self._known: dict[int, tuple[Ints, Floats, Floats]] = {}  # truth and its spread, by rows
        self._asked: tuple[Ints, list[npt.NDArray[np.bool_]]] | None = None
        self._told: tuple[Floats, Places] | None = None
        self._sorted: tuple[Floats, npt.NDArray[np.int16], Floats] | None = None  # places by group

    def of_one(self, judges: list[Judge], rows: Ints, told: Floats) -> list[Judge]:
        """Those of these that may give the claim for some rows."""
        if not self._columns or not judges or told.ndim != 1:
            return judges
        near = np.abs(self._numbers(rows, told) - self._claim) <= self._near
        worth = {id(self._columns[at]) for at in np.flatnonzero(near)}
        return [judge for judge in judges if not isinstance(judge, Numbers) or id(judge) in worth]

    def of_folds(self, folds: Sequence[tuple[Ints, Floats]]) -> list[Judge]:
        """Those by which the claim lies among what they give for each of some folds."""
        if not all(_known(told) for _, told in folds):
            return self._judges
        areas = [self._in_one(rows, told) for rows, told in folds]
        numbers = [self._numbers(rows, told) for rows, told in folds]
        bounds = (bound.reduce(values) for values in (areas, numbers) for bound in (np.fmin, np.fmax))
        return self._those(*bounds)

    def of_groups(self, rows: Ints, told: Floats, columns: Sequence[Places]) -> list[list[Judge]]:
        """Those by which the claim may be the mean of what they give in each group, for each of some columns."""
        if not _known(told):
            return [self._judges] * len(columns)
        step = max(AT_ONCE // len(told), 1)
        some = (columns[start : start + step] for start in range(0, len(columns), step))
        return [asked for part in some for asked in self._of_columns_at_once(rows, told, part)]

    def _of_columns_at_once(self, rows: Ints, told: Floats, columns: Sequence[Places]) -> list[list[Judge]]:
        short = [own.astype(np.int16) for own in columns]
        low, high = (self._means(side, short) for side in self._in_groups(rows, told, short))
        for at, column in np.argwhere(
            (low < high) & self._within(low, high)
        ):  # so many ties that it is not told sooner
            exact = _mean(self._ordered(int(at), rows, told, short[column]))[0]
            low[at, column] = high[at, column] = exact
        numbers = [self._of_parts(rows, told, own) for own in columns]
        return [self._those(least, most, each, each) for least, most, each in zip(low.T, high.T, numbers, strict=True)]

    def _of_parts(self, rows: Ints, told: Floats, own: Places) -> Floats:
        """The mean of each metric of numbers over the groups of one column."""
        parts = [own == group for group in np.unique(own)] if self._columns else []
        return _mean(np.array([self._numbers(rows[part], told[part]) for part in parts]).T) if parts else np.empty(0)

    @staticmethod
    def _means(values: Floats, columns: Sequence[npt.NDArray[np.int16]]) -> Floats:
        """Of each line the mean of what is a number, where two are, over the groups of each column."""
        starts = np.cumsum([0, *(int(own.max()) + 1 for own in columns[:-1])])
        known = np.isfinite(values)
        count = np.add.reduceat(known.astype(np.intp), starts, axis=1)
        sums = np.add.reduceat(np.where(known, values, 0.0), starts, axis=1)
        return np.asarray(sums / np.where(count > 1, count, np.nan))

    def _those(self, low: Floats, high: Floats, least: Floats, most: Floats) -> list[Judge]:
        """Judges between whose least and most the claim lies, and those of which nothing is known beforehand."""
        worth = (*self._within(low, high), *self._within(least, most))
        known = zip((*self._areas, *self._columns), worth, strict=True)
        told = {id(judge): worth for judge, worth in known}
        return [judge for judge in self._judges if told.get(id(judge), True)]

    def _within(self, low: Floats, high: Floats) -> npt.NDArray[np.bool_]:
        return np.asarray((low - self._near <= self._claim) & (self._claim <= high + self._near))

    def _in_groups(self, rows: Ints, told: Floats, columns: Sequence[npt.NDArray[np.int16]]) -> tuple[Floats, Floats]:
        """The least and the most that each area may be in each group of each column, in which pairs are counted; no
        number where one outcome is missing."""
        sizes = np.concatenate([np.bincount(own) for own in columns])
        groups = len(sizes)
        if not self._areas:
            return np.empty((0, groups)), np.empty((0, groups))
        rising, starts = self._rising(told), np.cumsum([0, *(int(own.max()) + 1 for own in columns[:-1])])
        sorts = [rising[np.argsort(own[rising], kind="stable")] for own in columns]  # few digits are sorted by these
        own = np.concatenate([own[sort] + start for own, sort, start in zip(columns, sorts, starts, strict=True)])
        rising = np.concatenate(sorts)
        first, begin = _begins(own)
        new, values = first.copy(), np.where(np.isnan(told), np.inf, told)[rising]
        new[1:] |= values[1:] != values[:-1]
        runs = np.flatnonzero(new)
        ties, every = len(runs) < len(rising), np.arange(len(rising))
        run = np.cumsum(new) - 1 if ties else every
        below = runs[run] - begin
        stretch, of = np.diff(runs, append=len(rising)), own[runs]  # of equal numbers, and its group
        found: list[tuple[Floats, Floats, Floats]] = []
        for number, there in enumerate(self._where(rows)):
            if self._opposite[number]:  # of the one before: each of its pairs the other way round
                before, alike, pairs = found[-1]
                found.append((pairs - before - alike, alike, pairs))
                continue
            at = np.flatnonzero(there[rising])
            here = own[at]
            ones = np.bincount(here, minlength=groups).astype(np.float64)
            right = np.bincount(here, below[at], groups) - ones * (ones - 1) / 2
            tied: Floats = np.zeros(groups)
            if ties:
                same = np.bincount(run[at], minlength=len(runs)).astype(np.float64)
                right = right + np.bincount(of, same * (same - 1) / 2, groups)
                tied = np.asarray(np.bincount(of, same * (stretch - same), groups), np.float64)
            found.append((right, tied, ones * (sizes - ones)))
        rights, draws, pairs = (np.array(numbers)[self._of_outcome] for numbers in zip(*found, strict=True))
        low, high = (rights + self._ties * draws) / pairs
        return low, high

    def _in_one(self, rows: Ints, told: Floats) -> Floats:
        own = np.zeros(len(told), np.int16)
        low, high = self._in_groups(rows, told, [own])
        for at in np.flatnonzero(low[:, 0] < high[:, 0]):
            low[at] = self._ordered(int(at), rows, told, own)[0]
        return np.asarray(low[:, 0])

    def _ordered(self, number: int, rows: Ints, told: Floats, own: npt.NDArray[np.int16]) -> Floats:
        """One of the areas in each group, by the places of a sort."""
        if self._sorted is None or self._sorted[0] is not told or self._sorted[1] is not own:
            places = np.empty(len(told))
            for group in np.unique(own):
                part = own == group
                places[part] = told[part].argsort().argsort()
            self._sorted = told, own, places
        at = np.flatnonzero(self._where(rows)[self._of_outcome[number]])
        ones = np.bincount(own[at], minlength=int(own.max()) + 1)
        right = np.bincount(own[at], self._sorted[2][at], len(ones)) - ones * (ones - 1) / 2
        return np.asarray([right / (ones * (np.bincount(own, minlength=len(ones)) - ones))])

    def _where(self, rows: Ints) -> list[npt.NDArray[np.bool_]]:
        """Whether each outcome is there in each of these rows."""
        if self._asked is None or self._asked[0] is not rows:
            self._asked = rows, [outcome[rows] for outcome in self._outcomes]
        return self._asked[1]

    @cached_property
    def _opposite(self) -> list[bool]:
        """Of each outcome whether it is there where the one before is not, which then is no opposite itself."""
        found = [False] * len(self._outcomes)
        for number in range(1, len(found)):
            found[number] = not found[number - 1] and bool((self._outcomes[number] != self._outcomes[number - 1]).all())
        return found

    def _rising(self, told: Floats) -> Places:
        if self._told is None or self._told[0] is not told:
            self._told = told, np.argsort(told)
        return self._told[1]

    def _numbers(self, rows: Ints, told: Floats) -> Floats:
        if not self._columns:
            return np.empty(0)
        truth, spread = self._truth(rows)
        metric, quantile = self._columns[0].metric, self._columns[0].quantile
        if metric == PINBALL and quantile is not None:
            return np.asarray(pinball(quantile, truth, told).mean(axis=1))
        if metric in ("mae", "mean_poisson_deviance"):
            lost = np.abs(truth - told) if metric == "mae" else _deviance(truth, told)
            return np.asarray(lost.mean(axis=1))
        missed = np.log1p(truth) - np.log1p(told) if metric == "rmsle" else truth - told
        means = np.einsum("ij,ij->i", missed, missed) / len(told)
        return 1 - means / spread if metric == "r2" else np.asarray(np.sqrt(means))

    def _truth(self, rows: Ints) -> tuple[Floats, Floats]:
        """What each column holds in these rows, and how it is spread; no number where it is not."""
        kept = self._known.get(id(rows))
        if kept is None:
            truth = self._of_columns[:, rows]
            spread = truth.var(axis=1)
            alike = spread <= ALIKE * np.abs(truth).max(axis=1) ** 2
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            kept = self._known[id(rows)] = rows, truth, np.where(alike, np.nan, spread)
        return kept[1], kept[2]


def _begins(own: npt.NDArray[np.int16]) -> tuple[npt.NDArray[np.bool_], Places]:
    """Where a group begins, among rows sorted by group, and for each row where its own does."""
    first = np.empty(len(own), np.bool_)
    first[0], first[1:] = True, own[1:] != own[:-1]
    starts = np.flatnonzero(first)
    return first, np.repeat(starts, np.diff(starts, append=len(own)))


def _mean(values: Floats) -> Floats:
    """Of each row the mean of what is a number, where two are."""
    known = np.isfinite(values)
    count = known.sum(axis=1)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.where(count > 1, count, np.nan))


def _known(told: Floats) -> bool:
    """Whether it is known where these stand: what is no number comes last, all as one, unless something is endless."""
    return told.ndim == 1 and len(told) > 0 and not (np.isnan(told).any() and np.isinf(told).any())


def _deviance(truth: Floats, told: Floats) -> Floats:
    ratio = np.divide(truth, told, out=np.ones(truth.shape), where=truth > 0)
    return np.asarray(2 * (truth * np.log(ratio) - truth + told))
