"""Members of the organisation and their roles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.organisations import service as organisation_service
from app.organisations.views import Me, MemberChange, MemberIn, MemberView, member_view
from app.rights import Principal, Right
from app.web.auth import PrincipalDep, ServiceDep, need
from app.web.openapi import problems

BASE = "/api/v1/members"
router = APIRouter(tags=["members"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


@router.get("/api/v1/me", summary="Who am I, and what may I do?", responses=problems(401))
def me(who: PrincipalDep) -> Me:
    """The member who signed in, or the key that was sent."""
    return Me(name=who.name, organisation=who.org_id, role=who.role, rights=sorted(who.rights))


@router.get(BASE, summary="Members", responses=problems(401, 403))
def list_members(service: ServiceDep, who: ManagerDep) -> list[MemberView]:
    """Everybody, the disabled ones too, by address."""
    return [member_view(member) for member in organisation_service.all_members(service, who)]


@router.post(BASE, status_code=201, summary="Add a member", responses=problems(401, 403, 409, 422))
def add(new: MemberIn, response: Response, service: ServiceDep, who: ManagerDep) -> MemberView:
    """The link with which the new member sets a password is mailed, and in the answer."""
    member, welcome_url = organisation_service.add_member(service, who, new)
    response.headers["Location"] = f"{BASE}/{member.id}"
    return member_view(member, welcome_url)


@router.patch(BASE + "/{member_id}", summary="Change a member", responses=problems(401, 403, 404, 409, 422))
def change(member_id: str, new: MemberChange, service: ServiceDep, who: ManagerDep) -> MemberView:
    """Name, role, or whether the member may sign in; the last administrator stays one."""
    return member_view(organisation_service.change_member(service, who, member_id, new))


@router.post(BASE + "/{member_id}/welcome", summary="A new welcome link", responses=problems(401, 403, 404))
def welcome(member_id: str, service: ServiceDep, who: ManagerDep) -> MemberView:
    """For a forgotten password: the earlier links end, the present password works until a new one is set.

    Whoever has the link becomes the member, so it is made by those only who have all of the member's rights.
    """
    return member_view(*organisation_service.new_welcome(service, who, member_id))
