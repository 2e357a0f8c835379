"""Which judgements of which models does the headline claim rest on?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from graders.checks.leakage.trace import SCORE_BYTES, Fit, Judgement, Rows, Trace
from graders.model.arrays import FloatArray, IntArray
from graders.words import say

#: As shares of a claim above 1.  The second is more than rounding to three digits takes away.
EXACT, NEAR = 1e-9, 1e-3
#: A claim may be rounded to three digits or more after the point, or to so large a whole number of its last digits.
DIGITS, LAST_DIGITS = (3, 4, 5, 6), 1000
MOST_FOLDS = 100
NEARLY_ALL = 0.98  # of judged rows that answers are known for: a row that comes again may be taken for its copy
DRAWS = 10  # of the same answers: no loop over folds judges these so often
BEST_SCORE = "best_score_"
STOPPED = "best_score"  # of a booster, on the rows it stopped by
METRIC_WORDS = frozenset(
    {"f1", "fbeta", "accuracy", "acc", "precision", "recall", "mcc", "kappa", "jaccard", "balanced", "average", "macro"}
)
#: Words beside it that leave it a plain claim: any other, such as "best", "optimistic" or "train", says what it is.
PLAIN_WORDS = frozenset({"score", "test", "holdout", "held", "out", "oof", "cv", "mean"})
BY_HAND = say("by hand")  # ROC AUC of answers that no metric judged, computed by the tracer


@dataclass(frozen=True)
class Claimed:
    """How the headline came about.

    found: the judgement, or the folds of one mean, whose value is claimed; empty where none was found.
    leaves: predictions and folds of single models that `found` consists of, or, where none was found, or none whose
    rows are known, judgements of models on rows they were not fitted on; sure: whether they are the claim's own.
    """

    found: tuple[Judgement, ...]
    leaves: tuple[Judgement, ...]
    sure: bool = True

    @property
    def linked(self) -> bool:
        return bool(self.found)


_KNOWN: WeakKeyDictionary[Trace, Claimed] = WeakKeyDictionary()


def claimed(trace: Trace) -> Claimed:
    """The judgements behind the headline claim, by their values; worked out once, as most detectors ask."""
    if trace not in _KNOWN:
        _KNOWN[trace] = _claimed(trace)
    return _KNOWN[trace]


def _claimed(trace: Trace) -> Claimed:
    headline = trace.claims.get(trace.metric)
    found = () if headline is None else tuple(_behind(trace, headline))
    unseen = _not_scored(trace)
    others = tuple(_of_others(trace))
    held_out = tuple(judged for judged in others if judged.id in unseen)
    if not found:
        return Claimed((), held_out or others, sure=False)
    leaves = _behind_all(trace, found)
    known = all(trace.judged[number].rows is not None for number in unseen)
    if held_out and known and all(leaf.rows is None for leaf in leaves):
        return Claimed(found, held_out, sure=False)  # no other answers can be the claim's
    return Claimed(found, leaves)


def _behind_all(trace: Trace, found: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """The leaves of all of these.  Those whose rows were not looked for do not count where several others are all of
    the very same answers: draws of one bootstrap, of which the account holds the rows of the first."""
    leaves = {judged: tuple(_leaves(trace, judged)) for judged in found}
    known = [judged for judged in found if judged.rows is not None]
    alike = len(known) >= DRAWS and len({leaves[judged] for judged in known}) == 1
    each = (_within(trace, leaf, judged) for judged in (known[:1] if alike else found) for leaf in leaves[judged])
    return tuple(dict.fromkeys(each))


def _within(trace: Trace, leaf: Judgement, judged: Judgement) -> Judgement:
    """What a model said of the judged rows alone, where it was asked about its training rows in the same call."""
    fit = fit_of(trace, leaf)
    if judged.rows is None or leaf.rows is None or not overlap((fit or leaf).rows, leaf.rows):
        return leaf
    shared = np.isin(leaf.rows.members, judged.rows.members)
    if shared.all() or not shared.any():
        return leaf
    scores = np.frombuffer(leaf.scores, np.uint8).reshape(-1, SCORE_BYTES)[shared].tobytes() if leaf.scores else b""
    return replace(leaf, rows=Rows(leaf.rows.members[shared]), scores=scores, rank=judged.rank)


def judged_by_metrics(trace: Trace, headline: float) -> bool:
    """Whether the claim is what metrics gave: what the tracer computed by hand beside them compares no candidates."""
    plain = replace(trace, judged=tuple(judged for judged in trace.judged if judged.how != BY_HAND))
    return bool(_behind(plain, headline))


def claims_a_metric(name: str) -> bool:
    """Whether the name of a claim says another metric than the headline, and nothing that takes it back."""
    words = set(name.lower().replace("-", "_").split("_"))
    return bool(words & METRIC_WORDS) and words <= METRIC_WORDS | PLAIN_WORDS


def metric_named(name: str) -> str:
    """The metric that the name of a claim speaks of, without the words that leave it a plain claim."""
    return "_".join(word for word in name.lower().replace("-", "_").split("_") if word not in PLAIN_WORDS)


def same(value: float | None, claim: float) -> bool:
    """Whether a claim is this value, perhaps rounded to three digits or more, or to four that count."""
    if value is None:
        return False
    few = [digits for digits in (0, 1, 2) if abs(claim) * 10**digits >= LAST_DIGITS]
    exact = abs(value - claim) <= EXACT * max(1.0, abs(claim))
    return exact or any(round(value, digits) == claim for digits in (*few, *DIGITS))


def as_claimed(trace: Trace, value: float) -> tuple[float, ...]:
    """What a judgement may be claimed as: itself; of a loss without the sign that scorers give it, or its root."""
    if not trace.loss:
        return (value,)
    return (abs(value), abs(value) ** 0.5) if trace.rooted else (abs(value),)


def fit_of(trace: Trace, judged: Judgement) -> Fit | None:
    return None if judged.fit is None else trace.fits[judged.fit]


def overlap(first: Rows | None, second: Rows | None) -> int:
    """How many rows two sets share; 0 where one of them is not known."""
    if first is None or second is None:
        return 0
    return len(np.intersect1d(first.members, second.members, assume_unique=True))


def series(trace: Trace) -> dict[tuple[object, str], list[Judgement]]:
    """Judgements with a value by line and function, in order: a loop over folds or candidates makes one of these."""
    by_place: dict[tuple[object, str], list[Judgement]] = defaultdict(list)
    for judged in trace.judged:
        if judged.value is not None:
            by_place[judged.place, judged.how].append(judged)
    return by_place


def _behind(trace: Trace, headline: float) -> Sequence[Judgement]:
    return next(filter(None, (way(trace, headline) for way in (_single, _mean, _turns, _of_two))), ())


def _single(trace: Trace, headline: float) -> list[Judgement]:
    """The last judgement of exactly this value, one of known rows rather than another."""
    equal = [
        judged
        for judged in trace.judged
        if judged.value is not None and any(same(value, headline) for value in as_claimed(trace, judged.value))
    ]
    return sorted(equal, key=lambda judged: (judged.rows is not None, judged.at))[-1:]


def _mean(trace: Trace, headline: float) -> Sequence[Judgement]:
    """Consecutive judgements at one line whose mean or median is claimed, or another average that losses have; the
    longest such run."""
    for run, values in _readings(trace):
        sizes = np.array([len(judged.rows or ()) for judged in run], float)
        for length in (len(run), *range(min(len(run) - 1, MOST_FOLDS), 1, -1)):
            for start in _close(trace, values, sizes, length, headline)[::-1]:
                part = slice(start, start + length)
                averages = _averages(trace, values[None, part], sizes[None, part])
                if any(same(float(average[0]), headline) for average in averages):
                    return run[part]
    return ()


def _turns(trace: Trace, headline: float) -> Sequence[Judgement]:
    """Judgements at one line, at equal distances, whose average is claimed: one function scores all that a loop over
    folds compares, and of each turn the same one is claimed."""
    for run, values in _readings(trace):
        sizes = np.array([len(judged.rows or ()) for judged in run], float)
        for step in range(2, len(run) // 2 + 1):
            if len(run) % step or len(run) // step > MOST_FOLDS:
                continue
            columns = values.reshape(-1, step).T, sizes.reshape(-1, step).T
            for average in _averages(trace, *columns):
                if equal := [start for start in range(step) if same(float(average[start]), headline)]:
                    return run[equal[-1] :: step]
    return ()


def _of_two(trace: Trace, headline: float) -> Sequence[Judgement]:
    """The last two judgements, one after the other, of which the claim is so many hundredths of each: two groups of
    rows that a candidate weighs."""
    told = [judged for judged in trace.judged if judged.value is not None]
    values = np.array([as_claimed(trace, judged.value or 0.0)[0] for judged in told])
    apart = values[:-1] - values[1:]
    shares = 100 * np.divide(headline - values[1:], apart, out=np.zeros(len(apart)), where=np.abs(apart) > NEAR)
    whole = np.clip(np.round(shares), 1, 99) / 100
    near = np.abs(whole * values[:-1] + (1 - whole) * values[1:] - headline) <= EXACT * max(1.0, abs(headline))
    pairs = (told[at : at + 2] for at in np.flatnonzero(near & (np.abs(apart) > NEAR))[::-1])
    return next((two for two in pairs if all(one.rows for one in two) and not overlap(two[0].rows, two[1].rows)), ())


def _averages(trace: Trace, values: FloatArray, sizes: FloatArray) -> Iterator[FloatArray]:
    """What each line of values may be claimed as: their mean, also by rows, or their median.  Of losses a root may be
    taken of a mean, or a mean of squared roots."""
    yield np.mean(values, axis=1)
    yield np.median(values, axis=1)
    weights = np.where(sizes.min(axis=1, keepdims=True) > 0, sizes, 1.0)
    by_rows = [np.sum(powers * weights, axis=1) / np.sum(weights, axis=1) for powers in (values, values**2)]
    yield by_rows[0]
    if not trace.loss:
        return
    if trace.rooted:
        yield from (np.sqrt(np.mean(values, axis=1)), np.sqrt(by_rows[0]), np.sqrt(by_rows[1]))
        yield np.sqrt(np.mean(values**2, axis=1))


def _readings(trace: Trace) -> Iterator[tuple[list[Judgement], FloatArray]]:
    """Each series with its values as they may be claimed, those as they are first."""
    for run in series(trace).values():
        each = [as_claimed(trace, judged.value) for judged in run if judged.value is not None]
        for values in zip(*each, strict=True):
            yield run, np.array(values, float)


def _close(trace: Trace, values: FloatArray, sizes: FloatArray, length: int, headline: float) -> IntArray:
    """Where a run of this length begins whose average is near the claim: a quick first look, as a hostile account may
    hold thousands of values."""
    runs, counts = (np.lib.stride_tricks.sliding_window_view(numbers, length) for numbers in (values, sizes))
    within = NEAR * max(1.0, abs(headline))
    near = [np.abs(average - headline) <= within for average in _averages(trace, runs, counts)]
    return np.flatnonzero(np.any(near, axis=0))


def _leaves(trace: Trace, judged: Judgement) -> Iterable[Judgement]:
    """The predictions a judgement consists of, else those made before it for the same rows, else itself."""
    if judged.of:
        return [trace.judged[number] for number in judged.of]
    if judged.fit is not None or judged.rows is None:
        return [judged]
    earlier = [leaf for leaf in trace.judged[: judged.id] if leaf.fit is not None and leaf.rows is not None]
    same_rows = [leaf for leaf in earlier if leaf.rows is judged.rows]
    return same_rows or _parts(earlier, judged.rows) or _rounds(trace, earlier, judged.rows) or [judged]


def _parts(earlier: list[Judgement], rows: Rows) -> list[Judgement]:
    """The last predictions at one line that are of these rows together, each row once: folds put behind each other."""
    at_line: dict[object, list[Judgement]] = defaultdict(list)
    for leaf in earlier:
        at_line[leaf.place].append(leaf)
    for leaves in reversed(at_line.values()):
        members = [leaf.rows.members for leaf in leaves if leaf.rows is not None]
        if sum(map(len, members)) == len(rows) and np.array_equal(np.sort(np.concatenate(members)), rows.members):
            return leaves
    return []


def _rounds(trace: Trace, earlier: list[Judgement], rows: Rows) -> list[Judgement]:
    """The last predictions at one line that are of these rows and others, some perhaps more than once: rounds that
    overlap, or the rows of one month out of several folds.  A line that also predicts rows for training, as a model's
    own function does, is taken for what it predicts of other rows, where that is all of them."""
    at_line: dict[object, list[Judgement]] = defaultdict(list)
    for leaf in earlier:
        if overlap(leaf.rows, rows):
            at_line[leaf.place].append(leaf)
    for leaves in reversed(at_line.values()):
        held_out = [leaf for leaf in leaves if not overlap((fit_of(trace, leaf) or leaf).rows, leaf.rows)]
        for some in (held_out, leaves):
            members = [leaf.rows.members for leaf in some if leaf.rows is not None]
            if members and np.isin(rows.members, np.concatenate(members)).mean() >= NEARLY_ALL:
                return some
    return []


def _not_scored(trace: Trace) -> set[int]:
    """Answers whose score was not seen: any other's was, and is not the claim."""
    scored = {number for judged in trace.judged if judged.how != BY_HAND for number in judged.of}
    return {judged.id for judged in trace.judged if judged.value is None} - scored


def _of_others(trace: Trace) -> Iterator[Judgement]:
    """Judgements of models on rows they were not fitted on."""
    for judged in trace.judged:
        if judged.how == STOPPED:
            continue  # what stopped a training is no claim
        fit = fit_of(trace, judged)
        known = fit is not None and fit.rows is not None and judged.rows is not None and fit.role in ("model", "search")
        if known and fit is not None and overlap(fit.rows, judged.rows) < 0.5 * len(judged.rows or ()):
            yield judged
