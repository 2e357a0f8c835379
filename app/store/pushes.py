"""Candidates' wishes that what they push is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.store.record_tables import pushes, repositories
from app.store.tables import submissions


@dataclass(frozen=True)
class Push:
    """`kind` is what a push becomes: `graded` or `check`.  The last one has a submission, or a problem."""

    id: str
    invitation_id: str
    org_id: str
    url: str
    branch: str
    kind: str
    created_at: datetime
    last_commit: str | None
    last_at: datetime | None
    last_submission: str | None
    problem: str | None


_PUSH = [pushes.c[name] for name in Push.__dataclass_fields__]


def put(connection: Connection, push_id: str, invitation: tuple[str, str], wish: tuple[str, str, str]) -> None:
    """Keep (url, branch, kind) for (id, organisation) of an invitation, in place of what was wished before."""
    (invitation_id, org_id), (url, branch, kind) = invitation, wish
    connection.execute(delete(pushes).where(pushes.c.invitation_id == invitation_id))
    values = {"id": push_id, "invitation_id": invitation_id, "org_id": org_id, "url": url, "branch": branch}
    connection.execute(insert(pushes).values(**values, kind=kind))


def of_invitation(connection: Connection, invitation_id: str) -> Push | None:
    row = connection.execute(select(*_PUSH).where(pushes.c.invitation_id == invitation_id)).one_or_none()
    return Push(*row) if row else None


def find(connection: Connection, push_id: str) -> Push | None:
    row = connection.execute(select(*_PUSH).where(pushes.c.id == push_id)).one_or_none()
    return Push(*row) if row else None


def remove(connection: Connection, invitation_id: str) -> bool:
    """False where there was none."""
    return connection.execute(delete(pushes).where(pushes.c.invitation_id == invitation_id)).rowcount == 1


def handed_in(connection: Connection, push: Push, commit: str) -> str | None:
    """The submission or check that this commit became already; a failure of ours does not count."""
    mine = (submissions.c.invitation_id == push.invitation_id) & (submissions.c.kind == push.kind)
    ours = submissions.c.state.in_(["failed", "aborted"])
    query = select(submissions.c.id).join(repositories, repositories.c.submission_id == submissions.c.id)
    return connection.scalar(query.where(mine, ~ours, repositories.c.commit == commit).limit(1))


def note(connection: Connection, push: Push, commit: str, submission_id: str | None, problem: str | None) -> None:
    """What became of a push."""
    values = {"last_commit": commit, "last_at": func.now(), "last_submission": submission_id, "problem": problem}
    connection.execute(update(pushes).where(pushes.c.id == push.id).values(values))
