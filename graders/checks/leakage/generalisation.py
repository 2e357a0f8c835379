"""Does the candidate's own estimate hold on rows nobody had seen?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graders.checks.check import Check
from graders.checks.leakage import outside
from graders.checks.leakage.claimed import metric_of
from graders.facts import Facts
from graders.measure.answers import claims, predictions, run_of
from graders.measure.metrics import Measured
from graders.measure.scoring import SAME, reachable, roc_auc
from graders.measure.wording import percent
from graders.model.case import NotApplicable
from graders.model.finding import Certainty, Evidence, Guide, Question, Severity
from graders.probes import sessions

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
#: How far another claim may lie above what any threshold gives on the hidden rows: F1 of a few hundred rows scatters.
OTHER_GAP = 0.1


def beyond(gap: float, error: float) -> Certainty | None:
    """How sure it is that a gap in ROC AUC is more than noise and drift."""
    for certainty, (least, errors) in ((Certainty.CONFIRMED, CONFIRMED), (Certainty.SUSPECTED, SUSPECTED)):
        if gap > least and gap > errors * error:
            return certainty
    return None


def held_by_a_leak(measured: Measured) -> str:  # noqa: ARG001
    return "A confirmed leak means that the estimate is not valid for new customers."


def held_by_optimism(measured: Measured) -> str:
    errors = measured.optimism / measured.optimism_error
    limit = f"{CONFIRMED[1]:.0f}"
    return f"The claim is {errors:.1f} standard errors above the hidden score. The band is limited from {limit} on."


def claim_above_hidden(facts: Facts) -> Iterator[Evidence]:
    found = facts.measured
    certainty = beyond(found.optimism, found.optimism_error)
    if certainty:
        yield Evidence(_claimed(found), certainty=certainty)
    best = attainable(facts)
    if found.claimed > best + max(ATTAINABLE * found.claim_error, CONFIRMED[0]):
        yield Evidence(
            f"evaluate claims a ROC AUC of {found.claimed:.3f}, and knowing the process that made the data no "
            f"model could have ranked these customers better than {best:.3f} in any month"
        )
    yield from _other_claims_above_hidden(facts)


def _other_claims_above_hidden(facts: Facts) -> Iterator[Evidence]:
    """Claims of other metrics against the most that any threshold gives, whichever month's share of positives is
    taken, as these move with it: a suspicion at most."""
    hidden, data = predictions(facts.case, sessions.PREDICT), facts.case.dataset
    months = data.public.groupby(facts.case.challenge.time)[facts.case.challenge.target].mean()
    rates = sorted({float(data.labels.mean()), float(months.min()), float(months.max())})
    found = [reachable(data.labels, hidden, rate) for rate in rates]
    for name, value in sorted(facts.measured.claims.items()):
        metric = metric_of(name)
        best = max((one[metric] for one in found if metric in one), default=np.inf)
        if value > best + OTHER_GAP:
            yield Evidence(
                f"evaluate claims {metric.replace('_', ' ')} of {value:.3f}; no threshold gives the model more than "
                f"{best:.3f} on the hidden rows, whichever month's share of positives is taken",
                certainty=Certainty.SUSPECTED,
            )


def attainable(facts: Facts) -> float:
    """The best ROC AUC of the oracle in any month of the public rows."""
    rows, data = facts.case.dataset.public, facts.case.dataset
    labels = rows[facts.case.challenge.target].to_numpy()
    months = rows[facts.case.challenge.time].to_numpy()
    scores = [roc_auc(labels[months == month], data.public_oracle[months == month]) for month in np.unique(months)]
    return float(np.nanmax([*scores, roc_auc(labels, data.public_oracle)]))


def train_above_hidden(facts: Facts) -> Iterator[Evidence]:
    run_of(facts.case.runs, sessions.PREDICT_PUBLIC)
    found = facts.measured
    if found.train is None:
        raise NotApplicable(f"the probe '{sessions.PREDICT_PUBLIC}' gave no score on the training rows")
    certainty = beyond(found.optimism, found.optimism_error)
    if certainty and found.train - found.hidden.value > TRAIN_GAP:
        yield Evidence(
            f"ROC AUC is {found.train:.3f} on the training rows and {found.hidden.value:.3f} on the hidden "
            f"ones, and the candidate's own estimate of {found.claimed:.3f} did not show it",
            certainty=certainty,
        )


def claim_without_signal(facts: Facts) -> Iterator[Evidence]:
    """The first draw only raises the doubt; fresh draws decide, so that no unlucky one is held against anybody."""
    first = run_of(facts.case.runs, sessions.EVALUATE_NULL).claims["roc_auc"]
    if not null_in_doubt(facts):
        return
    draws = np.array(claims(facts.case, sessions.NULL_DRAWS))
    if len(draws) and draws.mean() - 0.5 <= PASSED:
        return
    if len(draws) < FEWEST_DRAWS:
        raise NotApplicable("one claim on permuted labels is above chance, and there was no time for fresh draws")
    spread = max(float(np.std(draws, ddof=1)), facts.measured.claim_error)
    certainty = beyond(float(draws.mean()) - 0.5, spread / float(np.sqrt(len(draws))))
    if certainty:
        told = ", ".join(f"{draw:.3f}" for draw in (first, *draws))
        yield Evidence(
            f"with the labels handed to other customers at random, {1 + len(draws)} times over, evaluate still reports "
            f"a ROC AUC of {told} (a sound one is near 0.500, give or take {spread:.3f})",
            certainty=certainty,
        )


def null_in_doubt(facts: Facts) -> bool:
    """Whether the first claim on permuted labels lies above chance by more than may be passed over."""
    return any(first - 0.5 > DOUBT for first in claims(facts.case, [sessions.EVALUATE_NULL]))


def another_draw_is_due(facts: Facts) -> bool:
    """Whether the claims on permuted labels so far leave open if there is a signal where there can be none."""
    draws = claims(facts.case, sessions.NULL_DRAWS)
    above = float(np.mean(draws)) - 0.5 if draws else DOUBT
    return null_in_doubt(facts) and above > PASSED and not (len(draws) >= FEWEST_DRAWS and above > DECIDED)


def memorises(facts: Facts) -> Iterator[Evidence]:
    known = predictions(facts.case, sessions.PREDICT_PUBLIC)
    labels = facts.case.dataset.public[facts.case.challenge.target].to_numpy()
    at = sessions.sample_positions(len(known), facts.case.seed)
    jittered, same_rows = predictions(facts.case, sessions.PREDICT_JITTERED), known[at]
    share = float(np.mean(np.abs(jittered - same_rows) > JUMP))
    exact, near = roc_auc(labels[at], same_rows), roc_auc(labels[at], jittered)
    if share > JUMPING and exact - near > KNOWS_ROWS and not of_the_batch(facts):
        yield Evidence(  # of the batch: the smaller one may have moved them
            f"{percent(share)} of {len(jittered):,} training rows jump by more than {JUMP} in probability when their "
            f"numbers move by the least that their columns can hold, and ROC AUC on them falls from {exact:.3f} to "
            f"{near:.3f}: the model looks rows up"
        )
    strange = predictions(facts.case, sessions.PREDICT_STRANGERS)
    if len(strange) < len(known):  # records of old hold an answer for every row
        if of_the_batch(facts):
            return
        asked = sessions.sample_positions(len(known), facts.case.seed, sessions.CROWD)
        known, labels = known[asked], labels[asked]
    own, fresh = roc_auc(labels, known), roc_auc(labels, strange)
    if own - fresh > KNOWS_CUSTOMERS and float(np.mean(np.abs(strange - known) > JUMP)) > JUMPING:
        yield Evidence(
            f"ROC AUC on the training rows falls from {own:.3f} to {fresh:.3f} when {facts.case.challenge.group} holds "
            "numbers that nobody has: the model recognises customers by it"
        )


def of_the_batch(facts: Facts) -> bool:
    """Whether a row's prediction is known to be another one in another batch, for whatever reason."""
    try:
        return bool(outside.moved_by_the_batch(facts.case).max() > SAME)
    except NotApplicable:
        return False


