"""Legal hold: nothing of a candidate is erased while it lasts, and whoever asks is told so."""

from __future__ import annotations

from app.candidates import erasure
from app.errors import Conflict
from app.owned import owned
from app.ports import Service
from app.rights import Principal
from app.store import audit, candidates, holds
from app.store.holds import Hold
from app.words import _


def present(service: Service, who: Principal, candidate_id: str) -> Hold | None:
    """The hold that a candidate of the organisation is under; NotFound for another's."""
    with service.reader.connect() as connection:
        owned(candidates.find, connection, candidate_id, who.org_id)
        return holds.present(connection, candidate_id)


def place(service: Service, who: Principal, candidate_id: str, reason: str) -> None:
    """Hold a candidate.  Raises Conflict where they are held or were erased."""
    with service.engine.begin() as connection:
        owned(candidates.find, connection, candidate_id, who.org_id)
        candidate = candidates.hold(connection, candidate_id)
        if candidate.erased_at is not None:
            raise Conflict("erased", _("The candidate's data were erased. There is nothing left to hold."))
        if holds.present(connection, candidate_id):
            raise Conflict("held-already", _("This candidate is under a legal hold already."))
        holds.add(connection, who.org_id, candidate_id, reason)
        audit.record(connection, who, "legal-hold-placed", f"candidate:{candidate_id}")


def end(service: Service, who: Principal, candidate_id: str) -> bool:
    """End the hold.  An erasure that was wished meanwhile is done now; whether there was one.

    Raises Conflict where there is no hold.
    """
    with service.engine.begin() as connection:
        candidate = owned(candidates.find, connection, candidate_id, who.org_id)
        hold = holds.present(connection, candidate_id)
        if hold is None:
            raise Conflict("not-held", _("This candidate is not under a legal hold."))
        holds.end(connection, hold)
        audit.record(connection, who, "legal-hold-ended", f"candidate:{candidate_id}")
    if hold.erasure_asked_at is None:
        return False
    erasure.erase(service, candidate, who, "asked-during-hold")
    return True
