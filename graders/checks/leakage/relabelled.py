"""Labels of held-out rows may reach the claim and nothing else: no training value, and no answer to a row that is not
later.

Two traced runs of `evaluate`, alike but for the labels of some held-out rows, are compared call by call.  Which rows
these are is drawn by chance, so a row's answer can follow its own label alone only where that label reached it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from graders.checks.leakage import interference
from graders.checks.leakage.claimed import claimed, fit_of
from graders.checks.leakage.inside import Locate, located
from graders.checks.leakage.interference import Choice
from graders.checks.leakage.perturbation import FEWEST, models_of, tilted
from graders.checks.leakage.signal import Look, Signal, Source
from graders.checks.leakage.trace import Fit, Judgement, Place, Rows, Trace
from graders.model.arrays import IntArray
from graders.model.case import NotApplicable
from graders.model.challenge import Challenge
from graders.model.later import pd
from graders.words import say

CODES = ("LEAK002", "LEAK007")  # looked for; LEAK006 and LEAK001 may be seen on the way
#: The share of labels that change: few, so that most rows see no change but their own.  Of answers that no library
#: gave half of them, since what is chosen by hand moves with many alone.  At least LEAST of each class.
SHARE, SHARE_BY_HAND, LEAST = 0.12, 0.5, 30
#: The first of the held-out rows keep their labels: whatever moves there has seen later ones.
FIRST = 0.4
#: So many rows of one day are the first that have other labels, all of them the same higher one: so much as a sum over
#: all rows so far moves none of them, unless it holds the row's own label.  Later rows it moves whether it does or not.
OPENING, HIGH = 3, 0.9
#: Standard errors by which rows of another label move more often than those that might as well have had one: by luck
#: one time in 30,000.  And by so much as a share of them.
ERRORS, MORE = 4.0, 0.05
#: The share of unchanged rows with another score from which a setting is the cause: a rate reaches its own group alone.
NEARLY_ALL = 0.98
#: So many tables of the same held-out rows are one in each turn of a loop.
AGAIN = 4


@dataclass(frozen=True, eq=False)
class Swap:
    """Held-out rows of which some got the labels of others.

    changed: those whose label is another one.  kept: those that might as well have been drawn.  first: those that keep
    theirs, and are earlier than any changed one; where rows have no time, the same as `kept`.  opening: the first that
    have another label, of one day, beside those that were drawn; none where there is no such day.  classes: of every
    public row, before; all the same where the target is a number.  data: all rows with these labels.
    """

    changed: IntArray
    kept: IntArray
    first: IntArray
    opening: IntArray
    classes: IntArray
    data: pd.DataFrame


def swap(trace: Trace, choice: Choice, public: pd.DataFrame, challenge: Challenge, seed: int) -> Swap:
    """The labels to change; NotApplicable where the held-out rows are too few."""
    rng = np.random.default_rng([seed, 2])
    rows = _held_out(trace, choice, public)
    labels, by_hand = public[challenge.target].to_numpy(), not models_of(trace, choice)
    classes = np.zeros(len(labels), np.int64) if challenge.task == "regression" else pd.factorize(labels)[0]
    share = SHARE_BY_HAND if by_hand else SHARE
    time = None if challenge.time is None else pd.to_datetime(public[challenge.time]).to_numpy()[rows]
    late = np.ones(len(rows), np.bool_) if time is None else time > np.sort(time)[int(FIRST * len(time))]
    if late.sum() < 2 * FEWEST:  # few days
        late[:] = True
    asked = rows[late]
    drawn = _drawn(asked, classes[asked], share, rng)
    order = drawn[np.argsort(pd.factorize(labels[drawn], sort=True)[0], kind="stable")]
    new = labels.copy()
    new[order] = np.roll(tilted(labels[order]), len(order) // 2)
    changed = np.sort(order[new[order] != labels[order]])
    if len(changed) < FEWEST // 2 or len(asked) - len(drawn) < FEWEST // 2:
        few = say("too few held-out rows to change: {moved} of {held}", moved=len(changed), held=len(rows))
        raise NotApplicable(few)
    kept = np.setdiff1d(asked, drawn)
    if time is None:
        return Swap(changed, kept, kept, changed[:0], classes, public.assign(**{challenge.target: new}))
    opening, high = _opening(rows[~late], time[~late], labels)
    new[opening] = high
    begin = time[np.isin(rows, np.concatenate([changed, opening]))].min()
    first = np.setdiff1d(rows[time < begin], changed)
    return Swap(changed, kept, first, opening, classes, public.assign(**{challenge.target: new}))


def _opening(early: IntArray, time: npt.NDArray[Any], labels: npt.NDArray[Any]) -> tuple[IntArray, object]:
    """Rows of the last day that is to have such, before those whose labels are drawn, and the label they get."""
    rising = np.sort(labels)
    high = rising[int(HIGH * len(rising))]
    low = labels[early] < high
    for day in np.unique(time)[::-1]:
        some = early[(time == day) & low][:OPENING]
        if len(some) == OPENING and (time < day).sum() >= FEWEST:
            return some, high
    return early[:0], high


def _held_out(trace: Trace, choice: Choice, public: pd.DataFrame) -> IntArray:
    """The rows of the judgements in question of which the data hold no copy."""
    judged = [_judged_of(trace, number) for number in choice.leaves]
    known = [rows.members for rows in judged if rows is not None] or [choice.moved, choice.watched]
    held = np.unique(np.concatenate(known))
    found: IntArray = held[~public.duplicated(keep=False).to_numpy()[held]]
    return found


def _judged_of(trace: Trace, number: int) -> Rows | None:
    """The rows of a prediction that the claim judges."""
    leaves = (leaf for leaf in claimed(trace).leaves if leaf.id == number)
    return next(leaves, trace.judged[number]).rows


def _drawn(rows: IntArray, classes: IntArray, share: float, rng: np.random.Generator) -> IntArray:
    """Some rows of each class, and of none more than of all others together: they are to exchange labels."""
    members = [rng.permutation(rows[classes == one]) for one in np.unique(classes)]
    if len(members) == 1:
        return members[0][: round(share * len(rows))]
    sizes = [min(len(one) // 2, max(LEAST, round(share * len(one)))) for one in members]
    parts = [one[: min(size, sum(sizes) - size)] for one, size in zip(members, sizes, strict=True)]
    return np.concatenate(parts)


def look(plain: Trace, other: Trace, choice: Choice, swapped: Swap, challenge: Challenge, locate: Locate) -> Look:
    """What other labels in `swapped.changed` have moved; `choice` as it was made from the plain run."""
    interference.check_alike(plain, other, choice)
    if not choice.leaves:
        raise NotApplicable(say("no score of a model was seen"))
    signals = tuple(_signals(plain, other, choice, swapped, challenge, locate))
    flagged = frozenset(signal.code for signal in signals)
    pairs = list(_pairs(plain, other, choice))
    known = all(judged.scores for judged, _ in pairs)
    quiet = not signals and known and not any(len(_moved(one, two)) for one, two in pairs)
    return Look(Source.INTERFERENCE, signals, flagged | (frozenset(CODES) if quiet else frozenset()))


def claim_moved(plain: Trace, other: Trace, choice: Choice) -> bool:
    """Whether what the claim was judged by is another answer for rows left as they were, made of the same answers of
    models: a correction or a mix may have been fitted to the judged rows."""
    judged = [(one, two) for one, two in _pairs(plain, other, choice) if one.id not in choice.leaves]
    return any(np.isin(choice.watched, _moved(one, two)).any() for one, two in judged)


def returns_to_held_out(plain: Trace, choice: Choice) -> bool:
    """Whether tables of the very rows that a judgement by no fitted model is of were made time and again."""
    judged = [plain.judged[number] for number in choice.leaves]
    rows = [one.rows for one in judged if fit_of(plain, one) is None and one.rows is not None]
    return any(sum(table.rows is held for table in plain.tables) >= AGAIN for held in rows)


def _signals(
    plain: Trace, other: Trace, choice: Choice, swapped: Swap, challenge: Challenge, locate: Locate
) -> Iterator[Signal]:
    count = len(swapped.changed) + len(swapped.opening)
    choice = replace(choice, moved=np.union1d(swapped.changed, swapped.opening))
    changed = [fit for fit in models_of(plain, choice) if interference.taught_otherwise(fit, other.fits[fit.id])]
    if changed:
        code, cause, place = interference.cause(plain, other, changed[0], choice, challenge.target, labels_alone=True)
        asked = None if cause else _asked_for_training(plain, other, changed[0], choice)
        if interference.other_candidate(plain, other, changed[0], choice):
            code, place = "LEAK006", changed[0].place
        elif asked is not None:
            code, place = "LEAK009", asked.place
        elif not cause and _computed(changed[0], other.fits[changed[0].id]):
            code = "LEAK007"
        what = say(
            "Other labels in {count:,} held-out rows, and nothing else, changed the training data of {kind}.",
            count=count,
            kind=changed[0].kind,
        )
        yield Signal(code, Source.INTERFERENCE, what, located(place, locate), count)
        return
    for one, two in _pairs(plain, other, choice):
        moved = _moved(one, two)
        if fit_of(plain, one) is not None and _follow_their_own(moved, swapped):
            own, beside = np.isin(swapped.changed, moved), np.isin(swapped.kept, moved)
            what = say(
                "With other labels in {count:,} held-out rows, {own:,} of these got another score from the same model. "
                "Of {kept:,} rows that kept theirs, {beside:,} did. So a row's own label is in its features.",
                count=count,
                own=int(own.sum()),
                beside=int(beside.sum()),
                kept=len(swapped.kept),
            )
            yield Signal("LEAK002", Source.INTERFERENCE, what, located(one.place, locate), int(own.sum()))
            return
        if fit_of(plain, one) is not None and _opens_with_their_own(moved, swapped):
            what = say(
                "Other labels in {count:,} held-out rows moved no answer to {first:,} earlier rows. They moved all "
                "{own:,} answers to the first rows that have one. So a row's own label is in its features.",
                count=count,
                first=len(swapped.first),
                own=len(swapped.opening),
            )
            yield Signal("LEAK002", Source.INTERFERENCE, what, located(one.place, locate), len(swapped.opening))
            return
        early = np.isin(swapped.first, moved)
        if interference.more_than_rounding(int(early.sum()), len(swapped.first)):
            everywhere = early.mean() >= NEARLY_ALL
            code, place = _steered(plain, other, one, choice, everywhere)
            what = say(
                "With other labels in {count:,} held-out rows, others got another score. "
                "Of {first:,} rows that kept their labels, and are not later, {early:,} did.",
                count=count,
                early=int(early.sum()),
                first=len(swapped.first),
            )
            yield Signal(code, Source.INTERFERENCE, what, located(place, locate), int(early.sum()))
            return


def _asked_for_training(plain: Trace, other: Trace, model: Fit, choice: Choice) -> Fit | None:
    """An earlier model that had learnt from the changed labels, and was asked about every row that this one is fitted
    on: its answers were learnt from, whatever was made of them."""
    for judged in plain.judged:
        fit = fit_of(plain, judged)
        if judged.at >= model.at or fit is None or fit.rows is None or judged.rows is None or model.rows is None:
            continue
        learnt = fit.y != other.fits[fit.id].y and np.isin(choice.moved, fit.rows.members).any()
        if learnt and np.isin(model.rows.members, judged.rows.members).all():
            return fit
    return None


def _pairs(plain: Trace, other: Trace, choice: Choice) -> Iterator[tuple[Judgement, Judgement]]:
    """The judgements in question in both runs, and the claim's own on the very same rows, where it was made of their
    answers: labels of one fold are training labels of another."""
    rows = [_judged_of(plain, number) for number in choice.leaves[:1]]
    found = [one for one in claimed(plain).found if one.scores and one.id not in choice.leaves]
    own = [one.id for one in found for judged in rows if interference.equal(judged, one.rows)]
    for number in (*choice.leaves, *own):
        if number < len(other.judged):
            yield plain.judged[number], other.judged[number]


def _moved(one: Judgement, two: Judgement) -> IntArray:
    """The rows that got another score; none where the runs did not judge the same rows at one line."""
    alike = (one.place, one.how) == (two.place, two.how)
    return interference.moved_scores(one, two) if alike else np.empty(0, np.int64)


def _follow_their_own(moved: IntArray, swapped: Swap) -> bool:
    """Whether rows moved more often where their own label changed: against those of the same class that kept theirs,
    which were left out by chance."""
    rows = np.concatenate([swapped.changed, swapped.kept])
    drawn, hit, classes = np.arange(len(rows)) < len(swapped.changed), np.isin(rows, moved), swapped.classes[rows]
    more = variance = 0.0
    for one in np.unique(classes):
        beyond = _more_than_due(drawn[classes == one], hit[classes == one])
        more, variance = more + beyond[0], variance + beyond[1]
    return bool(more > MORE * drawn.sum() and more > ERRORS * np.sqrt(variance))


def _opens_with_their_own(moved: IntArray, swapped: Swap) -> bool:
    """Whether all of the first rows with another label moved, and no earlier row: nothing but labels of that day had
    changed by then, and the first of its rows has seen no other one."""
    opened = len(swapped.opening) > 0 and bool(np.isin(swapped.opening, moved).all())
    return opened and not np.isin(swapped.first, moved).any()


def _more_than_due(drawn: npt.NDArray[np.bool_], hit: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """By how many more of the drawn rows were hit than is due to chance, and the variance of that."""
    size, chosen, struck = len(drawn), int(drawn.sum()), int(hit.sum())
    due = chosen * struck / size
    return float((drawn & hit).sum()) - due, due * (1 - struck / size) * (size - chosen) / max(size - 1, 1)


def _steered(
    plain: Trace, other: Trace, judged: Judgement, choice: Choice, everywhere: bool
) -> tuple[str, Place | None]:
    """By what labels of held-out rows come into the answers to others: a choice by scores, or a statistic of them.

    Where nothing that the answers are made of holds other values, labels chose what is answered with: so they did
    where a model that learned the same answers otherwise everywhere, as with other rounds."""
    if fit_of(plain, judged) is None:
        place = interference.first_table(plain, other, choice)
        return ("LEAK006", judged.place) if place is None else ("LEAK007", place)
    code, place, _ = interference.steered(plain, judged, choice)
    if code != "LEAK010":
        return code, place
    return ("LEAK006" if everywhere else "LEAK007"), place


def _computed(one: Fit, other: Fit) -> bool:
    """Whether nothing was chosen and something was computed: columns hold other values and none has gone elsewhere, or
    no column does, and weights or a score to start from do."""
    return one.x == other.x or _same_places(one.columns, other.columns)


def _same_places(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether columns hold other values and none has gone elsewhere."""
    differ = [(before, after) for before, after in zip(one, other, strict=False) if before != after]
    gone = {before for before, _ in differ} & {after for _, after in differ}
    return len(one) == len(other) and 0 < len(differ) < len(one) and not gone
