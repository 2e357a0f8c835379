"""The criteria that are read off the code: each is a few signals, each signal a saturating function of one measure.

Every measure is a share or a density, so that 150 lines and 1,500 of the same quality score alike.  Points need
something to be earned by: below ENOUGH lines of code all of them shrink, and with source that does not parse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from graders.measure.scoring import constant
from graders.measure.wording import percent
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
from graders.source.sources import MOST_LINES, Sources, Unreadable, packages
from graders.words import count, say, sentences

#: Lines of code from which a submission shows what there is to see; what is left of the points below FEW lines, so that
#: functions and short files of different lengths can be compared.
ENOUGH, FEW, LEAST = reading.ENOUGH_LINES, 40, 0.5
#: Comments for each line that explain a piece without a public definition.
COMMENTED = 0.2
#: Below this many lines one slip would weigh as much as many in a real submission.
FEWEST_LINES = 100
#: A smaller share of lines that do nothing moves no score that is shown.
WORTH_SAYING = 0.02
#: A module and a function for so many lines, up to so many of them, show that the work is cut.
LINES_A_MODULE, MODULES = 50, 4
LINES_A_FUNCTION, FUNCTIONS = 15, 8
#: Lines of the module in which a line lies, on average: up to so many cost nothing, and from so many on all.
TYPICAL, LARGE = 200, 500


@lru_cache(1)  # every criterion of one work asks
def scale(sources: Sources) -> Scale:
    """Little code and broken code earn little."""
    lines = sources.code_lines - dead.hollow_lines(sources)
    shown = lines - dead.idle_lines(sources)
    amount = (LEAST + (1 - LEAST) * at(shown, FEW, ENOUGH)) * lines / max(sources.code_lines, 1)
    if sources.broken:
        files = count("{n:,} file", "{n:,} files", len(sources.broken))
        seen = say("{files} cannot be parsed: {path}", files=files, path=sources.broken[0].path)
        return Scale(amount * (1 - sources.lost_share), seen, say("Hand in only files that parse."))
    if sources.unread:
        seen = count(
            "{n:,} file was not read, as at most {lines:,} lines are: {path}",
            "{n:,} files were not read, as at most {lines:,} lines are: {path}",
            len(sources.unread),
            lines=MOST_LINES,
            path=sources.unread[0].path,
        )
        return Scale(amount * (1 - sources.lost_share), seen, say("Hand in less code, and generate none of it."))
    empty = sources.code_lines - lines
    hollow: str = say("{lines} lines lie in functions that do nothing yet", lines=empty)
    said = _few(sources, shown) if shown < ENOUGH else hollow if empty > WORTH_SAYING * sources.code_lines else ""
    return Scale(amount, said, say("Show more of the work, such as validation and checks of the input."))


def _few(sources: Sources, shown: int) -> str:
    """That there is little code, and which of it does not count."""
    told = count("{n:,} line", "{n:,} lines", shown)
    if shown < sources.code_lines:
        return say(
            "{lines} of code that show the work are few to judge by: points shrink below {enough}",
            lines=told,
            enough=ENOUGH,
        )
    return say("{lines} of code are few to judge by: points shrink below {enough}", lines=told, enough=ENOUGH)


def per_hundred(count: float, sources: Sources) -> float:
    return 100 * count / max(sources.code_lines, FEWEST_LINES)


def structure(about: CodeContext) -> Judged:
    sources = about.code.sources
    loose, long = _loose(sources), shape.share_in_long_units(sources)
    written = [module for module in sources.product if not module.source.is_notebook]
    modules = max(sum(len(module.code_lines) >= naming.CRUMB for module in written), 1)
    functions, typical = len(sources.functions()), shape.typical_module(sources)
    separate, cut = (_wanted(sources, *each) for each in ((LINES_A_MODULE, MODULES), (LINES_A_FUNCTION, FUNCTIONS)))
    parts = (
        Part(2, at(loose, 0.6, 0.05), _loose_words(sources), say("Move loose code into functions.")),
        Part(
            2,
            at(functions, 0, cut),
            count("{n:,} function", "{n:,} functions", functions),
            say("Cut the work into functions of one task each."),
        ),
        Part(
            0.7,
            at(long, 0.6, 0),
            say("{long} of the code is in blocks over {long_2} lines", long=percent(long), long_2=shape.LONG),
            say("Split the longest function."),
        ),
        Part(
            1.1,
            at(modules, 0, separate),
            count("{n:,} module", "{n:,} modules", modules),
            say("Divide the work into more modules, such as features, model and validation."),
        ),
        Part(
            0.7,
            at(typical, LARGE, TYPICAL),
            say("on average a line lies in a module of {typical:.0f} lines", typical=typical)
            if typical > TYPICAL
            else "",
            say("Split the largest module."),
        ),
        *_shared(sources),
        _entry(sources),
        *_globals(sources),
    )
    return weighed(parts, about.reasons("structure"), scale(sources))


def _wanted(sources: Sources, lines: int, most: int) -> float:
    """How many parts of so many lines each the code would fill, at least one and at most `most`."""
    return min(max(sources.code_lines / lines, 1), most)


def _loose(sources: Sources) -> float:
    """The share of the code in no function; a few loose lines of a short script are no more than in a long one."""
    outside = (1 - shape.share_in_functions(sources)) * sources.code_lines
    return outside / max(sources.code_lines, FEWEST_LINES)


def _loose_words(sources: Sources) -> str:
    loose = 1 - shape.share_in_functions(sources)
    if loose and any(module.path.endswith(".ipynb") for module in sources.product):  # grading imports no such cell
        return say("{loose} of the code lies in cells and in no function", loose=percent(loose))
    some = say("{loose} of the code runs on import or in a long main guard", loose=percent(loose))
    return some if loose else say("no code runs on import or in a long main guard")


def _entry(sources: Sources) -> Part:
    share, seen = shape.entry(sources)
    return Part(0.7, share, seen, say("Give the program one entry that takes its settings as arguments."))


def _shared(sources: Sources) -> tuple[Part, ...]:
    """Only where there is a train and a predict."""
    shared = shape.shared_between(sources, "train", "predict")
    if shared is None:
        return ()
    names = ", ".join(sorted(shared)[:3])
    twice = shape.prepared_twice(sources)
    alone = (
        say("train and predict share no function") if twice else say("predict prepares nothing beside what train saved")
    )
    seen = say("train and predict share {names}", names=names) if shared else alone
    return (
        Part(1.5, float(not twice), seen, say("Prepare the rows in one function that train and predict both call.")),
    )


def _globals(sources: Sources) -> tuple[Part, ...]:
    written = len(shape.globals_written(sources))
    seen = count("{n:,} global statement", "{n:,} global statements", written) if written else ""
    share = fading(per_hundred(written, sources), 1.0)
    return (Part(0.5, share, seen, say("Pass state as arguments instead of `global`.")),)


def complexity(about: CodeContext) -> Judged:
    if about.code.ended_by_candidate(ProbeName.RADON):
        return _unreadable(say("The complexity of the code could not be measured"))
    sources = about.code.sources
    functions = about.code.complexities
    tangled = {f: f.lines * max(at(f.value, 8, 20), at(f.cognitive, 12, 30)) for f in functions}
    share = sum(tangled.values()) / max(sum(f.lines for f in functions), 1)
    loose = _loose(sources)
    repeated = repeats.repeated_share(sources)
    worst = max(functions, key=lambda f: (tangled[f], f.value), default=None)
    counts = {"worst": worst.name, "value": worst.value, "cognitive": worst.cognitive} if worst else {}
    if not worst:
        seen = say("there is no function")
    elif tangled[worst]:
        seen = say("the most tangled function, {worst}, has complexity {value} (cognitive {cognitive})", **counts)
    else:
        seen = say(
            "no function is tangled: {worst} has the highest complexity, {value} (cognitive {cognitive})", **counts
        )
    parts = (
        Part(1, at(share, 0.5, 0), seen, say("Split {worst} by responsibility.", worst=worst.name) if worst else ""),
        Part(
            1,
            at(repeated, 0.25, 0.03),
            say("{repeated} of the lines repeat others", repeated=percent(repeated)),
            say("Write what is repeated once."),
        ),
        Part(
            1,
            at(loose, 0.7, 0.1),
            _loose_words(sources) if loose > 0.1 else "",
            say("Cut loose code into functions."),
        ),
    )
    return weighed(parts, about.reasons("complexity-duplication"), scale(sources))


#: So many words of the code in README and notes show that they speak of this work.
GROUNDED = 8
PARTS = say("Give problem, results and limits a section each.")


def correctness(about: CodeContext) -> Judged:
    if about.code.ended_by_candidate(ProbeName.RUFF):
        return _unreadable(say("Static analysis could not finish"))
    sources, violations = about.code.sources, about.code.violations
    if violations is None:
        return Judged(constant(0.0), say("Static analysis found more violations than it can list."))
    likely = [v for v in violations if rule_costs.cost(v.rule)]
    elsewhere = len(faults.absolute_paths(sources))
    weight = sum(rule_costs.cost(v.rule) for v in likely) + rule_costs.ABSOLUTE_PATH * elsewhere
    commonest = ", ".join(shape.most_common(v.rule for v in likely))
    advice = (
        say("Correct what ruff reports ({commonest}).", commonest=commonest)
        if likely
        else say("Take paths as arguments.")
    )
    seen = say(
        "{likely_errors} by ruff in {lines} of code",
        likely_errors=count("{n:,} likely error", "{n:,} likely errors", len(likely)),
        lines=count("{n:,} line", "{n:,} lines", sources.code_lines),
    )
    if elsewhere:
        paths = count("{n} path exists on one machine alone", "{n} paths exist on one machine alone", elsewhere)
        seen = sentences(seen, paths)
    part = Part(1, fading(per_hundred(weight, sources), 2.0), seen, advice)
    return weighed((part,), about.reasons("correctness"), scale(sources))


EXPLAIN = say("Say in a docstring what each public function needs and gives.")
ANNOTATE = say("Annotate parameters and returns.")
NOTHING_PUBLIC = say("there is no public function or class that does something")
NOTHING_TYPED = say("no function that does something has a parameter or a result")
CUT_AND_EXPLAIN = say("Cut the work into functions with types and docstrings.")
CHECK_INPUTS = say("Check inputs and say what is wrong with them.")
RENAME = say("Name variables after what they hold.")


def readability(about: CodeContext) -> Judged:
    sources = about.code.sources
    typed, explained = naming.annotated(sources), naming.documented(sources)
    annotated, documented = typed or 0.0, explained or 0.0
    unclear = naming.unclear_share(sources)
    magic = per_hundred(len(naming.magic_numbers(sources)), sources)
    left = len(dead.commented_out(sources)) + len(dead.unreachable(sources))
    unused = per_hundred(left, sources)
    useless = count(
        "{n} line of code is commented out or never reached",
        "{n} lines of code are commented out or never reached",
        left,
    )
    parts = (
        Part(
            1.6,
            at(documented, 0, 0.7) if explained is not None else _told_in_comments(sources),
            NOTHING_PUBLIC
            if explained is None
            else say("{documented} of the public definitions are explained", documented=percent(documented)),
            CUT_AND_EXPLAIN if explained is None else EXPLAIN,
        ),
        Part(
            1.4,
            at(annotated, 0, 0.7),
            NOTHING_TYPED
            if typed is None
            else say("{annotated} of the parameters and returns have a type", annotated=percent(annotated)),
            CUT_AND_EXPLAIN if typed is None else ANNOTATE,
        ),
        Part(
            0.5,
            at(magic, 10, 1),
            say("{magic:.1f} unnamed numbers in 100 lines", magic=magic),
            say("Name the numbers in one place."),
        ),
        Part(
            1.2,
            at(unclear, 0.3, 0.03),
            say("{unclear} of the names are short or mislead", unclear=percent(unclear)),
            RENAME,
        ),
        Part(
            0.6,
            fading(unused, 2.0),
            useless if left else "",
            say("Remove code that is commented out or never reached."),
        ),
        *texture_parts(sources),
        *_style(about, sources),
    )
    return weighed(parts, about.reasons("readability"), scale(sources))


def _told_in_comments(sources: Sources) -> float:
    """How well comments explain a piece that defines nothing public; a script has functions for that."""
    return at(texture.comment_share(sources), 0, COMMENTED) if sources.code_lines < FEW else 0.0


def texture_parts(sources: Sources) -> tuple[Part, ...]:
    symbols, blank, length = (
        texture.symbols_a_line(sources),
        texture.blank_share(sources),
        texture.line_length(sources),
    )
    return (
        Part(
            0.3,
            at(symbols, 16, 8),
            say("{symbols:.1f} symbols in a line", symbols=symbols),
            say("Do one thing in a line."),
        ),
        Part(0.3, at(blank, 0, 0.15), "", say("Set steps apart by blank lines.")),
        Part(
            0.3,
            at(length, 80, 45),
            say("{length:.0f} characters in a line", length=length),
            say("Break long lines where a thought ends."),
        ),
    )


def _style(about: CodeContext, sources: Sources) -> tuple[Part, ...]:
    try:
        violations = about.code.violations or ()
    except NotApplicable:
        return ()
    style = per_hundred(sum(v.rule.startswith(rule_costs.STYLE) for v in violations), sources)
    seen = say("{style:.1f} slips of layout in 100 lines", style=style)
    return (Part(2.3, fading(style, 5.0), seen, say("Let a formatter lay out the code.")),)


def error_handling(about: CodeContext) -> Judged:
    sources = about.code.sources
    swallowed, prints = len(faults.swallowed(sources)), len(faults.prints(sources))
    silenced = len(faults.silenced(sources))
    logs, raised = len(faults.logs(sources)), len(faults.checks(sources))
    narrow = fading(per_hundred(swallowed + silenced, sources), 1.0)
    hidden = count("{n} handler swallows every exception", "{n} handlers swallow every exception", swallowed)
    if silenced:
        hidden = sentences(hidden, say("all warnings are turned off"))
    printed, checked = per_hundred(prints, sources), per_hundred(raised, sources)
    parts = (
        Part(1, narrow, hidden, say("Catch only the error, and silence only the warning, that you expect.")),
        Part(
            1.5,
            at(printed, 12, 0),
            say("{prints} calls of print, {logs} of a log", prints=prints, logs=logs)
            if prints != 1
            else say("1 call of print, {logs} of a log", logs=logs),
            say("Log instead of printing."),
        ),
        Part(
            0.7,
            at(checked, 0, 0.7),
            count("{n} check with a message or a rule", "{n} checks with a message or a rule", raised),
            CHECK_INPUTS,
        ),
        Part(0.5, float(logs > 0), "", say("Log what a run does.")),
    )
    return weighed(parts, about.reasons("error-handling"), scale(sources))


def environment(about: CodeContext) -> Judged:
    submission = about.code.submission
    pinned, others = pins.pinned_share(submission), packages(about.code.sources)
    foreign = pinned is not None and bool(others) and not pins.names_any(submission, others)
    pinned = None if foreign else pinned
    own = len(faults.absolute_paths(about.code.sources)) + len(danger.downloads(about.code.sources))
    stated = (
        say("the stated requirements name no package that the code imports")
        if foreign
        else say("no requirements are stated")
        if pinned is None
        else say("{pinned} of the stated requirements are pinned", pinned=percent(pinned))
    )
    command = next(iter(archive.recipes(submission)), "")
    runs = say("how to run it stands in {path}", path=command) if command else say("no command that runs it is given")
    if not command and communication.has_command(submission):
        command, runs = "README", say("how to run it stands in the README")
    parts = (
        Part(1.2, float(pinned is not None), stated, say("State what the code needs in a requirements file.")),
        Part(1.2, pinned or 0.0, "", say("Pin every requirement to one version, or commit a lock file.")),
        Part(
            0.8,
            fading(own, 1.0),
            count("{n} absolute path or download", "{n} absolute paths or downloads", own),
            say("Take paths and data as arguments."),
        ),
        Part(0.8, float(bool(command)), runs, say("Give the command that runs it.")),
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
    automatic = "" if checked else say("nothing runs tests or a linter by itself")
    exposed = count("{n:,} secret", "{n:,} secrets", secrets) if secrets else ""
    parts = (
        Part(
            0.4,
            real * at(words, 20, 120),
            say("README and notes hold {words} different words", words=words)
            if words
            else say("there is neither a README nor notes"),
            PARTS if words else say("Write a README."),
        ),
        Part(
            0.35,
            real * at(said, 0, 4),
            count("{n} section says something", "{n} sections say something", said) if words else "",
            PARTS,
        ),
        Part(
            0.1,
            fading(left, 10.0),
            count("{n:,} leftover", "{n:,} leftovers", left),
            say("Leave out data, saved models and caches."),
        ),
        Part(
            0.4,
            float(checked),
            automatic,
            say("Let one file (Makefile, pre-commit, a workflow) run tests and a linter."),
        ),
        Part(0.15, float(not secrets), exposed, say("Revoke the secret and read it from the environment.")),
    )
    return weighed(parts, about.reasons("hygiene"))


def tests_as_read(about: CodeContext) -> Judged:
    """The tests where nothing may be run: how many could fail, for the size of the code."""
    sources = about.code.sources
    written, able = len(suite.test_functions(sources)), len(suite.effective(sources))
    density = per_hundred(able, sources)
    seen = say("there is no test")
    if written:
        seen = count(
            "{able} of {n} test checks what the code does (read, not run)",
            "{able} of {n} tests check what the code does (read, not run)",
            written,
            able=able,
        )
    part = Part(1, at(density, 0, 2), seen, say("Test parsing and features on small tables."))
    return weighed((part,), about.reasons("tests"), scale(sources))


def _unreadable(what: str) -> Judged:
    return Judged(constant(0.0), say("{what}: the files are too large or too deep for the tool to read.", what=what))


def _as_read(criterion: Callable[[CodeContext], Judged]) -> Callable[[CodeContext], Judged]:
    """Beside the points, how far reading may be from an expert's judgement.

    Code that no parser can read earns nothing; only where there is none is nothing judged.
    """

    def judge(about: CodeContext) -> Judged:
        try:
            return replace(criterion(about), error=reading.error(about.code.sources))
        except Unreadable as why:
            return Judged(constant(0.0), sentences(why.reason), about.flagged("CODE007"))

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
