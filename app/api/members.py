"""Members of the organisation and their roles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app import links
from app.fields import Email, Line
from app.mail import outbox
from app.mail.outbox import Kind
from app.ports import Service
from app.rights import Principal, Right, Role
from app.store import audit, members
from app.store.members import NewMember
from app.store.rows import Member
from app.web.auth import PrincipalDep, ServiceDep, need
from app.web.errors import Refused, not_found
from app.web.openapi import problems

BASE = "/api/v1/members"
router = APIRouter(tags=["members"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


class MemberIn(BaseModel):
    """A person to add."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    name: Line = ""
    role: Role


class MemberChange(BaseModel):
    """What is to be changed; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = None
    role: Role | None = None
    disabled: bool | None = None


class MemberView(BaseModel):
    """A member.  `welcome_url` is there once, in the answer that made it: with it the member sets a password."""

    id: str
    email: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    welcome_url: str | None = None


class Me(BaseModel):
    """Whoever asks."""

    name: str
    organisation: str
    role: Role | None
    rights: list[Right]


@router.get("/api/v1/me", summary="Who am I, and what may I do?", responses=problems(401))
def me(who: PrincipalDep) -> Me:
    """The member who signed in, or the key that was sent."""
    return Me(name=who.name, organisation=who.org_id, role=who.role, rights=sorted(who.rights))


@router.get(BASE, summary="Members", responses=problems(401, 403))
def list_members(service: ServiceDep, who: ManagerDep) -> list[MemberView]:
    """Everybody, the disabled ones too, by address."""
    with service.engine.connect() as connection:
        return [view(member) for member in members.members_of(connection, who.org_id)]


@router.post(BASE, status_code=201, summary="Add a member", responses=problems(401, 403, 409, 422))
def add(new: MemberIn, response: Response, service: ServiceDep, who: ManagerDep) -> MemberView:
    """The link with which the new member sets a password is mailed, and in the answer."""
    try:
        with service.engine.begin() as connection:
            member_id = members.add_member(connection, who.org_id, NewMember(new.email, new.name, new.role))
            audit.record(connection, who, "member-added", f"member:{member_id}", role=new.role)
            outbox.queue(connection, who.org_id, Kind.WELCOME, 1, member_id=member_id)
            member = found(connection, member_id, who)
    except IntegrityError:
        raise Refused(409, "member-exists", "There is a member with this address already.") from None
    response.headers["Location"] = f"{BASE}/{member_id}"
    return view(member, welcome_url(service, member_id, 1))


@router.patch(BASE + "/{member_id}", summary="Change a member", responses=problems(401, 403, 404, 409, 422))
def change(member_id: str, new: MemberChange, service: ServiceDep, who: ManagerDep) -> MemberView:
    """Name, role, or whether the member may sign in; the last administrator stays one."""
    values = new.model_dump(exclude_none=True, exclude={"disabled"})
    if new.disabled is not None:
        values["disabled_at"] = datetime.now(UTC) if new.disabled else None
    with service.engine.begin() as connection:
        members.count_admins(connection, who.org_id)
        member = found(connection, member_id, who)
        if values:
            member = members.change_member(connection, member.id, who.org_id, **values) or member
            audit.record(connection, who, "member-changed", f"member:{member_id}", **new.model_dump(exclude={"name"}))
        if not members.count_admins(connection, who.org_id):
            raise Refused(409, "last-administrator", "Somebody else has to be an administrator first.")
    return view(member)


@router.post(BASE + "/{member_id}/welcome", summary="A new welcome link", responses=problems(401, 403, 404))
def welcome(member_id: str, service: ServiceDep, who: ManagerDep) -> MemberView:
    """For a forgotten password: the earlier links end, the present password works until a new one is set."""
    with service.engine.begin() as connection:
        member = found(connection, member_id, who)
        version = members.welcome_version(connection, member.id)
        audit.record(connection, who, "welcome-link-made", f"member:{member_id}")
        outbox.queue(connection, who.org_id, Kind.WELCOME, version, member_id=member.id)
    return view(member, welcome_url(service, member_id, version))


def found(connection: Connection, member_id: str, who: Principal) -> Member:
    """A member of the caller's own organisation, or 404."""
    member = members.member(connection, member_id, who.org_id)
    if member is None:
        raise not_found()
    return member


def view(member: Member, welcome: str | None = None) -> MemberView:
    shown = {name: value for name, value in vars(member).items() if name != "org_id"}
    return MemberView(**shown, welcome_url=welcome)


def welcome_url(service: Service, member_id: str, version: int) -> str:
    return links.of_member(service.settings, service.keys, member_id, version)
