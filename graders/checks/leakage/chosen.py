"""Is the claim the best of several scores, and does the choice follow the rows it is claimed on?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graders.checks.leakage.claimed import BY_HAND, as_claimed, claimed, judged_by_metrics, overlap, same, series
from graders.checks.leakage.trace import Fit, Judgement, Place, Trace

#: From so many candidates on, that the claimed one is the best by chance is no longer worth assuming.
MANY = 8
#: Of so many judgements at one line the tracer finds rows and fit; of further ones it has but the value.
FOLLOWED = 60
#: The share of rows that two sets have in common where they are the same but for copies.
ALIKE = 0.95


@dataclass(frozen=True)
class Best:
    """Scores of several candidates, made at one line, of which the highest is claimed.

    winner: which of `values` that is.  rows: how many public rows they were scored on.  fitted: whether each is of
    another fit; else they are of few, as the weights of a blend or the rounds of one training are.
    """

    place: Place | None
    values: tuple[float, ...]
    winner: int
    rows: int | None
    fitted: bool


def best_of(trace: Trace, claim: str = "") -> Best | None:
    """The largest set of candidates of which a claim is the best; None where it is not the best of any two.

    Without a name it is the claim that counts.
    """
    claim = claim or trace.metric
    headline, loss = trace.claims.get(claim), claim == trace.metric and trace.loss
    if headline is None:
        return None
    found = []
    seen = judged_by_metrics(trace, headline)
    for (_, how), scores in series(trace).items():
        if seen and how == BY_HAND:
            continue
        run = _candidates_compared(trace, scores, headline)
        for folds in _widths(run):
            values = [float(np.mean(part)) for part in _parts(run, folds)]
            values = _claimable(trace, values, headline) if loss else values
            best = min(values) if loss else max(values)
            followed = run[:FOLLOWED]
            fitted = _candidates(trace, followed) * len(run) >= len(values) * len(followed)
            if len(values) > 1 and same(best, headline) and (fitted or _again_and_again(run, values)):
                rows = {row for judged in run if judged.rows is not None for row in judged.rows.members.tolist()}
                found.append(Best(run[0].place, tuple(values), values.index(best), len(rows) or None, fitted))
    return max(found, key=lambda best: len(best.values), default=None)


def best_rows(trace: Trace) -> Best | None:
    """Scores at one line, each on rows of its own, where the claim is another one on the rows of the best."""
    found = claimed(trace).found
    own = found[0].rows if len(found) == 1 else None
    for run in series(trace).values() if own is not None else ():
        sets = [judged.rows.members for judged in run if judged.rows is not None]
        if len(run) < MANY or len({rows.tobytes() for rows in sets}) < len(run) or found[0] in run:
            continue
        values = tuple(judged.value for judged in run if judged.value is not None)
        winner = values.index(min(values) if trace.loss else max(values))
        if own is not None and np.array_equal(sets[winner], own.members):
            return Best(run[0].place, values, winner, len(own), True)
    return None


def follows_the_best_rows(traces: Sequence[Trace]) -> Best | None:
    """Those of the first run, where the claim is on the best rows of the same line in every run, and these are other
    ones in some: whoever is judged on a split of his own is so whichever is the best."""
    best = [found for trace in traces if (found := best_rows(trace)) is not None]
    alike = len(best) == len(traces) and len({(one.place, len(one.values)) for one in best}) == 1
    return best[0] if alike and len({one.winner for one in best}) > 1 else None


def alone(trace: Trace, best: Best) -> bool:
    """Whether the claimed value was computed nowhere else, so that the choice alone can have claimed it."""
    claimed = best.values[best.winner]
    return not any(same(judged.value, claimed) for judged in trace.judged if judged.place != best.place)


def follows_the_rows(traces: Sequence[Trace], claim: str = "") -> bool:
    """Whether the claim is the best of the same candidates in every run, and another one wins in some: what was
    reported was chosen by these very scores.

    An optimiser tries more candidates in one run than in another.  Then the last may win in none: a training that ends
    by other rows is at its best there."""
    best = [found for trace in traces if (found := best_of(trace, claim)) is not None]
    if len(best) < len(traces) or len({one.place for one in best}) > 1:
        return False
    if len({len(one.values) for one in best}) == 1:
        return len({one.winner for one in best}) > 1
    return all(not one.fitted and len(one.values) >= MANY and one.winner < len(one.values) - 1 for one in best)


def _candidates_compared(trace: Trace, run: list[Judgement], headline: float) -> list[Judgement]:
    """Without scores on rows that the claimed model was fitted on, which chose it before it met the judged rows; and
    without those of models of other labels, such as permuted ones, which are no candidates.

    Nor those on other held-out rows, which the same helper may have scored, unless each candidate has rows of its own,
    as the best of many folds has."""
    winner = next((judged for judged in reversed(run) if _is(trace, judged, headline)), None)
    if winner is None:
        return run
    fits = _fits(trace, winner)
    labels = {fit.labels for fit in fits}
    alike = [judged for judged in run if {fit.labels for fit in _fits(trace, judged)} <= labels or not fits]
    rows = [fit.rows.members for fit in fits if fit.rows is not None]
    fitted = np.concatenate(rows or [np.zeros(0, np.int64)])
    rivals = [
        judged
        for judged in alike
        if judged is winner or judged.rows is None or not np.isin(judged.rows.members, fitted).all()
    ]
    if _each_elsewhere(rivals):
        return rivals
    return [judged for judged in rivals if not _elsewhere(judged, winner)]


def _elsewhere(judged: Judgement, winner: Judgement) -> bool:
    """Whether a score is of none of the rows that the claimed one is of."""
    return winner.rows is not None and judged.rows is not None and not overlap(judged.rows, winner.rows)


def _each_elsewhere(rivals: list[Judgement]) -> bool:
    """Whether every score is of rows that no other one is of."""
    members = [judged.rows.members for judged in rivals if judged.rows is not None]
    every = np.concatenate(members or [np.zeros(0, np.int64)])
    return len(members) == len(rivals) and len(np.unique(every)) == len(every)


def _is(trace: Trace, judged: Judgement, headline: float) -> bool:
    """Whether a judgement is of the claimed value."""
    return judged.value is not None and any(same(value, headline) for value in as_claimed(trace, judged.value))


def _claimable(trace: Trace, values: list[float], headline: float) -> list[float]:
    """The losses as they are claimed: without sign, and with the root taken where that gives the claim."""
    readings = [list(reading) for reading in zip(*(as_claimed(trace, value) for value in values), strict=True)]
    return next((reading for reading in readings if same(min(reading), headline)), readings[0])


def _fits(trace: Trace, judged: Judgement) -> list[Fit]:
    """The fits that a judgement is of."""
    leaves = [trace.judged[number].fit for number in judged.of] or [judged.fit]
    return [trace.fits[fit] for fit in leaves if fit is not None]


def _widths(run: list[Judgement]) -> list[int]:
    """How many judgements may make one candidate: one, or the folds of a cross-validation."""
    return [width for width in (1, *range(2, 11)) if len(run) % width == 0 and len(run) > width]


def _parts(run: list[Judgement], width: int) -> list[list[float]]:
    values = [judged.value for judged in run if judged.value is not None]
    return [values[start : start + width] for start in range(0, len(values), width)]


def _again_and_again(run: list[Judgement], values: list[float]) -> bool:
    """Whether the same rows, as far as they are known, got many different scores.  A row may stand for its copy."""
    sets = list({judged.rows.members.tobytes(): judged.rows for judged in run if judged.rows is not None}.values())
    widest = max(sets, key=len, default=None)
    alike = all(overlap(rows, widest) >= ALIKE * len(widest or ()) for rows in sets)
    return len(values) == len(run) and bool(sets) and alike and len(set(values)) >= MANY


def _candidates(trace: Trace, run: list[Judgement]) -> int:
    """How many different fits these judgements are of."""
    return len({fit.id for judged in run for fit in _fits(trace, judged)})
