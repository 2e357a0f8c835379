"""Places in the candidate's files, and the lines of code that stand there."""

from __future__ import annotations

from typing import Any

from graders.model.finding import Evidence
from graders.model.submission import Location, SetAside, Submission
from graders.report.clean import clean, clean_line

Quote = tuple[tuple[int, str], ...]

MAX_PATH, MAX_CODE_LINE, MAX_WHAT = 200, 160, 600

#: Larger files are named but not quoted: nobody wrote them by hand, and splitting them again and again is slow.
MAX_QUOTED_FILE = 2**19


def place(where: Location | None) -> dict[str, Any]:
    """The fields of a schema.Place, each None where there is none."""
    if where is None:
        return {"path": None, "line": None, "cell": None}
    return {"path": clean_line(where.path, MAX_PATH), "line": where.line, "cell": where.cell}


def quote(submission: Submission, where: Location | None, around: int = 2) -> Quote:
    """The lines about a place, ready to show."""
    if where is None or len(submission.files.get(where.path, b"")) > MAX_QUOTED_FILE:
        return ()
    return tuple((line, clean_line(text, MAX_CODE_LINE)) for line, text in submission.quote(where, around))


def evidence(submission: Submission, item: Evidence) -> dict[str, Any]:
    """The fields of a schema.Evidence: its place, its certainty and the code it speaks of."""
    return {
        **place(item.where),
        "what": clean(item.what, MAX_WHAT),
        "certainty": item.certainty.value,
        "source": item.source,
        "quote": [list(line) for line in quote(submission, item.where)],
    }


def set_aside(item: SetAside) -> dict[str, Any]:
    """The fields of a schema.SetAside."""
    return {**place(item.where), "what": clean(item.what, MAX_WHAT)}
