"""The criteria of the rubric: each gives a share of its points, the reason, and the findings behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from graders.catalog import BY_CODE, CHECKS
from graders.checks.leakage.accounts import knows_the_labels
from graders.checks.leakage.detectors import CLEARS_NOTHING
from graders.checks.leakage.gap import by_months, drift
from graders.facts import Facts
from graders.measure.problems import summary
from graders.measure.scoring import constant, proportion
from graders.measure.wording import heading, interval, percent
from graders.model.case import NotApplicable
from graders.model.finding import Certainty, Finding, Status
from graders.mutation import trial
from graders.probes.names import ProbeName
from graders.rubric import code as quality
from graders.rubric.scoring_rules import LEAST_GAIN, CodeContext, Judged, ramp
from graders.source import suite as suites
from graders.tasks.errors import RMSLE
from graders.words import N_, Text, say, sentences


@dataclass(frozen=True, eq=False)
class Context(CodeContext):
    """What a criterion may look at: the code, and what was measured by running it."""

    facts: Facts


# --- model -------------------------------------------------------------------------------------------

#: The skill of the engineered reference pipeline; more is welcome and earns no more.
FULL_SKILL = 0.9


def predictive_quality(about: Context) -> Judged:
    skill, metric = about.facts.measured.skill, about.facts.measured.metric
    own = about.facts.measured.hidden.score(metric.low, metric.high)
    unit = f" {about.facts.case.challenge.unit}" if metric.target_unit and about.facts.case.challenge.unit else ""
    way = percent(min(max(skill.value, 0.0), 1.0))
    measured = about.facts.measured
    if about.facts.case.dataset.simple is None:
        ends = (say("the baseline"), say("the best attainable"))
    else:
        ends = (say("a constant"), say("the strongest model of ours"))
    alike = "" if measured.apart else say("Our own models lie within each other's noise here, so this says little.")
    return Judged(
        skill.map(ramp(0.0, FULL_SKILL)),
        sentences(
            say(
                "{metric} on hidden rows is {own:.3f}{unit} ({own_low:.3f} to {own_high:.3f}), {way} of the "
                "way from {ends} ({baseline:.3f}) to {ends_2} ({oracle:.3f}).",
                metric=heading(metric),
                own=own.value,
                unit=unit,
                own_low=own.low,
                own_high=own.high,
                way=way,
                ends=ends[0],
                baseline=measured.baseline.value,
                ends_2=ends[1],
                oracle=measured.oracle.value,
            ),
            alike,
        ),
    )


def calibration(about: Context) -> Judged:
    error = about.facts.measured.calibration_error
    what = {
        "binary": N_("Predicted probabilities are off by {error} on average over ten bins."),
        "multiclass": N_("The probability of the predicted class is off by {error} on average over ten bins."),
        "regression": N_(
            "In standard deviations of the target, predictions are too high or too low by {error} on average over ten "
            "bins."
        ),
        RMSLE.name: N_(
            "In standard deviations of the target's logarithm, predictions are too high or too low by {error} on "
            "average over ten bins."
        ),
    }
    task, metric = about.facts.case.challenge.task, about.facts.measured.metric.name
    return Judged(
        error.map(ramp(0.15, 0.05)),
        sentences(
            say(what[metric if metric in what else task], error=interval(error.score(0, 1))),
            say("Up to 0.05 is full marks, 0.15 is none."),
        ),
    )


#: Shares of the points for a leak that is only suspected, and for a sure one that did not move the claim.
SUSPECTED_LEAK, HARMLESS_LEAK = 0.7, 0.35
#: Leaks that hold the band lift the claim by as much as it can be lifted.
MATERIAL_LEAKS = frozenset(check.code for check in CHECKS if check.verdict == "leakage" and check.cap)


def leakage(about: Context) -> Judged:
    """What the candidate's code kept from being seen counts as if it were there."""
    found = [finding for finding in about.findings.values() if BY_CODE[finding.code].verdict == "leakage"]
    leaks = [finding for finding in found if finding.flagged]
    prevented = [finding for finding in found if finding.prevented]
    if not leaks and not prevented:
        return _none_found(found)
    codes = tuple(finding.code for finding in leaks)
    hidden = {finding.code: finding.note for finding in prevented if finding.note not in CLEARS_NOTHING}
    for leak in leaks:
        if leak.certainty is Certainty.CONFIRMED:
            if MATERIAL_LEAKS & {*codes, *hidden} or _lifts_the_claim(about):
                return Judged(constant(0.0), sentence(leak), codes)
            why = sentences(sentence(leak), say("The claim hardly gains by it."))
            return Judged(constant(HARMLESS_LEAK), why, codes)
    if hidden:
        why = sentences(next(iter(hidden.values())), say("What it would have shown counts as seen."))
        return Judged(constant(0.0 if MATERIAL_LEAKS & hidden.keys() else HARMLESS_LEAK), why, codes)
    if leaks:
        return Judged(constant(SUSPECTED_LEAK), sentences(say("Suspected only."), sentence(leaks[0])), codes)
    return Judged(constant(SUSPECTED_LEAK), sentences(prevented[0].note, say("So that run clears nothing.")))


def _none_found(found: Sequence[Finding]) -> Judged:
    """All points, and what they rest on: kinds that nobody could look for are counted, and what the text alone
    suggests is named."""
    if not any(finding.status is Status.PASSED for finding in found):
        raise NotApplicable(say("no probe for leakage could be run"))
    suggested = tuple(finding.code for finding in found if finding.suggested)
    unseen = sum(finding.status is Status.NOT_APPLICABLE for finding in found)
    why = say("No way of looking found a leak.")
    if suggested:
        why = sentences(say("No run shows a leak."), say("The code alone suggests one, which costs no points."))
    elif unseen:
        left = say("{n} of {kinds} kinds of leak could not be judged.", n=unseen, kinds=len(found))
        why = sentences(say("No leak was found."), left)
    return Judged(constant(1.0), why, suggested)


