"""What members and keys see of gradings, as typed values for the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.artifacts import HTML, JSON, PDF, SARIF
from app.store.reports import Batch, Listed
from app.store.rows import State

Kind = Literal["first", "regrade", "rescore"]
SUBMISSIONS = "/api/v1/submissions"


class Versions(BaseModel):
    """What the report was made with, or must be made with where it is not made yet."""

    model_config = ConfigDict(frozen=True)

    image: str | None
    challenge_version: str | None
    data_fingerprint: str | None
    grader_version: str | None
    rubric_version: str | None


class Files(BaseModel):
    """Where the report is; null before there is one."""

    model_config = ConfigDict(frozen=True)

    self: str
    report_json: str | None = None
    report_html: str | None = None
    report_pdf: str | None = None
    findings_sarif: str | None = None


class GradingView(BaseModel):
    """One grading of a submission.  Score and band are null without a report, and for an interviewer whose own
    scorecard is not locked yet where the organisation wants that."""

    model_config = ConfigDict(frozen=True)

    submission_id: str
    run: int = Field(description="1 is the first grading of the submission.")
    kind: Kind
    state: State
    problem: str | None
    counts: bool = Field(description="Whether its report is the one that counts.")
    challenge: str
    invitation_id: str | None
    band: int | None = Field(description="1 insufficient, 2 partial, 3 meets, 4 strong.")
    score: float | None = Field(description="0 to 100, with its 95 % interval.")
    low: float | None
    high: float | None
    flagged: list[str] = Field(description="Codes of the findings.", examples=[["LEAK001"]])
    versions: Versions
    requested_by: str | None = Field(description="member:ID or key:ID; null for a first grading.")
    batch: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    links: Files


class GradingPage(BaseModel):
    """Gradings, newest first; `next_cursor` is null on the last page."""

    model_config = ConfigDict(frozen=True)

    items: list[GradingView]
    next_cursor: str | None


class BatchView(BaseModel):
    """Gradings that were asked for at once, and how far they have come."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Kind
    requested_by: str | None
    created_at: datetime
    total: int
    done: int
    states: dict[State, int]


def grading_view(listed: Listed, *, held: bool = False) -> GradingView:
    """The grading; `held` leaves out what would anchor a rater."""
    one, summary = listed.grading, listed.grading.summary or {}
    same = ("submission_id", "run", "state", "problem", "requested_by", "batch")
    times = ("created_at", "started_at", "finished_at")
    fields: dict[str, Any] = {name: getattr(one, name) for name in (*same, *times)}
    score = {name: None if held else summary.get(name) for name in ("band", "score", "low", "high")}
    return GradingView(
        **fields,
        **score,
        kind=one.reason,
        counts=listed.counts,
        challenge=listed.challenge,
        invitation_id=listed.invitation_id,
        flagged=summary.get("flagged", []),
        versions=Versions(**one.versions),
        links=_links(f"{SUBMISSIONS}/{one.submission_id}/reports/{one.run}", reported=one.state.reported),
    )


def batch_view(batch: Batch) -> BatchView:
    same = ("id", "requested_by", "created_at", "total", "done")
    fields: dict[str, Any] = {name: getattr(batch, name) for name in same}
    return BatchView(**fields, kind=batch.reason, states=dict(batch.states))


def _links(here: str, *, reported: bool) -> Files:
    if not reported:
        return Files(self=here)
    names = {"report_json": JSON, "report_html": HTML, "report_pdf": PDF, "findings_sarif": SARIF}
    return Files(self=here, **{field: f"{here}/{name}" for field, name in names.items()})
