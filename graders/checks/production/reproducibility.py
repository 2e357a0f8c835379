"""Does the pipeline give the same model again in a second run?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from graders.checks.check import Check
from graders.facts import Facts
from graders.measure.answers import claims, predictions
from graders.measure.importance import of_row, unit_of
from graders.measure.metrics import Measured
from graders.measure.scoring import SAME, same_claim
from graders.measure.wording import percent
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.probes.names import ProbeName
from graders.source import set_order
from graders.tasks.asked import metric_of
from graders.words import N_, say

#: Hidden ROC AUC by which two trainings on the same rows must differ to hold the band.
MATERIAL = 0.01
#: So many places are named where the code takes an order from a set.
MOST_PLACES = 3


def held_by_chance(measured: Measured) -> str:
    """Empty where the two models are as good as each other."""
    least = measured.step(MATERIAL)
    differ = measured.retrained is not None and abs(measured.retrained - measured.hidden.value) > least
    return say("Two trainings on the same rows give materially different models.") if differ else ""


def two_runs_differ(facts: Facts) -> Iterator[Evidence]:
    first, second = predictions(facts.case, ProbeName.PREDICT), predictions(facts.case, ProbeName.PREDICT_AGAIN)
    moved, same, metric = of_row(first - second), SAME * unit_of(facts.case), metric_of(facts.case.challenge)
    if moved.max() > same:
        scores = [metric.statistic.value(facts.case.dataset.labels, run) for run in (first, second)]
        yield Evidence(
            say(
                "trained twice on the same rows, the two models differ on {value} of the hidden rows, by "
                "{median:.3g} in the median and {moved:.3g} at most; hidden {metric_title} {scores:.4f} and "
                "{scores_2:.4f}",
                value=percent(float((moved > same).mean())),
                median=np.median(moved),
                moved=moved.max(),
                metric_title=metric.title,
                scores=scores[0],
                scores_2=scores[1],
            )
        )
    yield from _two_claims_differ(facts)


def two_runs_differ_and_why(facts: Facts) -> Iterator[Evidence]:
    """The differences, and where the code takes an order that is another one in every process."""
    differences = list(two_runs_differ(facts))
    yield from differences
    if differences:
        for place in islice(dict.fromkeys(set_order.places(facts.code.sources.product)), MOST_PLACES):
            yield Evidence(
                say(
                    "an order is taken from a set, or a number from a hash: both are others in every process, so "
                    "that training and prediction need not agree"
                ),
                place,
            )


def may_claim_otherwise(facts: Facts) -> bool:
    """Whether evaluate may claim something else under another seed and another order of sets, so that it is asked
    again: only where its process drew nothing by chance, and nothing else speaks for it, is the same claim taken for
    granted."""
    counted = facts.case.runs.get(ProbeName.EVALUATE)
    if counted is None or counted.by_chance is not False:
        return True
    return _models_differ(facts) or facts.may_rest_on_chance


def _models_differ(facts: Facts) -> bool:
    """Whether two trainings gave other answers, as far as they have been asked."""
    try:
        first, second = (predictions(facts.case, name) for name in (ProbeName.PREDICT, ProbeName.PREDICT_AGAIN))
    except NotApplicable:
        return False
    return bool(of_row(first - second).max() > SAME * unit_of(facts.case))


def _two_claims_differ(facts: Facts) -> Iterator[Evidence]:
    found = claims(facts.case, (ProbeName.EVALUATE, ProbeName.EVALUATE_AGAIN))
    if len(found) == 2 and not same_claim(*found):
        title = metric_of(facts.case.challenge).title
        yield Evidence(
            say(
                "evaluated twice on the same rows, it claims {title} of {found:.4f} and of {found_2:.4f}",
                title=title,
                found=found[0],
                found_2=found[1],
            )
        )


CHECKS = (
    Check(
        code="REPRO001",
        title=N_("Two identical runs differ"),
        severity=Severity.MAJOR,
        family="production",
        verdict="reproducible",
        cap=held_by_chance,
        criteria=("determinism",),
        shown_in="runs",
        examine=two_runs_differ_and_why,
        guide=Guide(
            detect=(
                N_(
                    "We run train twice on the same rows, and evaluate too where its claim may depend on chance. "
                    "Only the global random seed and the order of sets differ, as between any two processes. "
                    "Both models predict the hidden rows in processes with one order."
                )
            ),
            why=N_("A result nobody can reproduce cannot be debugged, audited or improved on."),
            avoid=N_(
                "Pass a fixed random_state to every estimator, sampler and splitter, and sort what comes from a set."
            ),
        ),
        question=Question(
            say("Two runs gave two models. Which do you deploy?"),
            say("names the source of randomness, reports the spread, fixes the seed or averages"),
            say("the better one"),
        ),
    ),
)
