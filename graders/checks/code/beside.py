"""Checks of what stands beside the code: tests, and what should not be there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from graders.checks.check import Check
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.probes.names import ProbeName
from graders.source import archive, suite
from graders.source.code import Code
from graders.words import N_, say

if TYPE_CHECKING:  # whoever reads code alone has no facts of runs
    from graders.facts import Facts

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
    from graders.mutation import trial  # noqa: PLC0415 - of runs, which whoever reads code alone has none of

    yield from cannot_fail(facts.code)
    with suppress(NotApplicable):  # what was read still holds
        if facts.tests.unloaded:
            yield Evidence(say("no test runs, since {unloaded}", unloaded=facts.tests.unloaded))
        yield from trial.weaknesses(facts.kills)


def cannot_fail(code: Code) -> Iterator[Evidence]:
    found = code.sources
    able = {id(function) for _, function in suite.effective(found)}
    unable = [one for one in suite.test_functions(found) if id(one[1]) not in able]
    # what the entry never imports, such as a command beside it, is the submission's code all the same
    beside = {source.path for source in code.submission.sources} - {module.path for module in found.modules}
    whole = suite.own_names(found, frozenset(path.rpartition("/")[2].removesuffix(".py") for path in beside))
    helpers = suite.asserting_helpers(found)
    for module, function in unable:
        if not suite.could_fail(function, whole, helpers):
            said_again = suite.only_restates(function)
            what = N_("{test} only says again what the code says") if said_again else NOTHING_ASSERTED
            yield Evidence(say(what, test=function.name), module.where(function))


def leftovers(code: Code) -> Iterator[Evidence]:
    for where in archive.leftovers(code.submission):
        made = where.path.lower().endswith(archive.MADE)
        yield Evidence(say("data, or a file that a run makes") if made else say("left by a tool or an editor"), where)


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
        code="HYG001",
        title=N_("Leftovers"),
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
