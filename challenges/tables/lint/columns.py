"""Columns and labels as they are: CHAL010, CHAL012 and CHAL013."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import numpy as np

from challenges.tables import folds
from challenges.tables.lint.model import Finding, Subject, quoted, share
from graders.model.later import pd
from graders.words import Text, count, say

SENTINELS = (-999.0, -99.0, -9.0, -1.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0)
FORMULA = re.compile(r"(?:=.|[+@-][A-Za-z@(]).{0,200}")
NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{0,15})?")
#: A number with a unit, a sign of currency, or a minus of another kind.
WITH_UNIT = re.compile(
    r"[^\d\s]{0,4} ?\d{1,15}(?:[.,']\d{1,6}){0,5} ?[^\d\s]{1,4}"
    r"|(?:[€$£¥₹\u2212]|EUR|USD|CHF|GBP) ?[+-]?\d{1,15}(?:[.,']\d{1,6}){0,5}"
)
#: How a kind of thing is told of one column, and of several.
TOLD: dict[str, Callable[[int, Text], Text]] = {
    "copy": lambda n, of: count("{columns} is a copy of another", "{columns} are copies of others", n, columns=of),
    "class": lambda n, of: count(
        "{columns} is a class with few rows", "{columns} are classes with few rows", n, columns=of
    ),
    "empty": lambda n, of: count("{columns} is empty", "{columns} are empty", n, columns=of),
    "constant": lambda n, of: count("{columns} is constant", "{columns} are constant", n, columns=of),
    "spellings": lambda n, of: count(
        "{columns} writes one value in several ways", "{columns} write one value in several ways", n, columns=of
    ),
    "mixed": lambda n, of: count("{columns} holds mixed types", "{columns} hold mixed types", n, columns=of),
    "dates": lambda n, of: count("{columns} holds dates as text", "{columns} hold dates as text", n, columns=of),
    "day numbers": lambda n, of: count(
        "{columns} holds dates as numbers", "{columns} hold dates as numbers", n, columns=of
    ),
    "far dates": lambda n, of: count(
        "{columns} holds dates that cannot be meant", "{columns} hold dates that cannot be meant", n, columns=of
    ),
    "units": lambda n, of: count("{columns} holds numbers as text", "{columns} hold numbers as text", n, columns=of),
    "formula": lambda n, of: count(
        "{columns} holds what a spreadsheet would run", "{columns} hold what a spreadsheet would run", n, columns=of
    ),
    "sentinel": lambda n, of: count(
        "{columns} holds a number that stands for no value",
        "{columns} hold a number that stands for no value",
        n,
        columns=of,
    ),
}
FEW_ROWS, FEW_UNITS = 30, 4
#: Years that a date of a table may lie in.
EARLIEST, LATEST = "1700", "2200"


def quality(subject: Subject) -> Iterable[Finding]:
    """CHAL010, one finding for each kind of thing, naming its columns."""
    columns_by_fault: dict[str, list[tuple[str, Text]]] = {}
    rows, definition = subject.sample.rows, subject.definition
    seen: dict[int, str] = {}
    for entry in definition.column:
        if entry.name not in rows or entry.name == definition.target:
            continue
        column = rows[entry.name]
        key = int(pd.util.hash_pandas_object(column, index=False).astype("object").sum())
        if key in seen and column.equals(rows[seen[key]].rename(entry.name)):
            equals = say("`{column}`: equals `{other}`.", column=entry.name, other=seen[key])
            columns_by_fault.setdefault("copy", []).append((entry.name, equals))
        seen.setdefault(key, entry.name)
        if FORMULA.fullmatch(entry.name):
            told = say("`{column}`: its name looks like a formula.", column=entry.name)
            columns_by_fault.setdefault("formula", []).append((entry.name, told))
        for what, detail in (*_odd(column), *_far_dates(column)):
            told = say("`{column}`: {detail}.", column=entry.name, detail=detail)
            columns_by_fault.setdefault(what, []).append((entry.name, told))
    for what, name, told in (*_few_rows(subject), *_noted(subject), *_labels_alike(subject)):
        columns = columns_by_fault.setdefault(what, [])
        if name not in dict(columns):
            columns.append((name, told))
    for what, columns in columns_by_fault.items():
        title = TOLD[what](len(columns), quoted(name for name, _ in columns[:8]))
        evidence = tuple(line for _, line in columns[:20])
        why = say("Candidates spend hours on it, and the report cannot tell care from luck.")
        do = say("Mend it in the table, drop the column, or say in its `meaning` that it is meant to be so.")
        yield Finding("CHAL010", "warning", title, evidence, why, do, tuple(name for name, _ in columns))


def _few_rows(subject: Subject) -> Iterable[tuple[str, str, Text]]:
    counts = subject.target.astype("str").value_counts()
    for name in subject.definition.classes:
        rows = int(counts.get(name, 0))
        if rows < FEW_ROWS:
            yield "class", name, count("`{name}`: {n:,} row.", "`{name}`: {n:,} rows.", rows, name=name)


def _labels_alike(subject: Subject) -> Iterable[tuple[str, str, Text]]:
    target = subject.definition.target
    if subject.definition.task != "regression":
        for what, detail in _spellings(subject.target.dropna().astype("str")):
            yield what, target, say("`{column}`: {detail}.", column=target, detail=detail)


def _noted(subject: Subject) -> Iterable[tuple[str, str, Text]]:
    """What reading said of columns that should have been numbers or dates."""
    for note in subject.notes:
        if "stays text" in note.what:
            yield "mixed", note.column, say("`{column}`: {detail}", column=note.column, detail=note.what)


def _odd(column: pd.Series) -> Iterable[tuple[str, Text]]:
    known = column.dropna()
    if not len(known):
        yield "empty", say("no value at all")
        return
    if known.nunique() == 1 and len(known) == len(column):
        yield "constant", say("one value in all rows")
        return
    if pd.api.types.is_numeric_dtype(column):
        yield from _sentinels(known)
        return
    texts = known.astype("str").head(3_000)
    numbers = texts.map(lambda text: NUMBER.fullmatch(text.strip()) is not None)
    if 0.5 < numbers.mean() < 1:
        part = share(int((~numbers).sum()), len(numbers))
        yield "mixed", say("{share} of its values are no numbers", share=part)
    elif folds.unread_dates(column):
        yield "dates", say("dates in a form that sorts in another order than time")
    elif texts.map(_with_unit).mean() > 0.95 and texts.nunique() > 20 and _few_units(texts):
        yield "units", say("numbers with a unit or a sign of currency")
    formulas = texts.map(lambda text: FORMULA.fullmatch(text) is not None)
    if formulas.any():
        yield (
            "formula",
            count(
                "{n:,} of its values looks like a formula",
                "{n:,} of its values look like a formula",
                int(formulas.sum()),
            ),
        )
    yield from _spellings(texts)


def _spellings(texts: pd.Series) -> Iterable[tuple[str, Text]]:
    told = texts.nunique()
    values = folds.alike(texts).nunique()
    if 1 < values < told <= 200:
        yield "spellings", say("{spellings} spellings of {values} values", spellings=told, values=values)


def _far_dates(column: pd.Series) -> Iterable[tuple[str, Text]]:
    if pd.api.types.is_numeric_dtype(column) or not folds.dated(column):
        return
    years = column.dropna().str.slice(0, 4)
    far = int(((years < EARLIEST) | (years > LATEST)).sum())
    if far:
        told = {"share": share(far, len(years)), "first": EARLIEST, "last": LATEST}
        yield "far dates", say("{share} of its dates lie before {first} or after {last}", **told)


def _few_units(texts: pd.Series) -> bool:
    """Whether what stands beside the numbers is nearly always one of a few; letters of a code are many."""
    beside = texts.str.replace(r"[\d.,' +-]", "", regex=True)
    return bool(beside.value_counts(normalize=True).head(FEW_UNITS).sum() > 0.95)


def _with_unit(text: str) -> bool:
    return WITH_UNIT.fullmatch(text.strip()) is not None


def _sentinels(known: pd.Series) -> Iterable[tuple[str, Text]]:
    """A number that stands for no value: at an end, often, and far from all others."""
    values = known.to_numpy(np.float64)
    for number in SENTINELS:
        own = values == number
        if own.sum() < max(5, 0.002 * len(values)) or own.mean() > 0.6:
            continue
        others = values[~own]
        low, high, spread = others.min(), others.max(), np.subtract(*np.quantile(others, [0.99, 0.01]))
        if (
            (number > high and number - high > 1.5 * max(spread, 1e-9))
            or (number < low and low - number > 0.5 * max(spread, 1e-9) and low >= 0 and number < -1)
            or (number == -1 and low >= 0 and len(np.unique(others)) > 20)
        ):
            part = share(int(own.sum()), len(own))
            yield "sentinel", say("{number:g} in {share} of the rows", number=number, share=part)
    if folds.unread_dates(known):
        yield "day numbers", say("numbers like 20260201")


# --- public tables -----------------------------------------------------------------------------------


@cache
def known_tables() -> dict[str, tuple[str, ...]]:
    """The columns of well-known public tables, by the table's name."""
    tables = tomllib.loads((Path(__file__).parent / "known_tables.toml").read_text(encoding="utf-8"))
    return {name: tuple(columns) for name, columns in tables.items()}


