"""Which judgement is the claim, also in accounts that somebody made up."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from graders.checks.leakage import inside, perturbation
from graders.checks.leakage.chosen import best_of, follows_the_best_rows
from graders.checks.leakage.claimed import BY_HAND, claimed
from graders.checks.leakage.trace import Fit, Judgement, Place, Rows, Trace, read
from graders.model.arrays import FloatArray, IntArray
from graders.model.case import NotApplicable
from graders.model.submission import Location
from tests.graders.checks.leakage.test_trace import ROWS, account, packed
from tests.graders.checks.leakage.traced import challenge, public

MANY = 4000  # about as many as an account may hold
PLACE = Place("pipeline.py", 9)


def trace_of(values: list[float], claim: float) -> Trace:
    """An account with one judgement at one line for each value."""
    (judged,) = account()["judged"]
    events = [{**judged, "id": number, "at": number, "value": value} for number, value in enumerate(values)]
    return read(json.dumps(account(judged=events, claims={"roc_auc": claim})), ROWS)


@pytest.mark.parametrize(
    ("values", "claim", "found"),
    [
        ([0.1, 0.7, 0.72, 0.74, 0.1], 0.72, [2]),  # the value itself goes before a mean
        ([0.1, 0.7, 0.71, 0.75, 0.1], 0.72, [1, 2, 3]),
        ([0.1, 0.7, 0.71, 0.76, 0.1], 0.723, [1, 2, 3]),  # rounded
        ([0.9, 0.7, 0.2, 0.5], 0.6, [0, 1, 2, 3]),  # a median
        ([0.1, 0.2, 0.3], 0.9, []),
        ([0.5, 0.61, 0.7, 0.55, 0.43, 0.83, 0.52, 0.47, 0.78], 0.77, [2, 5, 8]),  # of each turn the third
        ([0.5, 0.61, 0.7, 0.55, 0.43, 0.83, 0.52, 0.47, 0.78, 0.1], 0.77, []),  # no turns: one is not whole
    ],
)
def test_the_claim_is_a_value_or_a_mean_or_median_of_folds(values: list[float], claim: float, found: list[int]) -> None:
    assert [judged.id for judged in claimed(trace_of(values, claim)).found] == found


def test_an_account_of_thousands_of_values_costs_seconds_not_minutes() -> None:
    """A candidate can make the grader look for a mean that is not there, and gains no delay by it.

    All pairs and runs of so many values take hours; what is looked at takes a third of a second here.
    """
    values = np.random.default_rng(1).uniform(0.2, 0.8, MANY).tolist()
    started = time.process_time()
    assert claimed(trace_of(values, 0.95)).found == ()
    assert time.process_time() - started < 60


@pytest.mark.parametrize(("values", "there"), [(np.linspace(0.5, 0.6, 12), True), (np.repeat([0.5, 0.6], 6), False)])
def test_the_best_of_many_scores_of_the_same_rows_may_be_a_choice(values: FloatArray, there: bool) -> None:
    """Weights of a blend are candidates though all are of one fit; a score that is repeated is none."""
    best = best_of(trace_of(values.tolist(), 0.6))
    assert (best is not None) is there
    assert best is None or (not best.fitted and best.winner == len(values) - 1)


@pytest.mark.parametrize(("claim", "there"), [(0.72, False), (0.7, True)])
def test_what_was_computed_beside_metrics_is_no_candidate(claim: float, there: bool) -> None:
    """The mean of folds is no best of two, where the same folds were also computed by hand, and twice.

    Where no metric gave the claim, what was computed by hand is all that there is to compare.
    """
    folds = [0.7, 0.71, 0.75] if not there else [0.5, 0.6, 0.65]
    by_hand = [0.7, 0.71, 0.75, 0.7, 0.71, 0.75] if not there else [0.62, 0.7, 0.66]
    trace = trace_of([*folds, *by_hand], claim)
    place = Place("pipeline.py", 8)
    judged = (
        *trace.judged[:3],
        *(replace(one, how=BY_HAND, place=place, fit=n) for n, one in enumerate(trace.judged[3:])),
    )
    fits = tuple(replace(trace.fits[0], id=n) for n in range(6))
    assert (best_of(replace(trace, judged=judged, fits=fits)) is not None) is there


@pytest.mark.parametrize("changed", [0, 1])
def test_sets_without_rows_break_nothing(changed: int) -> None:
    """A model fitted on no row, or judged on none, is followed no further."""
    whole = account()
    whole["sets"][changed] = {"bits": packed([]), "unknown": 0, "repeated": 0}
    whole["judged"][0]["scores"] = ""
    trace = read(json.dumps(whole), ROWS)
    look = inside.look(trace, inside.Data(public().head(ROWS), challenge()), challenge(), Location)
    assert look.signals == ()
    with pytest.raises(NotApplicable):
        perturbation.choose(trace, public().head(ROWS), challenge(), 0)


def scores(rows: list[IntArray], fitted: list[IntArray], values: list[float]) -> Trace:
    """Models scored one after another at one line, the last one's score the claim."""
    sets = [Rows(members) for members in fitted]
    fits = tuple(Fit(n, n, PLACE, "Model", "model", known, labels="churned") for n, known in enumerate(sets))
    judged = tuple(
        Judgement(n, n, PLACE, "roc_auc_score", n, Rows(members), value)
        for n, (members, value) in enumerate(zip(rows, values, strict=True))
    )
    return Trace(ROWS, fits, judged, claims={"roc_auc": values[-1]})


