"""What members and keys send about an invitation and see of it, as typed values for API and pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import to_json

from app import deadlines
from app.fields import Line
from app.invitations.csv_file import EMAIL, LOCALE, MAX_TAGS, MOST_MINUTES, MULTIPLIERS, TAG
from app.law.profiles import ProfileName
from app.store.extensions import Extension
from app.store.invitations import Standing
from app.store.rows import Attention, Candidate, Invitation, Status
from app.words import _

MAX_HOURS = 24.0 * 60
Address = Annotated[str, StringConstraints(max_length=254, pattern=f"^{EMAIL.pattern}$")]
Tag = Annotated[str, StringConstraints(pattern=f"^{TAG.pattern}$")]
Due = Annotated[str, StringConstraints(max_length=40)]


class Reason(StrEnum):
    """Why a deadline was moved by whoever invited."""

    ILLNESS = "illness"
    ACCOMMODATION = "accommodation"
    WORKLOAD = "workload"
    TECHNICAL = "technical"
    OURS = "ours"
    OTHER = "other"


class NewInvitationBody(BaseModel):
    """Whom to invite to what.  `due_at` without an offset is local where the candidate is; a date alone is 23:59."""

    model_config = ConfigDict(extra="forbid")

    email: Address = Field(examples=["kim@example.org"])
    first_name: Line = ""
    last_name: Line = ""
    external_id: Line | None = Field(None, description="Your own id of the candidate.")
    challenge: Line | None = Field(None, description="Left out: the service's own.", examples=["ml_pipeline"])
    timezone: Line = Field("UTC", description="IANA name.", examples=["Europe/Vienna"])
    locale: Annotated[str, StringConstraints(pattern=f"^{LOCALE.pattern}$")] = "en"
    due_at: Due | None = Field(None, description="`2027-03-31`, `2027-03-31T18:00` or `2027-03-31T18:00:00+02:00`.")
    time_multiplier: float = Field(1.0, ge=MULTIPLIERS[0], le=MULTIPLIERS[1])
    minutes: int | None = Field(
        None,
        ge=0,
        le=MOST_MINUTES,
        description="Timer from the candidate's own start; left out: the challenge's; 0: none.",
    )
    attempts: int | None = Field(None, ge=1, le=20, description="Graded submissions; left out: the service's own.")
    tags: list[Tag] = Field(default_factory=list, max_length=MAX_TAGS)
    label: Line = ""
    profile: ProfileName | None = Field(None, description="Profile of jurisdiction; left out: the organisation's own.")


class ExtensionBody(BaseModel):
    """Either a new deadline or hours, which the candidate's time multiplier stretches."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"hours": 72, "reason_code": "illness", "reason": "Influenza."}}
    )

    deadline: Due | None = None
    hours: float | None = Field(None, gt=0, le=MAX_HOURS)
    reason_code: Reason
    reason: Line = ""

    @model_validator(mode="after")
    def _one(self) -> ExtensionBody:
        if (self.deadline is None) == (self.hours is None):
            raise ValueError(_("give either `deadline` or `hours`"))
        return self


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


class CandidateChange(BaseModel):
    """What is to be corrected; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    email: Address | None = Field(None, examples=["kim@example.org"])
    first_name: Line | None = None
    last_name: Line | None = None
    timezone: Line | None = Field(None, description="IANA name.", examples=["Europe/Vienna"])


class ExtensionView(BaseModel):
    """A deadline that was moved; `reason_code` is `self` where the candidate did it."""

    model_config = ConfigDict(frozen=True)

    reason_code: str
    reason: str
    old_deadline: datetime | None
    new_deadline: datetime
    created_at: datetime


class TimerView(BaseModel):
    """The time from the candidate's own start, with their accommodation in it, and their pauses."""

    model_config = ConfigDict(frozen=True)

    minutes: float
    pauses: int
    pause_minutes: int
    pauses_taken: int
    paused_until: datetime | None = Field(description="Null where the time does not stand still.")


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
    deadline: datetime | None = Field(
        description="UTC; the time multiplier is already in it.  With a timer, before the start: the latest start."
    )
    deadline_local: datetime | None = Field(description="The same moment on the candidate's clock.")
    time_multiplier: float | None = Field(description="Null for whoever may not invite.")
    timer: TimerView | None = Field(description="Null where there is none, and for whoever may not invite.")
    attempts: int
    attempts_left: int
    final_submission: str | None = Field(description="The one that counts; null before anything has a report.")
    attention: list[str] = Field(
        description="Why somebody has to act: overdue, debrief, appeal, failed, unread, late.", examples=[["unread"]]
    )
    moved_at: datetime = Field(description="When the status last changed.")
    extensions: list[ExtensionView] | None = Field(description="Null in lists, and for whoever may not invite.")
    own_rows: bool = Field(description="The candidate gets rows of their own.")
    rows_made_at: datetime | None = Field(description="When they were made; until then nothing can be handed in.")
    created_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None
    withdrawn_at: datetime | None
    link: str | None = Field(None, description="The candidate's own link; only in the answers that make one.")


