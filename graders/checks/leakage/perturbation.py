"""Other features for the rows that a candidate held out: what a sound model was fitted on cannot notice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from graders.checks.leakage.claimed import Claimed, claimed, fit_of, overlap
from graders.checks.leakage.trace import Fit, Judgement, Rows, Trace
from graders.model.arrays import IntArray
from graders.model.case import NotApplicable
from graders.model.challenge import Challenge
from graders.model.later import pd
from graders.tasks.asked import public_truth
from graders.words import say

FEWEST = 60  # rows to move, and as many to watch: fewer move too little to be noticed
SENTINEL_SHARE, SENTINEL_GAP = 0.01, 3.0
BEYOND, REACH = 5, 0.05  # so many draws pass the largest value of a float, by this share of its range
TILT = 0.9  # power of a label's rank: of two classes alike in number, 27 in 50 are of the higher one
TAIL = 0.35  # new values are drawn from this share of the old ones, at one end


@dataclass(frozen=True, eq=False)
class Choice:
    """One held-out set of a traced run, in two halves by customer.

    moved: rows whose features are changed.  watched: held-out rows left as they are, whose scores may not change.
    fitted: the rows its models were fitted on.  leaves: ids of the judgements on this set, the claim's; none
    where only tables of the rows are known.
    """

    moved: IntArray
    watched: IntArray
    leaves: tuple[int, ...]
    fitted: IntArray


def choose(trace: Trace, public: pd.DataFrame, challenge: Challenge, seed: int) -> Choice:
    """The held-out rows to change; NotApplicable, with the reason, where no set of them is known."""
    behind = claimed(trace)
    held, fitted, leaves = _held_out(trace, behind)
    customers = challenge.units(public)
    alone = held[~np.isin(customers[held], customers[fitted])]
    if len(alone) >= 4 * FEWEST:
        held = alone  # what is computed within one customer then cannot cross the split
    units = np.unique(customers[held])
    half = np.random.default_rng(seed).permutation(units)[: (len(units) + 1) // 2]
    in_half = np.isin(customers[held], half)
    moved, watched = held[in_half], held[~in_half]
    moved = _with_copies(moved, np.concatenate([fitted, watched]), public)
    if min(len(moved), len(watched)) < FEWEST:
        raise NotApplicable(say("too few held-out rows to change: {moved} of {held}", moved=len(moved), held=len(held)))
    return Choice(moved, watched, leaves, fitted)


def _held_out(trace: Trace, behind: Claimed) -> tuple[IntArray, IntArray, tuple[int, ...]]:
    """Rows of the first held-out set, the rows its models were fitted on, and its judgements."""
    for leaf in behind.leaves:
        fit = fit_of(trace, leaf)
        if fit is None or fit.rows is None or leaf.rows is None or not len(leaf.rows):
            continue
        if overlap(fit.rows, leaf.rows) == 0:
            alike = [one for one in behind.leaves if _judges(trace, one, leaf.rows)]
            fits = [fit_of(trace, one) for one in alike]
            fitted = np.unique(np.concatenate([fit.rows.members for fit in fits if fit and fit.rows is not None]))
            return leaf.rows.members, fitted, tuple(one.id for one in alike)
    return _by_split(trace, behind)


def _judges(trace: Trace, leaf: Judgement, held: Rows) -> bool:
    """Whether a judgement is on these rows, of a model that was fitted on none of them."""
    fit = fit_of(trace, leaf)
    alike = leaf.rows is not None and np.array_equal(leaf.rows.members, held.members)
    return alike and fit is not None and fit.rows is not None and overlap(fit.rows, held) == 0


def _by_split(trace: Trace, behind: Claimed) -> tuple[IntArray, IntArray, tuple[int, ...]]:
    """For models that no library fitted: the scores of the claim, on a part that a split or the claim names, or
    the two tables that the candidate's own code cut the rows into."""
    if any(leaf.fit is not None for leaf in behind.leaves) and behind.linked:
        raise NotApplicable(say("the models behind the claim were judged on rows they were fitted on, or unknown ones"))
    everything = np.arange(trace.rows)
    for judged in behind.found:
        if judged.rows is None or not judged.scores:
            continue
        for split in trace.splits:
            if split.test is not None and split.train is not None and not overlap(split.test, split.train):
                held = np.intersect1d(split.test.members, judged.rows.members)
                if len(held) > 0.5 * len(split.test):
                    return held, split.train.members, (judged.id,)
        if len(judged.rows) < 0.7 * trace.rows:
            return judged.rows.members, np.setdiff1d(everything, judged.rows.members), (judged.id,)
    if not trace.fits and not trace.judged:
        return _by_tables(trace)
    raise NotApplicable(say("it is not known which rows were held out"))


