"""The code browser: each file as runs of plain lines and the lines that something is said about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup

from graders.report.colour import NONE_KNOWN, Colours, coloured
from graders.report.schema import Document, Place, SourceFile
from graders.report.words import SEVERITIES

Spot = tuple[str | None, int | None, int | None]  # path, cell, line


@dataclass(frozen=True)
class Note:
    """What is said about a line, and where on the page more is said: a finding or a question."""

    target: str
    title: str
    text: str
    severity: str


@dataclass(frozen=True)
class Part:
    """Lines without a word about them, or one line with its notes and the name it can be linked by."""

    lines: Markup
    anchor: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Cell:
    number: int | None
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class File:
    path: str
    cells: tuple[Cell, ...]
    cut: bool
    lines: int
    notes: int
    gravest: str


@dataclass(frozen=True)
class Browser:
    """All files, those with notes open; `anchors` names the lines that can be linked to."""

    files: tuple[File, ...] = ()
    anchors: Mapping[Spot, str] = field(default_factory=dict)

    def anchor(self, place: Place) -> str:
        """The id of the line of a place, empty where the page does not show it."""
        return self.anchors.get(_spot(place), "")


def browser(document: Document, known: Colours = NONE_KNOWN) -> Browser:
    """What the page shows of the files; lines that are coloured already need not be again."""
    said = _said(document)
    files: list[File] = []
    anchors: dict[Spot, str] = {}
    for number, source in enumerate(document.sources):
        cells = []
        for cell in source.cells:
            lines = coloured(source.path, cell.text, known)
            spots = {n: (source.path, cell.cell, n) for n in range(1, len(lines) + 1)}
            named = {n: f"L{number}.{cell.cell or 0}.{n}" for n, spot in spots.items() if spot in said}
            anchors |= {spots[n]: name for n, name in named.items()}
            cells.append(Cell(cell.cell, tuple(_parts(lines, named, {n: said[spots[n]] for n in named}))))
        files.append(_file(source, tuple(cells)))
    return Browser(tuple(files), anchors)


def _file(source: SourceFile, cells: tuple[Cell, ...]) -> File:
    notes = [note for cell in cells for part in cell.parts for note in part.notes]
    gravest = min((note.severity for note in notes), key=SEVERITIES.index, default="")
    lines = sum(cell.text.count("\n") + 1 for cell in source.cells)
    return File(source.path, cells, source.cut, lines, len(notes), gravest)


def _parts(lines: list[Markup], named: Mapping[int, str], notes: Mapping[int, list[Note]]) -> Iterator[Part]:
    for name, group in groupby(enumerate(lines, 1), key=lambda line: named.get(line[0], "")):
        numbered = list(group)
        text = _markup(line for _, line in numbered)
        yield Part(text, name, tuple(notes[numbered[0][0]])) if name else Part(text)


def _markup(lines: Iterable[Markup]) -> Markup:
    """Each line an element of its own, numbered by the style sheet."""
    return Markup("\n".join(f"<code>{line}</code>" for line in lines))  # noqa: S704 - each line was escaped


def _said(document: Document) -> dict[Spot, list[Note]]:
    """What findings say, by place, the gravest first; a place that only the plan points to is named without a word."""
    said: dict[Spot, list[Note]] = {}
    flagged = [finding for finding in document.findings if finding.flagged]
    for finding in sorted(flagged, key=lambda f: SEVERITIES.index(f.severity)):
        for item in finding.evidence:
            at = said.setdefault(_spot(item), [])
            if finding.code not in {note.target for note in at}:
                at.append(Note(finding.code, finding.title, item.what, finding.severity))
    for question in document.debrief:
        if question.where:
            said.setdefault(_spot(question.where), [])
    return said


def _spot(place: Place) -> Spot:
    return place.path, place.cell, place.line