def public(subject: Subject) -> Iterable[Finding]:
    """CHAL012."""
    own = {_bare(entry.name) for entry in subject.definition.column}
    best, shared = "", 0.0
    for name, columns in known_tables().items():
        both = own & {_bare(column) for column in columns}
        part = len(both) / max(len(columns), 1)
        many = _series(both)
        if many >= 4 and part >= 0.8 and many >= min(10, 0.6 * _series(own)) and part > shared:
            best, shared = name, part
    if best:
        told = say(
            "{share:.0%} of the columns of the public table {table} have the same names here.",
            share=shared,
            table=repr(best),
        )
        why = say(
            "Candidates can find hidden rows with their labels, and a copied answer cannot be told from a good one."
        )
        do = say("Use a table of your own. If this is one, rename the columns.")
        title = say("This looks like the public table {table}", table=repr(best))
        yield Finding("CHAL012", "warning", title, (told,), why, do)


def _series(names: set[str]) -> int:
    """How many names there are where those that are only numbered are one: many tables have V1 and V2."""
    return len({name.rstrip("0123456789") for name in names})


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


# --- labels ------------------------------------------------------------------------------------------


def labels(subject: Subject) -> Iterable[Finding]:
    """CHAL013."""
    definition = subject.definition
    rows, gaps = len(subject.target), int(subject.target.isna().sum())
    if gaps:
        told = say(
            "{share} of the rows have no `{column}`: {gaps:,} of {rows:,}.",
            share=share(gaps, rows),
            column=definition.target,
            gaps=gaps,
            rows=rows,
        )
        why = say("A row without a label cannot be graded, and leaving it out silently changes what is asked.")
        do = say("Fill or delete these rows.")
        yield Finding("CHAL013", "error", say("Labels are missing"), (told,), why, do, (definition.target,))
    yield from _contradictions(subject)


