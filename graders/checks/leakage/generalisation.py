"""Does the candidate's own estimate hold on rows nobody had seen?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graders.checks.check import Check
from graders.checks.leakage import interference, outside
from graders.checks.leakage.claimed import claimed, metric_named
from graders.checks.leakage.detectors import (
    choice_of,
    explained,
    lifts_null,
    looks,
    settled_with_others,
    trace_of,
    watched,
)
from graders.facts import Facts, once
from graders.measure import groups
from graders.measure.answers import claims, predictions
from graders.measure.importance import answer_word, of_row, unit_of
from graders.measure.metrics import CLAIM_SHARE, Measured, step
from graders.measure.scoring import SAME, reachable
from graders.measure.wording import heading, percent
from graders.model.arrays import FloatArray
from graders.model.case import Case, NotApplicable, run_of
from graders.model.challenge import Challenge
from graders.model.finding import Certainty, Evidence, Guide, Question, Severity
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth, uninformed
from graders.tasks.metric import Metric
from graders.words import N_, listed, say

#: Optimism in ROC AUC, and in standard errors, from which it is suspected and from which it is confirmed.
#: Honest forward validation on this kind of data is off by up to .03, through drift alone.
SUSPECTED = (0.03, 3.0)
CONFIRMED = (0.05, 4.0)
TRAIN_GAP = 0.15
#: How far above chance one claim on permuted labels must lie for more draws to be worth their time.
DOUBT = 0.02
#: Fresh draws are asked one at a time: no further one where their mean lies less above chance than the first number
#: (a leak worth naming lies three times as far), or where two lie above it by more than the second on average, or one
#: and the first claim by more than the third each, which confirms it.
PASSED, DECIDED, PLAIN = 0.01, 0.1, 0.2
FEWEST_DRAWS = 2
#: Where the accounts of the claim and of permuted labels both show a leak that lifts such a claim, chance need not be
#: ruled out by a second number: no fresh draw is asked where the first lies above chance by what confirms it and by
#: EXPLAINED errors of one claim, and one is enough where both lie above it by DECIDED.  Where they show none, no draw
#: is asked where it lies above by DECIDED and by FAR errors, if it is known how many rows were judged; else by
#: OVERWHELMING, which are as many as EXPLAINED should so few rows be behind it as MOST_WIDER allows.
EXPLAINED, FAR = 6.0, 10.0
#: So many times what relabelled rows were worth an honest claim loses at least, as features speak against the labels
#: of half of them: 2.1 to 12 times in 26 honest pipelines.  Labels mixed into answers keep it up.
FALLS = 1.5
#: Standard errors above the best month's oracle from which a claim is more than anybody can attain.
ATTAINABLE = 4.0
JUMP = 0.2
JUMPING = 0.05
#: The fall in ROC AUC under fresh identifiers from which a model is said to know its customers by them, where as many
#: rows jump as for a lookup: a number that is merely one feature among many moves the order a little, and no row far.
KNOWS_CUSTOMERS = 0.05
#: The same where a thousand rows are moved a little: what is looked up is the label, and it is lost.
KNOWS_ROWS = 0.05
#: So many times the standard error of the usual hold-out a claim's may be: that of a sixteenth of its rows.
MOST_WIDER = 4.0
OVERWHELMING = MOST_WIDER * EXPLAINED
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
    metric, data = of or facts.measured.metric, facts.case.dataset
    if metric.bounded:
        return 0.0
    return max(metric.better(attainable(facts, metric), metric.statistic.value(data.labels, data.oracle)), 0.0)


@once
def uninformed_at_best(facts: Facts) -> float:
    """What answers reach that know nothing of a row, on all labelled rows or those of a month, whichever is best: an
    honest estimate rests on some of them."""
    challenge = facts.case.challenge
    truth, parts = public_truth(challenge, facts.case.dataset.public), _months(facts)
    return metric_of(challenge).best(np.asarray([uninformed(challenge, truth[part], truth[part]) for part in parts]))


def _months(facts: Facts) -> list[groups.Mask]:
    """All labelled rows, and those of each date or month that are many."""
    rows = facts.case.dataset.public
    months = groups.months(rows, facts.case.challenge)
    masks = [(months == month).to_numpy() for month in sorted(months.unique())]
    return [np.ones(len(rows), np.bool_), *(mask for mask in masks if mask.sum() >= groups.LEAST_ROWS)]


def held_by_a_leak(measured: Measured) -> str:  # noqa: ARG001
    return say("A confirmed leak means that the estimate does not speak of rows to come.")


def held_by_optimism(measured: Measured) -> str:
    errors = measured.optimism / measured.optimism_error
    return say(
        "The claim is {errors:.1f} standard errors better than the hidden score; the cap begins at {confirmed:.0f}.",
        errors=errors,
        confirmed=CONFIRMED[1],
    )


@once
def wider(facts: Facts) -> float:
    """So many times larger the claim's standard error is than that of the usual hold-out, from 1 to MOST_WIDER: by the
    rows that evaluate was seen to judge.  1 where these are not known or more."""
    rows, usual = rows_judged(facts), CLAIM_SHARE * len(facts.case.dataset.public)
    return float(np.clip(np.sqrt(usual / rows), 1.0, MOST_WIDER)) if rows else 1.0


def rows_judged(facts: Facts) -> int:
    """How many rows the claim was seen to be of; 0 where that is not known."""
    try:
        judged = claimed(trace_of(facts, watched(facts))).found if explained(facts) else ()
    except NotApplicable:
        return 0
    parts = [judgement.rows.members for judgement in judged if judgement.rows is not None]
    return len(np.unique(np.concatenate(parts))) if parts else 0


@once
def by_rows_judged(facts: Facts) -> Measured:
    """What was measured, with the claim's standard error for as many rows as it rests on: few lie far off by luck."""
    found = facts.measured
    return replace(found, claim_error=found.claim_error * wider(facts))


