"""Grading many submissions again at once, after everything that waits for a first grading."""

from __future__ import annotations

from typing import Any

from app.errors import Conflict
from app.gradings.notify import notify
from app.gradings.service import require_sense
from app.owned import owned
from app.platform import queue
from app.platform.secrets import new_id
from app.ports import Service
from app.rights import Principal
from app.store import audit, gradings, reports
from app.store.reports import Batch, Filter
from app.store.rows import State
from app.words import _

MOST = 20_000


def ask(service: Service, who: Principal, only: Filter, kind: str, reason: str, *, pinned: bool = False) -> Batch:
    """Queue one more grading of every submission whose counting report passes the filter, see service.ask.

    Those with a queued or running grading are left out.  Raises Conflict where there is none, or more than `MOST`.
    """
    require_sense(kind, pinned=pinned)
    with service.engine.begin() as connection:
        held = reports.hold(connection, who.org_id, only, MOST + 1)
        if not held:
            raise Conflict("nothing-matches", _("No report fits this filter, or all of them are being graded again."))
        if len(held) > MOST:
            raise Conflict("too-many", _("More than {most} reports fit this filter. Narrow it down.").format(most=MOST))
        batch_id = new_id()
        runs = reports.ask_all(connection, list(held), kind, who.actor, batch_id, pinned=pinned)
        wanted = [(held[submission_id], submission_id, runs[submission_id]) for submission_id in held]
        queue.enqueue_gradings(connection, who.org_id, wanted, regrade=True)
        told: dict[str, Any] = {
            "kind": kind,
            "pinned": pinned,
            "reason": reason,
            "filter": vars(only),
            "submissions": len(wanted),
        }
        audit.record(connection, who, "regrades-asked", f"batch:{batch_id}", **told)
        return owned(reports.batch, connection, batch_id, who.org_id)


def progress(service: Service, who: Principal, batch_id: str) -> Batch:
    """How far a batch has come; NotFound where it is none of this organisation."""
    with service.reader.connect() as connection:
        return owned(reports.batch, connection, batch_id, who.org_id)


def abort(service: Service, who: Principal, batch_id: str) -> Batch:
    """Stop what of a batch is still queued or running; what is done stays.  Raises NotFound, Conflict."""
    with service.engine.begin() as connection:
        owned(reports.batch, connection, batch_id, who.org_id)
        ended = reports.end_batch(connection, who.org_id, batch_id, State.ABORTED, gradings.ABORTED)
        if not ended:
            raise Conflict("nothing-to-stop", _("No grading of this batch is queued or running."))
        for grading in ended:
            notify(connection, who.org_id, "grading.failed", grading)
        audit.record(connection, who, "regrades-stopped", f"batch:{batch_id}", gradings=len(ended))
        return owned(reports.batch, connection, batch_id, who.org_id)
