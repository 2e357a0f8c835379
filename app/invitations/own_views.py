"""What candidates see of their own invitation, as typed values, and what they send."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app import deadlines
from app.artifacts import Verdict
from app.fields import Line
from app.invitations.views import TimerView, timer_view
from app.store.invitations import Standing
from app.store.rows import State, Status, SubmissionRow

#: Over https or ssh, also as `git@host:owner/name.git`.
URL = Annotated[
    str,
    StringConstraints(max_length=2000, pattern=r"^(?:https?://|ssh://|[a-z0-9_-]{1,32}@[A-Za-z0-9.-]{1,253}:)[!-~]+$"),
]


class ChoiceIn(BaseModel):
    """The attempt that is to count; null: the last valid one."""

    model_config = ConfigDict(extra="forbid")

    submission_id: Line | None


class RepositoryIn(BaseModel):
    """One commit of a git repository.  `secret` is a token, or `user:token`; it is used once and kept nowhere."""

    model_config = ConfigDict(extra="forbid")

    url: URL
    ref: Annotated[str, StringConstraints(max_length=200, pattern=r"^[!-~]*$")] = Field(
        "", description="A branch, a tag or a whole commit; empty: the default branch."
    )
    secret: Annotated[str, StringConstraints(max_length=500, pattern=r"^[!-~]*$")] = ""


class OwnSubmission(BaseModel):
    """A submission (`kind` graded) or a check.  Of a check, `graded` says that all is well and `ungraded` that it is
    not; `lines` say what happened."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str = Field(examples=["graded", "check"])
    name: str
    sha256: str
    state: State
    problem: str | None
    counts: bool = Field(description="This is the one that counts.")
    created_at: datetime
    finished_at: datetime | None
    lines: list[str] | None = Field(None, description="Of a check that has ended; null in lists.")
    ahead: int | None = Field(None, description="While it waits: gradings before it, at most 100; null in lists.")


class OwnInvitation(BaseModel):
    """Terms, what was handed in, newest first, and what may still be done."""

    model_config = ConfigDict(frozen=True)

    id: str
    challenge: str
    status: Status
    closed: bool = Field(description="Nothing more can be handed in.")
    deadline: datetime | None
    deadline_local: datetime | None = Field(description="The same moment on your clock.")
    timer: TimerView | None = Field(description="Your time from your own start; null where there is none.")
    started_at: datetime | None
    attempts: int
    attempts_left: int
    extension_hours: float | None = Field(description="What you may still add to the deadline by yourself.")
    final_submission: str | None
    rows_ready: bool = Field(description="False while your data are still being prepared.")
    submissions: list[OwnSubmission]


def own_submission(
    row: SubmissionRow, standing: Standing, verdict: Verdict | None = None, ahead: int | None = None
) -> OwnSubmission:
    same = ("id", "kind", "name", "sha256", "state", "problem", "created_at", "finished_at")
    fields = {name: getattr(row, name) for name in same}
    lines = list(verdict.lines) if verdict else None
    return OwnSubmission(**fields, counts=row.id == standing.final, lines=lines, ahead=ahead)


def own_invitation(standing: Standing, rows: Iterable[SubmissionRow], extension: float | None) -> OwnInvitation:
    one = standing.invitation
    return OwnInvitation(
        id=one.id,
        challenge=one.challenge,
        status=Status.GRADED if standing.status in (Status.IN_REVIEW, Status.DECIDED) else standing.status,
        closed=one.closed,
        deadline=one.deadline,
        deadline_local=deadlines.local(one.deadline, standing.candidate.timezone) if one.deadline else None,
        timer=timer_view(one),
        started_at=one.started_at,
        attempts=one.attempts,
        attempts_left=standing.left,
        extension_hours=extension,
        final_submission=standing.final,
        rows_ready=not one.waits_for_rows,
        submissions=[own_submission(row, standing) for row in rows],
    )
