"""Notebooks: from the cells to one `pipeline.py` that holds the three functions and all they depend on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.intake.contract.syntax import Broken, compiled
from app.intake.notebook import given
from app.intake.notebook.document import code_cells
from app.intake.notebook.magics import Cell, clean
from app.intake.notebook.slicing import Slice, cut
from app.intake.notebook.units import MAX_UNITS, Unit, too_many, units
from app.intake.problems import rejected
from app.words import _
from graders.model.submission import Aside, Location, SetAside, Source

BINDS = re.compile(r"^[ \t]*(?:async +def|def|class) +(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
IMPORTS = re.compile(r"^[ \t]*(?:from|import)\b(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Notebook:
    """A notebook cut down to a program.  `lines[n - 1]` is the (cell, line in the cell) of line n of
    `program`; `cells` are the sources of the code cells by number, counted over all cells from 1; `whole` is
    all of them that are Python, as one module."""

    program: bytes
    lines: tuple[tuple[int, int], ...]
    cells: Mapping[int, str]
    set_aside: tuple[SetAside, ...]
    whole: Source


def whole_notebook(data: bytes, entry: str) -> Source:
    """All cells of a notebook that are Python as one module; raises Rejected."""
    cells = _python(code_cells(data, entry))[0]
    return _whole(cells, units(cells), entry)


def read_notebook(data: bytes, entry: str, files: frozenset[str]) -> Notebook:
    """Slice the notebook `data`, called `entry` in messages; raises Rejected.

    `files` are the other files of the submission, which the notebook may read as it is imported.
    """
    sources = code_cells(data, entry)
    cells, broken = _python(sources)
    statements = units(cells)
    sliced = cut(statements, files)
    _refuse_broken(broken, sources, sliced.needed, entry)
    _refuse_reads(sliced, entry)
    given.refuse(sliced, cells, entry)
    program = _ordered(sliced.kept)
    return Notebook(
        program="".join(line + "\n" for unit in program for line in unit.lines).encode(),
        lines=tuple((u.cell, u.first + n) for u in program for n in range(len(u.lines))),
        cells=sources,
        set_aside=(*_magics(cells, entry), *_unread(broken, entry)),
        whole=_whole(cells, statements, entry),
    )


def _whole(cells: Sequence[Cell], statements: Sequence[Unit], entry: str) -> Source:
    """The cells as one module, behind lines that bind what they get from Jupyter, so that all names are known."""
    lines = [(cell.number, n, line) for cell in cells for n, line in enumerate(cell.source.split("\n"), 1)]
    names = sorted(given.used(statements, any(cell.opens for cell in cells)))
    future = any(unit.is_future for unit in statements)  # which nothing may precede
    if names and not future:
        lines[:0] = [(cells[0].number, 1, f"{name} = None") for name in names]
    text = "".join(line + "\n" for *_, line in lines).encode()
    return Source(entry, text, tuple((number, n) for number, n, _ in lines))


def _python(sources: Mapping[int, str]) -> tuple[list[Cell], dict[int, Broken]]:
    """The cells that are Python, magics set aside, and those that are not."""
    if sum(bool(text.strip()) for text in sources.values()) > MAX_UNITS:  # each has a statement, and takes its time
        raise too_many()
    first = compiled({f"cell {n}": text.encode() for n, text in sources.items()})
    cells = [clean(n, text, parses=not isinstance(first[f"cell {n}"], Broken)) for n, text in sources.items()]
    second = compiled({f"cell {c.number}": c.source.encode() for c in cells})
    broken = {c.number: b for c in cells if isinstance(b := second[f"cell {c.number}"], Broken)}
    return [c for c in cells if c.number not in broken], broken


def _refuse_broken(
    broken: Mapping[int, Broken], sources: Mapping[int, str], needed: frozenset[str], entry: str
) -> None:
    """A cell that is no Python counts against the candidate only where the program needs what it binds."""
    for number, error in broken.items():
        if _bound(sources[number]) & needed:
            message = _("The cell is not valid Python: {message}.").format(message=error.message)
            raise rejected("SYNTAX_ERROR", message, Location(entry, error.line, number))


def _bound(text: str) -> set[str]:
    """Names a cell seems to bind, as far as can be seen without parsing it."""
    names = {name for pair in BINDS.findall(text) for name in pair if name}
    return names | {word for line in IMPORTS.findall(text) for word in re.findall(r"\w+", line)}


def _refuse_reads(sliced: Slice, entry: str) -> None:
    for unit, path in sliced.reads:
        chain = " → ".join(dict.fromkeys(path))
        message = _("Importing the pipeline would read data here ({chain}). Importing must need no data.").format(
            chain=chain
        )
        raise rejected("DATA_AT_IMPORT", message, Location(entry, unit.first, unit.cell))


def _ordered(kept: Iterable[Unit]) -> list[Unit]:
    """The units in order, but `from __future__ import` first, as Python asks."""
    return sorted(kept, key=lambda unit: not unit.is_future)


def _magics(cells: Iterable[Cell], entry: str) -> list[SetAside]:
    return [
        SetAside(Location(entry, line, cell.number), f"cell magic or shell line: {text[:80]}", Aside.MAGIC)
        for cell in cells
        for line, text in cell.magics
    ]


def _unread(broken: Mapping[int, Broken], entry: str) -> list[SetAside]:
    return [
        SetAside(Location(entry, b.line, n), f"no valid Python: {b.message}", Aside.BROKEN) for n, b in broken.items()
    ]
