"""The long work on a table, each step in a process of its own with limits: the table may be made to take all memory.

Each takes one core, as gradings go on beside it.  What goes in and comes out are paths and plain values.  Progress is
a file that holds one sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from app.words import _
from challenges import vault
from challenges.tables import create, reading
from challenges.tables.definition import Definition, parse, write
from challenges.tables.moments import dates_of
from challenges.tables.proposal import Wish, propose
from challenges.tables.table import Table, TableError
from graders.model.arrays import FloatArray
from graders.model.later import pd
from graders.report.plots import nice_step
from graders.report.translated import stored
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun

T = TypeVar("T")
P = ParamSpec("P")
Plain = dict[str, Any]

LEARNERS = tuple(f"sklearn.{part}" for part in ("compose", "ensemble", "linear_model", "pipeline", "preprocessing"))
SERVER = ForkServer("challenges.tables.create", "challenges.tables.proposal", "pyarrow.parquet", *LEARNERS)
#: Memory is counted beside the size of the table, unpacked; the yardsticks need some GB whatever the table.
SECONDS, LEAST_MB, TIMES = 3600, 4096, 12
#: Rows that were taken in are only read, while their sender waits.
READ_SECONDS = 120
BARS = 12


def bounded(size: int, function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What `function` returns or raises for a table of so many bytes; TableError where it takes too much."""
    return _within(SECONDS, size, partial(function, *args, **named))


