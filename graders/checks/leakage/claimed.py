"""Which judgements of which models does the headline claim rest on?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graders.checks.leakage.trace import Fit, Judgement, Rows, Trace
from graders.model.arrays import FloatArray, IntArray

EXACT, NEAR = 1e-9, 1e-3  # the second is more than rounding to three digits takes away
MOST_FOLDS = 100
BEST_SCORE = "best_score_"
STOPPED = "best_score"  # of a booster, on the rows it stopped by
METRIC_WORDS = frozenset(
    {"f1", "fbeta", "accuracy", "acc", "precision", "recall", "mcc", "kappa", "jaccard", "balanced", "average", "macro"}
)
#: Words beside it that leave it a plain claim: any other, such as "best", "optimistic" or "train", says what it is.
PLAIN_WORDS = frozenset({"score", "test", "holdout", "held", "out", "oof", "cv", "mean"})
BY_HAND = "by hand"  # ROC AUC of answers that no metric judged, computed by the tracer


@dataclass(frozen=True)
class Claimed:
    """How the headline came about.

    found: the judgement, or the folds of one mean, whose value is claimed; empty where none was found.
    leaves: predictions and folds of single models that `found` consists of, or, where none was found, every
    judgement of a model on rows it was not fitted on.
    """

    found: tuple[Judgement, ...]
    leaves: tuple[Judgement, ...]

    @property
    def linked(self) -> bool:
        return bool(self.found)


def claimed(trace: Trace) -> Claimed:
    """The judgements behind the headline claim, by their values."""
    headline = trace.claims.get(trace.metric)
    found = () if headline is None else tuple(_single(trace, headline) or _mean(trace, headline))
    leaves = tuple(dict.fromkeys(leaf for judged in found for leaf in _leaves(trace, judged)))
    return Claimed(found, leaves or (() if found else tuple(_held_out(trace))))


def claims_a_metric(name: str) -> bool:
    """Whether the name of a claim says another metric than the headline, and nothing that takes it back."""
    words = set(name.lower().replace("-", "_").split("_"))
    return bool(words & METRIC_WORDS) and words <= METRIC_WORDS | PLAIN_WORDS


def metric_named(name: str) -> str:
    """The metric that the name of a claim speaks of, without the words that leave it a plain claim."""
    return "_".join(word for word in name.lower().replace("-", "_").split("_") if word not in PLAIN_WORDS)


def same(value: float | None, claim: float) -> bool:
    """Whether a claim is this value, perhaps rounded to three digits or more."""
    if value is None:
        return False
    return abs(value - claim) <= EXACT or any(round(value, digits) == claim for digits in (3, 4, 5, 6))


def as_claimed(trace: Trace, value: float) -> tuple[float, ...]:
    """What a judgement may be claimed as: itself; of a loss without the sign that scorers give it, or its root."""
    if not trace.loss:
        return (value,)
    return (abs(value), abs(value) ** 0.5) if trace.rooted else (abs(value),)


def fit_of(trace: Trace, judged: Judgement) -> Fit | None:
    return None if judged.fit is None else trace.fits[judged.fit]


def overlap(one: Rows | None, other: Rows | None) -> int:
    """How many rows two sets share; 0 where one of them is not known."""
    if one is None or other is None:
        return 0
    return len(np.intersect1d(one.members, other.members, assume_unique=True))


def series(trace: Trace) -> dict[tuple[object, str], list[Judgement]]:
    """Judgements with a value by line and function, in order: a loop over folds or candidates makes one of these."""
    found: dict[tuple[object, str], list[Judgement]] = defaultdict(list)
    for judged in trace.judged:
        if judged.value is not None:
            found[judged.place, judged.how].append(judged)
    return found


def _single(trace: Trace, headline: float) -> list[Judgement]:
    """The last judgement of exactly this value, one of known rows rather than another."""
    equal = [
        judged
        for judged in trace.judged
        if judged.value is not None and any(same(value, headline) for value in as_claimed(trace, judged.value))
    ]
    return sorted(equal, key=lambda judged: (judged.rows is not None, judged.at))[-1:]


def _mean(trace: Trace, headline: float) -> Sequence[Judgement]:
    """Consecutive judgements at one line whose mean or median is claimed; the longest such run."""
    for run, values in _readings(trace):
        for length in range(min(len(run), MOST_FOLDS), 1, -1):
            for start in _close(values, length, headline)[::-1]:
                part = values[start : start + length]
                if same(float(np.mean(part)), headline) or same(float(np.median(part)), headline):
                    return run[start : start + length]
    return ()


def _readings(trace: Trace) -> Iterator[tuple[list[Judgement], FloatArray]]:
    """Each series with its values as they may be claimed, those as they are first."""
    for run in series(trace).values():
        each = [as_claimed(trace, judged.value) for judged in run if judged.value is not None]
        for values in zip(*each, strict=True):
            yield run, np.array(values, float)


def _close(values: FloatArray, length: int, headline: float) -> IntArray:
    """Where a run of this length begins whose mean or median is near the claim: a quick first look, as a hostile
    account may hold thousands of values."""
    runs = np.lib.stride_tricks.sliding_window_view(values, length)
    near = [np.abs(average(runs, axis=1) - headline) <= NEAR for average in (np.mean, np.median)]
    return np.flatnonzero(near[0] | near[1])


def _leaves(trace: Trace, judged: Judgement) -> Iterable[Judgement]:
    """The predictions a judgement consists of, else those made before it for the same rows, else itself."""
    if judged.of:
        return [trace.judged[number] for number in judged.of]
    if judged.fit is not None or judged.rows is None:
        return [judged]
    before = [leaf for leaf in trace.judged[: judged.id] if leaf.fit is not None and leaf.rows is judged.rows]
    return before or [judged]


def _held_out(trace: Trace) -> Iterator[Judgement]:
    """Those whose score was not seen, where there are any: any other's was, and is not the claim."""
    scored = {number for judged in trace.judged if judged.how != BY_HAND for number in judged.of}
    scored |= {judged.id for judged in trace.judged if judged.value is not None}
    found = list(_of_others(trace))
    return iter([judged for judged in found if judged.id not in scored] or found)


def _of_others(trace: Trace) -> Iterator[Judgement]:
    """Judgements of models on rows they were not fitted on."""
    for judged in trace.judged:
        if judged.how == STOPPED:
            continue  # what stopped a training is no claim
        fit = fit_of(trace, judged)
        known = fit is not None and fit.rows is not None and judged.rows is not None and fit.role in ("model", "search")
        if known and fit is not None and overlap(fit.rows, judged.rows) < 0.5 * len(judged.rows or ()):
            yield judged
