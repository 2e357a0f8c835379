"""Checks of how the code is written: evidence is a place in a file or a cell."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.model.submission import Aside
from graders.source import archive, faults, repeats, shape
from graders.source.code import Code
from graders.source.rule_costs import cost
from graders.words import N_, say

TANGLED, HARD = 20, 30
#: Loose code is a finding where less than this share of the code lies in functions.
MOSTLY_INSIDE = 0.7
VERY_LONG = 100


def too_complex(code: Code) -> Iterator[Evidence]:
    for function in sorted(code.complexities, key=lambda f: (-f.value, -f.cognitive, f.where)):
        if function.value > TANGLED or function.cognitive > HARD:
            counts = say(
                "cyclomatic complexity {function}, cognitive {cognitive}",
                function=function.value,
                cognitive=function.cognitive,
            )
            yield Evidence(say("`{function}` has {counts}", function=function.name, counts=counts), function.where)


def repeated(code: Code) -> Iterator[Evidence]:
    for repeat in sorted(repeats.repeats(code.sources), key=lambda r: r.first - r.last):
        original = repeat.original.source.locate(repeat.original_line)
        lines = repeat.last - repeat.first + 1
        yield Evidence(
            say("{lines} lines repeat those from {original} on", lines=lines, original=original),
            repeat.module.source.locate(repeat.first),
        )


def ran_out_of_order(code: Code) -> Iterator[Evidence]:
    for where, what in archive.out_of_order(code.sources, code.submission):
        yield Evidence(say("the cell {what}", what=what), where)


def swallows_errors(code: Code) -> Iterator[Evidence]:
    for module, handler in faults.swallowed(code.sources):
        yield Evidence(say("every exception is caught here and none is raised, logged or used"), module.where(handler))


def monolith(code: Code) -> Iterator[Evidence]:
    found = code.sources
    for module, node in shape.globals_written(found):
        yield Evidence(
            say("`{names}` is changed from inside a function", names=", ".join(node.names)), module.where(node)
        )
    for module in found.product:
        for function in module.functions():
            lines = shape.lines_in(module, function)
            if lines > VERY_LONG:
                yield Evidence(
                    say("`{function}` has {lines} lines of code", function=function.name, lines=lines),
                    module.where(function),
                )
        loose = list(shape.at_import(module))
        lines = sum(count for _, count in loose)
        if lines > shape.LONG and shape.share_in_functions(found) < MOSTLY_INSIDE:
            yield Evidence(
                say("{lines} lines of {path} lie in no function", lines=lines, path=module.path),
                module.where(loose[0][0]),
            )


def does_not_parse(code: Code) -> Iterator[Evidence]:
    for source in code.everything.broken:
        yield Evidence(say("{path} cannot be parsed", path=source.path), source.locate(None))
    for item in code.submission.set_aside:
        if item.kind is Aside.BROKEN:
            yield Evidence(item.what, item.where)


def likely_errors(code: Code) -> Iterator[Evidence]:
    found = code.violations
    if found is None:
        yield Evidence(say("ruff reports more violations than can be listed"))
    for violation in sorted(found or (), key=lambda v: -cost(v.rule)):
        if cost(violation.rule) >= 1:
            yield Evidence(say("{rule}: {message}", rule=violation.rule, message=violation.message), violation.where)


def prepared_twice(code: Code) -> Iterator[Evidence]:
    found = code.sources
    if shape.prepared_twice(found):
        for module in found.product:
            for function in module.functions():
                if function.name in {"train", "predict"}:
                    yield Evidence(
                        say(
                            "{function} prepares rows and shares no function of yours with the other",
                            function=function.name,
                        ),
                        module.where(function),
                    )


CHECKS = (
    Check(
        code="CODE001",
        title=N_("Complexity"),
        severity=Severity.MINOR,
        family="code",
        criteria=("complexity-duplication",),
        open=True,
        read=too_complex,
        guide=Guide(
            detect=say(
                "radon counts the branches of each function, complexipy how hard they are to follow. Functions "
                "within a function count as part of it. Above {tangled} and {hard} it is listed.",
                tangled=TANGLED,
                hard=HARD,
            ),
            why=N_("Nobody can hold twenty paths in mind, and each untested one hides a fault."),
            avoid=N_("Split by responsibility: read, clean, derive, fit, judge."),
        ),
        question=Question(
            say("Your most complex function: split it with me."),
            say("names responsibilities and a seam for tests, keeps behaviour"),
            say("moves lines about"),
        ),
    ),
    Check(
        code="CODE002",
        title=N_("Duplication"),
        severity=Severity.MINOR,
        family="code",
        criteria=("complexity-duplication",),
        open=True,
        read=repeated,
        guide=Guide(
            detect=say(
                "Windows of {window} tokens that occur again, numbers and texts counting as alike.",
                window=repeats.WINDOW,
            ),
            why=N_("A copy is corrected in one place and stays wrong in the other; between train and predict: skew."),
            avoid=N_("Put what is repeated into one function with what differs as its arguments."),
        ),
        question=Question(
            say("This block appears more than once. Abstract it or leave it?"),
            say("weighs coupling against one place of change, names train against predict"),
            say("DRY as a dogma, or a shrug"),
        ),
    ),
    Check(
        code="CODE003",
        title=N_("Hidden state of a notebook"),
        severity=Severity.MINOR,
        family="code",
        open=True,
        read=ran_out_of_order,
        guide=Guide(
            detect=N_("The numbers Jupyter leaves beside the cells tell the order in which they were last run."),
            why=N_("What was computed out of order may not come out again from a clean run."),
            avoid=N_("Restart the kernel and run all before handing in; move logic into functions."),
        ),
        question=Question(
            say("This cell ran after a later one. Would 'Restart and run all' give your number?"),
            say("knows of hidden state, has tried a clean run, moves logic into functions"),
            "unaware",
        ),
    ),
    Check(
        code="CODE004",
        title=N_("Swallowed exception"),
        severity=Severity.MAJOR,
        family="code",
        criteria=("error-handling",),
        open=True,
        read=swallows_errors,
        guide=Guide(
            detect=N_(
                "The syntax tree is searched for handlers of every exception that neither raise, log nor use it."
            ),
            why=N_("A failure that nobody sees becomes wrong predictions instead of an alarm."),
            avoid=N_("Catch the one error you expect, say what it means, and let the others through."),
        ),
        question=Question(
            say("This handler swallows every exception. Which failure would you hate to miss?"),
            say("an example of silently bad data; narrows the except, logs, fails fast"),
            say('"so it does not crash"'),
        ),
    ),
    Check(
        code="CODE005",
        title=N_("Monolith or global state"),
        severity=Severity.MINOR,
        family="code",
        criteria=("structure",),
        open=True,
        read=monolith,
        guide=Guide(
            detect=say(
                "Functions of more than {very_long} lines of code, `global` statements, and long stretches "
                "that run on import.",
                very_long=VERY_LONG,
            ),
            why=N_("What cannot be called alone cannot be tested alone."),
            avoid=N_("Give each step a function that takes what it needs and returns what it made."),
        ),
        question=Question(
            say("How would you test the middle of this block on its own?"),
            say("names the seam, the inputs and the outputs of a step"),
            say("runs all of it and looks at the result"),
        ),
    ),
    Check(
        code="CODE007",
        title=N_("Does not parse"),
        severity=Severity.MAJOR,
        family="code",
        open=True,
        read=does_not_parse,
        guide=Guide(
            detect=N_("Every module and every cell is parsed as Python 3.11, with bounds on its length."),
            why=N_("What does not parse was not run in the form it was handed in."),
            avoid=N_("Run the work from a clean copy before handing in."),
        ),
        question=Question(
            say("This file does not parse. When did it last run?"),
            say("knows how it came about and which check would have caught it"),
            "surprised",
        ),
    ),
    Check(
        code="CODE008",
        title=N_("Likely errors"),
        severity=Severity.MINOR,
        family="code",
        criteria=("correctness",),
        open=True,
        read=likely_errors,
        guide=Guide(
            detect=(
                N_(
                    "ruff looks for likely errors, without the submission's own settings. Examples are undefined "
                    "names, shared mutable defaults and comparisons that are always true."
                )
            ),
            why=N_("Most are faults that a run has not met yet."),
            avoid=N_("Run `ruff check` and correct what it says instead of silencing it."),
        ),
        question=Question(
            say("What happens when this line is reached?"),
            say("sees the fault and the input that shows it"),
            say("has not read it"),
        ),
    ),
    Check(
        code="CODE012",
        title=N_("Prepared twice"),
        severity=Severity.MINOR,
        family="code",
        criteria=("structure",),
        open=True,
        read=prepared_twice,
        guide=Guide(
            detect=N_(
                "The functions that train and predict come to call: both prepare rows, and none is called by "
                "both. A predict that hands its rows to what train fitted and saved prepares nothing."
            ),
            why=N_(
                "Preparation that is written twice drifts apart, and then the model meets rows it was not trained on."
            ),
            avoid=N_("Build features in one function that both call, or save the fitted pipeline."),
        ),
        question=Question(
            say("You change a feature tomorrow. How many places do you edit?"),
            say("one; shows it, or says how to get there"),
            say("two, and hopes"),
        ),
    ),
)
