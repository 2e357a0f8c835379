"""Scorecards of an invitation, and marks on findings that seem wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from app.errors import NotFound
from app.platform.secrets import is_id
from app.reviews import scorecard
from app.reviews import service as reviewing
from app.reviews.service import Panel
from app.rights import Principal, Right
from app.store import audit, invitations, reviews
from app.store.reviews import Dispute, Scorecard
from app.web.auth import ServiceDep, need
from app.web.errors import Refused
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1", tags=["reviews"])
ReviewerDep = Annotated[Principal, Depends(need(Right.REVIEW))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]

Note = Annotated[str, StringConstraints(max_length=5000, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,12}[0-9]{3}[a-z]?$")]


class ScorecardIn(BaseModel):
    """Levels 1 to 4 by dimension, notes by question code; both replace what was there."""

    model_config = ConfigDict(extra="forbid")

    ratings: dict[str, int] = Field(examples=[{"explanation": 3, "monitoring": 4}])
    notes: dict[Annotated[str, StringConstraints(max_length=40)], Note] = Field({}, max_length=60)


class ScorecardView(BaseModel):
    member: str
    ratings: dict[str, int]
    notes: dict[str, str]
    changed_at: datetime
    locked_at: datetime | None


class CombinedView(BaseModel):
    """The mean of the locked cards; `divergent` where two are at least two levels apart."""

    dimension: str
    mean: float | None
    count: int
    divergent: bool


class PanelView(BaseModel):
    """Others' cards appear once they are locked and, where the policy says so, the own one is too."""

    own: ScorecardView | None
    others: list[ScorecardView]
    hidden: int
    combined: list[CombinedView]


class DisputeIn(BaseModel):
    """A finding that seems wrong, and why.  It changes no report and no points."""

    model_config = ConfigDict(extra="forbid")

    run: int = Field(ge=1, le=2**31 - 1)
    code: Code = Field(examples=["LEAK001"])
    words: Note = Field(min_length=1)


class DisputeView(BaseModel):
    id: str
    submission_id: str
    run: int
    code: str
    member: str
    words: str
    created_at: datetime
    withdrawn_at: datetime | None


@router.get(
    "/invitations/{invitation_id}/scorecards", summary="Scorecards", responses=problems(401, 403, 404), tags=["reviews"]
)
def show(invitation_id: str, service: ServiceDep, who: ReaderDep) -> PanelView:
    """What the caller may see of them now."""
    with service.engine.connect() as connection:
        _known(connection, invitation_id, who)
        return panel_view(reviewing.panel(connection, who, invitation_id))


@router.put(
    "/invitations/{invitation_id}/scorecard",
    summary="Keep one's own scorecard",
    responses=problems(401, 403, 404, 409, 422),
)
def save(invitation_id: str, new: ScorecardIn, service: ServiceDep, who: ReviewerDep) -> PanelView:
    """As often as one likes, until it is locked.  Only a member has one."""
    problem = scorecard.objection(new.ratings)
    if problem:
        raise Refused(422, "invalid-request", problem)
    with service.engine.begin() as connection:
        _known(connection, invitation_id, who)
        _as_member(who)
        try:
            reviewing.save(connection, who, invitation_id, new.ratings, new.notes)
        except reviewing.Locked as no:
            raise Refused(409, "locked", str(no.__doc__)) from None
        return panel_view(reviewing.panel(connection, who, invitation_id))


@router.post(
    "/invitations/{invitation_id}/scorecard/lock",
    summary="Lock one's own scorecard",
    responses=problems(401, 403, 404, 409),
)
def lock(invitation_id: str, service: ServiceDep, who: ReviewerDep) -> PanelView:
    """For ever; the others' then appear."""
    with service.engine.begin() as connection:
        _known(connection, invitation_id, who)
        _as_member(who)
        try:
            reviewing.lock(connection, who, invitation_id)
        except reviewing.Locked as no:
            raise Refused(409, "locked", str(no.__doc__)) from None
        except reviewing.Incomplete as no:
            raise Refused(409, "incomplete", str(no)) from None
        return panel_view(reviewing.panel(connection, who, invitation_id))


@router.get("/disputes", summary="Marks on findings", responses=problems(401, 403))
def list_disputes(service: ServiceDep, who: ReaderDep) -> list[DisputeView]:
    """The newest five hundred, the withdrawn ones too."""
    with service.engine.connect() as connection:
        return [dispute_view(each) for each in reviews.disputes_of(connection, who.org_id)]


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
    with service.engine.begin() as connection:
        if not is_id(submission_id) or not reviews.reported(connection, who.org_id, submission_id, new.run):
            raise NotFound
        member_id = _as_member(who)
        made = reviews.dispute(connection, who.org_id, submission_id, new.run, new.code, member_id, new.words)
        audit.record(connection, who, "finding-disputed", f"submission:{submission_id}", code=new.code, run=new.run)
        found = next(d for d in reviews.disputes_of(connection, who.org_id, submission_id) if d.id == made)
    response.headers["Location"] = f"{router.prefix}/disputes/{made}"
    return dispute_view(found)


@router.delete("/disputes/{dispute_id}", status_code=204, summary="Withdraw a mark", responses=problems(401, 403, 404))
def withdraw(dispute_id: str, service: ServiceDep, who: ReviewerDep) -> None:
    """Only one's own; it stays in the list as withdrawn."""
    with service.engine.begin() as connection:
        if who.member_id is None or not reviews.withdraw(connection, who.org_id, dispute_id, who.member_id):
            raise NotFound
        audit.record(connection, who, "dispute-withdrawn", f"dispute:{dispute_id}")


def _known(connection: Connection, invitation_id: str, who: Principal) -> None:
    if not is_id(invitation_id) or invitations.standing(connection, invitation_id, who.org_id) is None:
        raise NotFound


def _as_member(who: Principal) -> str:
    if who.member_id is None:
        raise Refused(403, "not-allowed", "A scorecard or a mark is a person's: sign in as a member.")
    return who.member_id


def panel_view(panel: Panel) -> PanelView:
    return PanelView(
        own=card_view(panel.own) if panel.own else None,
        others=[card_view(card) for card in panel.others],
        hidden=panel.hidden,
        combined=[CombinedView(**vars(each)) for each in panel.combined],
    )


def card_view(card: Scorecard) -> ScorecardView:
    shown = ("member", "ratings", "notes", "changed_at", "locked_at")
    return ScorecardView(**{name: getattr(card, name) for name in shown})


def dispute_view(mark: Dispute) -> DisputeView:
    return DisputeView(**{name: value for name, value in vars(mark).items() if name != "member_id"})
