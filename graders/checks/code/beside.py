"""Checks of what stands beside the code: tests, requirements, README, and what should not be there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from graders.measure.wording import plural
from graders.model.case import Case, NotApplicable
from graders.model.finding import Check, Evidence, Guide, Question, Severity
from graders.mutation import trial
from graders.probes import sessions
from graders.source import archive, communication, danger, faults, pins, suite, tools
from graders.source.sources import sources

LEAST_WORDS = 60
NOTHING_ASSERTED = "asserts nothing of what the submission's code gives"


def no_tests(case: Case) -> Iterator[Evidence]:
    if sessions.TESTS not in case.runs:  # nothing may be run: what can be read has to do
        if not suite.test_functions(sources(case)):
            yield Evidence("no function of a test file is named as pytest asks")
        return
    found = tools.test_results(case)
    if not found.total:
        yield Evidence("pytest collected no test")
    elif not found.passed and not found.unloaded:
        yield Evidence(f"none of {found.total} tests passes in the sandbox")


def weak_tests(case: Case) -> Iterator[Evidence]:
    """What can be read of the tests first, then what running them over planted faults showed."""
    yield from cannot_fail(case)
    if sessions.TESTS in case.runs:
        with suppress(NotApplicable):  # what was read still holds
            yield from _not_loaded(case)
            yield from trial.weaknesses(case)


def _not_loaded(case: Case) -> Iterator[Evidence]:
    unloaded = tools.test_results(case).unloaded
    if unloaded:
        yield Evidence(f"no test runs, since {unloaded}")


def cannot_fail(case: Case) -> Iterator[Evidence]:
    found = sources(case)
    own, helpers = suite.own_names(found), suite.asserting_helpers(found)
    for module, function in suite.test_functions(found):
        if not suite.could_fail(function, own, helpers):
            said_again = suite.only_restates(function)
            what = "only says again what the code says" if said_again else NOTHING_ASSERTED
            yield Evidence(f"{function.name} {what}", module.where(function))


def unpinned(case: Case) -> Iterator[Evidence]:
    sources(case)  # where there is no code, nothing is needed
    counted = pins.counts(case.submission)
    if counted is None:
        yield Evidence("no requirements file, pyproject.toml or lock names what the code needs")
    elif counted[0] < counted[1]:
        yield Evidence(f"{counted[0] or 'none'} of {plural(counted[1], 'stated requirement')} name one version")


def absolute_paths(case: Case) -> Iterator[Evidence]:
    for module, node in faults.absolute_paths(sources(case)):
        yield Evidence("this path exists only on the author's machine", module.where(node))


def downloads(case: Case) -> Iterator[Evidence]:
    for module, node in danger.downloads(sources(case)):
        yield Evidence("this reaches for the network while the code runs", module.where(node))


def no_readme(case: Case) -> Iterator[Evidence]:
    words = communication.distinct_words(case.submission)
    if words < LEAST_WORDS:
        yield Evidence(
            f"README and notes hold {words} different words" if words else "there is neither a README nor notes"
        )


def leftovers(case: Case) -> Iterator[Evidence]:
    for where in archive.leftovers(case.submission):
        yield Evidence("this is no part of the work", where)


CHECKS = (
    Check(
        "TEST001",
        "No tests",
        Severity.MINOR,
        no_tests,
        Guide(
            detect="pytest runs the submission's tests in the sandbox; results come from our own collector.",
            why="Feature code without tests breaks silently at the next change.",
            avoid="Test the parsing and the features on small tables, and predict on one row.",
        ),
        Question(
            "What is the first test you would write here, and what would it have caught?",
            "picks the riskiest behaviour, small, at the level of data",
            "asserts a shape only",
        ),
    ),
    Check(
        "TEST002",
        "Weak tests",
        Severity.MINOR,
        weak_tests,
        Guide(
            detect="Tests are read for an assertion about something that the submission's own code gave, and run over "
            "faults planted in its functions; text changes that keep the behaviour must go unnoticed.",
            why="A test that no fault makes fail tells nobody anything, and looks as if it did.",
            avoid="Assert a value worked out by hand, or a relation that must hold, on the lines that matter most.",
        ),
        Question(
            "We planted faults in your functions, and your tests missed some. Write the next test.",
            "picks the behaviour with the highest risk, at the level of data or as a relation, small",
            "asserts a shape only",
        ),
    ),
    Check(
        "REPRO002",
        "Requirements not pinned",
        Severity.MINOR,
        unpinned,
        Guide(
            detect="requirements files, pyproject.toml and lock files are read; a pin names one version.",
            why="Next year's versions train another model, or none.",
            avoid="Commit a lock file, or pin every requirement with ==.",
        ),
        Question(
            "I clone this on a new machine in a year. What breaks?",
            "lock file, data version, Python version, one command",
            '"works for me"',
        ),
    ),
    Check(
        "REPRO003",
        "Absolute path",
        Severity.MINOR,
        absolute_paths,
        Guide(
            detect="Text constants that begin with a home folder or a drive.",
            why="The code runs on one machine only.",
            avoid="Take paths as arguments, or build them from the file's own place.",
        ),
        Question(
            "Which paths of yours exist only on your machine?",
            "takes them as arguments or configuration",
            "asks others to edit the code",
        ),
    ),
    Check(
        "REPRO004",
        "Reaches for the network",
        Severity.MINOR,
        downloads,
        Guide(
            detect="Calls of requests, urlopen and the like, and pandas reading from an address.",
            why="What is fetched while the code runs is another thing tomorrow, or gone.",
            avoid="Fetch in a step of its own, keep what was fetched with its version, and read that.",
        ),
        Question(
            "What does your pipeline do on the day this address does not answer?",
            "a kept copy with a version; fetching apart from training",
            "tries again",
        ),
    ),
    Check(
        "DOC001",
        "README without content",
        Severity.MINOR,
        no_readme,
        Guide(
            detect=f"The different words of README and NOTES at the root; fewer than {LEAST_WORDS} say nothing.",
            why="The next owner needs the problem, the approach, the numbers and the limits before the code.",
            avoid="Half a page: problem, approach, results with intervals, limits, next steps.",
        ),
        Question(
            "When should nobody use this model?",
            "population, time, kind of decision, groups that are missing",
            "always fine",
        ),
    ),
    Check(
        "HYG001",
        "Leftovers",
        Severity.INFO,
        leftovers,
        Guide(
            detect="Data, saved models, caches, environments and copies among the files handed in.",
            why="They hide the work, and data that leaves its place may be personal data.",
            avoid="Hand in a clean checkout; let .gitignore name what is made.",
        ),
        Question(
            "Which of these files does somebody need to reproduce your result?",
            "only code, pins and notes; the rest is made again",
            "has not looked",
        ),
    ),
)
