"""Whatever happens to an invitation is told in one place: to the audit log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app import audit
from app.rights import Principal
from app.store.rows import Candidate, Invitation


def tell(
    connection: Connection, who: Principal | Candidate | str, event: str, invitation: Invitation, **detail: Any
) -> None:
    """Record `event` (such as `invitation.extended`) in the transaction of what it tells of; ids and times only."""
    actor = f"candidate:{who.id}" if isinstance(who, Candidate) else who
    subject = f"invitation:{invitation.id}"
    audit.record(connection, actor, event, subject, org_id=invitation.org_id, **detail)
