"""What a candidate hands in: files, modules as they are read, and places in them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graders.model.packages import Wanted, Wheel

#: Where Python ends a line; str.splitlines knows more ends, and would count on a different line.
LINE_END = re.compile(r"\r\n?|\n")


#: So many first bytes tell whether every other one is nothing.
HEAD = 400


def as_text(data: bytes) -> str:
    """The text of a file in the encoding it is seen to have: Windows writes UTF-16, and marks before UTF-8."""
    return data.decode(wide_encoding(data) or "utf-8-sig", "replace")


def wide_encoding(data: bytes) -> str | None:
    """The form of UTF-16 by its mark, or where none stands by the zeros beside most letters; None for other bytes."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:HEAD]
    little, big = (head[first::2].count(0) * 4 > len(head) for first in (1, 0))
    return None if little == big else "utf-16-le" if little else "utf-16-be"


class Form(StrEnum):
    PACKAGE = "package"
    SCRIPT = "script"
    NOTEBOOK = "notebook"


@dataclass(frozen=True, order=True)
class Location:
    """A place in the candidate's own files; `line` counts within `cell` where there is one (both from 1)."""

    path: str
    line: int | None = None
    cell: int | None = None

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{self.path}, cell {self.cell}" + (f", line {self.line}" if self.line else "")
        return self.path + (f", line {self.line}" if self.line else "")


class Aside(StrEnum):
    """Why something of a submission is kept out of the run."""

    LEFT_OVER = "left over"
    OUTPUTS = "outputs"
    MAGIC = "magic"
    BROKEN = "broken"


@dataclass(frozen=True)
class SetAside:
    """Something of the submission that is kept out of the run, and in words why: a cell magic, a cache."""

    where: Location
    what: str
    kind: Aside = Aside.LEFT_OVER


@dataclass(frozen=True)
class Source:
    """One module as it is read, not run: a .py file, or all cells of a notebook as one text with magics set aside.

    Line n of a notebook's `text` is `places[n - 1]`, its (cell, line in the cell).
    """

    path: str
    text: bytes
    places: tuple[tuple[int, int], ...] = ()

    @property
    def is_notebook(self) -> bool:
        return self.path.endswith(".ipynb")

    def locate(self, line: int | None) -> Location:
        """The place in the candidate's own file for a line of the text."""
        if not self.places or line is None:
            return Location(self.path, line)
        if not 0 < line <= len(self.places):
            return Location(self.path)
        cell, line_in_cell = self.places[line - 1]
        return Location(self.path, line_in_cell, cell)


@dataclass(frozen=True)
class Submission:
    """A submission that passed intake.  Nothing in it has been executed, and nothing of it lies on disk.

    `files` is what the candidate wrote, by path under the submission's root; `runnable` is what enters a
    container: the same files, or for a notebook a `pipeline.py` cut from its cells in place of the
    notebook.  `lines` maps line n of that cut file to `lines[n - 1]`, its (cell, line in the cell).
    `notebooks` are notebooks in whole, as they are read for their quality.
    `wanted` is what its own lock asks for, where the challenge takes one; `layer` are the wheels that its runs find
    beside the packages of the image.
    """

    id: str
    sha256: str
    form: Form
    entry: str
    files: Mapping[str, bytes]
    runnable: Mapping[str, bytes]
    lines: tuple[tuple[int, int], ...] = ()
    cells: Mapping[int, str] = field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    notebooks: tuple[Source, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    layer: tuple[Wheel, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """All code the candidate wrote, by path; of a notebook whose whole is not known, what was cut from it."""
        modules = [Source(path, data) for path, data in self.files.items() if path.endswith(".py")]
        whole = self.notebooks
        if self.form is Form.NOTEBOOK and not whole:
            whole = (Source(self.entry, self.runnable["pipeline.py"], self.lines),)
        return tuple(sorted((*modules, *whole), key=lambda source: source.path))

    def locate(self, path: str, line: int | None) -> Location:
        """The place in the candidate's own file for a line of a runnable file."""
        if self.form is not Form.NOTEBOOK or path != "pipeline.py":
            return Location(path, line)
        if line is None or not 0 < line <= len(self.lines):
            return Location(self.entry)
        cell, line_in_cell = self.lines[line - 1]
        return Location(self.entry, line_in_cell, cell)

    def quote(self, where: Location, around: int = 2) -> tuple[tuple[int, str], ...]:
        """Up to `2 * around + 1` numbered source lines about a location, empty where it names none."""
        if where.line is None:
            return ()
        in_cell = where.cell is not None
        text = self.cells.get(where.cell or 0, "") if in_cell else as_text(self.files.get(where.path, b""))
        source = LINE_END.split(text)
        first = max(where.line - around, 1)
        return tuple((n, source[n - 1]) for n in range(first, min(where.line + around, len(source)) + 1))
