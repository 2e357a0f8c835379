"""Checks of the code itself."""

from __future__ import annotations

from collections.abc import Iterator

from graders import probes
from graders.model import Action, Case, Check, Evidence, Guide, NotApplicable, Question, Severity
from graders.problems import machine_was_slow, problem
from graders.quality import communication, signals, tools
from graders.quality.sources import sources, where

TANGLED = 20
LEAST_WORDS = 60


def too_complex(case: Case) -> Iterator[Evidence]:
    for function in sorted(tools.complexities(case), key=lambda f: -f.value):
        if function.value > TANGLED:
            yield Evidence(f"{function.name} has cyclomatic complexity {function.value}", function.where)


def swallows_errors(case: Case) -> Iterator[Evidence]:
    for module, handler in signals.swallowed(sources(case)):
        yield Evidence(
            "every exception is caught here and none is raised, logged or used", where(case, module, handler)
        )


def no_tests(case: Case) -> Iterator[Evidence]:
    found = tools.test_results(case)
    if not found.total:
        yield Evidence("pytest collected no test")
    elif not found.passed:
        yield Evidence(f"none of {found.total} tests passes in the sandbox")


def unpinned(case: Case) -> Iterator[Evidence]:
    share = communication.pinned_share(case.submission)
    if share is None:
        yield Evidence("no requirements file, pyproject.toml or lock names what the code needs")
    elif share < 1:
        yield Evidence(f"only {share:.0%} of the stated requirements name one version")


def absolute_paths(case: Case) -> Iterator[Evidence]:
    for module, node in signals.absolute_paths(sources(case)):
        yield Evidence("this path exists only on the author's machine", where(case, module, node))


def no_readme(case: Case) -> Iterator[Evidence]:
    words = communication.words(case.submission)
    if words < LEAST_WORDS:
        yield Evidence(f"README and notes hold {words} words" if words else "there is neither a README nor notes")


def one_row_fails(case: Case) -> Iterator[Evidence]:
    run = case.runs.get(probes.PREDICT_PARTS)
    whole = case.runs.get(probes.PREDICT)
    if run is not None and machine_was_slow(run):
        raise NotApplicable("single rows were ended by the wall clock, which a busy machine can do")
    if run is not None and whole is not None and whole.ok and not run.ok and run.action is Action.PREDICT:
        why = problem(run)
        yield Evidence(
            f"predict works on all rows at once but not on single rows: {why.message.rstrip('.')}", why.where
        )


CHECKS = (
    Check(
        "CODE001",
        "Complexity",
        Severity.MINOR,
        too_complex,
        Guide(
            detect=f"radon counts the paths through each function; above {TANGLED} it is listed.",
            why="Nobody can hold twenty paths in mind, and each untested one hides a fault.",
            avoid="Split by responsibility: read, clean, derive, fit, judge.",
        ),
        Question(
            "Your most complex function: split it with me.",
            "names responsibilities and a seam for tests, keeps behaviour",
            "moves lines about",
        ),
    ),
    Check(
        "CODE004",
        "Swallowed exception",
        Severity.MAJOR,
        swallows_errors,
        Guide(
            detect="The syntax tree is searched for handlers of every exception that neither raise, log nor use it.",
            why="A failure that nobody sees becomes wrong predictions instead of an alarm.",
            avoid="Catch the one error you expect, say what it means, and let the others through.",
        ),
        Question(
            "This handler swallows every exception. Which failure would you hate to miss?",
            "an example of silently bad data; narrows the except, logs, fails fast",
            '"so it does not crash"',
        ),
    ),
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
        "DOC001",
        "README without content",
        Severity.MINOR,
        no_readme,
        Guide(
            detect=f"README and NOTES at the root are counted; fewer than {LEAST_WORDS} words say nothing.",
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
        "ROB004",
        "Fails on a one-row batch",
        Severity.MAJOR,
        one_row_fails,
        Guide(
            detect="predict is handed single rows and small batches after it handled all rows at once.",
            why="Services are asked about one customer at a time.",
            avoid="Avoid statistics of the batch and reshapes that need many rows; test predict on one row.",
        ),
        Question(
            "One customer calls. What does your predict do with a single row?",
            "traces it through the features; has or writes a test",
            "has never tried",
        ),
    ),
)
