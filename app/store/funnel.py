"""How far an organisation's candidates come in one challenge, and where they stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from app.store.record_tables import decisions
from app.store.rows import State
from app.store.tables import gradings, invitations, submissions


@dataclass(frozen=True)
class Funnel:
    """Candidates who came at least so far, each step no larger than the one before it; `days` is the median from the
    invitation to the first graded attempt, None where there is none.  `problems` counts what kept submissions from a
    score, by code: one code in many submissions is more likely ours than theirs."""

    invited: int
    opened: int
    started: int
    submitted: int
    graded: int
    decided: int
    days: float | None
    problems: Mapping[str, int]

    @property
    def steps(self) -> tuple[tuple[str, int], ...]:
        names = ("invited", "opened", "started", "submitted", "graded", "decided")
        return tuple((name, getattr(self, name)) for name in names)


def funnel(connection: Connection, org_id: str, challenge: str) -> Funnel:
    """The funnel of one challenge."""
    mine = (invitations.c.org_id == org_id) & (invitations.c.challenge == challenge)
    tried = select(submissions.c.id).where(
        submissions.c.invitation_id == invitations.c.id, submissions.c.kind == "graded"
    )
    reported = tried.where(submissions.c.state.in_([State.GRADED, State.UNGRADED]))
    decided = select(decisions.c.id).where(decisions.c.invitation_id == invitations.c.id)
    first = select(func.min(submissions.c.finished_at)).where(
        submissions.c.invitation_id == invitations.c.id, submissions.c.state == State.GRADED
    )
    days = func.extract("epoch", first.scalar_subquery() - invitations.c.created_at) / 86400
    row = connection.execute(
        select(
            func.count(),
            func.count().filter(invitations.c.opened_at.is_not(None) | tried.exists()),
            func.count().filter(invitations.c.started_at.is_not(None) | tried.exists()),
            func.count().filter(tried.exists()),
            func.count().filter(reported.exists()),
            func.count().filter(reported.exists() & decided.exists()),
            func.percentile_cont(0.5).within_group(days),
        ).where(mine)
    ).one()
    invited, opened, started, submitted, graded, done, wait = row
    wait = None if wait is None else float(wait)
    return Funnel(invited, opened, started, submitted, graded, done, wait, _problems(connection, org_id, challenge))


def _problems(connection: Connection, org_id: str, challenge: str) -> dict[str, int]:
    code = gradings.c.summary["problem"].astext
    query = (
        select(code, func.count())
        .join(submissions, submissions.c.id == gradings.c.submission_id)
        .where(submissions.c.org_id == org_id, submissions.c.challenge == challenge, code.is_not(None))
        .where(gradings.c.run == submissions.c.report_run)
        .group_by(code)
        .order_by(func.count().desc(), code)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