def _lifts_the_claim(about: Context) -> bool:
    """Whether hidden rows do not bear the claim out, or evaluate tells the public labels from others."""
    return about.findings["OVR002"].flagged or knows_the_labels(about.facts)


def generalisation(about: Context) -> Judged:
    measured = about.facts.measured
    sign, allowed = measured.metric.sign, drift(about.facts)
    errors = measured.hidden.map(
        lambda values: (sign * (measured.claimed - values) - allowed) / measured.optimism_error
    )
    marks = N_("Up to 1 above is full marks, 4 above is none; below costs nothing.")
    if not measured.metric.higher:
        marks = N_("Up to 1 better is full marks, 4 better is none; worse costs nothing.")
    beyond = (
        sentences(
            say(
                "For the best answers that we know of, hidden rows are harder by {allowed:.3f} than the easiest "
                "labelled month.",
                allowed=allowed,
            )
            if len(by_months(about.facts)) > 1
            else say(
                "For the best answers that we know of, hidden rows are harder by {allowed:.3f} than labelled ones.",
                allowed=allowed,
            ),
            say("That is taken off."),
        )
        if allowed
        else ""
    )
    return Judged(
        errors.map(ramp(4.0, 1.0)),
        sentences(
            say(
                "The candidate's own estimate is {claimed:.3f} against {hidden:.3f} on hidden rows.",
                claimed=measured.claimed,
                hidden=measured.hidden.value,
            ),
            beyond,
            say("The difference is {errors:+.1f} standard errors.", errors=errors.value),
            say(marks),
        ),
        about.reasons("generalisation"),
    )


# --- code --------------------------------------------------------------------------------------------


def determinism(about: Context) -> Judged:
    found = about.finding("REPRO001")
    if found.flagged:
        return Judged(constant(0.2), sentence(found), ("REPRO001",))
    return Judged(
        constant(1.0), say("Trained twice with different seeds of the harness, both models agree on every hidden row.")
    )


#: Of the points for tests, the share that tests earn by passing; all else is for the faults they notice.
BASE = 0.2
LOAD = say("Let the tests be loaded from a clean copy, with the packages that the brief lists.")
FIRST_TEST = say("Test parsing and features on small tables.")
NEXT_TEST = say("Assert values worked out by hand, on the lines that matter most.")


def tests(about: Context) -> Judged:
    run = about.facts.case.runs.get(ProbeName.TESTS)
    if run is not None and run.prevented:  # by the candidate's own code or files
        return Judged(constant(0.0), say("The test run did not finish: {summary}.", summary=summary(run)))
    suite, codes = about.facts.tests, about.reasons("tests")
    if not suite.total or suite.unloaded:
        why = (
            say("No test runs, since {unloaded}.", unloaded=suite.unloaded)
            if suite.unloaded
            else say("No test was found.")
        )
        return Judged(constant(0.0), why, codes, LOAD if suite.unloaded else FIRST_TEST, 0.5)
    able = suites.able_share(about.code.sources)
    base = BASE * able * suite.passed / suite.total
    why = say(
        "{passed} of {total} tests pass and run {coverage} of the lines outside tests",
        passed=suite.passed,
        total=suite.total,
        coverage=percent(suite.coverage),
    )
    if not suite.steady:
        why = sentences(why, say("While tests fail with nothing wrong, no fault they notice can be counted."))
        return Judged(constant(base), why, codes, say("Make every test pass from a clean copy."), (1 - BASE) / 2)
    if not able:
        return Judged(
            constant(0.0), sentences(why, say("None of them could fail by what it asserts.")), codes, NEXT_TEST, 0.5
        )
    found = about.facts.kills
    why = sentences(why, _noticed(found))
    if not found.counts or not found.tried:
        return Judged(constant(base), why, codes, NEXT_TEST, (1 - BASE) / 2)
    share = proportion(found.noticed, len(found.tried), about.facts.case.seed)
    caught = share.map(lambda rate: base + (1 - BASE) * ramp(0.0, trial.ENOUGH)(found.plan.reached * rate))
    survivor = next((one.planted for one in found.tried if not one.noticed), None)
    advice = (
        say("Write the test that would notice this fault: {survivor}.", survivor=survivor.what)
        if survivor
        else NEXT_TEST
    )
    gain = max(1 - BASE + base - caught.value, 0.0)
    return Judged(caught, why, codes, advice if gain >= LEAST_GAIN else "", gain if gain >= LEAST_GAIN else 0.0)


def _noticed(kills: trial.Kills) -> str:
    if kills.alarms:
        return say(
            "they also fail where only the text changed ({planted}), so no fault counts",
            planted=kills.alarms[0].planted.what,
        )
    if not kills.tried:
        return say("they run no line in which a fault could be planted")
    return say(
        "they noticed {noticed} of {tried} planted faults; {reached} of the places for a fault lie on lines they run",
        noticed=kills.noticed,
        tried=len(kills.tried),
        reached=percent(kills.plan.reached),
    )


# --- how a judgement is worded --------------------------------------------------------------------


def sentence(finding: Finding) -> Text:
    """The first piece of evidence of a finding as a sentence."""
    return sentences(finding.evidence[0].what)


CRITERIA: Mapping[str, Callable[[Context], Judged]] = {
    "predictive-quality": predictive_quality,
    "calibration": calibration,
    "leakage": leakage,
    "generalisation": generalisation,
    **quality.CRITERIA,
    "determinism": determinism,
    "tests": tests,
}