def _within(seconds: int, size: int, work: Callable[[], T]) -> T:
    bounds = Bounds(cpu_seconds=seconds, memory_mb=max(LEAST_MB, TIMES * size // 2**20), seconds=2 * SECONDS)
    try:
        return SERVER.call(bounds, work)
    except Overrun:
        raise TableError(_("The table takes too much time or memory. Leave out columns or rows.")) from None


def described(plain: Path) -> Plain:
    """What was read: rows, columns with their types, what had to be decided, and what its sentences were made of."""
    table = reading.from_parquet(plain)
    columns = [
        {
            "name": str(name),
            "type": table.kinds[str(name)],
            "missing": int(column.isna().sum()),
            "different": int(column.nunique()),
        }
        for name, column in table.rows.items()
    ]
    told = [[note.column, note.what] for note in table.notes]
    return {"table": {"rows": len(table.rows), "columns": columns, "notes": told}, "messages": stored(told)}


def proposed(plain: Path, wish: Wish, before: str = "") -> Plain:
    """The definition that follows from what was said, why, and how target, time and units look in the table.

    before: an earlier definition, whose words about columns and uses are kept.
    """
    table = reading.from_parquet(plain)
    proposal = propose(table, wish)
    return {
        "definition": write(_with_words(proposal.definition, parse(before), wish) if before else proposal.definition),
        "choices": [asdict(choice) for choice in proposal.choices],
        "messages": stored(proposal.choices),
        "plots": plots(table, proposal.definition),
    }


def _with_words(definition: Definition, before: Definition, wish: Wish) -> Definition:
    """What somebody has said of columns and uses, and nobody would want to say again."""
    said = {entry.name: entry for entry in before.column}
    words = ("meaning", "sensitive", "bands", "unknown", "price", *(() if wish.after else ("known",)))
    column = tuple(
        entry.model_copy(update={word: getattr(said[entry.name], word) for word in words})
        if entry.name in said and entry.name != definition.target
        else entry
        for entry in definition.column
    )
    more = {key: getattr(before, key) for key in ("use", "hours", "languages", "packages")}
    return definition.model_copy(update={"column": column, **more})


def built(plain: Path, text: str, lock: str, home: Path, progress: Path) -> Plain:
    """Make the challenge and keep it under `home`; gives what is shown of it."""
    return outcome(create.create(reading.from_parquet(plain), parse(text), home, partial(say, progress), lock))


def revised(folder: Path, text: str, lock: str, home: Path, progress: Path) -> Plain:
    """Make the next version of a challenge on its rows."""
    return outcome(create.revise(folder, parse(text), home, partial(say, progress), lock))


def linted(folder: Path, home: Path) -> list[Plain]:
    """What the linter says of a challenge now."""
    return [finding.plain() for finding in create.lint_again(folder, home)]


def seen(folder: Path, home: Path) -> list[Plain]:
    """What the linter said of a challenge that was taken in; TableError or VaultError where its rows are not whole.

    The rows are read in a process with limits: a small file may hold more than this machine can.
    """
    return _within(READ_SECONDS, size_of(folder, home), partial(_seen, folder, home))


def size_of(folder: Path, home: Path) -> int:
    """Bytes of the rows of a challenge, public and hidden, without those of single candidates."""
    return sum(path.stat().st_size for path in vault.folder_of(create.load(folder), home).glob("*"))


def _seen(folder: Path, home: Path) -> list[Plain]:
    vault.load(create.load(folder), home)
    return [finding.plain() for finding in create.findings_of(folder, home)]


def say(progress: Path, what: str) -> None:
    progress.write_text(what, encoding="utf-8")


def outcome(made: create.Made) -> Plain:
    """A challenge that was made, as plain values."""
    models = [
        {"name": name, "value": yardstick.value, "low": yardstick.low, "high": yardstick.high}
        for name, yardstick in made.reached.named()
    ]
    return {
        "findings": [finding.plain() for finding in made.findings],
        "yardsticks": {
            "metric": made.challenge.metric,
            "models": models,
            "reliable": made.reached.reliable,
            "alike": made.reached.alike,
            "note": made.reached.note,
        },
        "split": {
            "public": len(made.split.public),
            "hidden": len(made.split.hidden),
            "left_out": made.split.left_out,
            "cut": made.split.cut,
        },
    }


def plots(table: Table, definition: Definition) -> Plain:
    """Bars, each a label and a count of rows (of units for their sizes)."""
    rows = table.rows
    drawn = {"target": bars(rows[definition.target].dropna())}
    if definition.time:
        drawn["time"] = bars(dates_of(table, definition.time).str[:7], ordered=True)
    if definition.group:
        sizes = rows[definition.group].value_counts()
        drawn["group"] = bars(sizes)
    return drawn


def stretches(known: FloatArray) -> list[tuple[str, int]]:
    """Counts by stretches of one length with round ends, the few largest numbers in the last."""
    low, high = np.quantile(known, [0.0, 0.99])
    whole = not np.mod(known, 1.0).any()
    each = nice_step(max(high - low, 1e-9), BARS)
    each = max(each, 1.0) if whole else each
    starts = each * np.arange(np.floor(low / each), np.floor(high / each) + 1)
    heights, _edges = np.histogram(np.minimum(known, high), np.append(starts, np.inf))
    labels = [f"{start:.6g}" for start in starts]
    if whole and each > 1:
        labels = [f"{start:.0f}–{start + each - 1:.0f}" for start in starts]
    last = f"{starts[-1]:.6g}+"
    return [(label, int(height)) for label, height in zip([*labels[:-1], last], heights, strict=True)]


def bars(values: pd.Series, *, ordered: bool = False) -> list[tuple[str, int]]:
    """Counts of values: of each where there are few, else of stretches; rare texts are put together."""
    counts = values.value_counts()
    if len(counts) <= BARS:
        counts = counts.sort_index() if ordered or pd.api.types.is_numeric_dtype(values) else counts
        return [(str(label), int(count)) for label, count in counts.items()]
    if pd.api.types.is_numeric_dtype(values):
        return stretches(values.to_numpy(np.float64))
    if ordered:  # so many of them in each bar, and the same for all: else some bars only look longer
        inorder, each = counts.sort_index(), -(-len(counts) // BARS)
        parts = [inorder.iloc[start : start + each] for start in range(0, len(inorder), each)]
        return [(str(part.index[0]), int(part.sum())) for part in parts]
    first = [(str(label), int(count)) for label, count in counts.head(BARS - 1).items()]
    return [*first, (_("others"), int(counts.iloc[BARS - 1 :].sum()))]
