"""Erasure: on the candidate's or an administrator's wish, or because the time for which they are kept is over."""

from __future__ import annotations

from contextlib import suppress

import structlog
from sqlalchemy import Connection

from app import own_rows, webhooks
from app.errors import Conflict
from app.law.profiles import least_days
from app.ports import Service
from app.rights import Principal
from app.store import audit, candidates, holdings, holds, invitations, self_descriptions
from app.store.audit import SYSTEM
from app.store.blobs import of_submission
from app.store.rows import Candidate
from app.words import _

log = structlog.get_logger(__name__)


def erase(service: Service, candidate: Candidate, who: Principal | Candidate | str, why: str = "asked") -> None:
    """Remove files, reports, words and name of a candidate; the audit log keeps what happened, by id.

    First nothing more is taken, then the files go, then the rows that name them: whatever fails, a repetition finds the
    rest.  What is being graded meanwhile is dropped by its worker, which finds no row any more.

    Raises Conflict while the candidate is under a legal hold; the wish is kept, and done when the hold ends.
    """
    if _held(service, candidate, who, why):
        raise Conflict(
            "legal-hold",
            _("Nothing can be erased now, because the law obliges to keep these data. This is called a legal hold."),
            hint=_("Your wish is kept. The data are erased when the hold ends."),
        )
    with service.engine.begin() as connection:
        holdings.close(connection, candidate.id)
        handed_in = holdings.submissions_of(connection, candidate.id)
        mine = invitations.of_candidate(connection, candidate.id)
    own_rows.discard(service, mine)
    for row in handed_in:
        service.blobs.clear(of_submission(row.id))
    with service.engine.begin() as connection:
        self_descriptions.remove(connection, service.keys, candidate.id)
        _record(connection, candidate, who, why)
    for row in handed_in:  # what a grading had written before its row was gone
        service.blobs.clear(of_submission(row.id))


def expire(service: Service) -> int:
    """Erase whom their organisations have kept as long as they said; returns how many."""
    with service.reader.connect() as connection:
        found = holdings.expired(connection, least_days())
        people = [candidates.find(connection, one.candidate_id, one.org_id) for one in found]
    for candidate in people:
        if candidate is not None:
            with suppress(Conflict):  # a legal hold that has just been placed
                erase(service, candidate, SYSTEM, "retention")
    if people:
        log.info("candidates were erased as their time was over", count=len(people))
    return len(people)


def _held(service: Service, candidate: Candidate, who: Principal | Candidate | str, why: str) -> bool:
    """Whether a legal hold stands against an erasure, which is then noted as wished."""
    with service.engine.begin() as connection:
        candidates.hold(connection, candidate.id)
        hold = holds.present(connection, candidate.id)
        if hold is not None and who != SYSTEM:
            holds.note_wish(connection, hold)
            actor = f"candidate:{who.id}" if isinstance(who, Candidate) else who
            subject = f"candidate:{candidate.id}"
            audit.record(connection, actor, "erasure-refused", subject, org_id=candidate.org_id, why=why)
        return hold is not None


def _record(connection: Connection, candidate: Candidate, who: Principal | Candidate | str, why: str) -> None:
    again = candidates.hold(connection, candidate.id)
    holdings.remove(connection, candidate.id)
    if again.erased_at is not None:
        return
    actor = f"candidate:{who.id}" if isinstance(who, Candidate) else who
    audit.record(connection, actor, "candidate.erased", f"candidate:{candidate.id}", org_id=candidate.org_id, why=why)
    data = {"candidate_id": candidate.id, "invitation_ids": invitations.ids_of(connection, candidate.id)}
    webhooks.emit(connection, candidate.org_id, "candidate.erased", data)
