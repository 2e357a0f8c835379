"""What predict does with rows that are not as they should be: crash, answer nonsense, answer, or say so."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from graders.checks.check import Check
from graders.facts import Facts, once
from graders.measure.answers import predictions
from graders.measure.importance import of_row, unit_of, unit_word
from graders.measure.problems import machine_was_slow, summary
from graders.measure.scoring import SAME
from graders.model.arrays import FloatArray
from graders.model.case import NotApplicable, run_of
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.model.probe import Run
from graders.model.submission import Location
from graders.probes import sessions, variants
from graders.probes.names import ProbeName
from graders.probes.variants import Variant
from graders.source.faults import LOGGERS
from graders.words import N_, say

#: A change of values is nonsense where it shifts the mean answer of the changed rows by more than this and nothing is
#: said: falling back to what is usual leaves the mean where it was.
NONSENSE = 0.2
#: Numbers but for dates, and what may name a column or a value.
NUMBERS = re.compile(r"(?<![\w-])\d+(?![\w-])")
WORDS = re.compile(r"[\w-]+")
#: Words of a line that is looked at word by word.
LONGEST_LINE = 60
#: Where the files of libraries lie, and what writes a log beside the methods of loggers.
LIBRARIES = ("/site-packages/", "/dist-packages/")
FUNCTIONS = frozenset({"print", "warn", "write"})
#: Probes of many rows as they should be; of the changed ones no sound model notices.
SOUND = (ProbeName.PREDICT_FRESH, ProbeName.PREDICT_CHANGED)


#: What predict returned where that is no answer: without a figure, which would be the candidate's to choose.
RETURNED = {
    "PRED_LENGTH": N_("more or fewer values than rows"),
    "PRED_TYPE": N_("something else than numbers"),
    "PRED_NOT_FINITE": N_("missing or infinite values"),
    "PRED_RANGE": N_("values outside the range that was asked for"),
    "PRED_NEGATIVE": N_("values below 0"),
    "PRED_SHAPE": N_("values of another shape than was asked for"),
    "PRED_CLASSES": N_("other columns than the classes"),
    "PRED_NAMES": N_("other columns than the classes"),
    "PRED_ORDER": N_("its columns in another order than the classes"),
    "PRED_SUM": N_("probabilities that do not sum to 1"),
}


class Outcome(StrEnum):
    SOUND = "handled"  # nothing moved that should not, or the log names what is odd
    REFUSED = N_("refused in words")  # an error that the candidate's own code raises on purpose
    SILENT = N_("answered without a word")
    NONSENSE = N_("silent nonsense")
    CRASHED = "crashed"


@dataclass(frozen=True)
class Reaction:
    """What came of one variant; `moved` is the mean change of the rows it touched, `shifted` the change of their mean,
    `strayed` the largest change of those that may not move."""

    variant: Variant
    outcome: Outcome
    moved: float | None = None
    shifted: float | None = None
    strayed: float | None = None
    said: bool = False
    failure: str = ""
    where: Location | None = None
    unit: str = ""

    @property
    def clause(self) -> str:
        """What happened, as the end of a sentence."""
        if self.failure in RETURNED:
            returned = say(RETURNED[self.failure])
            return say("predict returned {returned} when {variant}", returned=returned, variant=self.variant.what)
        if self.failure:
            return say("predict ended with {failure} when {variant}", failure=self.failure, variant=self.variant.what)
        if self.strayed is not None and self.strayed > SAME:
            rows = say("answers") if self.variant.neutral else say("answers for rows that were not touched")
            return say(
                "{rows} moved by up to {strayed:.3g}{unit} when {variant}",
                rows=rows,
                strayed=self.strayed,
                unit=self.unit,
                variant=self.variant.what,
            )
        if not self.shifted:
            return say("no error and no log line when {variant}", variant=self.variant.what)
        return say(
            "no error and no log line when {variant}, and the mean answer for those rows moved by {shifted:+.3g}{unit}",
            variant=self.variant.what,
            shifted=self.shifted,
            unit=self.unit,
        )


@once
def reactions(facts: Facts) -> tuple[Reaction, ...]:
    """One reaction for each variant that was reached; NotApplicable where sound rows gave nothing to compare with."""
    base = predictions(facts.case, ProbeName.AS_THEY_ARE)
    found = [(variant, facts.case.runs.get(variant.name)) for variant in variants.VARIANTS]
    told = [(variant, run) for variant, run in found if run is not None and not machine_was_slow(run)]
    alike = [run.log for name in SOUND if (run := facts.case.runs.get(name)) is not None and run.ok]
    columns = frozenset(column.name.casefold() for column in facts.case.challenge.columns)
    usual = Usual(run_of(facts.case.runs, ProbeName.AS_THEY_ARE).log, alike, columns)
    return tuple(_react(facts, variant, run, usual, base) for variant, run in told)


def reaction(facts: Facts, *names: ProbeName) -> tuple[Reaction, ...]:
    """The reactions to some variants, those that were reached."""
    return tuple(found for found in reactions(facts) if found.variant.name in names)


def _react(facts: Facts, variant: Variant, run: Run, usual: Usual, base: FloatArray) -> Reaction:
    if not run.ok:
        place = run.failure.frames[-1] if run.failure and run.failure.frames else None
        outcome = Outcome.REFUSED if _raised_on_purpose(facts, place) else Outcome.CRASHED
        return Reaction(variant, outcome, failure=summary(run) or run.exit.value, where=place)
    if variant.empty:
        return Reaction(variant, Outcome.SOUND)
    answers = predictions(facts.case, variant.name)
    unit, word = unit_of(facts.case), unit_word(facts.case)
    change = of_row(answers - base) / unit
    if variant.neutral:
        strayed = float(change.max())
        return Reaction(variant, Outcome.SOUND if strayed <= SAME else Outcome.NONSENSE, strayed=strayed, unit=word)
    said = writes_a_log(facts) and usual.told(run.log, lambda: _odd_words(facts, variant, len(answers)))
    here = variants.touched(len(base)) if variant.half else np.ones(len(base), dtype=np.bool_)
    strayed, shifted = float(change[~here].max(initial=0.0)), _shifted(answers[here], base[here]) / unit
    nonsense = strayed > SAME or (abs(shifted) > NONSENSE and not said)
    outcome = Outcome.NONSENSE if nonsense else Outcome.SOUND if said else Outcome.SILENT
    return Reaction(variant, outcome, float(change[here].mean()), shifted, strayed, said, unit=word)


def _shifted(answers: FloatArray, base: FloatArray) -> float:
    """The change of the mean answer; of several classes that of the one that changes most."""
    changes = (answers - base).mean(axis=0)
    return float(np.ravel(changes)[np.argmax(np.abs(changes))])


@once
def writes_a_log(facts: Facts) -> bool:
    """Whether any line of the submission can have written a log: where none does, all that stands there is of
    libraries.  True where no file can be parsed."""
    try:
        nodes = [node for module in facts.code.sources.product for node in module.nodes]
    except NotApplicable:
        return True
    methods = {node.attr for node in nodes if isinstance(node, ast.Attribute) and not _of_mathematics(node)}
    names = {node.id for node in nodes if isinstance(node, ast.Name)} & FUNCTIONS
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return bool(names) or not (LOGGERS | FUNCTIONS).isdisjoint(methods | imported)


def _of_mathematics(node: ast.Attribute) -> bool:
    return node.attr == "log" and isinstance(node.value, ast.Name) and node.value.id in ("np", "numpy", "math")


class Usual:
    """What the code logs of sound rows: of those that were made odd, and in several runs over as many others."""

    def __init__(self, sound: str, others: Sequence[str], columns: frozenset[str] = frozenset()) -> None:
        lines = [_lines(log) for log in others]
        any_of, all_of = set[str]().union(*lines), set.intersection(*lines) if lines else set[str]()
        self._known = any_of | _lines(sound)
        self._named = frozenset(word for line in any_of - all_of for word in _words(line))
        self._columns = columns
        self._same = {frame for line in _lines(sound) for frame in (_told(line), *_frames(line, columns))}

    def told(self, log: str, odd: Callable[[], frozenset[str]]) -> bool:
        """Whether a line that no sound rows get names one of the odd words, which only such a line is asked for.

        A word that is named in lines which come and go with sound rows tells nothing.  Nor does a line that the very
        rows got before they were made odd, with another word or a number in one place: it tells what is there.
        """
        new = _lines(log) - self._known
        words = odd() - self._named if new else frozenset()
        return any(_words(line) & words and self._same.isdisjoint(_frames(line, self._columns)) for line in new)


def _lines(log: str) -> set[str]:
    """The lines of a log without the numbers in them, but for dates; what a library warned of is left out."""
    return {NUMBERS.sub("", line) for line in _of_the_candidate(log) if line.strip()}


def _of_the_candidate(log: str) -> Iterator[str]:
    """Lines without Python's warnings that name a library's file, each with the source line below it."""
    quoted = False
    for line in log.splitlines():
        warned = "Warning: " in line and any(folder in line for folder in LIBRARIES)
        if not warned and not (quoted and line.startswith("  ")):
            yield line
        quoted = warned


def _words(line: str) -> frozenset[str]:
    return frozenset(_told(line))


def _told(line: str) -> tuple[str, ...]:
    return tuple(word.strip("-").casefold() for word in WORDS.findall(line))


def _frames(line: str, columns: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """What is left around each word but the name of a column, and without it, as numbers are left out; nothing of a
    line that is no sentence."""
    told = _told(line)
    for n, word in enumerate(told if len(told) <= LONGEST_LINE else ()):
        if word not in columns:
            yield (*told[:n], "", *told[n + 1 :])
            yield (*told[:n], *told[n + 1 :])


def _odd_words(facts: Facts, variant: Variant, count: int) -> frozenset[str]:
    public = facts.case.dataset.public.drop(columns=facts.case.challenge.target)
    rows = sessions.sample_rows(public, facts.case.seed, count)
    return variants.odd_words(rows, variant.make(rows, facts.case.challenge, public))


def _raised_on_purpose(facts: Facts, place: Location | None) -> bool:
    """Whether the innermost line of the candidate's own is one that raises or asserts."""
    if place is None or place.line is None:
        return False
    try:
        modules = facts.code.sources.product
    except NotApplicable:
        return False
    return any(
        place.path == start.path
        and place.cell == start.cell
        and (start.line or 0) <= place.line <= (start.line or 0) + span
        for module in modules
        for node in module.nodes
        if isinstance(node, ast.Raise | ast.Assert)
        for start, span in [(module.where(node), (node.end_lineno or node.lineno) - node.lineno)]
    )


