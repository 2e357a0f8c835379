"""The criteria that are read off the code: each is a few signals, each signal a saturating function of one measure.

Every measure is a share or a density, so that 150 lines and 1,500 of the same quality score alike.  Points need
something to be earned by: below ENOUGH lines of code all of them shrink, and with source that does not parse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from graders.measure.scoring import constant
from graders.measure.wording import percent, plural
from graders.model.case import NotApplicable
from graders.probes.names import ProbeName
from graders.rubric import reading
from graders.rubric.scoring_rules import CodeContext, Judged, Part, Scale, at, fading, weighed
from graders.source import (
    archive,
    communication,
    danger,
    dead,
    faults,
    naming,
    pins,
    repeats,
    rule_costs,
    shape,
    suite,
    texture,
)
from graders.source.sources import Sources, Unreadable

#: Lines of code from which a submission shows what there is to see; what is left of the points below FEW lines, so that
#: functions and short files of different lengths can be compared.
ENOUGH, FEW, LEAST = reading.ENOUGH_LINES, 40, 0.5
#: Below this many lines one slip would weigh as much as many in a real submission.
FEWEST_LINES = 100
#: A smaller share of lines that do nothing moves no score that is shown.
WORTH_SAYING = 0.02
#: A module and a function for so many lines, up to so many of them, show that the work is cut.
LINES_A_MODULE, MODULES = 50, 4
LINES_A_FUNCTION, FUNCTIONS = 15, 8


def scale(found: Sources) -> Scale:
    """Little code and broken code earn little."""
    lines = found.code_lines - dead.hollow_lines(found)
    shown = lines - dead.idle_lines(found)
    amount = (LEAST + (1 - LEAST) * at(shown, FEW, ENOUGH)) * lines / max(found.code_lines, 1)
    if found.broken:
        seen = f"{plural(len(found.broken), 'file')} cannot be parsed: {found.broken[0].path}"
        return Scale(amount * (1 - found.broken_share), seen, "Hand in only files that parse.")
    empty = found.code_lines - lines
    hollow = f"{empty} lines lie in functions that do nothing yet" if empty > WORTH_SAYING * found.code_lines else ""
    seen = f"{plural(shown, 'line')} of code are few to judge by" if shown < ENOUGH else hollow
    return Scale(amount, seen, "Show more of the work: validation, checks of the input, tests.")


def per_hundred(count: float, found: Sources) -> float:
    return 100 * count / max(found.code_lines, FEWEST_LINES)


def structure(about: CodeContext) -> Judged:
    found = about.code.sources
    loose, long = _loose(found), shape.share_in_long_units(found)
    written = [module for module in found.product if not module.source.is_notebook]
    modules = max(sum(len(module.code_lines) >= naming.CRUMB for module in written), 1)
    functions, typical = len(found.functions()), shape.typical_module(found)
    separate, cut = (_wanted(found, *each) for each in ((LINES_A_MODULE, MODULES), (LINES_A_FUNCTION, FUNCTIONS)))
    parts = (
        Part(2, at(loose, 0.6, 0.05), f"{_loose_words(found)} ({LOOSE})", "Move loose code into functions."),
        Part(2, at(functions, 0, cut), plural(functions, "function"), "Cut the work into functions of one task each."),
        Part(
            0.7,
            at(long, 0.6, 0),
            f"{percent(long)} is in blocks over {shape.LONG} lines",
            "Split the longest function.",
        ),
        Part(
            1.1,
            at(modules, 0, separate),
            plural(modules, "module"),
            "Divide the work into more modules, such as features, model and validation.",
        ),
        Part(
            0.7,
            at(typical, 500, 200),
            f"on average a line lies in a module of {typical:.0f} lines",
            "Split the largest module.",
        ),
        *_shared(found),
        _entry(found),
        *_globals(found),
    )
    return weighed(parts, about.reasons("structure"), scale(found))


def _wanted(found: Sources, lines: int, most: int) -> float:
    """How many parts of so many lines each the code would fill, at least one and at most `most`."""
    return min(max(found.code_lines / lines, 1), most)


def _loose(found: Sources) -> float:
    """The share of the code in no function; a few loose lines of a short script are no more than in a long one."""
    outside = (1 - shape.share_in_functions(found)) * found.code_lines
    return outside / max(found.code_lines, FEWEST_LINES)


#: What loose code is, in words.
LOOSE = "it runs on import, or in a main guard of more than 15 lines"


def _loose_words(found: Sources) -> str:
    return f"{percent(1 - shape.share_in_functions(found))} of the code is loose"


def _entry(found: Sources) -> Part:
    share, seen = shape.entry(found)
    return Part(0.7, share, seen, "Give the program one entry that takes its settings as arguments.")


def _shared(found: Sources) -> tuple[Part, ...]:
    """Only where there is a train and a predict."""
    shared = shape.shared_between(found, "train", "predict")
    if shared is None:
        return ()
    names = ", ".join(sorted(shared)[:3])
    twice = shape.prepared_twice(found)
    alone = "train and predict share no function" if twice else "predict prepares nothing beside what train saved"
    seen = f"train and predict share {names}" if shared else alone
    return (Part(1.5, float(not twice), seen, "Prepare the rows in one function that train and predict both call."),)


def _globals(found: Sources) -> tuple[Part, ...]:
    written = len(shape.globals_written(found))
    seen = plural(written, "global statement") if written else ""
    share = fading(per_hundred(written, found), 1.0)
    return (Part(0.5, share, seen, "Pass state as arguments instead of `global`."),)


def complexity(about: CodeContext) -> Judged:
    if about.code.ended_by_candidate(ProbeName.RADON):
        return _unreadable("The complexity of the code could not be measured")
    found = about.code.sources
    functions = about.code.complexities
    tangled = {f: f.lines * max(at(f.value, 8, 20), at(f.cognitive, 12, 30)) for f in functions}
    share = sum(tangled.values()) / max(sum(f.lines for f in functions), 1)
    loose = _loose(found)
    repeated = repeats.repeated_share(found)
    worst = max(functions, key=lambda f: (tangled[f], f.value), default=None)
    seen = "there is no function"
    if worst:
        seen = f"the most tangled function, {worst.name}, has complexity {worst.value} (cognitive {worst.cognitive})"
    parts = (
        Part(1, at(share, 0.5, 0), seen, f"Split {worst.name} by responsibility." if worst else ""),
        Part(
            1,
            at(repeated, 0.25, 0.03),
            f"{percent(repeated)} of the lines repeat others",
            "Write what is repeated once.",
        ),
        Part(
            1,
            at(loose, 0.7, 0.1),
            _loose_words(found),
            "Cut loose code into functions.",
        ),
    )
    return weighed(parts, about.reasons("complexity-duplication"), scale(found))


#: So many words of the code in README and notes show that they speak of this work.
GROUNDED = 8


def correctness(about: CodeContext) -> Judged:
    if about.code.ended_by_candidate(ProbeName.RUFF):
        return _unreadable("Static analysis could not finish")
    found, violations = about.code.sources, about.code.violations
    if violations is None:
        return Judged(constant(0.0), "Static analysis found more violations than it can list.")
    likely = [v for v in violations if rule_costs.cost(v.rule)]
    elsewhere = len(faults.absolute_paths(found))
    weight = sum(rule_costs.cost(v.rule) for v in likely) + rule_costs.ABSOLUTE_PATH * elsewhere
    commonest = ", ".join(shape.most_common(v.rule for v in likely))
    advice = f"Correct what ruff reports ({commonest})." if likely else "Take paths as arguments."
    seen = f"{plural(len(likely), 'likely error')} by ruff in {plural(found.code_lines, 'line')} of code"
    seen += f", and {plural(elsewhere, 'path')} of one machine alone" if elsewhere else ""
    part = Part(1, fading(per_hundred(weight, found), 2.0), seen, advice)
    return weighed((part,), about.reasons("correctness"), scale(found))


EXPLAIN = "Say in a docstring what each public function needs and gives."
ANNOTATE = "Annotate parameters and returns."
NOTHING_PUBLIC = "there is no public function or class that does something"
NOTHING_TYPED = "no function that does something has a parameter or a result"
CUT_AND_EXPLAIN = "Cut the work into functions with types and docstrings."
CHECK_INPUTS = "Check inputs and say what is wrong with them."
RENAME = "Name variables after what they hold."


def readability(about: CodeContext) -> Judged:
    found = about.code.sources
    typed, explained = naming.annotated(found), naming.documented(found)
    annotated, documented = typed or 0.0, explained or 0.0
    unclear = naming.unclear_share(found)
    magic = per_hundred(len(naming.magic_numbers(found)), found)
    left = len(dead.commented_out(found)) + len(dead.unreachable(found))
    unused = per_hundred(left, found)
    useless = f"{plural(left, 'line')} of code {'is' if left == 1 else 'are'} commented out or never reached"
    parts = (
        Part(
            1.6,
            at(documented, 0, 0.7),
            NOTHING_PUBLIC if explained is None else f"{percent(documented)} of the public definitions are explained",
            CUT_AND_EXPLAIN if explained is None else EXPLAIN,
        ),
        Part(
            1.4,
            at(annotated, 0, 0.7),
            NOTHING_TYPED if typed is None else f"{percent(annotated)} of the parameters and returns have a type",
            CUT_AND_EXPLAIN if typed is None else ANNOTATE,
        ),
        Part(0.5, at(magic, 10, 1), f"{magic:.1f} unnamed numbers in 100 lines", "Name the numbers in one place."),
        Part(1.2, at(unclear, 0.3, 0.03), f"{percent(unclear)} of the names are short or mislead", RENAME),
        Part(0.6, fading(unused, 2.0), useless if left else "", "Remove code that is commented out or never reached."),
        *_texture(found),
        *_style(about, found),
    )
    return weighed(parts, about.reasons("readability"), scale(found))


def _texture(found: Sources) -> tuple[Part, ...]:
    symbols, blank = texture.symbols_a_line(found), texture.blank_share(found)
    return (
        Part(0.6, at(symbols, 16, 8), f"{symbols:.1f} symbols in a line", "Do one thing in a line."),
        Part(0.3, at(blank, 0, 0.15), "", "Set steps apart by blank lines."),
    )


def _style(about: CodeContext, found: Sources) -> tuple[Part, ...]:
    try:
        violations = about.code.violations or ()
    except NotApplicable:
        return ()
    style = per_hundred(sum(v.rule.startswith(rule_costs.STYLE) for v in violations), found)
    seen = f"{style:.1f} slips of layout in 100 lines"
    return (Part(2.3, fading(style, 5.0), seen, "Let a formatter lay out the code."),)


def error_handling(about: CodeContext) -> Judged:
    found = about.code.sources
    swallowed, prints = len(faults.swallowed(found)), len(faults.prints(found))
    silenced = len(faults.silenced(found))
    logs, raised = len(faults.logs(found)), len(faults.checks(found))
    narrow = fading(per_hundred(swallowed + silenced, found), 1.0)
    hidden = f"{plural(swallowed, 'handler')} {'swallows' if swallowed == 1 else 'swallow'} every exception"
    hidden += ", and all warnings are turned off" if silenced else ""
    printed, checked = per_hundred(prints, found), per_hundred(raised, found)
    parts = (
        Part(1, narrow, hidden, "Catch only the error, and silence only the warning, that you expect."),
        Part(
            1.5,
            at(printed, 12, 0),
            f"{plural(prints, 'call')} of print and {logs} of a log",
            "Log instead of printing.",
        ),
        Part(0.7, at(checked, 0, 0.7), f"{plural(raised, 'check')} with a message or a rule of its own", CHECK_INPUTS),
        Part(0.5, float(logs > 0), "", "Log what a run does."),
    )
    return weighed(parts, about.reasons("error-handling"), scale(found))


def environment(about: CodeContext) -> Judged:
    submission = about.code.submission
    pinned = pins.pinned_share(submission)
    own = len(faults.absolute_paths(about.code.sources)) + len(danger.downloads(about.code.sources))
    stated = (
        "no requirements are stated" if pinned is None else f"{percent(pinned)} of the stated requirements are pinned"
    )
    command = next(iter(archive.recipes(submission)), "") or communication.command(submission)
    runs = f"{command} says how to run it" if command else "no command that runs it is given"
    parts = (
        Part(1.2, float(pinned is not None), stated, "State what the code needs in a requirements file."),
        Part(1.2, pinned or 0.0, "", "Pin every requirement to one version, or commit a lock file."),
        Part(0.8, fading(own, 1.0), f"{plural(own, 'absolute path or download')}", "Take paths and data as arguments."),
        Part(0.8, float(bool(command)), runs, "Give the command that runs it."),
    )
    return weighed(parts, about.reasons("environment"))


def hygiene(about: CodeContext) -> Judged:
    submission = about.code.submission
    with suppress(Unreadable):  # broken code still has its surroundings
        _ = about.code.sources
    words, said = communication.distinct_words(submission), communication.sections_with_content(submission)
    left, secrets = len(archive.leftovers(submission)), len(danger.secrets(submission))
    real = at(communication.grounded_words(submission), 0, GROUNDED)
    checked = bool(archive.checked(submission))
    automatic = "" if checked else "nothing runs tests or a linter by itself"
    exposed = plural(secrets, "secret") if secrets else ""
    parts = (
        Part(0.4, real * at(words, 20, 120), f"README and notes hold {words} different words", "Write a README."),
        Part(
            0.35,
            real * at(said, 0, 4),
            f"{plural(said, 'section')} {'says' if said == 1 else 'say'} something",
            "Give problem, results and limits a section each.",
        ),
        Part(0.1, fading(left, 10.0), plural(left, "leftover"), "Leave out data, saved models and caches."),
        Part(0.4, float(checked), automatic, "Let one file (Makefile, pre-commit, a workflow) run tests and a linter."),
        Part(0.15, float(not secrets), exposed, "Revoke the secret and read it from the environment."),
    )
    return weighed(parts, about.reasons("hygiene"))


def tests_as_read(about: CodeContext) -> Judged:
    """The tests where nothing may be run: how many could fail, for the size of the code."""
    found = about.code.sources
    written, able = len(suite.test_functions(found)), len(suite.effective(found))
    density = per_hundred(able, found)
    seen = (
        f"{able} of {plural(written, 'test')} check what the code does (read, not run)"
        if written
        else "there is no test"
    )
    part = Part(1, at(density, 0, 2), seen, "Test parsing and features on small tables.")
    return weighed((part,), about.reasons("tests"), scale(found))


def _unreadable(what: str) -> Judged:
    return Judged(constant(0.0), f"{what}: the files are too large or too deep for the tool to read.")


def _as_read(criterion: Callable[[CodeContext], Judged]) -> Callable[[CodeContext], Judged]:
    """Beside the points, how far reading may be from an expert's judgement.

    Code that no parser can read earns nothing; only where there is none is nothing judged.
    """

    def judge(about: CodeContext) -> Judged:
        try:
            return replace(criterion(about), error=reading.error(about.code.sources))
        except Unreadable:
            return Judged(constant(0.0), "None of the code can be parsed.", about.flagged("CODE007"))

    return judge


CRITERIA: Mapping[str, Callable[[CodeContext], Judged]] = {
    "structure": _as_read(structure),
    "complexity-duplication": _as_read(complexity),
    "correctness": _as_read(correctness),
    "readability": _as_read(readability),
    "error-handling": _as_read(error_handling),
    "environment": _as_read(environment),
    "hygiene": hygiene,
}
#: What can be said without running anything.
READ: Mapping[str, Callable[[CodeContext], Judged]] = {**CRITERIA, "tests": _as_read(tests_as_read)}
