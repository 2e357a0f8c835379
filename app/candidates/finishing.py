"""A candidate is done before the deadline."""

from __future__ import annotations

from sqlalchemy import Connection, func

from app.candidates.inviting import NotNow
from app.candidates.tell import tell
from app.store import invitations
from app.store.invitations import Standing
from app.store.rows import Status

WAITING = frozenset({Status.SUBMITTED, Status.GRADING})


def may_finish(found: Standing) -> bool:
    """Whether something has been graded, nothing is on its way, and the invitation is still open."""
    return found.final is not None and found.status not in WAITING and not found.invitation.closed


def finish(connection: Connection, invitation_id: str) -> None:
    """Close the invitation for its candidate: no more attempts, and what they may see of their report opens.

    Raises NotNow where nothing has been graded yet, or something still is.
    """
    invitations.hold(connection, invitation_id)
    found = invitations.standing(connection, invitation_id)
    assert found is not None
    if found.invitation.closed:
        return
    if not may_finish(found):
        raise NotNow("not-graded", "First something that you handed in has to be graded.")
    invitations.change(connection, invitation_id, closed_at=func.now())
    tell(connection, found.candidate, "invitation.finished", found.invitation)
