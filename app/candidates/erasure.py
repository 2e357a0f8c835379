"""Erasure: on the candidate's or an administrator's wish, or because the time for which they are kept is over."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection

from app import webhooks
from app.law.profiles import least_days
from app.ports import Service
from app.rights import Principal
from app.store import audit, candidates, holdings, invitations, self_descriptions
from app.store.audit import SYSTEM
from app.store.blobs import of_submission
from app.store.rows import Candidate

log = structlog.get_logger(__name__)


def erase(service: Service, candidate: Candidate, who: Principal | Candidate | str, why: str = "asked") -> None:
    """Remove files, reports, words and name of a candidate; the audit log keeps what happened, by id.

    First nothing more is taken, then the files go, then the rows that name them: whatever fails, a repetition finds the
    rest.  What is being graded meanwhile is dropped by its worker, which finds no row any more.
    """
    with service.engine.begin() as connection:
        holdings.close(connection, candidate.id)
        handed_in = holdings.submissions_of(connection, candidate.id)
    for row in handed_in:
        service.blobs.clear(of_submission(row.id))
    with service.engine.begin() as connection:
        self_descriptions.remove(connection, service.keys, candidate.id)
        _record(connection, candidate, who, why)
    for row in handed_in:  # what a grading had written before its row was gone
        service.blobs.clear(of_submission(row.id))


def expire(service: Service) -> int:
    """Erase whom their organisations have kept as long as they said; returns how many."""
    with service.engine.connect() as connection:
        found = holdings.expired(connection, least_days())
        people = [candidates.find(connection, one.candidate_id, one.org_id) for one in found]
    for candidate in people:
        if candidate is not None:
            erase(service, candidate, SYSTEM, "retention")
    if people:
        log.info("candidates were erased as their time was over", count=len(people))
    return len(people)


def _record(connection: Connection, candidate: Candidate, who: Principal | Candidate | str, why: str) -> None:
    again = candidates.hold(connection, candidate.id)
    holdings.remove(connection, candidate.id)
    if again.erased_at is not None:
        return
    actor = f"candidate:{who.id}" if isinstance(who, Candidate) else who
    audit.record(connection, actor, "candidate.erased", f"candidate:{candidate.id}", org_id=candidate.org_id, why=why)
    data = {"candidate_id": candidate.id, "invitation_ids": invitations.ids_of(connection, candidate.id)}
    webhooks.emit(connection, candidate.org_id, "candidate.erased", data)
