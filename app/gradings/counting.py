"""The report that counts of each submission, as lists, comparisons and exports need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from app.store.tables import gradings, submissions


@dataclass(frozen=True)
class Counting:
    """`summary` is app/gradings/summary.py's; `basis` is what two reports must share to be compared."""

    run: int
    basis: tuple[str, ...]
    summary: Mapping[str, Any]


def counting(connection: Connection, submission_ids: Iterable[str]) -> dict[str, Counting]:
    """By submission; those without a report are left out."""
    versions = ("challenge_version", "data_fingerprint", "rubric_version", "grader_version")
    query = (
        select(submissions.c.id, submissions.c.challenge, gradings.c.run, gradings.c.summary)
        .add_columns(*(gradings.c[name] for name in versions))
        .join(gradings, gradings.c.submission_id == submissions.c.id)
        .where(gradings.c.run == submissions.c.report_run, submissions.c.id.in_(list(submission_ids)))
    )
    return {
        row.id: Counting(row.run, (row.challenge, *(str(getattr(row, name)) for name in versions)), row.summary)
        for row in connection.execute(query)
        if row.summary
    }
