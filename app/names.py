"""What a reader may call a candidate."""

from __future__ import annotations

from app.store.invitations import Standing
from app.words import _


def called(standing: Standing, *, blind: bool) -> str:
    """What a candidate is called on a page: their name, else their address, else a name that says nothing."""
    return alias(standing) if blind else (standing.candidate.name or standing.candidate.email or alias(standing))


def alias(standing: Standing) -> str:
    """A name for those who are to judge without knowing whom."""
    return _("Candidate {mark}").format(mark=standing.invitation.id[:4].upper())
