"""Checks of what a reader meets: names, numbers, messages, and code that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.source import dead, faults, naming
from graders.source.code import Code
from graders.words import N_, say

MANY_COMMENTED = 3
MANY_NUMBERS = 5
MANY_PRINTS = 5
#: Where so many are explained, the others may speak for themselves.
MOSTLY_EXPLAINED = 0.7


def dead_code(code: Code) -> Iterator[Evidence]:
    found = code.sources
    for module, statement in dead.unreachable(found):
        yield Evidence(say("nothing reaches this statement"), module.where(statement))
    for module, function in dead.never_called(found):
        yield Evidence(say("nothing calls `{function}`", function=function.name), module.where(function))
    for module, unit in dead.thrown_away(found):
        what = say("train, evaluate and predict give the same without {unit}", unit=unit.name)
        yield Evidence(what, module.where(unit))
    commented = dead.commented_out(found)
    if len(commented) >= MANY_COMMENTED:
        yield from (Evidence(say("code that is commented out"), where) for where in commented)


def unexplained(code: Code) -> Iterator[Evidence]:
    found = code.sources
    short = sorted(naming.cryptic(found))
    if len(short) > 0.2 * len(naming.names(found)):
        yield Evidence(
            say("{short} names have one or two letters: {short_2}", short=len(short), short_2=", ".join(short[:8]))
        )
    if (naming.documented(found) or 0.0) >= MOSTLY_EXPLAINED:
        return
    for module in found.product:
        for node in module.credited:
            if naming.is_public(node) and not naming.is_explained(node):
                yield Evidence(
                    say("`{node}` has no docstring that says more than its name", node=node.name), module.where(node)
                )


def unnamed_numbers(code: Code) -> Iterator[Evidence]:
    numbers = naming.magic_numbers(code.sources)
    if len(numbers) >= MANY_NUMBERS:
        for module, node in numbers:
            yield Evidence(say("{node} stands in the middle of the code", node=repr(node.value)), module.where(node))


def printed(code: Code) -> Iterator[Evidence]:
    calls = faults.prints(code.sources)
    if len(calls) >= MANY_PRINTS:
        yield from (Evidence(say("print goes where nobody can filter or keep it"), m.where(call)) for m, call in calls)


CHECKS = (
    Check(
        code="CODE006",
        title=N_("Dead code"),
        severity=Severity.INFO,
        family="code",
        criteria=("readability",),
        open=True,
        read=dead_code,
        guide=Guide(
            detect=N_(
                "Statements behind a return, functions that nothing names, comments that are Python, and modules whose "
                "values mostly go nowhere."
            ),
            why=N_("Every reader has to find out again that it does not matter."),
            avoid=N_("Delete it: version control remembers."),
        ),
        question=Question(
            say("Which part of this could be deleted without a test failing?"),
            say("finds it and says why it was kept"),
            say('"it may be needed later"'),
        ),
    ),
    Check(
        code="CODE009",
        title=N_("Unexplained names"),
        severity=Severity.INFO,
        family="code",
        criteria=("readability",),
        open=True,
        read=unexplained,
        guide=Guide(
            detect=(
                N_(
                    "We list public functions and classes without a docstring that says more than the name. We "
                    "list unusual names of one or two letters."
                )
            ),
            why=N_("The next owner needs to know what a function promises without reading it."),
            avoid=N_("One sentence on what it needs and gives; names after what they hold."),
        ),
        question=Question(
            say("What does this function promise its callers?"),
            say("inputs, output, units, and when it fails"),
            say("reads the body aloud"),
        ),
    ),
    Check(
        code="CODE010",
        title=N_("Unnamed numbers"),
        severity=Severity.INFO,
        family="code",
        criteria=("readability",),
        open=True,
        read=unnamed_numbers,
        guide=Guide(
            detect=N_("Numbers inside code that are neither constants, defaults, indices nor usual keywords."),
            why=N_("A threshold without a name cannot be found, explained or changed in one place."),
            avoid=N_("Name what was decided in one place, with the reason."),
        ),
        question=Question(
            say("Where do these numbers come from, and what moves if one changes?"),
            say("a reason or a search for each, one place to change them"),
            say('"they worked"'),
        ),
    ),
    Check(
        code="CODE011",
        title=N_("Prints instead of a log"),
        severity=Severity.INFO,
        family="code",
        criteria=("error-handling",),
        open=True,
        read=printed,
        guide=Guide(
            detect=say(
                "Calls of print outside tests and outside a notebook's exploration; from {many_prints} on they are "
                "listed.",
                many_prints=MANY_PRINTS,
            ),
            why=N_("In a service nobody sees what is printed, and nothing tells a warning from noise."),
            avoid=N_("Use logging with a level, and log counts that would show that something is wrong."),
        ),
        question=Question(
            say("Which of these messages should wake somebody?"),
            say("levels, counts with thresholds, what is noise"),
            say("all of them are for debugging"),
        ),
    ),
)