def _contradictions(subject: Subject) -> Iterable[Finding]:
    sample, definition = subject.sample, subject.definition
    names = [*subject.inputs, *([definition.time] if definition.time else [])]
    if definition.task == "regression" or not names:
        return
    key = folds.hashed(sample.rows, names)
    table = pd.DataFrame({"key": key, "label": sample.truth})
    sizes = table.groupby("key")["label"].transform("size")
    agreeing = table.groupby(["key", "label"])["label"].transform("size")
    majority = agreeing.groupby(table["key"]).transform("max")
    wrong = int((sizes.groupby(table["key"]).first() - majority.groupby(table["key"]).first()).sum())
    copies = int((sizes > 1).sum())
    if wrong > max(5, 0.01 * len(table)):
        evidence = subject.noted(
            say(
                "{copies:,} rows equal another in all columns, and {share} carry a label that most of their equals do "
                "not have.",
                copies=copies,
                share=share(wrong, len(table)),
            ),
            say(
                "No model can be right on more than {share} of the rows.",
                share=share(len(table) - wrong, len(table)),
            ),
        )
        why = say("The ceiling is below perfect, and whoever comes near it has nothing left to gain.")
        do = say("Look whether a column is missing that tells these rows apart, or whether labels are wrong.")
        title = say("Labels contradict each other on equal rows")
        yield Finding("CHAL013", "warning", title, evidence, why, do, (definition.target,))