def rests_on_the_identifier(facts: Facts) -> Iterator[Evidence]:
    whole = predictions(facts.case, sessions.PREDICT)
    same_rows = whole[sessions.sample_positions(len(whole), facts.case.seed)]
    rekeyed = predictions(facts.case, sessions.PREDICT_REKEYED)
    if of_the_batch(facts):
        raise NotApplicable("predictions depend on the rows beside them, so that one column's effect cannot be told")
    moved = np.abs(rekeyed - same_rows)
    if moved.max() > SAME:
        yield Evidence(
            f"{percent(float((moved > SAME).mean()))} of {len(moved):,} hidden rows get another probability when "
            f"{facts.case.challenge.group} holds other numbers that nobody has had, by {moved.max():.3g} at most"
        )


def _claimed(found: Measured) -> str:
    return (
        f"evaluate claims a ROC AUC of {found.claimed:.3f}; on the hidden rows it is {found.hidden.value:.3f}, "
        f"{found.optimism:.3f} or {found.optimism / found.optimism_error:.1f} standard errors less"
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
                "The saved model scores the rows it was trained on. A wide gap counts only where the "
                "candidate's own estimate missed it. A perfect training score with a correct estimate is "
                "sound."
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
                "We compare the claim with the score on hidden rows, in units of their standard error. A "
                "difference of .03 is allowed for drift."
            ),
            why="Decisions are made on the estimate. One that is too good hides every other problem.",
            avoid="Validate as the model will be used: on customers not trained on, later than all training rows.",
        ),
        question=Question(
            "You estimated more than we measured on new customers. Explain the gap.",
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
            detect="evaluate runs once more on data whose labels were handed to other customers. Nothing can be "
            "learnt from it, so an honest estimate is .5 within noise. A first draw above .52 is followed by up "
            "to three fresh ones, which alone decide.",
            why="An estimate that finds signal where there is none measures the leak, not the model.",
            avoid=(
                "Keep a customer's rows on one side of every split. Fit everything inside the fold. "
                "Never score rows the model was fitted on."
            ),
        ),
        question=Question(
            "With meaningless labels your evaluation still reports skill. Where does it come from?",
            "names the shared rows or customers, or the step fitted on all rows; splits by customer; re-estimates",
            "cannot say what the permutation shows",
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
                "We predict a thousand training rows again with tiny changes to their measured numbers. "
                "No number moves past another value of its column. Some are predicted under customer "
                "numbers that nobody has. A model that looks up rows or customers then loses their "
                "labels. Trees and nearest neighbours do not."
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
            detect="A thousand hidden rows are predicted again under customer numbers that nobody has. A model that "
            "is to serve new customers gives the same answers.",
            why="A number handed out at sign-up says nothing of the next customer; splits on it are noise learnt by "
            "heart.",
            avoid="Use identifiers to split and to join, and leave them out of the features.",
        ),
        question=Question(
            "Your model reads the customer's number. What has it learnt from it, and what will it do to the next one?",
            "sees that it is memory or an accident of numbering; drops it; checks the score without it",
            "the trees will ignore it if it does not matter",
        ),
    ),
)
