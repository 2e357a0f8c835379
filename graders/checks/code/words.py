"""Checks of what a reader meets: names, numbers, messages, and code that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.source import dead, faults, naming
from graders.source.code import Code

MANY_COMMENTED = 3
MANY_NUMBERS = 5
MANY_PRINTS = 5
#: Where so many are explained, the others may speak for themselves.
MOSTLY_EXPLAINED = 0.7


def dead_code(code: Code) -> Iterator[Evidence]:
    found = code.sources
    for module, statement in dead.unreachable(found):
        yield Evidence("nothing reaches this statement", module.where(statement))
    for module, function in dead.never_called(found):
        yield Evidence(f"nothing calls {function.name}", module.where(function))
    commented = dead.commented_out(found)
    if len(commented) >= MANY_COMMENTED:
        yield from (Evidence("code that is commented out", where) for where in commented)


def unexplained(code: Code) -> Iterator[Evidence]:
    found = code.sources
    short = sorted(naming.cryptic(found))
    if len(short) > 0.2 * len(naming.names(found)):
        yield Evidence(f"{len(short)} names have one or two letters: {', '.join(short[:8])}")
    if (naming.documented(found) or 0.0) >= MOSTLY_EXPLAINED:
        return
    for module in found.product:
        for node in module.credited:
            if naming.is_public(node) and not naming.is_explained(node):
                yield Evidence(f"{node.name} has no docstring that says more than its name", module.where(node))


def unnamed_numbers(code: Code) -> Iterator[Evidence]:
    numbers = naming.magic_numbers(code.sources)
    if len(numbers) >= MANY_NUMBERS:
        for module, node in numbers:
            yield Evidence(f"{node.value!r} stands in the middle of the code", module.where(node))


def printed(code: Code) -> Iterator[Evidence]:
    calls = faults.prints(code.sources)
    if len(calls) >= MANY_PRINTS:
        yield from (Evidence("print goes where nobody can filter or keep it", m.where(call)) for m, call in calls)


CHECKS = (
    Check(
        code="CODE006",
        title="Dead code",
        severity=Severity.INFO,
        family="code",
        criteria=("readability",),
        open=True,
        read=dead_code,
        guide=Guide(
            detect="Statements behind a return, functions that nothing names, comments that are Python.",
            why="Every reader has to find out again that it does not matter.",
            avoid="Delete it: version control remembers.",
        ),
        question=Question(
            "Which part of this could be deleted without a test failing?",
            "finds it and says why it was kept",
            '"it may be needed later"',
        ),
    ),
    Check(
        code="CODE009",
        title="Unexplained names",
        severity=Severity.INFO,
        family="code",
        criteria=("readability",),
        open=True,
        read=unexplained,
        guide=Guide(
            detect=(
                "We list public functions and classes without a docstring that says more than the name. "
                "We list unusual names of one or two letters."
            ),
            why="The next owner needs to know what a function promises without reading it.",
            avoid="One sentence on what it needs and gives; names after what they hold.",
        ),
        question=Question(
            "What does this function promise its callers?",
            "inputs, output, units, and when it fails",
            "reads the body aloud",
        ),
    ),
    Check(
        code="CODE010",
        title="Unnamed numbers",
        severity=Severity.INFO,
        family="code",
        criteria=("readability",),
        open=True,
        read=unnamed_numbers,
        guide=Guide(
            detect="Numbers inside code that are neither constants, defaults, indices nor usual keywords.",
            why="A threshold without a name cannot be found, explained or changed in one place.",
            avoid="Name what was decided in one place, with the reason.",
        ),
        question=Question(
            "Where do these numbers come from, and what moves if one changes?",
            "a reason or a search for each, one place to change them",
            '"they worked"',
        ),
    ),
    Check(
        code="CODE011",
        title="Prints instead of a log",
        severity=Severity.INFO,
        family="code",
        criteria=("error-handling",),
        open=True,
        read=printed,
        guide=Guide(
            detect=f"Calls of print outside tests; from {MANY_PRINTS} on they are listed.",
            why="In a service nobody sees what is printed, and nothing tells a warning from noise.",
            avoid="Use logging with a level, and log counts that would show that something is wrong.",
        ),
        question=Question(
            "Which of these messages should wake somebody?",
            "levels, counts with thresholds, what is noise",
            "all of them are for debugging",
        ),
    ),
)
