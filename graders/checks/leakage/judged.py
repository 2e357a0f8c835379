"""Are rows judged, or left out, because of a value that nobody has when a row is to be predicted?

Labels, or values of a post-outcome column, are handed to other rows at random.  They then have nothing to do with a
row, so rows of every value are judged equally often: a split by units, time or features does not see them, and a
stratified one takes as many of each.  Where rows of some values are hardly judged, something had looked at them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graders.checks.leakage import accounts, inside
from graders.checks.leakage.accounts import trace_of, watched
from graders.checks.leakage.claimed import claimed, fit_of
from graders.checks.leakage.signal import Signal, Source
from graders.checks.leakage.trace import Trace
from graders.facts import Facts, once
from graders.measure.answers import claims
from graders.measure.wording import percent
from graders.model.arrays import IntArray
from graders.model.case import NotApplicable
from graders.model.later import pd
from graders.model.submission import Location
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth, uninformed
from graders.words import Text, say, sentences

Mask = npt.NDArray[np.bool_]
#: Rows at either end of the numbers that are looked at together, as a share of all.
TAILS = (0.01, 0.02, 0.05, 0.1, 0.2)
#: Values that are looked at by themselves where there are no more of them, and in so large a share of the rows.
MOST_VALUES, LEAST_SHARE = 20, 0.01
#: A part is left out where it is judged less than this times as often as is due, by so many standard errors, and by so
#: many rows.  Fewer errors do where judged rows and those trained on together miss it by many: rows are often left out
#: before they are split.  Those trained on alone may be chosen by anything.
SELDOM, ERRORS, FEWEST = 0.5, 4.0, 5
FEWER_ERRORS, OF_BOTH = 2.0, 6.0
LEAST_VARIANCE = 1e-6
#: The share of judged rows that must come in with other values: whoever tests for what cannot be leaves none out.
BROUGHT_IN = 0.01
#: Metrics that are the same whatever share of the rows a class has: rows of each class may be drawn by their number.
BLIND_TO_SHARES = frozenset({"roc_auc", "roc_auc_ovr", "balanced_accuracy"})
#: By so much such a claim on permuted labels is better than chance where more than a class chose its rows.
BEYOND_SHARES = 0.05


@dataclass(frozen=True, eq=False)
class Part:
    """Rows with one value, or with those at one end, and a word for them."""

    which: Text
    rows: Mask


@dataclass(frozen=True)
class Picked:
    """How many rows were judged of how many that were answered, and how many came in or were left out with other
    labels."""

    rows: int
    answered: int
    differ: int
    where: Location | None


@dataclass(frozen=True)
class LeftOut:
    """What shows that values decide which rows are judged.

    rows: how many rows of the data are left out that other values bring in.  what: sentences with the figures.
    """

    rows: int
    what: str


@once
def chosen_rows(facts: Facts) -> Signal | None:
    """Whether rows are judged because of their label, or of a value that nobody has before the outcome: where these
    were handed to other rows, some are hardly judged.

    Not where a metric that is blind to shares of classes shows no more than that these are other ones."""
    asked = facts.case.challenge
    if asked.task != "regression" and metric_of(asked).name in BLIND_TO_SHARES and not _beyond_shares(facts):
        return None
    return next(filter(None, (_chosen_by(facts, name) for name in (asked.target, *asked.post_outcome))), None)


@once
def chosen_by_answers(facts: Facts) -> Signal | None:
    """Whether of the rows that models were asked about some are judged because of the answers: others are where rows
    have other features, and no column alone tells which.

    A last month and new units stay what they are then; one column tells of a part that everybody sees beforehand."""
    for name in (ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_PERTURBED):
        try:
            plain, other = (trace_of(facts, one) for one in (watched(facts), name))
            moved = accounts.choice_of(facts).moved
        except NotApplicable:
            continue
        return _chosen_otherwise(plain, other, moved, facts)
    return None


def _chosen_otherwise(plain: Trace, other: Trace, moved: IntArray, facts: Facts) -> Signal | None:
    differ = _judged_otherwise(plain, other)
    if differ is None or not np.isin(differ, moved).all() or not np.array_equal(_taught(plain), _taught(other)):
        return None
    rows, asked = judged_rows(plain), asked_about(plain)
    shown = facts.case.dataset.public.drop(columns=facts.case.challenge.target).iloc[asked]
    if any(_tells(values, np.isin(asked, rows)) for _, values in shown.items()):
        return None
    what = say(
        "Of {asked:,} rows that models were asked about, {rows:,} are judged: answers or several columns chose them. "
        "With other features in {moved:,} rows, {differ:,} of these came in or were left out.",
        asked=len(asked),
        rows=len(rows),
        moved=len(moved),
        differ=len(differ),
    )
    place = inside.located(claimed(plain).found[0].place, facts.case.submission.locate)
    return Signal("OVR002", Source.INSIDE, what, place, len(asked) - len(rows))


def _judged_otherwise(plain: Trace, other: Trace) -> IntArray | None:
    """The rows that one of two runs judges and the other does not, where both answer the same ones; None where they do
    not, an account is not whole, or so few differ that something was tested for what cannot be."""
    rows, asked = judged_rows(plain), asked_about(plain)
    if plain.lost or other.lost or not len(rows) or not np.isin(rows, asked).all():
        return None
    if not np.array_equal(asked, asked_about(other)):
        return None
    differ = np.setxor1d(rows, judged_rows(other))
    return differ if len(differ) >= max(FEWEST, BROUGHT_IN * len(rows)) else None


def _tells(values: pd.Series, judged: Mask) -> bool:
    """Whether rows are judged by this column alone: by one range of its numbers, or by some of a few values."""
    if _is_number(values):
        numbers = values.fillna(-np.inf).to_numpy(np.float64)
        own, others = numbers[judged], numbers[~judged]
        apart = not len(own) or not len(others) or own.max() < others.min() or others.max() < own.min()
        return apart or not ((others >= own.min()) & (others <= own.max())).any()
    both = pd.Series(judged).groupby(values.astype(str).to_numpy()).nunique()
    return len(both) <= MOST_VALUES and bool((both == 1).all())


def asked_about(trace: Trace) -> IntArray:
    """The rows that the models behind the claim were asked about and not fitted on."""
    asked = [trace.judged[leaf.id].rows for leaf in claimed(trace).leaves]
    rows = [one.members for one in asked if one is not None]
    return np.setdiff1d(np.concatenate(rows), _taught(trace)) if rows else np.empty(0, np.int64)


def _taught(trace: Trace) -> IntArray:
    """The rows that the models behind the claim were fitted on."""
    return used_by(trace, np.empty(0, np.int64))


def labels_may_choose(facts: Facts) -> bool:
    """Whether rows with some labels are hardly judged in the run that counts, for whatever reason."""
    return _in_doubt(facts, facts.case.challenge.target)


@once
def picked(facts: Facts) -> Picked | None:
    """Rows that answers or labels chose to be judged: they are a part of the rows that the very answers are for, and
    another part of them where labels were handed to other rows.

    The features are the same then, so no filter of rows by what they hold is taken for such a choice.
    """
    try:
        real, null = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_NULL))
    except NotApplicable:
        return None
    differ = _judged_otherwise(real, null)
    if differ is None or accounts.tables_alone(facts) or not answers_may_choose(facts):
        return None
    place = inside.located(claimed(real).found[0].place, facts.case.submission.locate)
    return Picked(len(judged_rows(real)), len(asked_about(real)), len(differ), place)


def answers_may_choose(facts: Facts) -> bool:
    """Whether the claim is of some of the rows that its answers are for, for whatever reason."""
    try:
        trace = trace_of(facts, watched(facts))
    except NotApplicable:
        return False
    rows, answered = judged_rows(trace), asked_about(trace)
    left = len(answered) - len(rows)
    return len(rows) > 0 and left >= max(FEWEST, BROUGHT_IN * len(answered)) and bool(np.isin(rows, answered).all())


def later_values_may_choose(facts: Facts) -> bool:
    """The same of values of a post-outcome column, where labels are not known to choose."""
    asked = facts.case.challenge
    return any(_in_doubt(facts, name) for name in asked.post_outcome) and not _chosen_by(facts, asked.target)


@once
def _in_doubt(facts: Facts, column: str) -> bool:
    try:
        trace = trace_of(facts, watched(facts))
    except NotApplicable:
        return False
    rows, values = judged_rows(trace), facts.case.dataset.public[column]
    return seldom_judged(rows, used_by(trace, rows), values, _together(facts, column)) is not None


@once
def _chosen_by(facts: Facts, column: str) -> Signal | None:
    case, by_label = facts.case, column == facts.case.challenge.target
    name = ProbeName.EVALUATE_NULL if by_label else ProbeName.EVALUATE_BLANKED
    try:
        plain, other = trace_of(facts, watched(facts)), trace_of(facts, name)
    except NotApplicable:
        return None
    handed = sessions.permute_labels if by_label else sessions.blank
    values = handed(case.dataset.public, case.challenge, case.seed)[column]
    found = left_out(plain, other, case.dataset.public[column], values, _together(facts, column))
    if found is None:
        return None
    what = sentences(say("Judged rows were chosen by {column}.", column=column), found.what)
    place = inside.located(claimed(plain).found[0].place, case.submission.locate)
    return Signal("LEAK006", Source.INTERFERENCE, what, place, found.rows)


def _together(facts: Facts, column: str) -> IntArray:
    """A number for each row that those share whose values go together where they are handed to others."""
    rows = accounts.public_rows(facts)
    if column != facts.case.challenge.target:
        return np.arange(len(rows.copy))
    return np.unique(rows.group if rows.apart else rows.copy, return_inverse=True)[1]


def _beyond_shares(facts: Facts) -> bool:
    """Whether the claim on permuted labels is better than chance, which other shares of classes make nobody."""
    asked, truth = facts.case.challenge, public_truth(facts.case.challenge, facts.case.dataset.public)
    chance, null = uninformed(asked, truth, truth), claims(facts.case, [ProbeName.EVALUATE_NULL])
    return any(metric_of(asked).better(claim, chance) > BEYOND_SHARES for claim in null)


def judged_rows(trace: Trace) -> IntArray:
    """The rows that the claim was seen to be of; none where that is not known."""
    found = [judged.rows.members for judged in claimed(trace).found if judged.rows is not None]
    return np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)


def seldom_judged(rows: IntArray, used: IntArray, values: pd.Series, units: IntArray) -> Part | None:
    """The part of the values that is hardly judged, by `rows` judged and those that are judged or trained on; `units`
    number rows whose values go together.  None where no part is missed by more than luck."""
    every = np.arange(len(values))
    judged, both = np.isin(every, rows), np.isin(every, used)
    found = [(_missed(judged, both, part.rows, units), part) for part in _parts(values)] if len(rows) else []
    errors, part = max(found, key=lambda one: one[0], default=(0.0, None))
    return part if errors > ERRORS else None


def left_out(plain: Trace, other: Trace, before: pd.Series, values: pd.Series, units: IntArray) -> LeftOut | None:
    """Two watched runs: on the real values `before`, and on `values`, which were handed to other rows."""
    rows, again = judged_rows(plain), judged_rows(other)
    if not len(rows) or not len(again) or plain.lost or other.lost:
        return None
    used, used_again = used_by(plain, rows), used_by(other, again)
    brought_in = np.setdiff1d(again, used)
    moved_about = len(used) == len(rows) and 2 * len(np.intersect1d(rows, again)) < len(again)
    if moved_about or len(brought_in) < max(FEWEST, BROUGHT_IN * len(again)):
        return None
    part = seldom_judged(again, used_again, values, units)
    if part is None:  # where a split stays as it is, each row that goes tells
        stayed = np.flatnonzero(np.isin(rows, again))
        of_these = seldom_judged(stayed, stayed, values.iloc[rows], units[rows])
        if of_these is None:
            return None
        whole = np.zeros(len(values), np.bool_)
        whole[rows] = of_these.rows
        part = Part(of_these.which, whole)
    found = int(part.rows[again].sum())
    what = sentences(
        say(
            "Its values were handed to other rows: of {there:,} rows with {which}, {found:,} were judged then. "
            "Of all rows it was {share}.",
            there=int(part.rows.sum()),
            which=part.which,
            found=found,
            share=percent(len(again) / len(values)),
        ),
        say(
            "So {rows:,} rows are left out that are judged with other values.",
            rows=len(brought_in),
        ),
        _beside(before, brought_in, rows),
    )
    return LeftOut(len(brought_in), what)


def used_by(trace: Trace, rows: IntArray) -> IntArray:
    """`rows`, which are judged, and what the models behind the claim were fitted on."""
    behind = (fit_of(trace, leaf) for leaf in claimed(trace).leaves)
    return np.unique(np.concatenate([rows, *(fit.rows.members for fit in behind if fit is not None and fit.rows)]))


def _beside(values: pd.Series, brought_in: IntArray, rows: IntArray) -> str:
    """How values of the rows left out differ from those of the judged ones."""
    out, judged = values.iloc[brought_in], values.iloc[rows]
    if not _is_number(values):
        theirs, own = (some.astype(str).value_counts(normalize=True) for some in (out, judged))
        name = str(theirs.sub(own, fill_value=0).idxmax())
        return say(
            "{name}: {theirs} of those left out, and {own} of those judged.",
            name=name,
            theirs=percent(float(theirs[name])),
            own=percent(float(own.get(name, 0.0))),
        )
    numbers = {
        f"{whose}_{at}": float(values.quantile(share))
        for whose, values in (("theirs", out), ("own", judged))
        for at, share in (("low", 0.1), ("middle", 0.5), ("high", 0.9))
    }
    return say(
        "First decile, median and ninth decile of those left out: {theirs_low:.4g}, {theirs_middle:.4g}, "
        "{theirs_high:.4g}. Of those judged: {own_low:.4g}, {own_middle:.4g}, {own_high:.4g}.",
        **numbers,
    )


def _missed(judged: Mask, both: Mask, part: Mask, units: IntArray) -> float:
    """By how many standard errors fewer rows of a part are judged than are due: of all rows, or of those of the units
    that are judged at all; 0 where that is not far fewer."""
    one, other = (max(way(mask, part, units) for way in (_among_all, _within_units)) for mask in (judged, both))
    return max(one, other - OF_BOTH + ERRORS) if one > FEWER_ERRORS else one


def _among_all(judged: Mask, part: Mask, units: IntArray) -> float:
    """Rows are drawn without replacement, and values of one unit go together (Kish 1965)."""
    every, many, share = len(judged), int(judged.sum()), float(part.mean())
    together = np.bincount(units, weights=part - share)
    design = max(float((together**2).sum()) / (every * share * (1 - share)), 1.0)
    variance = many * share * (1 - share) * design * (1 - many / every)
    return _errors(many * share, int((judged & part).sum()), variance)


def _within_units(judged: Mask, part: Mask, units: IntArray) -> float:
    """Of each unit some rows are judged, as if drawn; rows in a row may be alike, so units are held to scatter more."""
    masks = (np.ones(len(units)), judged, part, judged & part)
    size, many, of_part, both = (np.bincount(units, weights=mask).astype(np.float64) for mask in masks)
    some = (many > 0) & (many < size) & (of_part > 0) & (of_part < size)
    size, many, of_part, both = (counts[some] for counts in (size, many, of_part, both))
    due = many * of_part / size
    drawn = due * (1 - of_part / size) * (size - many) / (size - 1)
    return _errors(float(due.sum()), int(both.sum()), max(float(drawn.sum()), float(((due - both) ** 2).sum())))


def _errors(due: float, found: int, variance: float) -> float:
    """How far fewer were found than are due, in standard errors; 0 unless they are few."""
    if due - found < FEWEST or found > SELDOM * due:
        return 0.0
    return float((due - found) / np.sqrt(max(variance, LEAST_VARIANCE)))


def _parts(values: pd.Series) -> Iterator[Part]:
    """Rows of each value where there are few, else both ends of the numbers, and gaps."""
    gaps = values.isna().to_numpy()
    if LEAST_SHARE < gaps.mean() < 1:
        yield Part(say("a gap"), gaps)
    counts = values.value_counts(normalize=True)
    if len(counts) <= MOST_VALUES:
        for name in counts[(counts >= LEAST_SHARE) & (counts < 1)].index:
            yield Part(say("the value {name}", name=str(name)), (values == name).to_numpy())
    elif _is_number(values):
        numbers = values.to_numpy(np.float64, na_value=np.nan)
        for tail in TAILS:
            low, high = np.nanquantile(numbers, [tail, 1 - tail])
            ends = (
                Part(say("a value of at most {bound:.4g}", bound=float(low)), numbers <= low),
                Part(say("a value of at least {bound:.4g}", bound=float(high)), numbers >= high),
            )
            yield from (end for end in ends if not end.rows.all())


def _is_number(values: pd.Series) -> bool:
    return values.dtype.kind in "iuf" and values.nunique() > MOST_VALUES
