"""Invitations: invite, list, extend, remind, withdraw, reopen, renew the link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import Connection

from app import deadlines
from app.deadlines import BadDue
from app.fields import Line, Moment
from app.invitations import service as inviting
from app.invitations.bulk import EMAIL, LOCALE, MAX_TAGS, MULTIPLIERS, TAG
from app.invitations.service import Longer, NotNow, Reason, Unknown
from app.invitations.views import InvitationPage, InvitationView, hides_names, invitation_view
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal, Right
from app.store import extensions, invitations, members
from app.store.candidates import Mistaken, Person
from app.store.extensions import Extension
from app.store.invitations import Filter, NewInvitation, Standing
from app.store.rows import Status
from app.store.tables import invitations as table
from app.web.auth import ServiceDep, need
from app.web.errors import Refused, not_found
from app.web.openapi import problems
from app.web.paging import Cursor, PagingDep, announce

BASE = "/api/v1/invitations"
MAX_HOURS = 24.0 * 60

router = APIRouter(prefix=BASE, tags=["invitations"])

InviterDep = Annotated[Principal, Depends(need(Right.INVITE))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
Address = Annotated[str, StringConstraints(max_length=254, pattern=f"^{EMAIL.pattern}$")]
Tag = Annotated[str, StringConstraints(pattern=f"^{TAG.pattern}$")]
Due = Annotated[str, StringConstraints(max_length=40)]


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
    attempts: int | None = Field(None, ge=1, le=20, description="Graded submissions; left out: the service's own.")
    tags: list[Tag] = Field(default_factory=list, max_length=MAX_TAGS)
    label: Line = ""


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
            raise ValueError("give either `deadline` or `hours`")
        return self


@router.post(
    "",
    status_code=201,
    summary="Invite a candidate",
    responses={**problems(401, 403, 409, 422), 200: {"model": InvitationView, "description": "As it was already."}},
)
def create(body: NewInvitationBody, response: Response, service: ServiceDep, who: InviterDep) -> InvitationView:
    """Mails the link.  A repetition for the same challenge and external id, or else address, answers 200."""
    made = invited(service, who, body)
    response.status_code = 201 if made.new else 200
    response.headers["Location"] = f"{BASE}/{made.id}"
    return invitation_view(made.standing, moved=list(made.moved), link=made.link)


@dataclass(frozen=True)
class Invited:
    """What an invitation became: `standing` has the invitation and its candidate, `link` the address to open."""

    new: bool
    standing: Standing
    moved: tuple[Extension, ...]
    link: str

    @property
    def id(self) -> str:
        return self.standing.invitation.id

    @property
    def person(self) -> str:
        """Who it is, for showing: name, address, or the candidate's id."""
        one = self.standing.candidate
        return f"{one.first_name} {one.last_name}".strip() or one.email or one.id


def invited(service: Service, who: Principal, body: NewInvitationBody) -> Invited:
    """Invite one candidate, for the API and for the recruiter's page alike; raises Refused."""
    person = Person(
        body.email, body.first_name, body.last_name, body.external_id or None, _zone(body.timezone), body.locale
    )
    wanted = _wanted(service, who, body)
    with service.engine.begin() as connection:
        try:
            made, new = inviting.invite(connection, who, wanted, person)
        except Mistaken:
            raise mistaken() from None
        moved = extensions.of_invitation(connection, made.invitation.id)
        return Invited(new, made, tuple(moved), candidate_link(service, connection, made))


