"""Does the candidate's own estimate hold on rows nobody had seen?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from graders.checks.check import Check
from graders.checks.leakage import outside
from graders.checks.leakage.claimed import claimed, metric_named
from graders.checks.leakage.detectors import explained, trace_of
from graders.facts import Facts, once
from graders.measure import groups
from graders.measure.answers import claims, predictions, run_of
from graders.measure.importance import answer_word, of_row, unit_of
from graders.measure.metrics import CLAIM_SHARE, Measured, step
from graders.measure.scoring import SAME, reachable
from graders.measure.wording import heading, percent
from graders.model.case import Case, NotApplicable
from graders.model.challenge import Challenge
from graders.model.finding import Certainty, Evidence, Guide, Question, Severity
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth, uninformed
from graders.tasks.metric import Metric

#: Optimism in ROC AUC, and in standard errors, from which it is suspected and from which it is confirmed.
#: Honest forward validation on this kind of data is off by up to .03, through drift alone.
SUSPECTED = (0.03, 3.0)
CONFIRMED = (0.05, 4.0)
TRAIN_GAP = 0.15
#: How far above chance one claim on permuted labels must lie for more draws to be worth their time.
DOUBT = 0.02
#: Fresh draws are asked one at a time: no further one where their mean lies less above chance than the first number
#: (a leak worth naming lies three times as far), or where two lie above it by more than the second on average.
PASSED, DECIDED = 0.01, 0.1
FEWEST_DRAWS = 2
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
    return "A confirmed leak means that the estimate does not speak of new customers."


def held_by_optimism(measured: Measured) -> str:
    errors = measured.optimism / measured.optimism_error
    return f"The claim is {errors:.1f} standard errors above the hidden score; the cap begins at {CONFIRMED[1]:.0f}."


@once
def wider(facts: Facts) -> float:
    """So many times larger the claim's standard error is than that of the usual hold-out, from 1 to MOST_WIDER: by the
    rows that evaluate was seen to judge.  1 where these are not known or more."""
    data = facts.case.dataset.public
    try:
        judged = claimed(trace_of(facts, ProbeName.EVALUATE_AGAIN)).found if explained(facts) else ()
    except NotApplicable:
        return 1.0
    parts = [judgement.rows.members for judgement in judged if judgement.rows is not None]
    rows = len(np.unique(np.concatenate(parts))) if parts else 0
    return float(np.clip(np.sqrt(CLAIM_SHARE * len(data) / rows), 1.0, MOST_WIDER)) if rows else 1.0


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
    if found.metric.better(found.claimed, best) > margin:
        could = "could have ranked these customers better than" if found.metric.name == "roc_auc" else "could reach"
        yield Evidence(
            f"evaluate claims a {found.metric.title} of {found.claimed:.3f}, and knowing the process that made the "
            f"data no model {could} {best:.3f} in any month"
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
                f"evaluate claims {metric.replace('_', ' ')} of {value:.3f}; no threshold gives the model more than "
                f"{best:.3f} on the hidden rows, whichever month's share of positives is taken",
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
        raise NotApplicable(f"the probe '{ProbeName.PREDICT_PUBLIC}' gave no score on the training rows")
    certainty = beyond(found.optimism, found.optimism_error, found.step(1.0), drift(facts))
    if certainty and found.metric.better(found.train, found.hidden.value) > found.step(TRAIN_GAP):
        yield Evidence(
            f"{heading(found.metric)} is {found.train:.3f} on the training rows and {found.hidden.value:.3f} on the "
            f"hidden ones, and the candidate's own estimate of {found.claimed:.3f} did not show it",
            certainty=certainty,
        )


def claim_without_signal(facts: Facts) -> Iterator[Evidence]:
    """The first draw only raises the doubt; fresh draws decide, so that no unlucky one is held against anybody."""
    first = run_of(facts.case.runs, ProbeName.EVALUATE_NULL).claims[facts.case.challenge.metric]
    if not null_in_doubt(facts):
        return
    draws, found = np.array(claims(facts.case, sessions.NULL_DRAWS)), facts.measured
    if len(draws) and above_chance(facts, draws.mean()) <= PASSED:
        return
    if not len(draws):
        raise NotApplicable("one claim on permuted labels is above chance, and there was no time for fresh draws")
    # A dear evaluate leaves one fresh draw: it has no scatter to look at, so that of its rows alone counts.
    scatter = float(np.std(draws, ddof=1)) if len(draws) >= FEWEST_DRAWS else 0.0
    spread = max(scatter, found.null_error * wider(facts) * float(np.sqrt(1 + len(draws))))
    unit = unit_at_chance(facts)
    certainty = beyond(above_chance(facts, draws.mean()), spread / unit / float(np.sqrt(len(draws))))
    if certainty:
        told = ", ".join(f"{draw:.3f}" for draw in (first, *draws))
        chance = uninformed_at_best(facts)
        honest = f"scatters about {chance:.3f}" if found.metric.bounded else f"is no better than {chance:.3f}"
        yield Evidence(
            f"with the labels handed to other customers at random, {1 + len(draws)} times over, evaluate still reports "
            f"a {found.metric.title} of {told} (an honest one {honest}, here by some {spread:.3f})",
            certainty=certainty,
        )


def unit_at_chance(facts: Facts) -> float:
    """The step of the metric that weighs what one of ROC AUC does, where nothing is known."""
    chance = uninformed_at_best(facts)
    return step(metric_of(facts.case.challenge), chance, chance, 1.0)


def above_chance(facts: Facts, claim: float) -> float:
    """By how much a claim is better than what can be said without any information, as if it were ROC AUC."""
    return metric_of(facts.case.challenge).better(claim, uninformed_at_best(facts)) / unit_at_chance(facts)


def null_in_doubt(facts: Facts) -> bool:
    """Whether the first claim on permuted labels lies above chance by more than may be passed over."""
    return any(above_chance(facts, first) > DOUBT for first in claims(facts.case, [ProbeName.EVALUATE_NULL]))


def another_draw_is_due(facts: Facts) -> bool:
    """Whether the claims on permuted labels so far leave open if there is a signal where there can be none."""
    draws = claims(facts.case, sessions.NULL_DRAWS)
    above = above_chance(facts, float(np.mean(draws))) if draws else DOUBT
    return null_in_doubt(facts) and above > PASSED and not (len(draws) >= FEWEST_DRAWS and above > DECIDED)


def memorises(facts: Facts) -> Iterator[Evidence]:
    known = predictions(facts.case, ProbeName.PREDICT_PUBLIC)
    labels, metric = public_truth(facts.case.challenge, facts.case.dataset.public), metric_of(facts.case.challenge)
    unit = unit_of(facts.case)
    at = sessions.sample_positions(len(known), facts.case.seed)
    jittered, same_rows = predictions(facts.case, ProbeName.PREDICT_JITTERED), known[at]
    share = float(np.mean(of_row(jittered - same_rows) > JUMP * unit))
    exact, near = (metric.statistic.value(labels[at], answers) for answers in (same_rows, jittered))
    least = step(metric, uninformed_at_best(facts), near, KNOWS_ROWS)
    if share > JUMPING and metric.better(exact, near) > least and not of_the_batch(facts):
        moves = "falls" if metric.higher else "rises"
        yield Evidence(  # of the batch: the smaller one may have moved them
            f"{percent(share)} of {len(jittered):,} training rows jump by more than {_jump(facts.case)} when their "
            f"numbers move by the least that their columns can hold, and {metric.title} on them {moves} from "
            f"{exact:.3f} to {near:.3f}: the model looks rows up"
        )
    if no_identifier(facts.case.challenge):
        return
    strange = predictions(facts.case, ProbeName.PREDICT_STRANGERS)
    in_a_crowd = len(strange) == min(len(known), sessions.CROWD)  # records of old hold an answer for every row
    if in_a_crowd:
        asked = sessions.sample_positions(len(known), facts.case.seed, sessions.CROWD)
        known, labels = known[asked], labels[asked]
    own, fresh = (metric.statistic.value(labels, answers) for answers in (known, strange))
    least = step(metric, uninformed_at_best(facts), fresh, KNOWS_CUSTOMERS)
    jumping = float(np.mean(of_row(strange - known) > JUMP * unit))
    if metric.better(own, fresh) > least and jumping > JUMPING and not (in_a_crowd and of_the_batch(facts)):
        moves = "falls" if metric.higher else "rises"
        yield Evidence(
            f"{heading(metric)} on the training rows {moves} from {own:.3f} to {fresh:.3f} when "
            f"{facts.case.challenge.group} holds numbers that nobody has: the model recognises customers by it"
        )


def _jump(case: Case) -> str:
    return (
        f"{JUMP} standard deviations of the target" if case.challenge.task == "regression" else f"{JUMP} in probability"
    )


def of_the_batch(facts: Facts) -> bool:
    """Whether a row's prediction is another one in another batch, for whatever reason; NotApplicable where nobody has
    asked, as answers that differ for another reason may do so for this one."""
    return bool(outside.moved_by_the_batch(facts.case).max() > SAME * unit_of(facts.case))


def no_identifier(challenge: Challenge) -> str:
    """Why no model is asked about rows under fresh identifiers; empty where models are."""
    if challenge.group is None:
        return "the challenge has no column that names the unit of a row"
    return "" if challenge.new_units else f"hidden rows are of known units, so that {challenge.group} may be used"


def rests_on_the_identifier(facts: Facts) -> Iterator[Evidence]:
    if why := no_identifier(facts.case.challenge):
        raise NotApplicable(why)
    whole = predictions(facts.case, ProbeName.PREDICT)
    same_rows = whole[sessions.sample_positions(len(whole), facts.case.seed)]
    rekeyed = predictions(facts.case, ProbeName.PREDICT_REKEYED)
    if of_the_batch(facts):
        raise NotApplicable("predictions depend on the rows beside them, so that one column's effect cannot be told")
    moved = of_row(rekeyed - same_rows)
    if moved.max() > SAME * unit_of(facts.case):
        share = float((moved > SAME * unit_of(facts.case)).mean())
        if share < outside.FEW:
            raise NotApplicable(f"only {percent(share)} of the rows move, as rounding alone may do in a smaller batch")
        yield Evidence(
            f"{percent(share)} of {len(moved):,} hidden rows get another {answer_word(facts.case)} when "
            f"{facts.case.challenge.group} holds other numbers that nobody has had, by {moved.max():.3g} at most"
        )


def _claimed(found: Measured) -> str:
    return (
        f"evaluate claims a {found.metric.title} of {found.claimed:.3f}; on the hidden rows it is "
        f"{found.hidden.value:.3f}, {found.optimism:.3f} or {found.optimism / found.optimism_error:.1f} standard "
        f"errors {'less' if found.metric.higher else 'more'}"
    )


CHECKS = (
    Check(
        code="OVR001",
        title="Train score far above hidden score",
        severity=Severity.MINOR,
        family="leakage",
        verdict="overfitting",
        criteria=("generalisation",),
        shown_in="gap",
        function="evaluate",
        examine=train_above_hidden,
        guide=Guide(
            detect=(
                "The saved model scores the rows it was trained on. A wide gap to the hidden rows counts "
                "only where the candidate's own estimate missed it. A forest with a perfect train score "
                "and an honest estimate is sound."
            ),
            why="A model that learnt its rows by heart wastes capacity and misleads whoever looks at the train score.",
            avoid="Regularise, stop early on rows held out for that, and judge by validation, never by the fit.",
        ),
        question=Question(
            "Train and hidden score lie far apart. Three causes, and the first experiment you would run?",
            "variance, leakage, shift; a learning curve or regularisation; one change at a time",
            '"more data", or a bigger model',
        ),
    ),
    Check(
        code="OVR002",
        title="Claim above hidden score beyond noise",
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
                "The claim of evaluate is compared with the score on hidden rows, in units of both "
                "standard errors. We leave room for honest drift."
            ),
            why="Decisions are made on the estimate. One that is too good hides every other problem.",
            avoid=(
                "Validate as the model will be used: on a {unit} it was not trained on, later than all training rows."
            ),
        ),
        question=Question(
            "You estimated better than we measured on new rows. Explain the gap.",
            "considers intervals, selection, leakage and shift, without defending",
            "blames the hidden data only",
        ),
    ),
    Check(
        code="OVR003",
        title="The claim stays above chance when labels are permuted",
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
                "evaluate runs once more on data whose labels were handed to other rows. Nothing can be "
                "learnt from it, so an honest estimate is .5 within noise. A first draw above .52 is "
                "followed by up to three fresh ones, which alone decide."
            ),
            why="An estimate that finds signal where there is none measures the leak, not the model.",
            avoid=(
                "Keep the rows of one {unit} on one side of every split. Fit everything inside the fold. "
                "Never score rows the model was fitted on."
            ),
        ),
        question=Question(
            "With meaningless labels your evaluation still reports skill. Where does it come from?",
            ("names the rows that are shared, or the step fitted on all rows; splits by {unit}; re-estimates"),
            "cannot say what the permutation shows",
        ),
        by_task=dict.fromkeys(
            ("multiclass", "regression"),
            (
                Guide(
                    detect="evaluate runs once more on data whose targets were handed to other rows. Nothing can "
                    "be learnt "
                    "from it, so an honest {metric} is no better than without any information. A first draw that is "
                    "better is followed by up to three fresh ones, which alone decide.",
                    why="An estimate that finds signal where there is none measures the leak, not the model.",
                    avoid="Keep the rows of one {unit} on one side of every split. Fit everything inside the "
                    "fold. Never "
                    "score rows the model was fitted on.",
                ),
                Question(
                    "With meaningless targets your evaluation still reports skill. Where does it come from?",
                    "names the rows that are shared, or the step fitted on all rows; splits by {unit}; re-estimates",
                    "cannot say what the permutation shows",
                ),
            ),
        ),
    ),
    Check(
        code="OVR004",
        title="Memorises training rows",
        severity=Severity.MAJOR,
        family="leakage",
        verdict="overfitting",
        shown_in="gap",
        function="evaluate",
        examine=memorises,
        guide=Guide(
            detect=(
                "A thousand training rows are predicted again with measured numbers moved by one part in "
                "a million. No number moves past a value that occurs. Some rows come under an identifier "
                "that nobody has. A model that looks rows up then loses what it knew of their labels. "
                "Trees and nearest neighbours do not."
            ),
            why="A lookup table predicts nothing it has not seen, and it carries personal rows into production.",
            avoid="Predict from features with a fitted model; keep no training rows beside it.",
        ),
        question=Question(
            "Tiny changes of a known row change its score a lot. What does the model really hold?",
            "recognises the lookup, says what it does to new rows and to privacy",
            "sees robustness as somebody else's job",
        ),
    ),
    Check(
        code="OVR005",
        title="The identifier moves a prediction",
        severity=Severity.MINOR,
        family="leakage",
        verdict="overfitting",
        shown_in="gap",
        function="evaluate",
        examine=rests_on_the_identifier,
        guide=Guide(
            detect=(
                "A thousand hidden rows are predicted again under identifiers that nobody has. A model "
                "that serves new rows gives the same answers."
            ),
            why="An identifier says nothing of the next {unit}. Splits on it are noise learnt by heart.",
            avoid="Use identifiers to split and to join, and leave them out of the features.",
        ),
        question=Question(
            (
                "Your model reads the identifier of the {unit}. What has it learnt from it, and what will"
                " it do to the next one?"
            ),
            "sees that it is memory or an accident of numbering; drops it; checks the score without it",
            "the trees will ignore it if it does not matter",
        ),
    ),
)
