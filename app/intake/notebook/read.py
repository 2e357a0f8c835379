"""Notebooks: from the cells to one `pipeline.py` that holds the three functions and all they depend on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import nbformat
from nbformat import reader

from app.intake.contract.syntax import Broken, compiles
from app.intake.notebook.magics import Cell, clean
from app.intake.notebook.slicing import Slice, cut
from app.intake.notebook.units import Unit, units
from app.intake.problems import rejected, shown
from graders.model.submission import Location, SetAside, Source

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
    return _whole(_python(_sources(data, entry))[0], entry)


def read_notebook(data: bytes, entry: str, files: frozenset[str]) -> Notebook:
    """Slice the notebook `data`, called `entry` in messages; raises Rejected.

    `files` are the other files of the submission, which the notebook may read as it is imported.
    """
    sources = _sources(data, entry)
    cells, broken = _python(sources)
    sliced = cut(units(cells), files)
    _refuse_broken(broken, sources, sliced.needed, entry)
    _refuse_reads(sliced, entry)
    program = _ordered(sliced.kept)
    return Notebook(
        program="".join(line + "\n" for unit in program for line in unit.lines).encode(),
        lines=tuple((u.cell, u.first + n) for u in program for n in range(len(u.lines))),
        cells=sources,
        set_aside=(*_magics(cells, entry), *_unread(broken, entry)),
        whole=_whole(cells, entry),
    )


def _whole(cells: Iterable[Cell], entry: str) -> Source:
    lines = [(cell.number, n, line) for cell in cells for n, line in enumerate(cell.source.split("\n"), 1)]
    text = "".join(line + "\n" for *_, line in lines).encode()
    return Source(entry, text, tuple((number, n) for number, n, _ in lines))


def _sources(data: bytes, entry: str) -> dict[int, str]:
    try:
        raw = reader.reads(data.decode("utf-8-sig"))  # type: ignore[no-untyped-call]
        notebook = nbformat.convert(raw, 4)  # type: ignore[no-untyped-call]
        language = _language(notebook.get("metadata", {}))
        code = {n: c for n, c in enumerate(notebook["cells"], 1) if c["cell_type"] == "code"}
        sources = {n: _text(cell["source"]) for n, cell in code.items()}
    except Exception as error:  # nbformat raises whatever a malformed notebook makes it trip over
        raise rejected("NOTEBOOK_BROKEN", f"{shown(entry)} is no readable notebook.", Location(entry)) from error
    if language not in {"python", "python3", "ipython", ""}:
        raise rejected("NOTEBOOK_LANGUAGE", f"The notebook's language is {shown(language)}.", Location(entry))
    return sources


def _language(metadata: Mapping[str, object]) -> str:
    kernel, info = metadata.get("kernelspec"), metadata.get("language_info")
    named = (kernel or {}).get("language") if isinstance(kernel, dict) else None
    named = named or (info.get("name") if isinstance(info, dict) else None)
    return str(named or "").lower()


def _text(source: object) -> str:
    """The source with one kind of line end, and without halves of surrogate pairs."""
    if not isinstance(source, str):
        raise TypeError("the source of a cell is no text")
    text = source.encode("utf-8", "replace").decode()
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _python(sources: Mapping[int, str]) -> tuple[list[Cell], dict[int, Broken]]:
    """The cells that are Python, magics set aside, and those that are not."""
    first = compiles({f"cell {n}": text.encode() for n, text in sources.items()})
    cells = [clean(n, text, parses=first[f"cell {n}"] is None) for n, text in sources.items()]
    magic = {f"cell {c.number}": c.source.encode() for c in cells if first[f"cell {c.number}"] is not None}
    second = compiles(magic) if magic else {}
    broken = {c.number: b for c in cells if (b := second.get(f"cell {c.number}")) is not None}
    return [c for c in cells if c.number not in broken], broken


def _refuse_broken(
    broken: Mapping[int, Broken], sources: Mapping[int, str], needed: frozenset[str], entry: str
) -> None:
    """A cell that is no Python counts against the candidate only where the program needs what it binds."""
    for number, error in broken.items():
        if _bound(sources[number]) & needed:
            message = f"The cell is no valid Python: {error.message}."
            raise rejected("SYNTAX_ERROR", message, Location(entry, error.line, number))


def _bound(text: str) -> set[str]:
    """Names a cell seems to bind, as far as can be seen without parsing it."""
    names = {name for pair in BINDS.findall(text) for name in pair if name}
    return names | {word for line in IMPORTS.findall(text) for word in re.findall(r"\w+", line)}


def _refuse_reads(sliced: Slice, entry: str) -> None:
    for unit, path in sliced.reads:
        chain = " → ".join(dict.fromkeys(path))
        message = f"Importing the pipeline would read data here ({chain}); importing must need no data."
        raise rejected("DATA_AT_IMPORT", message, Location(entry, unit.first, unit.cell))


def _ordered(kept: Iterable[Unit]) -> list[Unit]:
    """The units in order, but `from __future__ import` first, as Python asks."""
    return sorted(kept, key=lambda unit: not unit.is_future)


def _magics(cells: Iterable[Cell], entry: str) -> list[SetAside]:
    return [
        SetAside(Location(entry, line, cell.number), f"cell magic or shell line: {text[:80]}")
        for cell in cells
        for line, text in cell.magics
    ]


def _unread(broken: Mapping[int, Broken], entry: str) -> list[SetAside]:
    return [SetAside(Location(entry, b.line, n), f"no valid Python: {b.message}") for n, b in broken.items()]
