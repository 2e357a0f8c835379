"""Scorecards of an invitation, and marks on findings that seem wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.reviews import service as review_service
from app.reviews.views import DisputeIn, DisputeView, PanelView, ScorecardIn, dispute_view, panel_view
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1", tags=["reviews"])
ReviewerDep = Annotated[Principal, Depends(need(Right.REVIEW))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]


@router.get(
    "/invitations/{invitation_id}/scorecards", summary="Scorecards", responses=problems(401, 403, 404), tags=["reviews"]
)
def show(invitation_id: str, service: ServiceDep, who: ReaderDep) -> PanelView:
    """What the caller may see of them now."""
    return panel_view(review_service.show(service, who, invitation_id))


@router.put(
    "/invitations/{invitation_id}/scorecard",
    summary="Keep one's own scorecard",
    responses=problems(401, 403, 404, 409, 422),
)
def save(invitation_id: str, new: ScorecardIn, service: ServiceDep, who: ReviewerDep) -> PanelView:
    """As often as one likes, until it is locked.  Only a member has one."""
    return panel_view(review_service.save(service, who, invitation_id, new.ratings, new.notes))


@router.post(
    "/invitations/{invitation_id}/scorecard/lock",
    summary="Lock one's own scorecard",
    responses=problems(401, 403, 404, 409),
)
def lock(invitation_id: str, service: ServiceDep, who: ReviewerDep) -> PanelView:
    """For ever; the others' then appear."""
    return panel_view(review_service.lock(service, who, invitation_id))


@router.get("/disputes", summary="Marks on findings", responses=problems(401, 403))
def list_disputes(service: ServiceDep, who: ReaderDep) -> list[DisputeView]:
    """The newest five hundred, the withdrawn ones too."""
    return [dispute_view(mark) for mark in review_service.all_disputes(service, who)]


@router.post(
    "/submissions/{submission_id}/disputes",
    status_code=201,
    summary="Mark a finding as wrong",
    responses=problems(401, 403, 404, 409, 422),
)
def dispute(
    submission_id: str, new: DisputeIn, response: Response, service: ServiceDep, who: ReviewerDep
) -> DisputeView:
    """For whoever keeps the checks; the report stays as it is."""
    mark = review_service.dispute(service, who, submission_id, new.run, new.code, new.words)
    response.headers["Location"] = f"{router.prefix}/disputes/{mark.id}"
    return dispute_view(mark)


@router.delete("/disputes/{dispute_id}", status_code=204, summary="Withdraw a mark", responses=problems(401, 403, 404))
def withdraw(dispute_id: str, service: ServiceDep, who: ReviewerDep) -> None:
    """Only one's own; it stays in the list as withdrawn."""
    review_service.withdraw_dispute(service, who, dispute_id)
