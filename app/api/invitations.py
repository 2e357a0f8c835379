"""Invitations: invite, list, extend, remind, withdraw, reopen, renew the link."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from app.fields import Line, Moment
from app.invitations import service as invitation_service
from app.invitations import timing
from app.invitations.service import Changed
from app.invitations.timing import AccommodationIn
from app.invitations.views import (
    ExtensionBody,
    InvitationPage,
    InvitationView,
    NewInvitationBody,
    invitation_view,
    page_json,
)
from app.organisations import service as organisation_service
from app.rights import Principal, Right, hides_names
from app.store.invitations import Filter, Sort
from app.store.rows import Status
from app.web.auth import PrincipalDep, ServiceDep, need
from app.web.openapi import problems
from app.web.paging import PagingDep, announce, text_of

BASE = "/api/v1/invitations"

router = APIRouter(prefix=BASE, tags=["invitations"])

InviterDep = Annotated[Principal, Depends(need(Right.INVITE))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
CHANGE = problems(401, 403, 404, 409, 422)


@router.post(
    "",
    status_code=201,
    summary="Invite a candidate",
    responses={**problems(401, 403, 409, 422), 200: {"model": InvitationView, "description": "As it was already."}},
)
def create(body: NewInvitationBody, response: Response, service: ServiceDep, who: InviterDep) -> InvitationView:
    """Mails the link.  A repetition for the same challenge and external id, or else address, answers 200."""
    made = invitation_service.invite(service, who, body)
    response.status_code = 201 if made.new else 200
    response.headers["Location"] = f"{BASE}/{made.id}"
    return _view(made)


class Asked(BaseModel):
    """What the query string narrows the list to."""

    challenge: Line | None = None
    status: Status | None = None
    tag: Line | None = None
    due_before: Moment | None = Field(None, description="RFC 3339; without an offset: UTC.")
    due_after: Moment | None = Field(None, description="RFC 3339; without an offset: UTC.")
    q: Line | None = Field(None, description="Words of a name, address, external id, label, tag or challenge.")
    attention: bool = Field(False, description="Only those that somebody has to act on.")
    band: int | None = Field(
        None, ge=1, le=4, description="Of the report that counts; 409 for whoever is to rate first."
    )
    interviewer: Line | None = Field(None, description="A member's id, `me` or `nobody`.")
    appeal: bool = Field(False, description="Only those with an open appeal.")


async def asked(who: PrincipalDep, said: Annotated[Asked, Query()]) -> Filter:
    """The same for the store."""
    return Filter(
        said.challenge,
        said.status,
        said.tag,
        _utc(said.due_before),
        words=said.q,
        attention=said.attention,
        due_after=_utc(said.due_after),
        band=said.band,
        interviewer=(who.member_id or "") if said.interviewer == "me" else said.interviewer,
        appeal=said.appeal,
    )


def _utc(when: datetime | None) -> datetime | None:
    return when.replace(tzinfo=UTC) if when is not None and when.tzinfo is None else when


FilterDep = Annotated[Filter, Depends(asked)]


@router.get("", summary="List invitations", response_model=InvitationPage, responses=problems(401, 403, 409, 422))
def index(
    request: Request,
    service: ServiceDep,
    who: ReaderDep,
    page: PagingDep,
    only: FilterDep,
    sort: Annotated[Sort, Query(description="Newest, last changed, due first, or what needs somebody first.")] = (
        Sort.NEWEST
    ),
) -> Response:
    """In pages of one order.  The Link header leads to the next page."""
    listed = invitation_service.listed(service, who, only, page, sort)
    following = text_of(listed.following) if listed.following else None
    body = page_json(listed.rows, following, blind=listed.blind, inviter=who.may(Right.INVITE))
    answer = Response(body, media_type="application/json")
    announce(request, answer, listed.following)
    return answer


@router.get("/{invitation_id}", summary="One invitation", responses=problems(401, 403, 404))
def show(invitation_id: str, service: ServiceDep, who: ReaderDep) -> InvitationView:
    """With the extensions it has had."""
    found = invitation_service.find(service, who, invitation_id)
    blind = hides_names(who, organisation_service.policies(service, who).blind)
    moved = invitation_service.extensions_of(service, found)
    return invitation_view(found, blind=blind, inviter=who.may(Right.INVITE), moved=moved)


@router.post("/{invitation_id}/extend", summary="Move the deadline", responses=CHANGE)
def extend(invitation_id: str, body: ExtensionBody, service: ServiceDep, who: InviterDep) -> InvitationView:
    """Later only; the candidate gets a mail with a new calendar entry."""
    return _view(invitation_service.extend(service, who, invitation_id, body))


@router.put("/{invitation_id}/accommodation", summary="Give more of the timer's time", responses=CHANGE)
def accommodate(invitation_id: str, body: AccommodationIn, service: ServiceDep, who: InviterDep) -> InvitationView:
    """A timer that runs goes on longer, and is never made shorter.  Interviewers do not see it."""
    return invitation_view(timing.accommodate(service, who, invitation_id, body.time_multiplier))


@router.post("/{invitation_id}/remind", summary="Send a reminder", responses=CHANGE)
def remind(invitation_id: str, service: ServiceDep, who: InviterDep) -> InvitationView:
    """At most one an hour."""
    return _view(invitation_service.remind(service, who, invitation_id))


@router.post("/{invitation_id}/withdraw", summary="Withdraw the invitation", responses=CHANGE)
def withdraw(invitation_id: str, service: ServiceDep, who: InviterDep) -> InvitationView:
    """Nothing more can be handed in.  The candidate is told, and can still see and erase their data."""
    return _view(invitation_service.withdraw(service, who, invitation_id))


@router.post("/{invitation_id}/reopen", summary="Open the invitation again", responses=CHANGE)
def reopen(invitation_id: str, service: ServiceDep, who: InviterDep) -> InvitationView:
    """Undoes a withdrawal, or the candidate's own “I am done”.  A deadline that has passed needs an extension too."""
    return _view(invitation_service.reopen(service, who, invitation_id))


@router.post("/{invitation_id}/link", summary="A new link", responses=CHANGE)
def renew(invitation_id: str, service: ServiceDep, who: InviterDep) -> InvitationView:
    """The old link ends at once; the new one is mailed and in the answer."""
    return _view(invitation_service.new_link(service, who, invitation_id))


def _view(changed: Changed) -> InvitationView:
    return invitation_view(changed.standing, moved=list(changed.extensions), link=changed.link)
