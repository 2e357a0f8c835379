"""What members and keys see of an invitation, as typed values for API and pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app import deadlines
from app.rights import Principal, Right
from app.store.extensions import Extension
from app.store.invitations import Standing
from app.store.rows import Status


class CandidateView(BaseModel):
    """Who is invited.  Address, names and external id are null once erased, and for interviewers in blind mode."""

    model_config = ConfigDict(frozen=True)

    id: str
    email: str | None
    first_name: str | None
    last_name: str | None
    external_id: str | None
    timezone: str = Field(description="IANA name.", examples=["Europe/Vienna"])
    locale: str


class ExtensionView(BaseModel):
    """A deadline that was moved; `reason_code` is `self` where the candidate did it."""

    model_config = ConfigDict(frozen=True)

    reason_code: str
    reason: str
    old_deadline: datetime | None
    new_deadline: datetime
    created_at: datetime


class InvitationView(BaseModel):
    """An invitation and how far it has come."""

    model_config = ConfigDict(frozen=True)

    id: str
    status: Status
    closed: bool = Field(description="No more attempts are taken.")
    challenge: str
    label: str
    tags: list[str]
    candidate: CandidateView
    deadline: datetime | None = Field(description="UTC; the time multiplier is already in it.")
    deadline_local: datetime | None = Field(description="The same moment on the candidate's clock.")
    time_multiplier: float
    attempts: int
    attempts_left: int
    final_submission: str | None = Field(description="The one that counts; null before anything has a report.")
    extensions: list[ExtensionView] | None = Field(description="Null in lists.")
    created_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    link: str | None = Field(None, description="The candidate's own link; only in the answers that make one.")


class InvitationPage(BaseModel):
    """Invitations, newest first; `next_cursor` is null on the last page."""

    model_config = ConfigDict(frozen=True)

    items: list[InvitationView]
    next_cursor: str | None


def hides_names(who: Principal, blind: bool) -> bool:
    """Whether the organisation's blind mode keeps names from this reader: from all who invite nobody."""
    return blind and not who.may(Right.INVITE)


def invitation_view(
    found: Standing, *, blind: bool = False, moved: list[Extension] | None = None, link: str | None = None
) -> InvitationView:
    """The invitation; `blind` leaves out who it is."""
    one, person = found.invitation, found.candidate
    local = deadlines.local(one.deadline, person.timezone) if one.deadline else None
    same = ("id", "challenge", "label", "deadline", "time_multiplier", "attempts")
    times = ("created_at", "sent_at", "opened_at", "started_at", "closed_at")
    fields: dict[str, Any] = {name: getattr(one, name) for name in (*same, *times)}
    return InvitationView(
        **(fields | ({"label": ""} if blind else {})),
        status=found.status,
        closed=one.closed,
        tags=list(one.tags),
        candidate=_candidate(found, blind),
        deadline_local=local,
        attempts_left=found.left,
        final_submission=found.final,
        extensions=None if moved is None else [ExtensionView.model_validate(vars(m)) for m in moved],
        withdrawn_at=one.revoked_at,
        link=link,
    )


def _candidate(found: Standing, blind: bool) -> CandidateView:
    person = found.candidate
    known: dict[str, Any] = {"email": None, "first_name": None, "last_name": None, "external_id": None}
    if not blind and person.erased_at is None:
        known = {name: getattr(person, name) for name in known}
    return CandidateView(id=person.id, timezone=person.timezone, locale=person.locale, **known)
