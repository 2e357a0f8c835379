"""What each reader may see of a submission, as typed values for the API and the pages."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.store.rows import Phase, State, SubmissionRow


class PhaseView(BaseModel):
    """One step of the grading; running while `ended_at` is null."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(examples=["train"])
    started_at: datetime
    ended_at: datetime | None = None


class Links(BaseModel):
    """Where to go from here; the report links appear with the report."""

    model_config = ConfigDict(frozen=True)

    self: str
    events: str
    report_json: str | None = None
    report_html: str | None = None
    findings_sarif: str | None = None


class SubmissionView(BaseModel):
    """A submission and how its grading goes.

    `queued` and `grading` pass by themselves; `graded` and `ungraded` have a report (ungraded: the code
    could not be scored, and it says why); `failed` is our fault, spends no attempt, and `problem` says so.
    """

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "example": {
                "id": "3f1c0a9be27d45c8a1f0",
                "challenge": "ml_pipeline",
                "name": "pipeline.zip",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "state": "grading",
                "problem": None,
                "created_at": "2026-01-15T09:30:00Z",
                "finished_at": None,
                "phases": [{"name": "train", "started_at": "2026-01-15T09:30:02Z", "ended_at": None}],
                "links": {
                    "self": "/api/v1/submissions/3f1c0a9be27d45c8a1f0",
                    "events": "/api/v1/submissions/3f1c0a9be27d45c8a1f0/events",
                },
            }
        },
    )

    id: str
    challenge: str
    name: str
    sha256: str
    state: State
    problem: str | None
    created_at: datetime
    finished_at: datetime | None
    phases: list[PhaseView]
    links: Links


def submission_view(row: SubmissionRow, phases: list[Phase], base: str) -> SubmissionView:
    """The submission for its owner; `base` is the path that its links start with."""
    here = f"{base}/{row.id}"
    links = Links(self=here, events=f"{here}/events")
    if row.state.reported:
        reports = {
            "report_json": f"{here}/report.json",
            "report_html": f"{here}/report.html",
            "findings_sarif": f"{here}/findings.sarif",
        }
        links = links.model_copy(update=reports)
    return SubmissionView(
        id=row.id,
        challenge=row.challenge,
        name=row.name,
        sha256=row.sha256,
        state=row.state,
        problem=row.problem,
        created_at=row.created_at,
        finished_at=row.finished_at,
        phases=[PhaseView(**vars(phase)) for phase in phases],
        links=links,
    )
