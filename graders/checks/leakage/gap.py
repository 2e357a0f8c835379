"""How far the claim lies above the hidden score, beyond noise and drift."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from graders.checks.leakage.accounts import trace_of, watched
from graders.checks.leakage.claimed import claimed, metric_named
from graders.checks.leakage.detectors import explained
from graders.checks.leakage.judged import asked_about, chosen_by_answers, chosen_rows, judged_rows
from graders.facts import Facts, once
from graders.measure import groups
from graders.measure.answers import predictions
from graders.measure.metrics import CLAIM_SHARE, Measured
from graders.measure.scoring import reachable
from graders.measure.wording import heading
from graders.model.case import NotApplicable, run_of
from graders.model.finding import Certainty, Evidence
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth
from graders.tasks.metric import Metric
from graders.words import say

#: Optimism in ROC AUC, and in standard errors, from which it is suspected and from which it is confirmed.
#: Honest forward validation on this kind of data is off by up to .03, through drift alone.
SUSPECTED = (0.03, 3.0)
CONFIRMED = (0.05, 4.0)
TRAIN_GAP = 0.15
#: Standard errors above the best month's oracle from which a claim is more than anybody can attain.
ATTAINABLE = 4.0
#: So many times the standard error of the usual hold-out a claim's may be: that of a sixteenth of its rows.
MOST_WIDER = 4.0
#: How far another claim may lie above what any threshold gives on the hidden rows: F1 of a few hundred rows scatters.
OTHER_GAP = 0.1


def beyond(gap: float, error: float, unit: float = 1.0, drift: float = 0.0) -> Certainty | None:
    """How sure it is that a gap is more than noise and drift; `unit` is the step that weighs one of ROC AUC does, and
    `drift` what the data alone explain."""
    for certainty, (least, errors) in ((Certainty.CONFIRMED, CONFIRMED), (Certainty.SUSPECTED, SUSPECTED)):
        if gap > least * unit + drift and gap - drift > errors * error:
            return certainty
    return None


@once
def drift(facts: Facts, of: Metric | None = None) -> float:
    """By how much the best answers are better on labelled rows than on hidden ones, by a metric or the challenge's; 0
    for a share, whose level is that of no target.  Whoever validates honestly sees labelled rows alone."""
    return _easier(facts, of or facts.measured.metric, by_months(facts))


@once
def drift_where_asked(facts: Facts) -> float:
    """The same of the rows that models were asked about, where these are known and were not chosen to be easy."""
    asked = _asked_about(facts) if chosen_rows(facts) is None else []
    known = _easier(facts, facts.measured.metric, asked) if asked else np.inf
    return min(drift(facts), known)


def _easier(facts: Facts, metric: Metric, parts: list[groups.Mask]) -> float:
    data = facts.case.dataset
    if metric.bounded:
        return 0.0
    hidden = metric.statistic.value(data.labels, data.oracle)
    return max(metric.better(_best_of(facts, metric, parts), hidden), 0.0)


def _asked_about(facts: Facts) -> list[groups.Mask]:
    """The judged rows together and by judgement, and all that models were asked about for them; where the claim is none
    that was seen, also those of each month, as it may be of some.  Empty where any of them are not known."""
    try:
        trace = trace_of(facts, watched(facts))
    except NotApplicable:
        return []
    behind, every = claimed(trace), by_months(facts)
    judgements = (*behind.leaves, *behind.found)
    known = [one.rows.members for one in judgements if one.rows is not None and not one.rows.unknown]
    if not known or len(known) < len(judgements) or trace.lost or not explained(facts):
        return []
    number = np.arange(trace.rows)
    if chosen_by_answers(facts) is not None:
        return [np.isin(number, asked_about(trace))]
    together = np.isin(number, np.concatenate(known))
    parts = [np.isin(number, rows) for rows in (*known, judged_rows(trace))]
    if not behind.linked:
        parts += [together & month for month in every]
    return [together, *(part for part in parts if part.sum() >= groups.LEAST_ROWS)]


def by_months(facts: Facts) -> list[groups.Mask]:
    """All labelled rows, and those of each date or month that are many."""
    rows = facts.case.dataset.public
    months = groups.months(rows, facts.case.challenge)
    masks = [(months == month).to_numpy() for month in sorted(months.unique())]
    return [np.ones(len(rows), np.bool_), *(mask for mask in masks if mask.sum() >= groups.LEAST_ROWS)]


@once
def wider(facts: Facts) -> float:
    """So many times larger the claim's standard error is than that of the usual hold-out, from 1 to MOST_WIDER: by the
    rows that evaluate was seen to judge.  1 where these are not known or more."""
    rows, usual = rows_judged(facts), CLAIM_SHARE * len(facts.case.dataset.public)
    return float(np.clip(np.sqrt(usual / rows), 1.0, MOST_WIDER)) if rows else 1.0


def rows_judged(facts: Facts) -> int:
    """How many rows the claim was seen to be of; 0 where that is not known."""
    try:
        return len(judged_rows(trace_of(facts, watched(facts)))) if explained(facts) else 0
    except NotApplicable:
        return 0


@once
def by_rows_judged(facts: Facts) -> Measured:
    """What was measured, with the claim's standard error for as many rows as it rests on: few lie far off by luck."""
    found = facts.measured
    return replace(found, claim_error=found.claim_error * wider(facts))


