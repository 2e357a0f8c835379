"""The report that counts of each submission, as lists, comparisons and exports need it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from app.artifacts import JSON
from app.gradings.summary import criteria
from app.ports import Service
from app.store.blobs import result_key
from app.store.tables import gradings, invitations, submissions
from graders.report.schema import Document

#: What stands for the data of a candidate who had rows of their own.
OWN_ROWS = "rows of their own"


@dataclass(frozen=True)
class Counting:
    """`summary` is app/gradings/summary.py's; `basis` is what two reports must share to be compared."""

    run: int
    begun: int
    basis: tuple[str, ...]
    summary: Mapping[str, Any]


def counting(connection: Connection, submission_ids: Iterable[str]) -> dict[str, Counting]:
    """By submission; those without a report are left out."""
    versions = ("challenge_version", "data_fingerprint", "rubric_version", "grader_version")
    own_rows = func.coalesce(invitations.c.lot, "") != ""
    query = (
        select(
            submissions.c.id,
            own_rows.label("own_rows"),
            submissions.c.challenge,
            gradings.c.run,
            gradings.c.begun,
            gradings.c.summary,
        )
        .add_columns(*(gradings.c[name] for name in versions))
        .join(gradings, gradings.c.submission_id == submissions.c.id)
        .outerjoin(invitations, invitations.c.id == submissions.c.invitation_id)
        .where(gradings.c.run == submissions.c.report_run, submissions.c.id.in_(list(submission_ids)))
    )
    return {
        row.id: Counting(row.run, row.begun, (row.challenge, *(_basis(row, name) for name in versions)), row.summary)
        for row in connection.execute(query)
        if row.summary
    }


def _basis(row: Row[Any], name: str) -> str:
    """Rows of their own differ from candidate to candidate, and their points are equated: what is shared is that."""
    return OWN_ROWS if name == "data_fingerprint" and row.own_rows else str(getattr(row, name))


def points(service: Service, submission_id: str, report: Counting) -> Mapping[str, float | None]:
    """Points by criterion, None where it was not judged; of reports from before summaries had them, from the file."""
    if "criteria" in report.summary:
        known: Mapping[str, float | None] = report.summary["criteria"]
        return known
    data = service.blobs.get(result_key(submission_id, report.run, report.begun, JSON))
    return criteria(Document.model_validate_json(data))
