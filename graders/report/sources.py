"""What the candidate wrote, as a code browser shows it: whole files and cells, bounded, outputs left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from graders.model.submission import LINE_END, Source, Submission, as_text
from graders.report.clean import clean_line
from graders.report.colour import Colours, coloured
from graders.report.places import MAX_PATH, MAX_QUOTED_FILE
from graders.report.schema import SourceCell, SourceFile

#: Characters in all, in one file and in one line; files beyond the first are only counted.
MAX_ALL, MAX_FILE, MAX_LINE, MAX_FILES = 32_000, 24_000, 300, 40

#: Endings of what people write by hand.
WRITTEN = (".py", ".md", ".toml", ".txt", ".cfg", ".ini", ".rst", ".yml", ".yaml")

Cell = tuple[int | None, list[str]]


def sources(submission: Submission, pointed: Iterable[str]) -> tuple[SourceFile, ...]:
    """The files, those that findings point to first, until the bound is reached; `cut` where lines are left out."""
    left, shown = MAX_ALL, dict[str, SourceFile]()
    for path in list(_order(submission, pointed))[:MAX_FILES]:
        one = _source(submission, path, min(left, MAX_FILE))
        left -= sum(len(cell.text) for cell in one.cells)
        shown.setdefault(one.path, one)
    return tuple(shown.values())


def colours(submission: Submission) -> Colours:
    """The lines of these files, coloured, as far as no finding moves what is shown of them."""
    shown = ((one.path, cell.text) for one in sources(submission, ()) for cell in one.cells)
    return {(path, text): coloured(path, text) for path, text in shown}


def _order(submission: Submission, pointed: Iterable[str]) -> Iterator[str]:
    notebooks = {source.path for source in submission.notebooks} | {submission.entry}
    written = [path for path in submission.files if path.endswith(WRITTEN) or path in notebooks]
    first = [path for path in pointed if path in submission.files]
    rest = sorted(written, key=lambda path: (not path.endswith((".py", ".ipynb")), path))
    yield from dict.fromkeys((*first, submission.entry, *rest))


def _source(submission: Submission, path: str, room: int) -> SourceFile:
    """One file with as many of its lines as there is room for."""
    cells, cut = [], False
    for number, lines in _cells(submission, path):
        kept = list(_fitting(lines, room))
        room -= sum(map(len, kept)) + len(kept)
        cut = cut or len(kept) < len(lines)
        if kept:
            cells.append(SourceCell(cell=number, text="\n".join(kept)))
    return SourceFile(path=clean_line(path, MAX_PATH), cells=cells, cut=cut)


def _fitting(lines: list[str], room: int) -> Iterator[str]:
    for line in lines:
        shown = clean_line(line, MAX_LINE)
        room -= len(shown) + 1
        if room < 0:
            return
        yield shown


def _cells(submission: Submission, path: str) -> list[Cell]:
    """The code cells of a notebook, or all of another file as one cell without a number."""
    if path == submission.entry and submission.cells:
        return [(number, LINE_END.split(text)) for number, text in sorted(submission.cells.items())]
    notebook = next((source for source in submission.notebooks if source.path == path), None)
    if notebook is not None:
        return _of_notebook(notebook)
    data = submission.files.get(path, b"")
    if len(data) > MAX_QUOTED_FILE:
        return [(None, ["(too large to be shown)"])]
    lines = LINE_END.split(as_text(data))
    return [(None, lines[:-1] if lines[-1] == "" else lines)]


def _of_notebook(notebook: Source) -> list[Cell]:
    lines = LINE_END.split(notebook.text.decode("utf-8", "replace"))
    numbered = zip((cell for cell, _ in notebook.places), lines, strict=False)
    return [(cell, [line for _, line in group]) for cell, group in groupby(numbered, key=lambda pair: pair[0])]
