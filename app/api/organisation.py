"""The organisation's policies and its audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.organisations import service as organisation_service
from app.organisations.views import AuditEntry, OrganisationChange, OrganisationView, audit_entry
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1", tags=["organisation"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]


@router.get("/organisation", summary="Policies", responses=problems(401, 403))
def show(service: ServiceDep, who: ReaderDep) -> OrganisationView:
    """The organisation of the caller."""
    return OrganisationView(**vars(organisation_service.policies(service, who)))


@router.patch("/organisation", summary="Change policies", responses=problems(401, 403, 422))
def change(new: OrganisationChange, service: ServiceDep, who: ManagerDep) -> OrganisationView:
    """They hold from the next page on, for invitations already sent too."""
    return OrganisationView(**vars(organisation_service.change_policies(service, who, new)))


@router.get("/audit", summary="The audit log", responses=problems(401, 403, 422))
def entries(
    service: ServiceDep, who: ManagerDep, before: Annotated[int | None, Query(ge=1, le=2**62)] = None
) -> list[AuditEntry]:
    """The newest hundred entries, or those before one of them."""
    return [audit_entry(record) for record in organisation_service.audit_log(service, who, before)]
