"""How each run went, in words that carry no hidden rows out."""

from __future__ import annotations

import math

from graders.model.probe import SIDES, Failure, Run
from graders.model.submission import Location, Submission
from graders.report import schema
from graders.report.clean import clean, clean_line
from graders.report.rounding import MEGABYTES, SECONDS, rounded

MAX_MESSAGE, MAX_KIND = 500, 60
COARSE_SECONDS, COARSE_MB = 0.5, 50.0


def entry(run: Run, submission: Submission) -> schema.Run:
    """One row of the run evidence: seconds of wall clock and CPU, MB of 2**20 bytes."""
    return schema.Run(
        name=clean_line(run.name, 80),
        action=run.action,
        exit=run.exit,
        **measured(run),
        message=message(run, submission),
    )


def measured(run: Run) -> dict[str, float | None]:
    """Time and memory; coarse for a run that saw hidden rows, which could choose them to spell rows out."""
    if SIDES[run.action] == "unlabelled":
        return {
            "seconds": math.ceil(run.seconds / COARSE_SECONDS) * COARSE_SECONDS,
            "cpu_seconds": math.ceil(run.cpu_seconds / COARSE_SECONDS) * COARSE_SECONDS,
            "max_rss_mb": math.ceil(run.max_rss_mb / COARSE_MB) * COARSE_MB,
        }
    return {
        "seconds": rounded(run.seconds, SECONDS),
        "cpu_seconds": rounded(run.cpu_seconds, SECONDS),
        "max_rss_mb": rounded(run.max_rss_mb, MEGABYTES),
    }


def message(run: Run, submission: Submission) -> str:
    """Why a run failed, empty where it did not.

    A run that saw hidden rows could spell them out in its own words, so of it only the kind of failure and
    the place are told.
    """
    if run.failure is None:
        return ""
    kind = clean_line(run.failure.kind, MAX_KIND)
    place = _place(run.failure, submission)
    if SIDES[run.action] == "unlabelled":
        return kind + place
    return clean(f"{kind}: {run.failure.message}" if run.failure.message else kind, MAX_MESSAGE) + place


def _place(failure: Failure, submission: Submission) -> str:
    """Where it happened, if that is truly a line of the submission: an invented file name could say anything."""
    known = [frame for frame in failure.frames if _is_ours(frame, submission)]
    return f" ({clean_line(str(known[-1]), 240)})" if known else ""


def _is_ours(frame: Location, submission: Submission) -> bool:
    return frame.path in submission.files and (frame.line is None or bool(submission.quote(frame, around=0)))
