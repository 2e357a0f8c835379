"""The organisation's policies and its audit log."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from app.fields import Line
from app.rights import Principal, Right
from app.store import audit, members
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1", tags=["organisation"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
PAGE = 100


class OrganisationView(BaseModel):
    """`feedback` is what candidates see once their invitation is closed; `hide_until_locked` keeps the others' ratings
    and the total from an interviewer until the own scorecard is locked; `blind` hides names from interviewers;
    `retention_days` counts from the decision."""

    id: str
    name: str
    feedback: Literal["nothing", "band", "findings"]
    hide_until_locked: bool
    blind: bool
    retention_days: int
    self_extension_hours: int


class OrganisationChange(BaseModel):
    """What is to be changed; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = Field(None, min_length=1)
    feedback: Literal["nothing", "band", "findings"] | None = None
    hide_until_locked: bool | None = None
    blind: bool | None = None
    retention_days: int | None = Field(None, ge=30, le=3650)
    self_extension_hours: int | None = Field(None, ge=0, le=336)


class AuditEntry(BaseModel):
    """Who did what to what, and when."""

    seq: int
    at: str
    actor: str = Field(examples=["member:3f1c0a9be27d45c8a1f0"])
    action: str = Field(examples=["key-made"])
    subject: str
    detail: dict[str, Any]


@router.get("/organisation", summary="Policies", responses=problems(401, 403))
def show(service: ServiceDep, who: ReaderDep) -> OrganisationView:
    """The organisation of the caller."""
    with service.engine.connect() as connection:
        return OrganisationView(**vars(members.organisation(connection, who.org_id)))


@router.patch("/organisation", summary="Change policies", responses=problems(401, 403, 422))
def change(new: OrganisationChange, service: ServiceDep, who: ManagerDep) -> OrganisationView:
    """They hold from the next page on, for invitations already sent too."""
    values = new.model_dump(exclude_none=True)
    with service.engine.begin() as connection:
        changed = members.change_organisation(connection, who.org_id, **values)
        if values:
            audit.record(connection, who, "policy-changed", f"organisation:{who.org_id}", **values)
    return OrganisationView(**vars(changed))


@router.get("/audit", summary="The audit log", responses=problems(401, 403, 422))
def entries(
    service: ServiceDep, who: ManagerDep, before: Annotated[int | None, Query(ge=1, le=2**62)] = None
) -> list[AuditEntry]:
    """The newest hundred entries, or those before one of them."""
    with service.engine.connect() as connection:
        found = audit.of_organisation(connection, who.org_id, before, PAGE)
    return [
        AuditEntry(seq=e.seq, at=e.at, actor=e.actor, action=e.action, subject=e.subject, detail=json.loads(e.detail))
        for e in found
    ]