def claim_above_hidden(facts: Facts) -> Iterator[Evidence]:
    found = by_rows_judged(facts)
    certainty = beyond(found.optimism, found.optimism_error, found.step(1.0), drift(facts))
    if certainty:
        yield Evidence(_claimed(found), certainty=certainty)
    best, margin = attainable(facts), max(ATTAINABLE * found.claim_error, found.step(CONFIRMED[0]))
    known = facts.case.dataset.simple is None  # of another table our strongest model is no bound: honest ones beat it
    if known and found.metric.better(found.claimed, best) > margin:
        could = (
            say("could have ranked these rows better than") if found.metric.name == "roc_auc" else say("could reach")
        )
        yield Evidence(
            say(
                "evaluate claims a {metric_title} of {claimed:.3f}, and knowing the process that made the "
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
    by_month = [float(truth[part].mean()) for part in _months(facts)]
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
    data, metric = facts.case.dataset, of or metric_of(facts.case.challenge)
    truth = public_truth(facts.case.challenge, data.public)
    values = [metric.statistic.value(truth[part], data.public_oracle[part]) for part in _months(facts)]
    return metric.best(np.asarray(values))


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


def claim_without_signal(facts: Facts) -> Iterator[Evidence]:
    """The first draw only raises the doubt; fresh draws decide, so that no unlucky one is held against anybody.

    No draw is made where evaluate beside other held-out labels fits the same, or other values for a known reason, and
    its claim falls with them.
    """
    if ProbeName.EVALUATE_NULL not in facts.case.runs and settled_with_others(facts) and fell_with_the_labels(facts):
        return
    first = run_of(facts.case.runs, ProbeName.EVALUATE_NULL).claims[facts.case.challenge.metric]
    if not null_in_doubt(facts):
        return
    if rank_in_doubt(facts):
        yield from _order_without_signal(facts)
    draws, found = np.array(claims(facts.case, sessions.NULL_DRAWS)), facts.measured
    if not len(draws) and settled_at_once(facts):
        yield Evidence(
            say(
                "with the labels handed to other rows at random, evaluate still reports a {metric_title} of "
                "{first:.3f} (an honest one {honest}, here by some {spread:.3f})",
                metric_title=found.metric.title,
                first=first,
                honest=_honest(facts),
                spread=_error_of_one(facts),
            )
        )
        return
    if len(draws) and above_chance(facts, draws.mean()) <= PASSED:
        return
    if not len(draws):
        raise NotApplicable(say("one claim on permuted labels is above chance, and there was no time for fresh draws"))
    certainty, spread = _beyond_chance(facts, draws)
    if certainty:
        told = listed(say("{draw:.3f}", draw=draw) for draw in (first, *draws))
        yield Evidence(
            say(
                "with the labels handed to other rows at random, {value} times over, evaluate still "
                "reports a {metric_title} of {told} (an honest one {honest}, here by some {spread:.3f})",
                value=1 + len(draws),
                metric_title=found.metric.title,
                told=told,
                honest=_honest(facts),
                spread=spread,
            ),
            certainty=certainty,
        )


def _honest(facts: Facts) -> str:
    """What an honest claim on permuted labels does."""
    chance = uninformed_at_best(facts)
    if facts.measured.metric.bounded:
        return say("scatters about {chance:.3f}", chance=chance)
    return say("is no better than {chance:.3f}", chance=chance)


def settled_at_once(facts: Facts) -> bool:
    """Whether the first claim on permuted labels lies too far above chance for luck: less far where the accounts show
    why."""
    first = claims(facts.case, [ProbeName.EVALUATE_NULL])
    if not first:
        return False
    above, least, errors = above_chance(facts, first[0]), DECIDED, FAR if rows_judged(facts) else OVERWHELMING
    if lifts_null(facts):
        least, errors = CONFIRMED[0], EXPLAINED
    try:
        return above > max(least, errors * _error_of_one(facts) / unit_at_chance(facts))
    except NotApplicable:  # without hidden rows nobody knows how a claim scatters
        return False


def _error_of_one(facts: Facts) -> float:
    """By how much one claim on permuted labels scatters, by its rows."""
    return facts.measured.null_error * wider(facts)


def _error_of_draws(facts: Facts, draws: int) -> float:
    """The same once there are fresh draws, whose mean's scatter was measured with that of the first."""
    return _error_of_one(facts) * float(np.sqrt(1 + draws))


def settled(facts: Facts) -> bool:
    """Whether evaluate is known to claim what labels that mean nothing give too, and the accounts show why, so that
    what other held-out features do would change no points: unless something speaks for LEAK001, which lifts no such
    claim."""
    if not lifts_null(facts) or any(signal.code == "LEAK001" for look in looks(facts) for signal in look.signals):
        return False
    try:
        return any(found.certainty is Certainty.CONFIRMED for found in claim_without_signal(facts))
    except NotApplicable:
        return False


def _beyond_chance(facts: Facts, draws: FloatArray) -> tuple[Certainty | None, float]:
    """How sure it is that fresh draws lie above chance, and by how much one of them scatters."""
    # One fresh draw has no scatter to look at, so that of its rows alone counts.
    scatter = float(np.std(draws, ddof=1)) if len(draws) >= FEWEST_DRAWS else 0.0
    spread = max(scatter, _error_of_draws(facts, len(draws)))
    error = spread / unit_at_chance(facts) / float(np.sqrt(len(draws)))
    return beyond(above_chance(facts, draws.mean()), error), spread


def _order_without_signal(facts: Facts) -> Iterator[Evidence]:
    """A loss on labels that mean nothing may be worse than the constant's and still rest on a leak: the order tells."""
    ranks = [rank for name in sessions.NULL_DRAWS if (rank := rank_of(facts, name)) is not None]
    if not ranks:
        return
    values = np.array([rank.value for rank in ranks])
    scatter = float(np.std(values, ddof=1)) if len(values) >= FEWEST_DRAWS else 0.0
    error = max(scatter, *(rank.error for rank in ranks)) / float(np.sqrt(len(values)))
    certainty = beyond(float(values.mean()) - 0.5, error)
    if certainty:
        yield Evidence(
            say(
                "with the labels handed to other rows at random, the answers that evaluate judges still put two rows "
                "in the order of these labels in {told} of cases (.5 is chance, here with an error of {error:.3f})",
                told=listed(say("{draw:.3f}", draw=value) for value in values),
                error=error,
            ),
            certainty=certainty,
        )


@dataclass(frozen=True)
class Rank:
    """How often judged answers put two rows in the order of permuted labels, with its standard error."""

    value: float
    error: float


@once
def rank_of(facts: Facts, name: str) -> Rank | None:
    """That of one draw, over the models of its claim; None where it is not known of all, or the metric is a share."""
    case = facts.case
    if metric_of(case.challenge).bounded:
        return None
    try:
        trace = trace_of(facts, name)
    except NotApplicable:
        return None
    leaves = claimed(trace).leaves
    ranks = [leaf.rank for leaf in leaves if leaf.rank is not None and leaf.rows is not None]
    if not leaves or len(ranks) < len(leaves):
        return None
    sizes = np.array([len(leaf.rows or ()) for leaf in leaves], float)
    rows = np.unique(np.concatenate([leaf.rows.members for leaf in leaves if leaf.rows is not None]))
    units = len(np.unique(case.challenge.units(case.dataset.public)[rows]))
    return Rank(float(np.average(ranks, weights=sizes)), _error_of_order(case, units))


def _error_of_order(case: Case, units: int) -> float:
    """The standard error of the order of so many independent units by chance: of numbers Spearman's, of classes that
    of a mean of areas, which all may err alike (Hanley and McNeil 1982)."""
    if case.challenge.task == "regression":
        return 0.5 / float(np.sqrt(max(units - 1, 1)))
    truth = public_truth(case.challenge, case.dataset.public)
    shares = np.bincount(truth.astype(np.intp)) / len(truth)
    known = shares[(shares > 0) & (shares < 1)]
    return float(np.sqrt(np.mean((1 / known + 1 / (1 - known)) / (12 * units))))


def rank_in_doubt(facts: Facts, name: str = ProbeName.EVALUATE_NULL) -> bool:
    """Whether a draw's answers are in the order of labels that mean nothing by more than may be passed over."""
    first = rank_of(facts, name)
    return first is not None and first.value - 0.5 > max(DOUBT, 2 * first.error)


def unit_at_chance(facts: Facts) -> float:
    """The step of the metric that weighs what one of ROC AUC does, where nothing is known."""
    chance = uninformed_at_best(facts)
    return step(metric_of(facts.case.challenge), chance, chance, 1.0)


def above_chance(facts: Facts, claim: float) -> float:
    """By how much a claim is better than what can be said without any information, as if it were ROC AUC."""
    return metric_of(facts.case.challenge).better(claim, uninformed_at_best(facts)) / unit_at_chance(facts)


def null_in_doubt(facts: Facts, name: str = ProbeName.EVALUATE_NULL) -> bool:
    """Whether the first claim on permuted labels lies above chance by more than may be passed over, or its order."""
    return rank_in_doubt(facts, name) or any(above_chance(facts, first) > DOUBT for first in claims(facts.case, [name]))


@once
def fell_with_the_labels(facts: Facts) -> bool:
    """Whether the claim fell as an honest one does where some judged rows have labels that mean nothing, and features
    that speak against them: by more than their whole share of it.  False where that share could be luck."""
    counted, seen = (claims(facts.case, [name]) for name in (watched(facts), ProbeName.EVALUATE_OTHERS))
    if not counted or not seen:
        return False
    leaves = claimed(trace_of(facts, watched(facts))).leaves
    judged = np.unique(np.concatenate([leaf.rows.members for leaf in leaves if leaf.rows is not None]))
    relabelled = interference.without_copies(choice_of(facts), facts.case.dataset.public)
    due = above_chance(facts, counted[0]) * len(relabelled) / len(judged)
    return due > DOUBT and above_chance(facts, counted[0]) - above_chance(facts, seen[0]) > FALLS * due


def another_draw_is_due(facts: Facts) -> bool:
    """Whether the claims on permuted labels so far leave open if there is a signal where there can be none."""
    draws = claims(facts.case, sessions.NULL_DRAWS)
    above = above_chance(facts, float(np.mean(draws))) if draws else DOUBT
    ranks = [rank.value - 0.5 for name in sessions.NULL_DRAWS if (rank := rank_of(facts, name)) is not None]
    above = max(above, float(np.mean(ranks)) if ranks else above)
    decided = (len(draws) >= FEWEST_DRAWS and above > DECIDED) or _plain(facts, draws)
    decided = decided or (not draws and settled_at_once(facts))
    return null_in_doubt(facts) and above > PASSED and not decided


def _plain(facts: Facts, draws: Sequence[float]) -> bool:
    """Whether the first claim on permuted labels and a fresh one both lie so far above chance that no more is asked."""
    first = claims(facts.case, [ProbeName.EVALUATE_NULL])
    if not draws:
        return False
    least = min(above_chance(facts, claim) for claim in (*first, *draws))
    try:
        error = _error_of_draws(facts, len(draws)) / unit_at_chance(facts)
        by_rows = bool(rows_judged(facts)) and least > EXPLAINED * error
        if least <= (DECIDED if lifts_null(facts) or by_rows else PLAIN):
            return False
        return _beyond_chance(facts, np.array(draws))[0] is Certainty.CONFIRMED
    except NotApplicable:  # without hidden rows nobody knows how a claim scatters
        return False


def memorises(facts: Facts) -> Iterator[Evidence]:
    if ProbeName.PREDICT_JITTERED not in facts.case.runs and not outside.worse_when_changed(facts.case):
        return
    known = predictions(facts.case, ProbeName.PREDICT_PUBLIC)
    labels, metric = public_truth(facts.case.challenge, facts.case.dataset.public), metric_of(facts.case.challenge)
    unit = unit_of(facts.case)
    at = sessions.sample_positions(len(known), facts.case.seed)
    jittered, same_rows = predictions(facts.case, ProbeName.PREDICT_JITTERED), known[at]
    share = float(np.mean(of_row(jittered - same_rows) > JUMP * unit))
    exact, near = (metric.statistic.value(labels[at], answers) for answers in (same_rows, jittered))
    least = step(metric, uninformed_at_best(facts), near, KNOWS_ROWS)
    if share > JUMPING and metric.better(exact, near) > least and not of_the_batch(facts):
        yield Evidence(  # of the batch: the smaller one may have moved them
            say(
                "{share} of {jittered:,} training rows jump by more than {jump} when their numbers move by "
                "the least that their columns can hold, and {metric_title} on them goes from {exact:.3f} "
                "to {near:.3f}: the model looks rows up",
                share=percent(share),
                jittered=len(jittered),
                jump=_jump(facts.case),
                metric_title=metric.title,
                exact=exact,
                near=near,
            )
        )
    if no_identifier(facts.case.challenge):
        return
    strange = predictions(facts.case, ProbeName.PREDICT_STRANGERS)
    # The oldest records hold an answer for every row.
    in_a_crowd = len(strange) < len(known) or len(known) <= sessions.CROWD_OF_OLD
    if in_a_crowd:
        asked = sessions.sample_positions(len(known), facts.case.seed, len(strange))
        known, labels = known[asked], labels[asked]
    own, fresh = (metric.statistic.value(labels, answers) for answers in (known, strange))
    least = step(metric, uninformed_at_best(facts), fresh, KNOWS_CUSTOMERS)
    jumping = float(np.mean(of_row(strange - known) > JUMP * unit))
    if metric.better(own, fresh) > least and jumping > JUMPING and not (in_a_crowd and of_the_batch(facts)):
        yield Evidence(
            say(
                "{metric} on the training rows goes from {own:.3f} to {fresh:.3f} when {group} holds "
                "numbers that nobody has: the model knows its training rows by it",
                metric=heading(metric),
                own=own,
                fresh=fresh,
                group=facts.case.challenge.group,
            )
        )


def _jump(case: Case) -> str:
    return (
        say("{jump} standard deviations of the target", jump=JUMP)
        if case.challenge.task == "regression"
        else say("{jump} in probability", jump=JUMP)
    )


def of_the_batch(facts: Facts) -> bool:
    """Whether a row's prediction is another one in another batch, for whatever reason; NotApplicable where nobody has
    asked, as answers that differ for another reason may do so for this one."""
    return bool(outside.moved_by_the_batch(facts.case).max() > SAME * unit_of(facts.case))


def no_identifier(challenge: Challenge) -> str:
    """Why no model is asked about rows under fresh identifiers; empty where models are."""
    if challenge.group is None:
        return say("the challenge has no column that names the unit of a row")
    return (
        ""
        if challenge.new_units
        else say("hidden rows are of known units, so that {group} may be used", group=challenge.group)
    )


def rests_on_the_identifier(facts: Facts) -> Iterator[Evidence]:
    if why := no_identifier(facts.case.challenge):
        raise NotApplicable(why)
    if of_the_batch(facts):
        raise NotApplicable(
            say("predictions depend on the rows beside them, so that one column's effect cannot be told")
        )
    if ProbeName.PREDICT_REKEYED not in facts.case.runs and outside.unmoved_by_changes(facts.case):
        return
    whole = predictions(facts.case, ProbeName.PREDICT)
    same_rows = whole[sessions.sample_positions(len(whole), facts.case.seed)]
    rekeyed = predictions(facts.case, ProbeName.PREDICT_REKEYED)
    moved = of_row(rekeyed - same_rows)
    if moved.max() > SAME * unit_of(facts.case):
        share = float((moved > SAME * unit_of(facts.case)).mean())
        if share < outside.FEW:
            raise NotApplicable(
                say("only {share} of the rows move, as rounding alone may do in a smaller batch", share=percent(share))
            )
        yield Evidence(
            say(
                "{share} of {moved:,} hidden rows get another {answer_word} when {group} holds other numbers "
                "that nobody has had, by {moved_2:.3g} at most",
                share=percent(share),
                moved=len(moved),
                answer_word=answer_word(facts.case),
                group=facts.case.challenge.group,
                moved_2=moved.max(),
            )
        )


def _claimed(measured: Measured) -> str:
    return say(
        "evaluate claims a {metric_title} of {claimed:.3f}; on the hidden rows it is {hidden:.3f}, "
        "{optimism:.3f} or {optimism_2:.1f} standard errors {how}",
        metric_title=measured.metric.title,
        claimed=measured.claimed,
        hidden=measured.hidden.value,
        optimism=measured.optimism,
        optimism_2=measured.optimism / measured.optimism_error,
        how=say("less") if measured.metric.higher else say("more"),
    )


CHECKS = (
    Check(
        code="OVR001",
        title=N_("Train score far above hidden score"),
        severity=Severity.MINOR,
        family="leakage",
        verdict="overfitting",
        criteria=("generalisation",),
        shown_in="gap",
        function="evaluate",
        examine=train_above_hidden,
        guide=Guide(
            detect=(
                N_(
                    "The saved model scores the rows it was trained on. A wide gap to the hidden rows counts "
                    "only where the candidate's own estimate missed it. A forest with a perfect train score and "
                    "an honest estimate is sound."
                )
            ),
            why=N_(
                "A model that learnt its rows by heart wastes capacity and misleads whoever looks at the train score."
            ),
            avoid=N_("Regularise, stop early on rows held out for that, and judge by validation, never by the fit."),
        ),
        question=Question(
            say("Train and hidden score lie far apart. Three causes, and the first experiment you would run?"),
            say("variance, leakage, shift; a learning curve or regularisation; one change at a time"),
            say('"more data", or a bigger model'),
        ),
    ),
    Check(
        code="OVR002",
        title=N_("Claim above hidden score beyond noise"),
        severity=Severity.MAJOR,
        family="leakage",
        verdict="overfitting",
        cap=held_by_optimism,
        criteria=("generalisation",),
        shown_in="gap",
        function="evaluate",
        examine=claim_above_hidden,
        guide=Guide(
            detect=(
                N_(
                    "The claim of evaluate is compared with the score on hidden rows, in units of both standard "
                    "errors. We leave room for honest drift."
                )
            ),
            why=N_("Decisions are made on the estimate. One that is too good hides every other problem."),
            avoid=(
                N_(
                    "Validate as the model will be used: on a {unit} it was not trained on, later than all "
                    "training rows."
                )
            ),
        ),
        question=Question(
            say("You estimated better than we measured on new rows. Explain the gap."),
            say("considers intervals, selection, leakage and shift, without defending"),
            say("blames the hidden data only"),
        ),
    ),
    Check(
        code="OVR003",
        title=N_("The claim stays above chance when labels are permuted"),
        severity=Severity.CRITICAL,
        family="leakage",
        verdict="leakage",
        cap=held_by_a_leak,
        criteria=(
            "leakage",
            "evaluation-design",
        ),
        shown_in="gap",
        function="evaluate",
        examine=claim_without_signal,
        guide=Guide(
            detect=(
                N_(
                    "evaluate runs once more on data whose labels were handed to other rows. Nothing can be "
                    "learnt from it, so an honest estimate is .5 within noise. A first draw above .52 is "
                    "followed by up to three fresh ones, which alone decide. None is made where the first lies too "
                    "far above for luck."
                )
            ),
            why=N_("An estimate that finds signal where there is none measures the leak, not the model."),
            avoid=(
                N_(
                    "Keep the rows of one {unit} on one side of every split. Fit everything inside the fold. "
                    "Never score rows the model was fitted on."
                )
            ),
        ),
        question=Question(
            say("With meaningless labels your evaluation still reports skill. Where does it come from?"),
            (say("names the rows that are shared, or the step fitted on all rows; splits by {unit}; re-estimates")),
            say("cannot say what the permutation shows"),
        ),
        by_task=dict.fromkeys(
            ("multiclass", "regression"),
            (
                Guide(
                    detect=N_(
                        "evaluate runs once more on data whose targets were handed to other rows. Nothing can be "
                        "learnt from it, so an honest {metric} is no better than without any information. A first "
                        "draw that is better is followed by up to three fresh ones, which alone decide. None is made "
                        "where the first is too good for luck."
                    ),
                    why=N_("An estimate that finds signal where there is none measures the leak, not the model."),
                    avoid=N_(
                        "Keep the rows of one {unit} on one side of every split. Fit everything inside the fold. "
                        "Never score rows the model was fitted on."
                    ),
                ),
                Question(
                    say("With meaningless targets your evaluation still reports skill. Where does it come from?"),
                    say(
                        "names the rows that are shared, or the step fitted on all rows; splits by {unit}; re-estimates"
                    ),
                    say("cannot say what the permutation shows"),
                ),
            ),
        ),
    ),
    Check(
        code="OVR004",
        title=N_("Memorises training rows"),
        severity=Severity.MAJOR,
        family="leakage",
        verdict="overfitting",
        shown_in="gap",
        function="evaluate",
        examine=memorises,
        guide=Guide(
            detect=(
                N_(
                    "Training rows are predicted again with measured numbers moved by one part in a million. They "
                    "come under an identifier that nobody has, and no number moves past a value that occurs. A model "
                    "that looks rows up then loses what it knew of their labels. Trees and nearest neighbours do not. "
                    "Where answers get worse, each change is made by itself."
                )
            ),
            why=N_("A lookup table predicts nothing it has not seen, and it carries personal rows into production."),
            avoid=N_("Predict from features with a fitted model; keep no training rows beside it."),
        ),
        question=Question(
            say("Tiny changes of a known row change its score a lot. What does the model really hold?"),
            say("recognises the lookup, says what it does to new rows and to privacy"),
            say("sees robustness as somebody else's job"),
        ),
    ),
    Check(
        code="OVR005",
        title=N_("The identifier moves a prediction"),
        severity=Severity.MINOR,
        family="leakage",
        verdict="overfitting",
        shown_in="gap",
        function="evaluate",
        examine=rests_on_the_identifier,
        guide=Guide(
            detect=(
                N_(
                    "Training rows are predicted again under identifiers that nobody has. Where answers change, a "
                    "thousand hidden rows are as well. A model that serves new rows gives the same answers."
                )
            ),
            why=N_("An identifier says nothing of the next {unit}. Splits on it are noise learnt by heart."),
            avoid=N_("Use identifiers to split and to join, and leave them out of the features."),
        ),
        question=Question(
            (
                say(
                    "Your model reads the identifier of the {unit}. What has it learnt from it, and what will it "
                    "do to the next one?"
                )
            ),
            say("sees that it is memory or an accident of numbering; drops it; checks the score without it"),
            say("the trees will ignore it if it does not matter"),
        ),
    ),
)
