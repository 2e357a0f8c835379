"""Rows of their own for one candidate, of a table that cannot be drawn anew.

Public rows are drawn from the public ones, hidden rows from the hidden ones, both by whole units, which are the same on
both sides where hidden units are known.  They are not split anew: what one candidate gets with labels would then be
hidden rows of another, and a copied file would hold answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from challenges.fingerprint import of_columns
from graders.model.arrays import FloatArray
from graders.model.challenge import Challenge, Dataset
from graders.model.later import pd
from graders.tasks.asked import metric_of, truth_of

#: Share of the units of each side that one candidate gets.
SHARE = 0.8
#: So many cuts are drawn, and the one is kept that is most like the whole (rerandomisation, Morgan and Rubin 2012).
CUTS = 60
#: Of a large table fewer are drawn: its cuts differ less.
MOST_ROWS = 5_000_000
#: Fewer units are not cut: what is left would say too little.
LEAST_UNITS = 50


def cut(challenge: Challenge, whole: Dataset, seed: int) -> Dataset:
    """The rows of one lot; the same seed gives the same rows.

    Of CUTS hidden sides that one is taken on which our baseline models score most as they do on the whole: so the
    task is as hard for everybody.  The public side is taken by the mean of its target in the same way.
    """
    rng = np.random.default_rng(seed)
    units = challenge.units(whole.public), challenge.units(whole.hidden)
    measures = _mean_target(challenge, whole.public), _scores(challenge, whole)
    if challenge.hidden_units == "known":
        public, hidden = _nearest_of_both(rng, units, measures)
    else:
        public, hidden = (_nearest(rng, unit, measure) for unit, measure in zip(units, measures, strict=True))
    simple = None if whole.simple is None else whole.simple[hidden]
    rows = (
        whole.public.iloc[public].reset_index(drop=True),
        whole.hidden.iloc[hidden].reset_index(drop=True),
        whole.labels[hidden],
    )
    return replace(
        whole,
        public=rows[0],
        hidden=rows[1],
        labels=rows[2],
        oracle=whole.oracle[hidden],
        baseline=whole.baseline[hidden],
        simple=simple,
        public_oracle=whole.public_oracle[public],
        fingerprint=of_columns(*rows),
    )


Measure = Callable[[npt.NDArray[np.intp]], FloatArray]


def _nearest(rng: np.random.Generator, units: npt.NDArray[Any], measure: Measure) -> npt.NDArray[np.intp]:
    """Places of the rows of SHARE of the units, in their order, for which `measure` is nearest to that of all rows.

    All rows where there are few units, or where no cut can be measured, as it lacks a class.
    """
    _, unit = np.unique(units, return_inverse=True)
    count = int(unit.max()) + 1 if len(unit) else 0
    everything = np.arange(len(unit))
    if count < LEAST_UNITS:
        return everything
    tries = int(np.clip(MOST_ROWS // len(unit), 1, CUTS))
    kept = [np.flatnonzero(rng.permutation(count)[unit] < round(SHARE * count)) for _ in range(tries)]
    off = np.asarray([measure(rows) for rows in kept]) - measure(everything)
    whole = np.isfinite(off).all(axis=1)
    if not whole.any():
        return everything
    scale = np.sqrt(np.mean(off[whole] ** 2, axis=0))
    distance = np.square(off / np.where(scale > 0, scale, 1.0)).sum(axis=1)
    return kept[int(np.argmin(np.where(whole, distance, np.inf)))]


def _nearest_of_both(
    rng: np.random.Generator, units: tuple[npt.NDArray[Any], npt.NDArray[Any]], measures: tuple[Measure, Measure]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The same of two sides, of which the same units are taken."""
    first = len(units[0])

    def measure(rows: npt.NDArray[np.intp]) -> FloatArray:
        return np.concatenate([measures[0](rows[rows < first]), measures[1](rows[rows >= first] - first)])

    rows = _nearest(rng, np.concatenate(units), measure)
    return rows[rows < first], rows[rows >= first] - first


def _mean_target(challenge: Challenge, public: pd.DataFrame) -> Measure:
    """The mean of the target, or the share of each class."""
    truth = truth_of(challenge, public[challenge.target])
    if challenge.task != "multiclass":
        return lambda rows: np.asarray([np.mean(truth[rows])])
    classes = len(challenge.classes)

    def shares(rows: npt.NDArray[np.intp]) -> FloatArray:
        counts = np.bincount(truth[rows], minlength=classes)
        return np.where(counts > 0, counts / len(rows), np.nan)

    return shares


def _scores(challenge: Challenge, whole: Dataset) -> Measure:
    """The metric of the challenge for our baseline models."""
    metric = metric_of(challenge)
    models = [whole.baseline, whole.oracle] + ([] if whole.simple is None else [whole.simple])

    def scores(rows: npt.NDArray[np.intp]) -> FloatArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray([metric.statistic.value(whole.labels[rows], told[rows]) for told in models])

    return scores
