"""Checks of what stands beside the code: tests, requirements, README, and what should not be there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from graders.checks.check import Check
from graders.facts import Facts
from graders.measure.wording import plural
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.mutation import trial
from graders.probes.names import ProbeName
from graders.source import archive, communication, danger, faults, pins, suite
from graders.source.code import Code

LEAST_WORDS = 60
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


def unpinned(code: Code) -> Iterator[Evidence]:
    _ = code.sources  # where there is no code, nothing is needed
    counted = pins.counts(code.submission)
    if counted is None:
        yield Evidence("no requirements file, pyproject.toml or lock names what the code needs")
    elif counted[0] < counted[1]:
        yield Evidence(f"{counted[0] or 'none'} of {plural(counted[1], 'stated requirement')} name one version")


def absolute_paths(code: Code) -> Iterator[Evidence]:
    for module, node in faults.absolute_paths(code.sources):
        yield Evidence("this path exists only on the author's machine", module.where(node))


def downloads(code: Code) -> Iterator[Evidence]:
    for module, node in danger.downloads(code.sources):
        yield Evidence("this reaches for the network while the code runs", module.where(node))


def no_readme(code: Code) -> Iterator[Evidence]:
    words = communication.distinct_words(code.submission)
    if words < LEAST_WORDS:
        yield Evidence(
            f"README and notes hold {words} different words" if words else "there is neither a README nor notes"
        )


def leftovers(code: Code) -> Iterator[Evidence]:
    for where in archive.leftovers(code.submission):
        made = where.path.lower().endswith(archive.MADE)
        yield Evidence("data, or a file that a run makes" if made else "left by a tool or an editor", where)


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
        code="REPRO002",
        title="Requirements not pinned",
        severity=Severity.MINOR,
        family="code",
        criteria=("environment",),
        open=True,
        read=unpinned,
        guide=Guide(
            detect="requirements files, pyproject.toml and lock files are read; a pin names one version.",
            why="Next year's versions train another model, or none.",
            avoid="Commit a lock file, or pin every requirement with ==.",
        ),
        question=Question(
            "I clone this on a new machine in a year. What breaks?",
            "lock file, data version, Python version, one command",
            '"works for me"',
        ),
    ),
    Check(
        code="REPRO003",
        title="Absolute path",
        severity=Severity.MINOR,
        family="code",
        criteria=("environment",),
        open=True,
        read=absolute_paths,
        guide=Guide(
            detect="Text constants that begin with a home folder or a drive.",
            why="The code runs on one machine only.",
            avoid="Take paths as arguments, or build them from the file's own place.",
        ),
        question=Question(
            "Which paths of yours exist only on your machine?",
            "takes them as arguments or configuration",
            "asks others to edit the code",
        ),
    ),
    Check(
        code="REPRO004",
        title="Reaches for the network",
        severity=Severity.MINOR,
        family="code",
        criteria=("environment",),
        open=True,
        read=downloads,
        guide=Guide(
            detect="Calls of requests, urlopen and the like, and pandas reading from an address.",
            why="What is fetched while the code runs is another thing tomorrow, or gone.",
            avoid="Fetch in a step of its own, keep what was fetched with its version, and read that.",
        ),
        question=Question(
            "What does your pipeline do on the day this address does not answer?",
            "a kept copy with a version; fetching apart from training",
            "tries again",
        ),
    ),
    Check(
        code="DOC001",
        title="README without content",
        severity=Severity.MINOR,
        family="code",
        criteria=(
            "hygiene",
            "communication",
        ),
        open=True,
        read=no_readme,
        guide=Guide(
            detect=f"The different words of README and NOTES at the root; fewer than {LEAST_WORDS} say nothing.",
            why="The next owner needs the problem, the approach, the numbers and the limits before the code.",
            avoid="Half a page: problem, approach, results with intervals, limits, next steps.",
        ),
        question=Question(
            "When should nobody use this model?",
            "population, time, kind of decision, groups that are missing",
            "always fine",
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