#: Rows of one column, and their share, in which an unseen value must look like the next known one.
FEWEST_ALIKE, ALIKE = 5, 0.9
BAD = (Outcome.CRASHED, Outcome.NONSENSE)


def _bad(facts: Facts, *names: ProbeName) -> Iterator[Evidence]:
    found = reaction(facts, *names)
    if not found:
        raise NotApplicable(say("no such rows were put to predict"))
    for one in found:
        if one.outcome in BAD:
            yield Evidence(one.clause, one.where)


def unseen_category(facts: Facts) -> Iterator[Evidence]:
    yield from _bad(facts, ProbeName.UNSEEN_CATEGORIES)
    if reaction(facts, ProbeName.BETWEEN_CATEGORIES):
        yield from _bad(facts, ProbeName.BETWEEN_CATEGORIES)
    yield from _silent_codes(facts)


def _silent_codes(facts: Facts) -> Iterator[Evidence]:
    """Answers for unseen values that are those of the next known value in the order of sorting, whichever that is."""
    challenge, public = facts.case.challenge, facts.case.dataset.public.drop(columns=facts.case.challenge.target)
    try:
        base, unseen, known = (
            predictions(facts.case, name)
            for name in (ProbeName.AS_THEY_ARE, ProbeName.BETWEEN_CATEGORIES, ProbeName.NEXT_CATEGORIES)
        )
    except NotApplicable:
        return
    differs, same = (
        of_row(known - base) > SAME * unit_of(facts.case),
        of_row(unseen - known) <= SAME * unit_of(facts.case),
    )
    if (differs & same).sum() < FEWEST_ALIKE:
        return
    rows = sessions.sample_rows(public, facts.case.seed, len(known))
    odd = variants.between_categories(rows, challenge, public)
    then = variants.next_categories(rows, challenge, public)
    for name in variants.categories(challenge, public):
        here = (odd[name] != rows[name]).to_numpy()
        matters = here & differs
        alike = same[matters]
        values = then.loc[matters, name][alike]
        if alike.sum() >= FEWEST_ALIKE and alike.mean() >= ALIKE and values.nunique() > 1:
            yield Evidence(
                say(
                    "{name}: a value that training never saw gets the answer of the next known one in the order "
                    "of sorting, in {value} of {value_2} rows: silent wrong codes",
                    name=name,
                    value=int(alike.sum()),
                    value_2=int(matters.sum()),
                )
            )