class InvitationPage(BaseModel):
    """Invitations in the order asked for; `next_cursor` is null on the last page."""

    model_config = ConfigDict(frozen=True)

    items: list[InvitationView]
    next_cursor: str | None


def invitation_view(
    standing: Standing,
    *,
    blind: bool = False,
    inviter: bool = True,
    moved: list[Extension] | None = None,
    link: str | None = None,
) -> InvitationView:
    """The invitation; `blind` leaves out who it is.

    Unless `inviter`, what tells of an accommodation is left out: the multiplier, extensions, and when a timer ends.
    """
    return InvitationView(**_fields(standing, blind=blind, inviter=inviter, moved=moved, link=link))


def page_json(standings: Sequence[Standing], following: str | None, *, blind: bool, inviter: bool) -> bytes:
    """An `InvitationPage` as JSON.  A page has thousands of values of our own, which nobody needs to validate."""
    items = [_fields(standing, blind=blind, inviter=inviter) for standing in standings]
    return to_json({"items": items, "next_cursor": following})


def _fields(
    standing: Standing,
    *,
    blind: bool,
    inviter: bool,
    moved: list[Extension] | None = None,
    link: str | None = None,
) -> dict[str, Any]:
    """The fields of an `InvitationView` by their names."""
    one, person = standing.invitation, standing.candidate
    deadline = one.deadline if inviter or one.minutes is None else None
    local = deadlines.local(deadline, person.timezone) if deadline else None
    return {
        "id": one.id,
        "status": standing.status.value,  # JSON of a member of an enum takes as long as that of ten texts
        "closed": one.closed,
        "challenge": one.challenge,
        "label": "" if blind else one.label,
        "tags": list(one.tags),
        "candidate": _candidate(person, blind),
        "deadline": deadline,
        "deadline_local": local,
        "time_multiplier": one.time_multiplier if inviter else None,
        "timer": timer_view(one) if inviter else None,
        "attempts": one.attempts,
        "attempts_left": standing.left,
        "final_submission": standing.final,
        "attention": reasons(standing.attention),
        "moved_at": standing.moved_at,
        "extensions": None if moved is None or not inviter else [ExtensionView.model_validate(vars(m)) for m in moved],
        "own_rows": bool(one.lot),
        "rows_made_at": one.rows_made_at,
        "created_at": one.created_at,
        "sent_at": one.sent_at,
        "opened_at": one.opened_at,
        "started_at": one.started_at,
        "closed_at": one.closed_at,
        "withdrawn_at": one.revoked_at,
        "link": link,
    }


def timer_view(invitation: Invitation) -> TimerView | None:
    """The timer as this candidate has it."""
    if invitation.time is None:
        return None
    return TimerView(
        minutes=invitation.time.total_seconds() / 60,
        pauses=invitation.pauses,
        pause_minutes=invitation.pause_minutes,
        pauses_taken=invitation.pauses_taken,
        paused_until=invitation.paused_until if invitation.paused else None,
    )


def reasons(attention: Attention) -> list[str]:
    """Why somebody has to act, the most urgent first."""
    return list(_reasons(attention.value)) if attention else []


@lru_cache
def _reasons(attention: int) -> tuple[str, ...]:
    return tuple((each.name or "").lower() for each in sorted(Attention(attention), reverse=True))


def candidate_view(person: Candidate, blind: bool = False) -> CandidateView:
    """Who somebody is, unless that is hidden from the reader."""
    return CandidateView(**_candidate(person, blind))


def _candidate(person: Candidate, blind: bool) -> dict[str, Any]:
    """The fields of a `CandidateView` by their names."""
    known = person.erased_at is None and not blind
    return {
        "id": person.id,
        "email": person.email if known else None,
        "first_name": person.first_name if known else None,
        "last_name": person.last_name if known else None,
        "external_id": person.external_id if known else None,
        "timezone": person.timezone,
        "locale": person.locale,
    }
