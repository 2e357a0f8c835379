"""Does the pipeline give the same model again: in a second run here, and on another machine?"""

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
from graders.source import chance, danger, faults, pins, set_order
from graders.source.code import Code
from graders.tasks.asked import metric_of
from graders.words import N_, count, say

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
    try:
        return _models_differ(facts) or chance.may_decide(facts.code.sources.product)
    except NotApplicable:  # nobody could read it
        return True


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
                "evaluated twice on the same rows, it claims a {title} of {found:.4f} and of {found_2:.4f}",
                title=title,
                found=found[0],
                found_2=found[1],
            )
        )


def unpinned(code: Code) -> Iterator[Evidence]:
    _ = code.sources  # where there is no code, nothing is needed
    counted = pins.counts(code.submission)
    if counted is None:
        yield Evidence(say("no requirements file, pyproject.toml or lock names what the code needs"))
    elif counted[0] < counted[1]:
        stated = count("{n:,} stated requirement", "{n:,} stated requirements", counted[1])
        some = say("{counted} of {stated} name one version", counted=counted[0], stated=stated)
        yield Evidence(some if counted[0] else say("none of {stated} name one version", stated=stated))


def absolute_paths(code: Code) -> Iterator[Evidence]:
    for module, node in faults.absolute_paths(code.sources):
        yield Evidence(say("this path exists only on the author's machine"), module.where(node))


def downloads(code: Code) -> Iterator[Evidence]:
    for module, node in danger.downloads(code.sources):
        yield Evidence(say("this reaches for the network while the code runs"), module.where(node))


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
    Check(
        code="REPRO002",
        title=N_("Requirements not pinned"),
        severity=Severity.MINOR,
        family="production",
        criteria=("environment",),
        open=True,
        read=unpinned,
        guide=Guide(
            detect=N_("requirements files, pyproject.toml and lock files are read; a pin names one version."),
            why=N_("Next year's versions train another model, or none."),
            avoid=N_("Commit a lock file, or pin every requirement with ==."),
        ),
        question=Question(
            say("I clone this on a new machine in a year. What breaks?"),
            say("lock file, data version, Python version, one command"),
            say('"works for me"'),
        ),
    ),
    Check(
        code="REPRO003",
        title=N_("Absolute path"),
        severity=Severity.MINOR,
        family="production",
        criteria=("environment",),
        open=True,
        read=absolute_paths,
        guide=Guide(
            detect=N_("Text constants that begin with a home folder or a drive."),
            why=N_("The code runs on one machine only."),
            avoid=N_("Take paths as arguments, or build them from the file's own place."),
        ),
        question=Question(
            say("Which paths of yours exist only on your machine?"),
            say("takes them as arguments or configuration"),
            say("asks others to edit the code"),
        ),
    ),
    Check(
        code="REPRO004",
        title=N_("Reaches for the network"),
        severity=Severity.MINOR,
        family="production",
        criteria=("environment",),
        open=True,
        read=downloads,
        guide=Guide(
            detect=N_("Calls of requests, urlopen and the like, and pandas reading from an address."),
            why=N_("What is fetched while the code runs is another thing tomorrow, or gone."),
            avoid=N_("Fetch in a step of its own, keep what was fetched with its version, and read that."),
        ),
        question=Question(
            say("What does your pipeline do on the day this address does not answer?"),
            say("a kept copy with a version; fetching apart from training"),
            say("tries again"),
        ),
    ),
)