def missing_values(facts: Facts) -> Iterator[Evidence]:
    yield from _bad(facts, ProbeName.VALUES_MISSING, ProbeName.EMPTY_COLUMNS)


def other_values(facts: Facts) -> Iterator[Evidence]:
    yield from _bad(facts, ProbeName.NUMBERS_AS_TEXT, ProbeName.OTHER_UNITS, ProbeName.ODD_DATES, ProbeName.NO_ROWS)


def order(facts: Facts) -> Iterator[Evidence]:
    yield from _bad(
        facts,
        ProbeName.COLUMNS_REVERSED,
        ProbeName.EXTRA_COLUMN,
        ProbeName.INDEX_DOUBLED,
    )


CHECKS = (
    Check(
        code="ROB001",
        title=N_("Fails on an unseen category"),
        severity=Severity.MAJOR,
        family="production",
        criteria=("robustness",),
        shown_in="robustness",
        open=True,
        examine=unseen_category,
        guide=Guide(
            detect=(
                say(
                    "In every other row, text columns of few values get values that training never saw. Some "
                    "sort before, some between and some after the known ones. Where an unseen value gets the "
                    "answer of the next known one, codes are silently wrong. A crash counts. So does a mean "
                    "answer that moves by more than {nonsense} without a word in the log. So does any change of "
                    "the rows that were left alone.",
                    nonsense=NONSENSE,
                )
            ),
            why=N_("When a new category appears, the model may give no prediction at all."),
            avoid=N_("Map what is unknown to a bucket of its own, count it, and log the count."),
        ),
        question=Question(
            say("A new category arrives tomorrow. Show me what your code does with it."),
            say("traces it; an unknown bucket, a counter and an alert"),
            say("it would crash, to their surprise"),
        ),
    ),
    Check(
        code="ROB002",
        title=N_("Fails on missing values"),
        severity=Severity.MAJOR,
        family="production",
        criteria=("robustness",),
        shown_in="robustness",
        open=True,
        examine=missing_values,
        guide=Guide(
            detect=N_(
                "Columns that had no gap get one in every other row; then columns with gaps come wholly "
                "empty. Judged like ROB001."
            ),
            why=(
                N_(
                    "When a source fails, the model predicts from missing values. The result looks like any "
                    "other prediction."
                )
            ),
            avoid=N_("Decide for each column whether to impute, to abstain or to refuse, say which, and log it."),
        ),
        question=Question(
            say("A column came without values. What should happen, and who decides?"),
            say("a policy (impute, abstain, reject), missingness as a signal, a log line"),
            say("fillna(0) everywhere"),
        ),
    ),
    Check(
        code="ROB003",
        title=N_("Depends on the order of columns or on the index"),
        severity=Severity.MAJOR,
        family="production",
        criteria=("robustness",),
        shown_in="robustness",
        open=True,
        examine=order,
        guide=Guide(
            detect=say(
                "The same rows come with their columns reversed, with a column more, and with index labels "
                "that repeat. No answer may move by more than {same:g}.",
                same=SAME,
            ),
            why=N_("Columns picked by position are right until somebody adds one upstream, and then silently wrong."),
            avoid=N_("Select columns by name before anything else; reset or ignore the index."),
        ),
        question=Question(
            say("Another order of columns changed your predictions. Why, and which test would have caught it?"),
            say("positional access somewhere; selects by name; a metamorphic test"),
            say("no idea"),
        ),
    ),
    Check(
        code="ROB005",
        title=N_("Fails on other types, units, dates or an empty batch"),
        severity=Severity.MINOR,
        family="production",
        criteria=("robustness",),
        shown_in="robustness",
        open=True,
        examine=other_values,
        guide=Guide(
            detect=(
                say(
                    "Whole numbers come as text. In every other row, measured numbers come in a smaller unit, or "
                    "dates lie a century back or ahead. One batch has no rows. A crash counts. So does a mean answer "
                    "that moves by more than {nonsense} without a word in the log. So does any changed answer "
                    "where only the type changed or the row was left alone.",
                    nonsense=NONSENSE,
                )
            ),
            why=N_("Another export, another locale or a quiet hour changes a batch, and nobody is asked before."),
            avoid=N_("Convert types and check ranges on the way in, by column; answer no rows with no predictions."),
        ),
        question=Question(
            say(
                "A delivery comes with numbers as text, or in another unit. What does your code do, and what should it?"
            ),
            say("converts or refuses by column, checks ranges against training, logs what it found"),
            say("that cannot happen"),
        ),
    ),
)
