"""Grading many submissions again at once, after everything that waits for a first grading."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.errors import Conflict, NotFound
from app.gradings.notify import notify
from app.gradings.service import require_sense
from app.platform import queue
from app.platform.secrets import is_id, new_id
from app.rights import Principal
from app.store import audit, gradings, reports
from app.store.reports import Batch, Filter
from app.store.rows import State
from app.words import _

MOST = 20_000


def ask(connection: Connection, who: Principal, only: Filter, kind: str, reason: str, *, pinned: bool = False) -> Batch:
    """Queue one more grading of every submission whose counting report passes the filter, see regrade.ask.

    Those with a queued or running grading are left out.  Raises Conflict where there is none, or more than `MOST`.
    """
    require_sense(kind, pinned=pinned)
    found = reports.hold(connection, who.org_id, only, MOST + 1)
    if not found:
        raise Conflict("nothing-matches", _("No report fits this filter, or all of them are being graded again."))
    if len(found) > MOST:
        raise Conflict("too-many", _("More than {most} reports fit this filter. Narrow it down.").format(most=MOST))
    batch_id = new_id()
    runs = reports.ask_all(connection, list(found), kind, who.actor, batch_id, pinned=pinned)
    wanted = [(found[submission_id], submission_id, runs[submission_id]) for submission_id in found]
    queue.enqueue_gradings(connection, who.org_id, wanted, regrade=True)
    told: dict[str, Any] = {
        "kind": kind,
        "pinned": pinned,
        "reason": reason,
        "filter": vars(only),
        "submissions": len(wanted),
    }
    audit.record(connection, who, "regrades-asked", f"batch:{batch_id}", **told)
    return progress(connection, who, batch_id)


def progress(connection: Connection, who: Principal, batch_id: str) -> Batch:
    """How far a batch has come; NotFound where it is none of this organisation."""
    found = reports.batch(connection, who.org_id, batch_id) if is_id(batch_id) else None
    if found is None:
        raise NotFound
    return found


def abort(connection: Connection, who: Principal, batch_id: str) -> Batch:
    """Stop what of a batch is still queued or running; what is done stays.  Raises NotFound, Conflict."""
    progress(connection, who, batch_id)
    ended = reports.end_batch(connection, who.org_id, batch_id, State.ABORTED, gradings.ABORTED)
    if not ended:
        raise Conflict("nothing-to-stop", _("No grading of this batch is queued or running."))
    for grading in ended:
        notify(connection, who.org_id, "grading.failed", grading)
    audit.record(connection, who, "regrades-stopped", f"batch:{batch_id}", gradings=len(ended))
    return progress(connection, who, batch_id)
