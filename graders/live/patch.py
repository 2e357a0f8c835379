"""The texts of a submission that can be changed live, and a changed submission as an upload."""

from __future__ import annotations

from collections.abc import Mapping

from graders.archive import packed
from graders.model.submission import Form, Location, Submission

#: A larger file is data, and nobody changes it in a debrief.
MOST_BYTES = 200_000
PIPELINE = "pipeline.py"


def texts(submission: Submission) -> dict[str, str]:
    """Every text file as it runs, by path; of a notebook the `pipeline.py` that was cut from its cells."""
    found = {}
    for path, data in sorted(submission.runnable.items()):
        if len(data) <= MOST_BYTES and b"\0" not in data:
            try:
                found[path] = data.decode("utf-8")
            except UnicodeDecodeError:
                continue
    return found


def upload(submission: Submission, changed: Mapping[str, str]) -> bytes:
    """A zip of all that runs, with these texts in place of or beside its own.  Its name may end with `.zip`."""
    new = {path: text.encode("utf-8", "replace") for path, text in changed.items()}
    return packed({**submission.runnable, **new})


def place(submission: Submission, where: Location) -> tuple[str, int | None]:
    """Path and line in `texts` of a place in the candidate's files: a cell's line is one of `pipeline.py`."""
    if submission.form is not Form.NOTEBOOK or where.path != submission.entry:
        return where.path, where.line
    lines = (n for n, line in enumerate(submission.lines, 1) if line == (where.cell, where.line))
    return PIPELINE, next(lines, None)