def held_by_optimism(measured: Measured) -> str:
    errors = measured.optimism / measured.optimism_error
    return say(
        "The claim is {errors:.1f} standard errors better than the hidden score; the cap begins at {confirmed:.0f}.",
        errors=errors,
        confirmed=CONFIRMED[1],
    )


def claim_above_hidden(facts: Facts) -> Iterator[Evidence]:
    found = by_rows_judged(facts)
    explained_by_rows, reason = drift_where_asked(facts), chosen_rows(facts)
    certainty = beyond(found.optimism, found.optimism_error, found.step(1.0), explained_by_rows)
    if reason is not None and certainty is None and found.optimism - explained_by_rows > found.optimism_error:
        certainty = Certainty.SUSPECTED
    if certainty:
        yield Evidence(_claimed(found), certainty=certainty)
        if reason is not None:
            yield Evidence(say("It is a claim of chosen rows: LEAK006 says which."), reason.where, certainty)
        elif (by_answers := chosen_by_answers(facts)) is not None:
            yield Evidence(by_answers.what, by_answers.where, certainty)
    best, margin = attainable(facts), max(ATTAINABLE * found.claim_error, found.step(CONFIRMED[0]))
    known = facts.case.dataset.simple is None  # of another table our strongest model is no bound: honest ones beat it
    if known and found.metric.better(found.claimed, best) > margin:
        could = (
            say("could have ranked these rows better than") if found.metric.name == "roc_auc" else say("could reach")
        )
        yield Evidence(
            say(
                "evaluate claims {metric_title} of {claimed:.3f}, and knowing the process that made the "
                "data no model {could} {best:.3f} in any month",
                metric_title=found.metric.title,
                claimed=found.claimed,
                could=could,
                best=best,
            )
        )
    if facts.case.challenge.task == "binary":
        yield from _other_claims_above_hidden(facts)


def _other_claims_above_hidden(facts: Facts) -> Iterator[Evidence]:
    """Claims of other metrics against the most that any threshold gives, whichever month's share of positives is
    taken, as these move with it: a suspicion at most."""
    hidden, data = predictions(facts.case, ProbeName.PREDICT), facts.case.dataset
    truth = public_truth(facts.case.challenge, data.public)
    by_month = [float(truth[part].mean()) for part in by_months(facts)]
    rates = sorted({float(data.labels.mean()), min(by_month), max(by_month)})
    found = [reachable(data.labels, hidden, rate) for rate in rates]
    for name, value in sorted(facts.measured.claims.items()):
        metric = metric_named(name)
        best = max((one[metric] for one in found if metric in one), default=np.inf)
        if value > best + OTHER_GAP:
            yield Evidence(
                say(
                    "evaluate claims {metric} of {value:.3f}; no threshold gives the model more than {best:.3f} "
                    "on the hidden rows, whichever month's share of positives is taken",
                    metric=metric.replace("_", " "),
                    value=value,
                    best=best,
                ),
                certainty=Certainty.SUSPECTED,
            )


def attainable(facts: Facts, of: Metric | None = None) -> float:
    """The best value of the oracle on the public rows, all of them or those of any month."""
    return _best_of(facts, of or metric_of(facts.case.challenge), by_months(facts))


def _best_of(facts: Facts, metric: Metric, parts: list[groups.Mask]) -> float:
    """The best value of the oracle on some parts of the public rows."""
    data = facts.case.dataset
    truth = public_truth(facts.case.challenge, data.public)
    return metric.best(np.asarray([metric.statistic.value(truth[part], data.public_oracle[part]) for part in parts]))


def train_above_hidden(facts: Facts) -> Iterator[Evidence]:
    run_of(facts.case.runs, ProbeName.PREDICT_PUBLIC)
    found = by_rows_judged(facts)
    if found.train is None:
        raise NotApplicable(
            say(
                "the probe '{predict_public}' gave no score on the training rows",
                predict_public=ProbeName.PREDICT_PUBLIC,
            )
        )
    certainty = beyond(found.optimism, found.optimism_error, found.step(1.0), drift(facts))
    if certainty and found.metric.better(found.train, found.hidden.value) > found.step(TRAIN_GAP):
        yield Evidence(
            say(
                "{metric} is {train:.3f} on the training rows and {hidden:.3f} on the hidden ones, and the "
                "candidate's own estimate of {claimed:.3f} did not show it",
                metric=heading(found.metric),
                train=found.train,
                hidden=found.hidden.value,
                claimed=found.claimed,
            ),
            certainty=certainty,
        )


def _claimed(measured: Measured) -> str:
    return say(
        "evaluate claims {metric_title} of {claimed:.3f}; on the hidden rows it is {hidden:.3f}, "
        "{optimism:.3f} or {optimism_2:.1f} standard errors {how}",
        metric_title=measured.metric.title,
        claimed=measured.claimed,
        hidden=measured.hidden.value,
        optimism=measured.optimism,
        optimism_2=measured.optimism / measured.optimism_error,
        how=say("less") if measured.metric.higher else say("more"),
    )
