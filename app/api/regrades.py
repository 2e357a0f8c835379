"""Stop a grading, try it again, grade once more, adopt the result: one submission or many at once."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.api.reports import Run, Which
from app.gradings import batches
from app.gradings import service as regrade
from app.gradings.views import SUBMISSIONS, BatchView, GradingView, batch_view, grading_view
from app.rights import Principal, Right
from app.store.reports import Filter, Listed
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

BATCHES = "/api/v1/regrades"
RETRY_SECONDS = "5"

router = APIRouter(tags=["regrades"])
RegraderDep = Annotated[Principal, Depends(need(Right.REGRADE))]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$")]
CHANGE = problems(401, 403, 404, 409, 422)


class RegradeIn(BaseModel):
    """`regrade` runs everything again; `rescore` judges what was observed by today's rules, and runs nothing."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["regrade", "rescore"] = "regrade"
    reason: Reason = Field(description="Kept in the audit log.", examples=["Appeal: the tests were not found."])
    pinned: bool = Field(False, description="Only with the versions of the report that counts; `regrade` only.")


class WhichCount(Which):
    """Which of the reports that count."""

    model_config = ConfigDict(extra="forbid")


class BatchIn(RegradeIn):
    """Which reports to grade again; an empty filter means all."""

    filter: WhichCount


class AdoptIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Reason = Field(description="Kept in the audit log.")


@router.post(f"{SUBMISSIONS}/{{submission_id}}/abort", summary="Stop a queued or running grading", responses=CHANGE)
def abort(submission_id: str, service: ServiceDep, who: RegraderDep) -> GradingView:
    """Its containers are ended within two seconds; nothing is graded and no attempt is spent."""
    return grading_view(regrade.abort(service, who, submission_id))


@router.post(f"{SUBMISSIONS}/{{submission_id}}/retry", status_code=202, summary="Try a grading again", responses=CHANGE)
def retry(submission_id: str, response: Response, service: ServiceDep, who: RegraderDep) -> GradingView:
    """After it failed on our side or was stopped."""
    return _queued(response, regrade.retry(service, who, submission_id))


@router.post(f"{SUBMISSIONS}/{{submission_id}}/regrades", status_code=202, summary="Grade once more", responses=CHANGE)
def ask(submission_id: str, body: RegradeIn, response: Response, service: ServiceDep, who: RegraderDep) -> GradingView:
    """The new report stands beside the one that counts, until somebody adopts it."""
    return _queued(response, regrade.ask(service, who, submission_id, body.kind, body.reason, pinned=body.pinned))


@router.post(
    f"{SUBMISSIONS}/{{submission_id}}/reports/{{run}}/adopt", summary="Let this report count", responses=CHANGE
)
def adopt(submission_id: str, run: Run, body: AdoptIn, service: ServiceDep, who: RegraderDep) -> GradingView:
    """A person's choice, kept with its reason; the report before stays to be read."""
    return grading_view(regrade.adopt(service, who, submission_id, run, body.reason))


@router.post(BATCHES, status_code=202, summary="Grade many once more", responses=problems(401, 403, 409, 422))
def ask_many(body: BatchIn, response: Response, service: ServiceDep, who: RegraderDep) -> BatchView:
    """In the background, after everything that waits for a first grading."""
    only = Filter(**body.filter.model_dump())
    made = batch_view(batches.ask(service, who, only, body.kind, body.reason, pinned=body.pinned))
    response.headers.update({"Location": f"{BATCHES}/{made.id}", "Retry-After": RETRY_SECONDS})
    return made


@router.get(f"{BATCHES}/{{batch_id}}", summary="How far many have come", responses=problems(401, 403, 404))
def progress(batch_id: str, service: ServiceDep, who: RegraderDep) -> BatchView:
    """Each of them is in the list of reports: `?batch=`."""
    return batch_view(batches.progress(service, who, batch_id))


@router.post(f"{BATCHES}/{{batch_id}}/abort", summary="Stop the rest of many", responses=CHANGE)
def abort_many(batch_id: str, service: ServiceDep, who: RegraderDep) -> BatchView:
    """What is done stays."""
    return batch_view(batches.abort(service, who, batch_id))


def _queued(response: Response, listed: Listed) -> GradingView:
    view = grading_view(listed)
    response.headers.update({"Location": view.links.self, "Retry-After": RETRY_SECONDS})
    return view