def asked(
    challenge: Annotated[Line | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    tag: Annotated[Line | None, Query()] = None,
    due_before: Annotated[Moment | None, Query(description="RFC 3339; without an offset: UTC.")] = None,
) -> Filter:
    """What the query string narrows the list to."""
    if due_before is not None and due_before.tzinfo is None:
        due_before = due_before.replace(tzinfo=UTC)
    return Filter(challenge, status, tag, due_before)


@router.get("", summary="List invitations", responses=problems(401, 403, 422))
def index(
    request: Request,
    response: Response,
    service: ServiceDep,
    who: ReaderDep,
    page: PagingDep,
    only: Annotated[Filter, Depends(asked)],
) -> InvitationPage:
    """Newest first.  The Link header leads to the next page."""
    query = invitations.listed(who.org_id, only)
    with service.engine.connect() as connection:
        found = invitations.read(connection, page.of(query, table.c.created_at, table.c.id))
        blind = hides_names(who, members.organisation(connection, who.org_id).blind)
    rows, more = page.cut(found)
    last = Cursor(rows[-1].invitation.created_at, rows[-1].invitation.id) if more else None
    items = [invitation_view(row, blind=blind) for row in rows]
    return InvitationPage(items=items, next_cursor=announce(request, response, last))


@router.get("/{invitation_id}", summary="One invitation", responses=problems(401, 403, 404))
def show(invitation_id: str, service: ServiceDep, who: ReaderDep) -> InvitationView:
    """With the extensions it has had."""
    with service.engine.connect() as connection:
        found = invitations.standing(connection, invitation_id, who.org_id) if is_id(invitation_id) else None
        if found is None:
            raise not_found()
        blind = hides_names(who, members.organisation(connection, who.org_id).blind)
        moved = [] if blind else extensions.of_invitation(connection, invitation_id)
        return invitation_view(found, blind=blind, moved=moved)


CHANGE = problems(401, 403, 404, 409, 422)


@router.post("/{invitation_id}/extend", summary="Move the deadline", responses=CHANGE)
def extend(invitation_id: str, body: ExtensionBody, service: ServiceDep, who: InviterDep) -> InvitationView:
    """Later only; the candidate gets a mail with a new calendar entry."""

    def work(connection: Connection) -> Standing:
        until = None
        if body.deadline is not None:
            found = invitations.standing(connection, invitation_id, who.org_id)
            until = _due(body.deadline, found.candidate.timezone if found else "UTC", 1.0)
        return inviting.extend(connection, who, invitation_id, Longer(body.reason_code, body.reason, until, body.hours))

    return _changed(service, invitation_id, work)


@router.post("/{invitation_id}/remind", summary="Send a reminder", responses=CHANGE)
def remind(invitation_id: str, service: ServiceDep, who: InviterDep) -> InvitationView:
    """At most one an hour."""
    return _changed(service, invitation_id, lambda c: inviting.remind(c, who, invitation_id))


@router.post("/{invitation_id}/withdraw", summary="Withdraw the invitation", responses=CHANGE)
def withdraw(invitation_id: str, service: ServiceDep, who: InviterDep) -> InvitationView:
    """Nothing more can be handed in.  The candidate is told, and can still see and erase their data."""
    return _changed(service, invitation_id, lambda c: inviting.withdraw(c, who, invitation_id))


@router.post("/{invitation_id}/reopen", summary="Open the invitation again", responses=CHANGE)
def reopen(invitation_id: str, service: ServiceDep, who: InviterDep) -> InvitationView:
    """Undoes a withdrawal, or the candidate's own “I am done”.  A deadline that has passed needs an extension too."""
    return _changed(service, invitation_id, lambda c: inviting.reopen(c, who, invitation_id))


@router.post("/{invitation_id}/link", summary="A new link", responses=CHANGE)
def renew(invitation_id: str, service: ServiceDep, who: InviterDep) -> InvitationView:
    """The old link ends at once; the new one is mailed and in the answer."""
    return _changed(service, invitation_id, lambda c: inviting.new_link(c, who, invitation_id), link=True)


def candidate_link(service: Service, connection: Connection, found: Standing) -> str:
    """The address that the candidate opens."""
    return f"{service.settings.base_url}/i/{invitations.token(connection, service.keys, found.invitation.id)}"


def mistaken() -> Refused:
    return Refused(
        409,
        "candidate-conflict",
        "The address and the external id belong to two different candidates.",
        hint="Leave one of them out, or correct it.",
    )


def _changed(
    service: Service, invitation_id: str, work: Callable[[Connection], Standing], *, link: bool = False
) -> InvitationView:
    """Do `work` in one transaction and answer with the invitation as it is then."""
    if not is_id(invitation_id):
        raise not_found()
    try:
        with service.engine.begin() as connection:
            after = work(connection)
            moved = extensions.of_invitation(connection, invitation_id)
            address = candidate_link(service, connection, after) if link else None
    except Unknown:
        raise not_found() from None
    except NotNow as no:
        raise Refused(409, no.code, str(no)) from None
    return invitation_view(after, moved=moved, link=address)


def _wanted(service: Service, who: Principal, body: NewInvitationBody) -> NewInvitation:
    challenge = known_challenge(service, body.challenge)
    due = _due(body.due_at, body.timezone, body.time_multiplier) if body.due_at else None
    return NewInvitation(
        challenge,
        body.attempts or service.settings.attempts,
        body.label,
        tuple(dict.fromkeys(body.tags)),
        body.time_multiplier,
        due,
        who.member_id,
    )


def known_challenge(service: Service, name: str | None) -> str:
    """The id of a challenge that there is; the service's own where none is named."""
    try:
        return service.ports.challenge(name or service.settings.challenge).id
    except KeyError:
        raise Refused(422, "unknown-challenge", "There is no challenge of this id.") from None


def _zone(name: str) -> str:
    if not deadlines.is_zone(name):
        raise Refused(422, "bad-timezone", "The time zone is none of the IANA database.", hint="Such as Europe/Vienna.")
    return name


def _due(text: str, zone: str, multiplier: float) -> datetime:
    try:
        return deadlines.due(text, _zone(zone), multiplier, datetime.now(UTC))
    except BadDue as no:
        raise Refused(422, no.code, str(no)) from None
