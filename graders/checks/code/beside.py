"""Checks of what stands beside the code: tests, requirements, README, and what should not be there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from graders.checks.check import Check
from graders.facts import Facts
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.mutation import trial
from graders.probes.names import ProbeName
from graders.source import archive, communication, danger, faults, pins, suite
from graders.source.code import Code
from graders.words import N_, count, say

LEAST_WORDS = 60
NOTHING_ASSERTED = N_("{test} asserts nothing of what the submission's code gives")


def no_tests(facts: Facts) -> Iterator[Evidence]:
    if ProbeName.TESTS not in facts.case.runs:
        yield from no_test_functions(facts.code)
        return
    found = facts.tests
    if not found.total:
        yield Evidence(say("pytest collected no test"))
    elif not found.passed and not found.unloaded:
        yield Evidence(say("none of {total} tests passes in the sandbox", total=found.total))


def no_test_functions(code: Code) -> Iterator[Evidence]:
    if not suite.test_functions(code.sources):
        yield Evidence(say("no function of a test file is named as pytest asks"))


def weak_tests(facts: Facts) -> Iterator[Evidence]:
    """What can be read of the tests first, then what running them over planted faults showed."""
    yield from cannot_fail(facts.code)
    with suppress(NotApplicable):  # what was read still holds
        if facts.tests.unloaded:
            yield Evidence(say("no test runs, since {unloaded}", unloaded=facts.tests.unloaded))
        yield from trial.weaknesses(facts.kills)


def cannot_fail(code: Code) -> Iterator[Evidence]:
    found = code.sources
    own, helpers = suite.own_names(found), suite.asserting_helpers(found)
    for module, function in suite.test_functions(found):
        if not suite.could_fail(function, own, helpers):
            said_again = suite.only_restates(function)
            what = N_("{test} only says again what the code says") if said_again else NOTHING_ASSERTED
            yield Evidence(say(what, test=function.name), module.where(function))


def unpinned(code: Code) -> Iterator[Evidence]:
    _ = code.sources  # where there is no code, nothing is needed
    counted = pins.counts(code.submission)
    if counted is None:
        yield Evidence(say("no requirements file, pyproject.toml or lock names what the code needs"))
    elif counted[0] < counted[1]:
        yield Evidence(
            say(
                "{counted} of {stated_requirements} name one version",
                counted=counted[0] or say("none"),
                stated_requirements=count("{n:,} stated requirement", "{n:,} stated requirements", counted[1]),
            )
        )


def absolute_paths(code: Code) -> Iterator[Evidence]:
    for module, node in faults.absolute_paths(code.sources):
        yield Evidence(say("this path exists only on the author's machine"), module.where(node))


def downloads(code: Code) -> Iterator[Evidence]:
    for module, node in danger.downloads(code.sources):
        yield Evidence(say("this reaches for the network while the code runs"), module.where(node))


def no_readme(code: Code) -> Iterator[Evidence]:
    words = communication.distinct_words(code.submission)
    if words < LEAST_WORDS:
        yield Evidence(
            say("README and notes hold {words} different words", words=words)
            if words
            else say("there is neither a README nor notes")
        )


def leftovers(code: Code) -> Iterator[Evidence]:
    for where in archive.leftovers(code.submission):
        yield Evidence(say("this is no part of the work"), where)


CHECKS = (
    Check(
        code="TEST001",
        title=N_("No tests"),
        severity=Severity.MINOR,
        family="code",
        criteria=("tests",),
        shown_in="runs",
        open=True,
        examine=no_tests,
        read=no_test_functions,
        guide=Guide(
            detect=N_("pytest runs the submission's tests in the sandbox; results come from our own collector."),
            why=N_("Feature code without tests breaks silently at the next change."),
            avoid=N_("Test the parsing and the features on small tables, and predict on one row."),
        ),
        question=Question(
            say("What is the first test you would write here, and what would it have caught?"),
            say("picks the riskiest behaviour, small, at the level of data"),
            say("asserts a shape only"),
        ),
    ),
    Check(
        code="TEST002",
        title=N_("Weak tests"),
        severity=Severity.MINOR,
        family="code",
        criteria=("tests",),
        shown_in="runs",
        open=True,
        examine=weak_tests,
        read=cannot_fail,
        guide=Guide(
            detect=(
                N_(
                    "We look for assertions about results of the submission's own code. We run the tests on "
                    "faults planted in its functions. A change that keeps the behaviour must not fail them."
                )
            ),
            why=N_("A test that no fault makes fail tells nobody anything, and looks as if it did."),
            avoid=N_("Assert a value worked out by hand, or a relation that must hold, on the lines that matter most."),
        ),
        question=Question(
            say("We planted faults in your functions, and your tests missed some. Write the next test."),
            say("picks the behaviour with the highest risk, at the level of data or as a relation, small"),
            say("asserts a shape only"),
        ),
    ),
    Check(
        code="REPRO002",
        title=N_("Requirements not pinned"),
        severity=Severity.MINOR,
        family="code",
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
        family="code",
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
        family="code",
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
    Check(
        code="DOC001",
        title=N_("README without content"),
        severity=Severity.MINOR,
        family="code",
        criteria=(
            "hygiene",
            "communication",
        ),
        open=True,
        read=no_readme,
        guide=Guide(
            detect=say(
                "The different words of README and NOTES at the root; fewer than {least_words} say nothing.",
                least_words=LEAST_WORDS,
            ),
            why=N_("The next owner needs the problem, the approach, the numbers and the limits before the code."),
            avoid=N_("Half a page: problem, approach, results with intervals, limits, next steps."),
        ),
        question=Question(
            say("When should nobody use this model?"),
            say("population, time, kind of decision, groups that are missing"),
            say("always fine"),
        ),
    ),
    Check(
        code="HYG001",
        title="Leftovers",
        severity=Severity.INFO,
        family="code",
        criteria=("hygiene",),
        open=True,
        read=leftovers,
        guide=Guide(
            detect=N_("Data, saved models, caches, environments and copies among the files handed in."),
            why=N_("They hide the work, and data that leaves its place may be personal data."),
            avoid=N_("Hand in a clean checkout; let .gitignore name what is made."),
        ),
        question=Question(
            say("Which of these files does somebody need to reproduce your result?"),
            say("only code, pins and notes; the rest is made again"),
            say("has not looked"),
        ),
    ),
)