def _by_tables(trace: Trace) -> tuple[IntArray, IntArray, tuple[int, ...]]:
    """The smaller of two tables without a common row, which follow each other."""
    sets = {id(table.rows) for table in trace.tables}  # sets of rows are shared where they are equal
    for one, other in pairwise(trace.tables):
        if one.rows is not None and other.rows is not None and not overlap(one.rows, other.rows):
            held, fitted = sorted((one.rows.members, other.rows.members), key=len)
            if len(sets) == 2 or len(fitted) >= 1.5 * len(held):  # else they may be folds, each scaled by others
                return held, fitted, ()
    raise NotApplicable(say("it is not known which rows were held out"))


def _with_copies(moved: IntArray, others: IntArray, public: pd.DataFrame) -> IntArray:
    """Every copy of a row is changed like it, and a row with a copy in use elsewhere is left alone."""
    copy = public.groupby(list(public.columns), dropna=False, sort=False).ngroup().to_numpy()
    free = np.setdiff1d(copy[moved], copy[others])
    found: IntArray = np.flatnonzero(np.isin(copy, free)).astype(np.int64)
    return found


def perturb(
    public: pd.DataFrame, held_out: IntArray, challenge: Challenge, seed: int, against: bool = False
) -> pd.DataFrame:
    """`public` with other features in the rows `held_out`: values of the same column, so that type, format and
    range stay, but other marginals and another relation to the label: one at random, or, where it is to be `against`
    that of all rows, the opposite, so that a sound model does badly on them.

    Labels, ids, dates, gaps and codes for unknown stay, and so does every split made by them.  Copies of one row
    stay copies, and what all rows of a unit have in common they have in common still.
    """
    rng = np.random.default_rng(seed)
    kept = {challenge.target, challenge.group, challenge.time}
    copies = public.iloc[held_out].groupby(list(public.columns), dropna=False, sort=False).ngroup()
    keys = np.asarray(copies, np.intp)
    units = pd.factorize(public[challenge.group].iloc[held_out])[0] if challenge.group else keys
    common = _in_common(public, challenge.group)
    truth = public_truth(challenge, public)
    high = (truth > (np.median(truth) if challenge.task == "regression" else 0)).astype(np.int64)
    changed = public.copy()
    for column in challenge.columns:
        if column.name in kept or column.name not in public.columns or column.type == "date text":
            continue
        alike = units if column.name in common else keys
        new = _redrawn(public[column.name], held_out, high, alike, rng, against)
        changed[column.name] = new
    return changed


def relabel(public: pd.DataFrame, choice: Choice, challenge: Challenge, seed: int) -> pd.DataFrame:
    """`public` with the labels of the held-out rows handed to others of them at random, so that none of them means
    anything, and the higher ones a little more often.  Copies of one row keep theirs."""
    rows = without_copies(choice, public)
    labels = public[challenge.target].to_numpy().copy()
    labels[rows] = np.random.default_rng(seed).permutation(tilted(np.sort(labels[rows])))
    return public.assign(**{challenge.target: labels})


