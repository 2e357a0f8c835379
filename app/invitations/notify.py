"""Whatever happens to an invitation is told in one place: to the audit log, and to webhooks that listen."""

from __future__ import annotations

from collections.abc import Sequence
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
    notify_all(connection, who, event, [invitation], **detail)


def notify_all(
    connection: Connection,
    who: Principal | Candidate | str,
    event: str,
    changed: Sequence[Invitation],
    **detail: Any,
) -> None:
    """Record an event that several invitations of one organisation have in common."""
    if not changed:
        return
    actor, org_id = f"candidate:{who.id}" if isinstance(who, Candidate) else who, changed[0].org_id
    details = {f"invitation:{invitation.id}": detail for invitation in changed}
    audit.record_all(connection, actor, event, details, org_id=org_id)
    if event in webhooks.EVENTS:
        ids = {name: value for name, value in detail.items() if name.endswith("_id")}
        told = [
            {"invitation_id": invitation.id, **ids, "url": f"/api/v1/invitations/{invitation.id}"}
            for invitation in changed
        ]
        webhooks.emit(connection, org_id, event, *told)


def start(connection: Connection, invitation_id: str) -> None:
    """Remember, and tell once, that a candidate took the task along or handed something in."""
    if invitations.note_started(connection, invitation_id):
        found = invitations.standing(connection, invitation_id)
        assert found is not None
        notify(connection, found.candidate, "invitation.started", found.invitation)
