"""What the tables hold, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping


class State(StrEnum):
    """Where a submission stands.  FAILED is our fault alone: nobody was graded and no attempt is spent."""

    QUEUED = "queued"
    GRADING = "grading"
    GRADED = "graded"
    UNGRADED = "ungraded"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        return self in (State.GRADED, State.UNGRADED, State.FAILED)

    @property
    def reported(self) -> bool:
        return self in (State.GRADED, State.UNGRADED)


@dataclass(frozen=True)
class ApiKey:
    id: str
    prefix: str
    label: str


@dataclass(frozen=True)
class Invitation:
    """A candidate's way in.  `attempts` counts graded submissions; `deadline` is None where there is none."""

    id: str
    challenge: str
    label: str
    email: str | None
    attempts: int
    deadline: datetime | None

    @property
    def closed(self) -> bool:
        return self.deadline is not None and datetime.now(UTC) > self.deadline


@dataclass(frozen=True)
class Owner:
    """Who handed a submission in: exactly one of the two."""

    api_key_id: str | None = None
    invitation_id: str | None = None


@dataclass(frozen=True)
class SubmissionRow:
    """One submission.  `run` counts the gradings begun, and only the latest may write a result; `tries` leaves
    out those that were cut short by a worker told to stop."""

    id: str
    owner: Owner
    challenge: str
    name: str
    sha256: str
    size: int
    state: State
    problem: str | None
    run: int
    tries: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class Phase:
    """One probe of the current grading; still running where `ended_at` is None."""

    name: str
    started_at: datetime
    ended_at: datetime | None


def submission_row(row: RowMapping) -> SubmissionRow:
    """A row of the table `submissions` as a value."""
    values: dict[str, Any] = {str(name): value for name, value in row.items()}
    owner = Owner(values.pop("api_key_id"), values.pop("invitation_id"))
    return SubmissionRow(owner=owner, state=State(values.pop("state")), **values)
