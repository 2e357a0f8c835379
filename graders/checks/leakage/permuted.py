"""What evaluate claims where labels mean nothing: on labels that were handed to other rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graders.checks.leakage import interference
from graders.checks.leakage.accounts import choice_of, seen_on_other_labels_alone, trace_of, watched
from graders.checks.leakage.claimed import claimed
from graders.checks.leakage.detectors import looks, settled_with_others
from graders.checks.leakage.doubts import leaks_features, lifted_by_two, lifts_null, names_rates
from graders.checks.leakage.gap import CONFIRMED, MOST_WIDER, beyond, by_months, rows_judged, wider
from graders.checks.leakage.signal import Look
from graders.facts import Facts, once
from graders.measure.answers import claims
from graders.measure.metrics import step
from graders.model.arrays import FloatArray
from graders.model.case import Case, NotApplicable, run_of
from graders.model.finding import Certainty, Evidence
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth, uninformed
from graders.words import listed, say

OTHERWISE = say(
    "a score was seen in evaluate on permuted labels and none on the public ones, so they cannot be compared"
)
#: How far above chance one claim on permuted labels must lie for more draws to be worth their time.
DOUBT = 0.02
#: Fresh draws are asked one at a time: no further one where their mean lies less above chance than the first number
#: (a leak worth naming lies three times as far), or where FEWEST lie above it by more than the second on average, or
#: where all claims so far confirm it.  Nobody asks how few rows were judged where each lies above by the third, or by
#: the second where the accounts show why.
PASSED, DECIDED, PLAIN = 0.01, 0.1, 0.2
FEWEST = 2
#: Where the accounts of the claim and of permuted labels both show a leak that lifts such a claim, chance need not be
#: ruled out by a second number: no fresh draw is asked where the first lies above chance by what confirms it and by
#: EXPLAINED errors of one claim.  Where they show none, no draw is asked where it lies above by DECIDED and by FAR
#: errors, if it is known how many rows were judged; else by OVERWHELMING, which are as many as EXPLAINED should so few
#: rows be behind it as MOST_WIDER allows.
EXPLAINED, FAR = 6.0, 10.0
#: So many times what relabelled rows were worth an honest claim loses at least, as features speak against the labels
#: of half of them: 2.1 to 12 times in 26 honest pipelines.  Labels mixed into answers keep it up.
FALLS = 1.5
OVERWHELMING = MOST_WIDER * EXPLAINED


@once
def uninformed_at_best(facts: Facts) -> float:
    """What answers reach that know nothing of a row, on all labelled rows or those of a month, whichever is best: an
    honest estimate rests on some of them."""
    return _best_uninformed(facts, public_truth(facts.case.challenge, facts.case.dataset.public))


@once
def chance(facts: Facts) -> float:
    """The same of labels that were handed to other rows, so that no month is richer than others but by luck."""
    truth = public_truth(facts.case.challenge, facts.case.dataset.public)
    return _best_uninformed(facts, np.random.default_rng(facts.case.seed).permutation(truth))


def _best_uninformed(facts: Facts, truth: FloatArray) -> float:
    challenge = facts.case.challenge
    values = [uninformed(challenge, truth[part], truth[part]) for part in by_months(facts)]
    return metric_of(challenge).best(np.asarray(values))


def claim_without_signal(facts: Facts) -> Iterator[Evidence]:
    """The first draw raises the doubt; a mean with fresh ones decides, so that no unlucky one is held against anybody.

    No draw is made where evaluate beside other held-out labels fits the same, or other values for a known reason, and
    its claim falls with them.
    """
    if ProbeName.EVALUATE_NULL not in facts.case.runs and settled_with_others(facts) and fell_with_the_labels(facts):
        return
    first = run_of(facts.case.runs, ProbeName.EVALUATE_NULL).claims[facts.case.challenge.metric]
    if not null_in_doubt(facts):
        if seen_on_other_labels_alone(facts):
            raise NotApplicable(OTHERWISE)
        return
    if rank_in_doubt(facts):
        yield from _order_without_signal(facts)
    draws, found = np.array(claims(facts.case, sessions.NULL_DRAWS)), facts.measured
    if not len(draws) and settled_at_once(facts):
        yield Evidence(
            say(
                "with the labels handed to other rows at random, evaluate still reports {metric_title} of "
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
    certainty, spread = _beyond_chance(facts)
    if certainty:
        told = listed(say("{draw:.3f}", draw=draw) for draw in _told(facts))
        yield Evidence(
            say(
                "with the labels handed to other rows at random, {value} times over, evaluate still "
                "reports {metric_title} of {told} (an honest one {honest}, here by some {spread:.3f})",
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
    if facts.measured.metric.bounded:
        return say("scatters about {chance:.3f}", chance=chance(facts))
    return say("is no better than {chance:.3f}", chance=chance(facts))


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
    """By how much one claim on permuted labels scatters, by its rows: what was measured is the error of their mean."""
    asked = len(claims(facts.case, (ProbeName.EVALUATE_NULL, *sessions.NULL_DRAWS)))
    return facts.measured.null_error * wider(facts) * float(np.sqrt(max(asked, 1)))


def settled(facts: Facts) -> bool:
    """Whether evaluate is known to claim what labels that mean nothing give too, and the accounts show why, so that
    what other held-out features do would change no points: unless something speaks for LEAK001, which lifts no such
    claim."""
    if not lifts_null(facts) or any(signal.code == "LEAK001" for look in looks(facts) for signal in look.signals):
        return False
    return _confirmed(facts)


def rates_shown(facts: Facts) -> Look | None:
    """What the run with other held-out features and labels says, where it names a rate of labels and claims on permuted
    labels lie too far above chance for luck: the rate reaches judged rows, and chance explains neither.

    None where other features were asked by themselves.
    """
    if ProbeName.EVALUATE_PERTURBED in facts.case.runs or ProbeName.EVALUATE_NULL not in facts.case.runs:
        return None
    found = names_rates(facts)
    return found if found and _confirmed(facts) else None


def rates_may_show(facts: Facts) -> bool:
    """Whether that is so, or may be once permuted labels, and hidden rows, are asked: by the first claim alone."""
    if names_rates(facts) is None:
        return False
    first = claims(facts.case, [ProbeName.EVALUATE_NULL])
    if not first or ProbeName.PREDICT not in facts.case.runs:
        return all(above_chance(facts, claim) > DECIDED for claim in first)
    return settled_at_once(facts)


def _confirmed(facts: Facts) -> bool:
    """Whether evaluate is known to claim what labels that mean nothing give too."""
    return any(found.certainty is Certainty.CONFIRMED for found in _found(facts))


def _found(facts: Facts) -> list[Evidence]:
    """What the claims on permuted labels say so far."""
    try:
        return list(claim_without_signal(facts))
    except NotApplicable:
        return []


def _beyond_chance(facts: Facts) -> tuple[Certainty | None, float]:
    """How sure it is that claims on permuted labels lie above chance on average, and by how much one of them scatters.

    The first one counts as well: that it raised the doubt makes a mean of all no likelier to lie so far above.
    What would be a suspicion is sure where the accounts show why, and all claims lie far above chance, or the text
    names the same leak."""
    told = np.array(_told(facts))
    above = [above_chance(facts, claim) for claim in told]
    plainly = min(above) > (DECIDED if lifts_null(facts) else PLAIN)
    # Two numbers need not show how much they scatter: the rows judged may be as few as are allowed for.
    widest = 1.0 if plainly or len(told) > FEWEST or rows_judged(facts) else MOST_WIDER
    spread = max(float(np.std(told, ddof=1)), widest * _error_of_one(facts))
    error = spread / unit_at_chance(facts) / float(np.sqrt(len(told)))
    certainty = beyond(float(np.mean(above)), error)
    sure = certainty is not None and lifts_null(facts) and (plainly or lifted_by_two(facts))
    return Certainty.CONFIRMED if sure else certainty, spread


def _told(facts: Facts) -> list[float]:
    """All claims on permuted labels, the first one before fresh draws."""
    return claims(facts.case, (ProbeName.EVALUATE_NULL, *sessions.NULL_DRAWS))


def _order_without_signal(facts: Facts) -> Iterator[Evidence]:
    """A loss on labels that mean nothing may be worse than the constant's and still rest on a leak: the order tells."""
    names = (ProbeName.EVALUATE_NULL, *sessions.NULL_DRAWS)
    ranks = [rank for name in names if (rank := rank_of(facts, name)) is not None]
    if len(ranks) < FEWEST:
        return
    values = np.array([rank.value for rank in ranks])
    error = max(float(np.std(values, ddof=1)), *(rank.error for rank in ranks)) / float(np.sqrt(len(values)))
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


