"""Checks of what stands beside the code: tests, and what should not be there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from graders.checks.check import Check
from graders.facts import Facts
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.mutation import trial
from graders.probes.names import ProbeName
from graders.source import archive, suite
from graders.source.code import Code

NOTHING_ASSERTED = "asserts nothing of what the submission's code gives"


def no_tests(facts: Facts) -> Iterator[Evidence]:
    if ProbeName.TESTS not in facts.case.runs:
        yield from no_test_functions(facts.code)
        return
    found = facts.tests
    if not found.total:
        yield Evidence("pytest collected no test")
    elif not found.passed and not found.unloaded:
        yield Evidence(f"none of {found.total} tests passes in the sandbox")


def no_test_functions(code: Code) -> Iterator[Evidence]:
    if not suite.test_functions(code.sources):
        yield Evidence("no function of a test file is named as pytest asks")


def weak_tests(facts: Facts) -> Iterator[Evidence]:
    """What can be read of the tests first, then what running them over planted faults showed."""
    yield from cannot_fail(facts.code)
    with suppress(NotApplicable):  # what was read still holds
        if facts.tests.unloaded:
            yield Evidence(f"no test runs, since {facts.tests.unloaded}")
        yield from trial.weaknesses(facts.kills)


def cannot_fail(code: Code) -> Iterator[Evidence]:
    found = code.sources
    own, helpers = suite.own_names(found), suite.asserting_helpers(found)
    for module, function in suite.test_functions(found):
        if not suite.could_fail(function, own, helpers):
            said_again = suite.only_restates(function)
            what = "only says again what the code says" if said_again else NOTHING_ASSERTED
            yield Evidence(f"{function.name} {what}", module.where(function))


def leftovers(code: Code) -> Iterator[Evidence]:
    for where in archive.leftovers(code.submission):
        yield Evidence("this is no part of the work", where)


CHECKS = (
    Check(
        code="TEST001",
        title="No tests",
        severity=Severity.MINOR,
        family="code",
        criteria=("tests",),
        shown_in="runs",
        open=True,
        examine=no_tests,
        read=no_test_functions,
        guide=Guide(
            detect="pytest runs the submission's tests in the sandbox; results come from our own collector.",
            why="Feature code without tests breaks silently at the next change.",
            avoid="Test the parsing and the features on small tables, and predict on one row.",
        ),
        question=Question(
            "What is the first test you would write here, and what would it have caught?",
            "picks the riskiest behaviour, small, at the level of data",
            "asserts a shape only",
        ),
    ),
    Check(
        code="TEST002",
        title="Weak tests",
        severity=Severity.MINOR,
        family="code",
        criteria=("tests",),
        shown_in="runs",
        open=True,
        examine=weak_tests,
        read=cannot_fail,
        guide=Guide(
            detect=(
                "We look for assertions about results of the submission's own code. We run the tests on "
                "faults planted in its functions. A change that keeps the behaviour must not fail them."
            ),
            why="A test that no fault makes fail tells nobody anything, and looks as if it did.",
            avoid="Assert a value worked out by hand, or a relation that must hold, on the lines that matter most.",
        ),
        question=Question(
            "We planted faults in your functions, and your tests missed some. Write the next test.",
            "picks the behaviour with the highest risk, at the level of data or as a relation, small",
            "asserts a shape only",
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
            detect="Data, saved models, caches, environments and copies among the files handed in.",
            why="They hide the work, and data that leaves its place may be personal data.",
            avoid="Hand in a clean checkout; let .gitignore name what is made.",
        ),
        question=Question(
            "Which of these files does somebody need to reproduce your result?",
            "only code, pins and notes; the rest is made again",
            "has not looked",
        ),
    ),
)
