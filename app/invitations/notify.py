"""Whatever happens to an invitation is told in one place: to the audit log, and to webhooks that listen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app import webhooks
from app.rights import Principal
from app.store import audit, invitations
from app.store.rows import Candidate, Invitation


def notify(
    connection: Connection, who: Principal | Candidate | str, event: str, invitation: Invitation, **detail: Any
) -> None:
    """Record `event` (such as `invitation.extended`) in the transaction of what it tells of; ids, codes and times only.

    Webhooks hear of the events they know, and of no more than the ids.
    """
    actor = f"candidate:{who.id}" if isinstance(who, Candidate) else who
    subject = f"invitation:{invitation.id}"
    audit.record(connection, actor, event, subject, org_id=invitation.org_id, **detail)
    if event in webhooks.EVENTS:
        ids = {name: value for name, value in detail.items() if name.endswith("_id")}
        data = {"invitation_id": invitation.id, **ids, "url": f"/api/v1/invitations/{invitation.id}"}
        webhooks.emit(connection, invitation.org_id, event, data)


def start(connection: Connection, invitation_id: str) -> None:
    """Remember, and tell once, that a candidate took the task along or handed something in."""
    if invitations.note_started(connection, invitation_id):
        found = invitations.standing(connection, invitation_id)
        assert found is not None
        notify(connection, found.candidate, "invitation.started", found.invitation)
