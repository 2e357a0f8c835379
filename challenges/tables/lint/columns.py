"""Columns and labels as they are: CHAL010, CHAL012 and CHAL013."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from challenges.tables import folds
from challenges.tables.lint.model import Finding, Subject, share

SENTINELS = (-999.0, -99.0, -9.0, -1.0, 99.0, 999.0, 9999.0, 99999.0, 999999.0)
DATE_NUMBER = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
DATE_TEXT = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T].{1,20})?")
FORMULA = re.compile(r"[=+@-][A-Za-z@(].{0,200}")
NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{0,15})?")
#: A number with a unit, a sign of currency, or a minus of another kind.
WITH_UNIT = re.compile(
    r"[^\d\s]{0,4} ?\d{1,15}(?:[.,]\d{1,6})? ?[^\d\s]{1,4}"
    r"|(?:[€$£¥₹\u2212]|EUR|USD|CHF|GBP) ?[+-]?\d{1,15}(?:[.,]\d{1,6})?"
)
#: How a kind of thing is told of one column.
ONE = {
    "are copies of others": "is a copy of another",
    "are classes with few rows": "is a class with few rows",
    "are empty": "is empty",
    "are constant": "is constant",
    "write one value in several ways": "writes one value in several ways",
    "hold mixed types": "holds mixed types",
    "hold dates as text": "holds dates as text",
    "hold dates as numbers": "holds dates as numbers",
    "hold numbers as text": "holds numbers as text",
    "hold what a spreadsheet would run": "holds what a spreadsheet would run",
    "hold a number that stands for no value": "holds a number that stands for no value",
}
FEW_ROWS, FEW_SHARE = 30, 0.002


def quality(subject: Subject) -> Iterable[Finding]:
    """CHAL010, one finding for each kind of thing, naming its columns."""
    columns_by_fault: dict[str, list[tuple[str, str]]] = {}
    rows, definition = subject.sample.rows, subject.definition
    seen: dict[int, str] = {}
    for entry in definition.column:
        if entry.name not in rows or entry.name == definition.target:
            continue
        column = rows[entry.name]
        key = int(pd.util.hash_pandas_object(column, index=False).astype("object").sum())
        if key in seen and column.equals(rows[seen[key]].rename(entry.name)):
            columns_by_fault.setdefault("are copies of others", []).append((entry.name, f"equals `{seen[key]}`"))
        seen.setdefault(key, entry.name)
        for what, detail in _odd(column):
            columns_by_fault.setdefault(what, []).append((entry.name, detail))
    if definition.task == "multiclass":
        counts = subject.target.astype("str").value_counts()
        few = [(name, f"{counts.get(name, 0):,} rows") for name in definition.classes if counts.get(name, 0) < FEW_ROWS]
        if few:
            columns_by_fault["are classes with few rows"] = few
    for note in subject.notes:
        if "no numbers" in note.what or "stays text" in note.what:
            columns_by_fault.setdefault("hold mixed types", []).append((note.column, note.what))
    for what, columns in columns_by_fault.items():
        listed = ", ".join(f"`{name}`" for name, _ in columns[:8])
        evidence = tuple(f"`{name}`: {detail}.".replace("..", ".") for name, detail in columns[:20])
        why = "Candidates spend hours on it, and the report cannot tell care from luck."
        do = "Mend it in the table, drop the column, or say in its `meaning` that it is meant to be so."
        told = what if len(columns) > 1 else ONE[what]
        yield Finding("CHAL010", "warning", f"{listed} {told}", evidence, why, do, tuple(name for name, _ in columns))


def _odd(column: pd.Series) -> Iterable[tuple[str, str]]:
    known = column.dropna()
    if not len(known):
        yield "are empty", "no value at all"
        return
    if known.nunique() == 1 and len(known) == len(column):
        yield "are constant", "one value in all rows"
        return
    if pd.api.types.is_numeric_dtype(column):
        yield from _sentinels(known)
        return
    texts = known.astype("str").head(3_000)
    numbers = texts.map(lambda text: NUMBER.fullmatch(text.strip()) is not None)
    if 0.5 < numbers.mean() < 1:
        yield "hold mixed types", f"{share(int((~numbers).sum()), len(numbers))} of its values are no numbers"
    elif texts.map(lambda text: DATE_TEXT.fullmatch(text) is not None).mean() > 0.9 and not folds._dated(column):
        yield "hold dates as text", "dates in a form that sorts in another order than time"
    elif texts.map(_with_unit).mean() > 0.95 and texts.nunique() > 20:
        yield "hold numbers as text", "numbers with a unit or a sign of currency"
    formulas = texts.map(lambda text: FORMULA.fullmatch(text) is not None)
    if formulas.any():
        yield "hold what a spreadsheet would run", f"{int(formulas.sum()):,} of its values look like a formula"
    trimmed = texts.str.strip().str.lower()
    if 1 < trimmed.nunique() < texts.nunique() <= 200:
        yield "write one value in several ways", f"{texts.nunique()} spellings of {trimmed.nunique()} values"


def _with_unit(text: str) -> bool:
    return WITH_UNIT.fullmatch(text.strip()) is not None


def _sentinels(known: pd.Series) -> Iterable[tuple[str, str]]:
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
            yield (
                "hold a number that stands for no value",
                f"{number:g} in {share(int(own.sum()), len(own))} of the rows",
            )
    whole = known.head(2_000)
    if (whole % 1 == 0).all() and whole.nunique() > 20:
        texts = whole.astype("int64").astype("str")
        if texts.map(lambda text: DATE_NUMBER.fullmatch(text) is not None).mean() > 0.98:
            yield "hold dates as numbers", "numbers like 20260201"


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
        if len(both) >= 4 and part >= 0.8 and len(both) >= min(10, 0.6 * len(own)) and part > shared:
            best, shared = name, part
    if best:
        evidence = (f"{shared:.0%} of the columns of the public table {best!r} have the same names here.",)
        why = "Candidates can find hidden rows with their labels, and a copied answer cannot be told from a good one."
        do = "Use a table of your own. If this is one, rename the columns."
        yield Finding("CHAL012", "warning", f"This looks like the public table {best!r}", evidence, why, do)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


# --- labels ------------------------------------------------------------------------------------------


def labels(subject: Subject) -> Iterable[Finding]:
    """CHAL013."""
    definition = subject.definition
    rows, gaps = len(subject.target), int(subject.target.isna().sum())
    if gaps:
        evidence = (f"{share(gaps, rows)} of the rows have no `{definition.target}`: {gaps:,} of {rows:,}.",)
        why = "A row without a label cannot be graded, and leaving it out silently changes what is asked."
        yield Finding(
            "CHAL013", "error", "Labels are missing", evidence, why, "Fill or delete these rows.", (definition.target,)
        )
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
            f"{copies:,} rows equal another in all columns, and {share(wrong, len(table))} carry a label that most of "
            "their equals do not have.",
            f"No model can be right on more than {share(len(table) - wrong, len(table))} of the rows.",
        )
        why = "The ceiling is below perfect, and whoever comes near it has nothing left to gain."
        do = "Look whether a column is missing that tells these rows apart, or whether labels are wrong."
        yield Finding(
            "CHAL013", "warning", "Labels contradict each other on equal rows", evidence, why, do, (definition.target,)
        )