def by_order(facts: Facts) -> bool:
    """Whether draws are judged by the order of their answers as well as by their claim: where the metric is a loss."""
    return not metric_of(facts.case.challenge).bounded


@dataclass(frozen=True)
class Rank:
    """How often judged answers put two rows in the order of permuted labels, with its standard error."""

    value: float
    error: float


@once
def rank_of(facts: Facts, name: str) -> Rank | None:
    """That of one draw, over the models of its claim; None where it is not known of all, or the metric is a share."""
    case = facts.case
    if not by_order(facts):
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
    return step(metric_of(facts.case.challenge), chance(facts), chance(facts), 1.0)


def above_chance(facts: Facts, claim: float) -> float:
    """By how much a claim is better than what can be said without any information, as if it were ROC AUC."""
    return metric_of(facts.case.challenge).better(claim, chance(facts)) / unit_at_chance(facts)


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
    return null_in_doubt(facts) and not _decided(facts, claims(facts.case, sessions.NULL_DRAWS))


def _decided(facts: Facts, draws: Sequence[float]) -> bool:
    """Whether the first claim and fresh ones say enough: of those whom other held-out rows convict, a suspicion."""
    if not draws:
        return settled_at_once(facts)
    ranks = [rank.value - 0.5 for name in sessions.NULL_DRAWS if (rank := rank_of(facts, name)) is not None]
    above = max(above_chance(facts, float(np.mean(draws))), float(np.mean(ranks)) if ranks else -np.inf)
    several = len(draws) >= FEWEST
    if above <= PASSED or (several and above > DECIDED) or _confirmed(facts):
        return True
    return leaks_features(facts) and (several or bool(_found(facts)))
