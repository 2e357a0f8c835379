"""What a person decided about a candidate.  Nothing else in the service decides, and nothing rejects by itself."""

from __future__ import annotations

from app import webhooks
from app.decisions import letters
from app.decisions.views import DecisionIn
from app.errors import Forbidden, NotFound, Stale, VersionNeeded
from app.news import service as news
from app.owned import owned
from app.ports import Service
from app.rights import Principal
from app.store import audit, decisions, invitations
from app.store.decisions import Decision
from app.words import _


def history(service: Service, who: Principal, invitation_id: str) -> list[Decision]:
    """The decision that counts, and those before it, newest first; NotFound as long as nobody has decided."""
    with service.reader.connect() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        found = decisions.history(connection, who.org_id, invitation_id)
    if not found:
        raise NotFound
    return found


def decide(
    service: Service, who: Principal, invitation_id: str, new: DecisionIn, over: int | None = None
) -> list[Decision]:
    """Record a decision over the version `over`, 0 or None for the first one; the history afterwards.

    A rejection sends the letter with its reason where the law of the invitation asks for one.

    Raises Stale where another version is the newest, VersionNeeded where there is one and none was named.
    """
    with service.engine.begin() as connection:
        standing = owned(invitations.standing, connection, invitation_id, who.org_id)
        if who.member_id is None:
            raise Forbidden("not-allowed", _("Only a person can decide. Sign in as a member."))
        if over is None and decisions.history(connection, who.org_id, invitation_id):
            detail = _("There is a decision already. Send its ETag as If-Match to replace it.")
            raise VersionNeeded("if-match-needed", detail)
        member, decided = (who.org_id, who.member_id), (new.outcome, new.rationale)
        try:
            version = decisions.add(connection, invitation_id, member, over or 0, decided)
        except decisions.OtherVersion as meanwhile:
            detail = _("Somebody else has decided meanwhile. Read the newest decision first.")
            raise Stale("changed-meanwhile", detail, version=meanwhile.now) from None
        audit.record(connection, who, "decision-recorded", f"invitation:{invitation_id}", version=version)
        if new.outcome == "reject":
            letters.write(service, connection, who, standing, version, new.rationale)
        here = f"/api/v1/invitations/{invitation_id}/decision"
        webhooks.emit(connection, who.org_id, "decision.recorded", {"invitation_id": invitation_id, "url": here})
        news.tell(connection, owned(invitations.standing, connection, invitation_id, who.org_id), "decided", version)
        return decisions.history(connection, who.org_id, invitation_id)
