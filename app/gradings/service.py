"""What members and keys do about gradings: stop one, try again, grade once more, let another report count.

A regrade stands beside the report that counts, and changes nothing for the candidate until a person adopts it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.errors import Conflict, NotFound
from app.gradings.notify import notify
from app.platform import queue
from app.platform.secrets import is_id
from app.rights import Principal
from app.store import audit, gradings, submissions
from app.store.gradings import REGRADE, RESCORE
from app.store.rows import Grading, Owner, State, SubmissionRow
from app.words import _

KINDS = (REGRADE, RESCORE)


def ask(
    connection: Connection, who: Principal, submission_id: str, kind: str, reason: str, *, pinned: bool = False
) -> Grading:
    """Queue one more grading: `regrade` runs everything again, `rescore` judges the stored case by today's rules.

    `pinned`: with the very versions of the report that counts, or not at all.  Raises NotFound, Conflict.
    """
    row = _mine(connection, who, submission_id, hold=True)
    require_sense(kind, pinned=pinned)
    counting = gradings.find(connection, row.id, row.report_run or 0)
    if counting is None:
        raise Conflict("no-report", _("There is no report to grade again. A failed grading can be tried again."))
    _require_rest(connection, row)
    versions = counting.versions if pinned else None
    run = gradings.ask(connection, row.id, kind, who.actor, versions)
    queue.enqueue_grading(connection, who.org_id, row.challenge, row.id, run, regrade=True)
    audit.record(
        connection, who, "regrade-asked", f"submission:{row.id}", run=run, kind=kind, pinned=pinned, reason=reason
    )
    return _grading(connection, row.id, run)


def retry(connection: Connection, who: Principal, submission_id: str) -> Grading:
    """Queue the first grading once more after it failed on our side or was stopped; its candidate waits, so it goes
    before regrades.  Raises NotFound, Conflict."""
    row = _mine(connection, who, submission_id, hold=True)
    if row.state not in (State.FAILED, State.ABORTED):
        raise Conflict(
            "not-failed", _("This grading did not fail. Only failed or stopped gradings can be tried again.")
        )
    run = gradings.ask(connection, row.id, gradings.FIRST, who.actor)
    queue.enqueue_grading(connection, who.org_id, row.challenge, row.id, run)
    audit.record(connection, who, "grading-retried", f"submission:{row.id}", run=run)
    return _grading(connection, row.id, run)


def abort(connection: Connection, who: Principal, submission_id: str) -> Grading:
    """Stop the grading that is queued or running; its worker ends the containers within a second or two.

    Raises NotFound, Conflict.
    """
    # No lock on the submission: a worker that finishes locks the grading first, and the two would wait for each other.
    row = _mine(connection, who, submission_id)
    going = gradings.current(connection, row.id)
    ended = going and gradings.end(connection, row.id, going.run, State.ABORTED, gradings.ABORTED)
    if not ended:
        raise Conflict("nothing-to-stop", _("No grading of this submission is queued or running."))
    notify(connection, who.org_id, "grading.failed", ended)
    audit.record(connection, who, "grading-stopped", f"submission:{row.id}", run=ended.run)
    return ended


def adopt(connection: Connection, who: Principal, submission_id: str, run: int, reason: str) -> Grading:
    """From now on the report of this grading counts; the one before stays to be read.  Raises NotFound, Conflict."""
    row = _mine(connection, who, submission_id, hold=True)
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
    return grading


def require_sense(kind: str, *, pinned: bool) -> None:
    """ValueError for a kind that is none; Conflict for a rescore by the rules of old, which would change nothing."""
    if kind not in KINDS:
        raise ValueError(f"{kind} is neither of {KINDS}")
    if pinned and kind == RESCORE:
        raise Conflict(
            "nothing-to-pin", _("A rescore uses the current rules. Only a regrade can use earlier versions.")
        )


def _mine(connection: Connection, who: Principal, submission_id: str, *, hold: bool = False) -> SubmissionRow:
    find = submissions.hold if hold else submissions.find
    row = find(connection, submission_id, Owner(who.org_id)) if is_id(submission_id) else None
    if row is None:
        raise NotFound
    return row


def _require_rest(connection: Connection, row: SubmissionRow) -> None:
    if gradings.current(connection, row.id) is not None:
        raise Conflict(
            "being-graded", _("Another grading of this submission is queued or running. Wait until it has ended.")
        )


def _grading(connection: Connection, submission_id: str, run: int) -> Grading:
    found = gradings.find(connection, submission_id, run)
    assert found is not None  # it was added in this transaction
    return found