@pytest.mark.parametrize(("inside_training", "there"), [(True, False), (False, True)])
def test_scores_within_the_training_rows_are_no_rivals_of_the_claim(inside_training: bool, there: bool) -> None:
    """One function scores ten candidates on inner rows and then the winner on others: nested, however good it is."""
    train, test = np.arange(60), np.arange(60, 100)
    rows = [*[train[40:] if inside_training else test] * 10, test]
    found = best_of(scores(rows, [*[train[:40]] * 10, train], [*np.linspace(0.6, 0.7, 10).tolist(), 0.71]))
    assert (found is not None) is there


@pytest.mark.parametrize(("judged_last", "there"), [(0.65, True), (0.58, False)])
def test_scores_on_other_held_out_rows_are_no_rivals_either(judged_last: float, there: bool) -> None:
    """One helper scores ten rounds on inner rows and on judged ones: only the latter chose what is best there."""
    train, inner, judged = np.split(np.arange(90), [40, 65])
    rows, rounds = [*[inner] * 10, *[judged] * 10], np.linspace(0.5, 0.6, 9).tolist()
    values = [*np.linspace(0.7, 0.8, 10).tolist(), *rounds, judged_last]
    found = best_of(scores(rows, [train] * 20, values))
    assert (found is not None) is there


@pytest.mark.parametrize(("folds", "there"), [(list(range(10)), True), ([0] * 9 + [1], False)])
def test_the_best_of_folds_that_share_no_row_is_a_choice(folds: list[int], there: bool) -> None:
    """Ten folds of which the best is claimed; nine candidates on one fold choose nothing about the next."""
    parts = np.split(np.arange(40, 90), 10)
    found = best_of(scores([parts[n] for n in folds], [np.arange(40)] * 10, np.linspace(0.5, 0.6, 10).tolist()))
    assert (found is not None) is there


def of_splits(best: int, judged: int) -> Trace:
    """Ten splits with a score each at one line, and a claim at another line on the held-out rows of one of them."""
    parts = np.array_split(np.arange(40, 90), 10)
    values = [0.6 if at == best else 0.5 + at / 1000 for at in range(10)]
    found = scores([*parts, parts[judged]], [np.arange(40)] * 11, [*values, 0.7])
    other = Place(PLACE.path, PLACE.line + 1)
    return replace(found, judged=(*found.judged[:-1], replace(found.judged[-1], place=other)))


@pytest.mark.parametrize(
    ("first", "second", "there"),
    [((3, 3), (7, 7), True), ((3, 3), (3, 3), False), ((3, 3), (7, 3), False), ((3, 9), (7, 9), False)],
    ids=["the best, whichever it is", "the best twice", "the best by luck", "always the last"],
)
def test_a_split_kept_for_its_score_is_a_choice(first: tuple[int, int], second: tuple[int, int], there: bool) -> None:
    """Its best split and the one it claims on, on real labels and on permuted ones."""
    assert (follows_the_best_rows([of_splits(*first), of_splits(*second)]) is not None) is there
