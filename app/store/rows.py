"""What the tables hold, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntFlag, StrEnum
from typing import Any, Literal, NamedTuple, Protocol

from app.rights import Right, Role


class State(StrEnum):
    """Where a submission stands.  FAILED is our fault alone, ABORTED a person's wish; neither spends an attempt."""

    QUEUED = "queued"
    GRADING = "grading"
    GRADED = "graded"
    UNGRADED = "ungraded"
    FAILED = "failed"
    ABORTED = "aborted"

    @property
    def final(self) -> bool:
        return self not in (State.QUEUED, State.GRADING)

    @property
    def reported(self) -> bool:
        return self in (State.GRADED, State.UNGRADED)


@dataclass(frozen=True)
class Organisation:
    """`feedback` is what candidates see once their invitation is closed: nothing, band, or findings."""

    id: str
    name: str
    feedback: str
    hide_until_locked: bool
    blind: bool
    retention_days: int
    self_extension_hours: int
    asks_self_description: bool
    profile: str
    live: bool
    own_rows: Sequence[str]  # challenges, without their versions, whose candidates each get rows of their own


@dataclass(frozen=True)
class Member:
    id: str
    org_id: str
    email: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    news: Mapping[str, str]  # event -> "at-once", "daily" or "off", where they chose
    locale: str  # the language of pages and mails; empty: as the browser asks, and mails in English
    timezone: str  # in which they are shown times, an IANA name


@dataclass(frozen=True)
class ApiKey:
    id: str
    org_id: str
    prefix: str
    label: str
    scopes: frozenset[Right]
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class Candidate(NamedTuple):
    """Whoever is invited.  Without address and names once erased; what is left of them then is this id."""

    id: str
    org_id: str
    email: str | None
    first_name: str
    last_name: str
    external_id: str | None
    timezone: str
    locale: str
    created_at: datetime
    erased_at: datetime | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def known_as(self) -> tuple[str, ...]:
        """What their own files may call them by."""
        return tuple(name for name in (self.name, self.email, self.external_id) if name)


class Status(StrEnum):
    """How far an invitation has come; store/invitations.py says when which."""

    INVITED = "invited"
    OPENED = "opened"
    STARTED = "started"
    SUBMITTED = "submitted"
    GRADING = "grading"
    GRADED = "graded"
    IN_REVIEW = "in-review"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Attention(IntFlag):
    """Why somebody has to act on an invitation; the higher the sooner.  Migrations 0009 and 0023 say when which."""

    LATE = 1  # the deadline passed without an attempt
    UNREAD = 2  # graded, and no member has opened the report
    FAILED = 4  # the last attempt failed on our side
    APPEAL = 8  # an appeal without an answer
    DEBRIEF = 16  # a debrief within 24 hours
    OVERDUE = 32  # a human review that should have been answered


