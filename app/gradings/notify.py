"""What webhooks are told of a grading: ids, states, the band and where to look."""

from __future__ import annotations

from sqlalchemy import Connection

from app import webhooks
from app.store.rows import Grading


def notify(connection: Connection, org_id: str, event: str, grading: Grading, **more: object) -> None:
    """Emit `event` about this grading."""
    data = {
        "submission_id": grading.submission_id,
        "run": grading.run,
        "kind": grading.reason,
        "state": grading.state,
        "url": f"/api/v1/submissions/{grading.submission_id}/reports/{grading.run}",
    }
    webhooks.emit(connection, org_id, event, data | more)