def tilted(rising: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """As many of these labels, still rising, with the higher ones a little more often and both ends kept: whoever
    counts, sums or cuts off labels of held-out rows, and asks for nothing else, then comes to another number."""
    last = max(len(rising) - 1, 1)
    return rising[np.rint((np.arange(len(rising)) / last) ** TILT * last).astype(np.intp)]


def without_copies(choice: Choice, public: pd.DataFrame) -> IntArray:
    """The held-out rows of which the data hold no copy, rising."""
    held = np.union1d(choice.moved, choice.watched)
    found: IntArray = held[~public.duplicated(keep=False).to_numpy()[held]]
    return found


def _redrawn(
    values: pd.Series,
    rows: IntArray,
    labels: IntArray,
    keys: npt.NDArray[np.intp],
    rng: np.random.Generator,
    against: bool,
) -> pd.Series:
    """The column with new values in `rows`, drawn from one end of the old ones, by the label; equal keys alike."""
    usable = _usable(values)
    pool = np.sort(values.to_numpy()[usable]) if values.dtype.kind in "if" else _by_text(values[usable])
    draws, flip = rng.random(len(keys)), rng.random() < 0.5
    first = np.unique(keys, return_index=True)[1]
    draws, told = draws[keys], labels[rows[first]][keys]  # of a copy, or of a unit, those of its first row
    if not len(pool):
        return values
    if against:
        flip = _rises(values[usable], labels[usable])
    high = (told > 0) != flip
    at = np.where(high, 1 - TAIL * draws, TAIL * draws)
    new = pool[np.minimum((at * len(pool)).astype(int), len(pool) - 1)]
    if values.dtype.kind == "f":
        new[draws <= np.sort(draws)[min(BEYOND, len(draws)) - 1]] = pool[-1] + REACH * (pool[-1] - pool[0])
    found = values.copy()
    change = usable[rows]
    found.iloc[rows[change]] = new[change]
    return found


def _in_common(public: pd.DataFrame, group: str | None) -> frozenset[str]:
    """The columns that hold one value in all rows of every unit, as where a building stands."""
    if group is None or not public[group].duplicated().any():
        return frozenset()
    values = public.groupby(group, sort=False).nunique(dropna=False)
    return frozenset(values.columns[(values == 1).all()])


def _rises(values: pd.Series, labels: IntArray) -> bool:
    """Whether higher values, of texts those that come later in their order, have more of the high labels."""
    if values.dtype.kind not in "if":
        values = values.astype(str)
    ranks = values.rank().to_numpy()
    return bool(ranks[labels > 0].mean() > ranks[labels <= 0].mean()) if 0 < (labels > 0).sum() < len(labels) else False


def _usable(values: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows that hold a value proper: neither a gap nor a number that stands for one."""
    known = values.notna().to_numpy().copy()
    if values.dtype.kind not in "if" or not known.any():
        return known
    numbers = values[known]
    for extreme in (numbers.max(), numbers.min()):
        rest = numbers[numbers != extreme]
        if not len(rest) or (numbers == extreme).mean() < SENTINEL_SHARE:
            continue
        low, high = rest.quantile(0.01), rest.quantile(0.99)
        if abs(extreme - rest.median()) > SENTINEL_GAP * max(high - low, 1e-12):
            known &= (values != extreme).to_numpy()
    return known


def _by_text(values: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Texts in an order of their own, so that each end holds other ones."""
    text = values.astype(object).to_numpy()
    order = np.argsort(np.array([str(value) for value in text]), kind="stable")
    found: np.ndarray[tuple[int], np.dtype[np.object_]] = text[order]
    return found


def models_of(trace: Trace, choice: Choice) -> list[Fit]:
    """The models judged on the chosen rows and fitted on none of them."""
    fits = [fit_of(trace, trace.judged[number]) for number in choice.leaves]
    return [fit for fit in fits if fit is not None]