class Invitation(NamedTuple):
    """A candidate's way in.  `attempts` counts graded submissions; `deadline` is None where there is none.

    `profile` is the jurisdiction's, and `notice_id` what the candidate was told under it.  `lot` names the rows that
    the candidate alone gets, made at `rows_made_at`; empty where all have the same rows.
    `minutes` is the timer from the candidate's own start, None where there is none.  Before the start the deadline is
    the latest moment to start; the start, pauses and their ends move it.
    """

    id: str
    org_id: str
    candidate_id: str
    challenge: str
    label: str
    tags: tuple[str, ...]
    attempts: int
    time_multiplier: float
    link_version: int
    created_by: str | None
    final_submission_id: str | None
    profile: str
    notice_id: str | None
    lot: str
    rows_made_at: datetime | None
    deadline: datetime | None
    created_at: datetime
    sent_at: datetime | None
    opened_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None
    revoked_at: datetime | None
    reminders_off_at: datetime | None
    minutes: int | None
    pauses: int
    pause_minutes: int
    pauses_taken: int
    paused_until: datetime | None

    @property
    def time(self) -> timedelta | None:
        """How long this candidate has from their own start; None without a timer."""
        return None if self.minutes is None else timedelta(minutes=self.minutes) * self.time_multiplier

    @property
    def unstarted(self) -> bool:
        """Whether there is a timer that has not begun."""
        return self.minutes is not None and self.started_at is None

    @property
    def running(self) -> bool:
        """Whether the timer runs; a pause is a part of it."""
        return self.minutes is not None and self.started_at is not None and not self.closed

    @property
    def paused(self) -> bool:
        return self.running and self.paused_until is not None and datetime.now(UTC) < self.paused_until

    @property
    def moves(self) -> int:
        """How often the timer has moved the deadline."""
        begun = self.minutes is not None and self.started_at is not None
        return begun + 2 * self.pauses_taken - self.paused

    @property
    def waits_for_rows(self) -> bool:
        """Whether the candidate's own rows are still being made."""
        return bool(self.lot) and self.rows_made_at is None

    @property
    def closed(self) -> bool:
        """No more attempts: the candidate was done, the deadline has passed, or the invitation is withdrawn."""
        return self.closed_at is not None or self.late or self.revoked_at is not None

    @property
    def late(self) -> bool:
        return self.deadline is not None and datetime.now(UTC) > self.deadline


@dataclass(frozen=True)
class Owner:
    """Whose a submission is: an organisation's, and within it exactly one of the three who can hand one in."""

    org_id: str
    api_key_id: str | None = None
    invitation_id: str | None = None
    member_id: str | None = None


@dataclass(frozen=True)
class SubmissionRow:
    """One submission.  `state`, `problem` and the times are those of its first grading, `run`, or of the one that was
    adopted; `report_run` is the grading whose report counts."""

    id: str
    owner: Owner
    kind: str
    challenge: str
    name: str
    sha256: str
    size: int
    state: State
    problem: str | None
    run: int
    report_run: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


#: What a report is made with; two reports that share all of these differ by the noise of the runs alone.
VERSIONS = ("image", "challenge_version", "data_fingerprint", "grader_version", "rubric_version")


class Filed(Protocol):
    """A grading as far as it says where its files lie."""

    @property
    def submission_id(self) -> str: ...
    @property
    def run(self) -> int: ...
    @property
    def begun(self) -> int: ...


@dataclass(frozen=True)
class Grading:
    """One grading of a submission.  `tries` leaves out those of its beginnings that a worker told to stop cut short.

    Before its end the versions are those it must be made with, None where any will do; after it, what it was made with.
    """

    submission_id: str
    run: int
    reason: str  # first, regrade, rescore
    state: State
    begun: int
    tries: int
    problem: str | None
    requested_by: str | None
    batch: str | None
    image: str | None
    challenge_version: str | None
    data_fingerprint: str | None
    grader_version: str | None
    rubric_version: str | None
    band: int | None
    summary: Mapping[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def versions(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in VERSIONS}


@dataclass(frozen=True)
class Phase:
    """One probe of the current grading; still running where `ended_at` is None."""

    name: str
    started_at: datetime
    ended_at: datetime | None


def submission_row(row: Mapping[Any, Any]) -> SubmissionRow:
    """A row of the table `submissions` as a value."""
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    owner = Owner(**{name: values.pop(name) for name in ("org_id", "api_key_id", "invitation_id", "member_id")})
    return SubmissionRow(owner=owner, state=State(values.pop("state")), **values)


@dataclass(frozen=True)
class Sent:
    """What is sent until it arrives or is given up; `status` and `problem` are those of the last attempt."""

    id: str
    attempts: int
    status: int | None
    problem: str | None
    created_at: datetime
    attempted_at: datetime | None
    delivered_at: datetime | None
    given_up_at: datetime | None

    @property
    def state(self) -> Literal["delivered", "given-up", "waiting"]:
        if self.delivered_at is not None:
            return "delivered"
        return "given-up" if self.given_up_at is not None else "waiting"
