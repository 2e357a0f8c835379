"""How long gradings take, learnt from those that ended."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from app.store.rows import State
from app.store.tables import gradings, submissions

#: The newest ones count; with fewer than ENOUGH nothing is said.
RECENT, ENOUGH = 30, 3


def usual(connection: Connection, challenge: str) -> float | None:
    """Median seconds of the newest gradings of a challenge that gave a score; None with too few of them."""
    seconds = func.extract("epoch", gradings.c.finished_at - gradings.c.started_at)
    recent = (
        select(seconds.label("seconds"))
        .join(submissions, submissions.c.id == gradings.c.submission_id)
        .where(submissions.c.challenge == challenge, gradings.c.state == State.GRADED, gradings.c.reason != "rescore")
        .order_by(gradings.c.finished_at.desc())
        .limit(RECENT)
        .subquery()
    )
    middle = func.percentile_cont(0.5).within_group(recent.c.seconds)
    count, median = connection.execute(select(func.count(recent.c.seconds), middle)).one()
    return float(median) if count >= ENOUGH else None
