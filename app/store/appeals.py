"""Candidates' objections to findings, and what a person answered.  An appeal changes no report by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, select, update

from app.platform import secrets
from app.store.record_tables import appeals
from app.store.rows import SubmissionRow

Resolution = Literal["upheld", "rejected"]


@dataclass(frozen=True)
class Appeal:
    """An objection to the finding `code` of grading `run` of a submission; open while `resolution` is None.

    `resolved_by` is a member's id, None as well where an API key answered.
    """

    id: str
    org_id: str
    invitation_id: str
    submission_id: str
    run: int
    code: str
    words: str
    resolution: Resolution | None
    answer: str | None
    resolved_by: str | None
    created_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True)
class Finding:
    """What an appeal is about."""

    submission_id: str
    run: int
    code: str


_APPEAL = [appeals.c[name] for name in Appeal.__dataclass_fields__]


def raise_appeal(connection: Connection, org_id: str, invitation_id: str, finding: Finding, words: str) -> Appeal:
    """Record an objection; whether it may be raised has been asked before."""
    values = {"id": secrets.new_id(), "org_id": org_id, "invitation_id": invitation_id, "words": words}
    added = insert(appeals).values(**values, **vars(finding)).returning(*_APPEAL)
    return appeal(connection.execute(added).mappings().one())


def of_invitation(connection: Connection, invitation_id: str) -> list[Appeal]:
    """All of a candidate's appeals, the first one first."""
    query = select(*_APPEAL).where(appeals.c.invitation_id == invitation_id)
    return read(connection, query.order_by(appeals.c.created_at, appeals.c.id))


def on(connection: Connection, invitation_id: str, row: SubmissionRow) -> dict[str, Appeal]:
    """By code of a finding: the appeals against the report that counts of one submission."""
    raised = of_invitation(connection, invitation_id)
    return {one.code: one for one in raised if (one.submission_id, one.run) == (row.id, row.report_run)}


def find(connection: Connection, appeal_id: str, org_id: str) -> Appeal | None:
    """One appeal; None as well where it is another organisation's."""
    found = read(connection, select(*_APPEAL).where(_mine(appeal_id, org_id)))
    return found[0] if found else None


def listed(org_id: str, *, still_open: bool | None = None) -> Select[Any]:
    """The query for an organisation's appeals; its rows are read with `read`."""
    query = select(*_APPEAL).where(appeals.c.org_id == org_id)
    if still_open is None:
        return query
    unanswered = appeals.c.resolved_at.is_(None)
    return query.where(unanswered if still_open else ~unanswered)


def read(connection: Connection, query: Select[Any]) -> list[Appeal]:
    """The rows of `listed`, narrowed and ordered by whoever asks."""
    return [appeal(row) for row in connection.execute(query).mappings()]


def answer(
    connection: Connection, which: tuple[str, str], member_id: str | None, resolution: Resolution, words: str
) -> Appeal | None:
    """Answer the appeal (id, organisation), once; None where it is answered already or not there."""
    values = {"resolution": resolution, "answer": words, "resolved_by": member_id, "resolved_at": func.now()}
    unanswered = _mine(*which) & appeals.c.resolved_at.is_(None)
    row = connection.execute(update(appeals).where(unanswered).values(values).returning(*_APPEAL))
    found = row.mappings().one_or_none()
    return appeal(found) if found else None


def appeal(row: RowMapping) -> Appeal:
    """A row of the table as a value."""
    return Appeal(**{name: row[name] for name in Appeal.__dataclass_fields__})


def _mine(appeal_id: str, org_id: str) -> ColumnElement[bool]:
    return (appeals.c.id == appeal_id) & (appeals.c.org_id == org_id)
