"""What members and keys do about gradings: stop one, try again, grade once more, let another report count.

Each function is one transaction.  A regrade stands beside the report that counts, and changes nothing for the
candidate until a person adopts it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.errors import Conflict, NotFound
from app.gradings.notify import notify
from app.owned import owned
from app.platform import queue
from app.ports import Service
from app.rights import Principal
from app.store import audit, gradings, reports, submissions
from app.store.gradings import REGRADE, RESCORE
from app.store.reports import Listed
from app.store.rows import Owner, State
from app.words import _

KINDS = (REGRADE, RESCORE)


def ask(
    service: Service, who: Principal, submission_id: str, kind: str, reason: str, *, pinned: bool = False
) -> Listed:
    """Queue one more grading: `regrade` runs everything again, `rescore` judges the stored case by today's rules.

    `pinned`: with the very versions of the report that counts, or not at all.  Raises NotFound, Conflict.
    """
    with service.engine.begin() as connection:
        row = owned(submissions.hold, connection, submission_id, Owner(who.org_id))
        require_sense(kind, pinned=pinned)
        counting = gradings.find(connection, row.id, row.report_run or 0)
        if counting is None:
            raise Conflict("no-report", _("There is no report to grade again. A failed grading can be tried again."))
        if gradings.current(connection, row.id) is not None:
            raise Conflict(
                "being-graded", _("Another grading of this submission is queued or running. Wait until it has ended.")
            )
        versions = counting.versions if pinned else None
        run = gradings.ask(connection, row.id, kind, who.actor, versions)
        queue.enqueue_grading(connection, who.org_id, row.challenge, row.id, run, regrade=True)
        audit.record(
            connection, who, "regrade-asked", f"submission:{row.id}", run=run, kind=kind, pinned=pinned, reason=reason
        )
        return _listed(connection, who, row.id, run)


def retry(service: Service, who: Principal, submission_id: str) -> Listed:
    """Queue the first grading once more after it failed on our side or was stopped; its candidate waits, so it goes
    before regrades.  Raises NotFound, Conflict."""
    with service.engine.begin() as connection:
        row = owned(submissions.hold, connection, submission_id, Owner(who.org_id))
        if row.state not in (State.FAILED, State.ABORTED):
            raise Conflict(
                "not-failed", _("This grading did not fail. Only failed or stopped gradings can be tried again.")
            )
        run = gradings.ask(connection, row.id, gradings.FIRST, who.actor)
        queue.enqueue_grading(connection, who.org_id, row.challenge, row.id, run)
        audit.record(connection, who, "grading-retried", f"submission:{row.id}", run=run)
        return _listed(connection, who, row.id, run)


def abort(service: Service, who: Principal, submission_id: str) -> Listed:
    """Stop the grading that is queued or running; its worker ends the containers within a second or two.

    Raises NotFound, Conflict.
    """
    with service.engine.begin() as connection:
        # No lock on the submission: a worker that finishes locks the grading first, and the two would wait for each
        # other.
        row = owned(submissions.find, connection, submission_id, Owner(who.org_id))
        going = gradings.current(connection, row.id)
        ended = going and gradings.end(connection, row.id, going.run, State.ABORTED, gradings.ABORTED)
        if not ended:
            raise Conflict("nothing-to-stop", _("No grading of this submission is queued or running."))
        notify(connection, who.org_id, "grading.failed", ended)
        audit.record(connection, who, "grading-stopped", f"submission:{row.id}", run=ended.run)
        return _listed(connection, who, row.id, ended.run)


def adopt(service: Service, who: Principal, submission_id: str, run: int, reason: str) -> Listed:
    """From now on the report of this grading counts; the one before stays to be read.  Raises NotFound, Conflict."""
    with service.engine.begin() as connection:
        row = owned(submissions.hold, connection, submission_id, Owner(who.org_id))
        grading = gradings.find(connection, row.id, run)
        if grading is None:
            raise NotFound
        if not grading.state.reported:
            raise Conflict("no-report", _("This grading has no report."))
        if run == row.report_run:
            raise Conflict("counts-already", _("This report is the one that counts already."))
        gradings.adopt(connection, grading)
        told: dict[str, Any] = {"replaced": row.report_run}
        notify(connection, who.org_id, "report.superseded", grading, band=grading.band, **told)
        audit.record(connection, who, "report-adopted", f"submission:{row.id}", run=run, reason=reason, **told)
        return _listed(connection, who, row.id, run)


def require_sense(kind: str, *, pinned: bool) -> None:
    """ValueError for a kind that is none; Conflict for a rescore by the rules of old, which would change nothing."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is neither of {KINDS}")
    if pinned and kind == RESCORE:
        raise Conflict(
            "nothing-to-pin", _("A rescore uses the current rules. Only a regrade can use earlier versions.")
        )


def _listed(connection: Connection, who: Principal, submission_id: str, run: int) -> Listed:
    """A grading that is there, as lists show it."""
    found = reports.one(connection, who.org_id, submission_id, run)
    assert found is not None  # it was looked up or added in this transaction
    return found
