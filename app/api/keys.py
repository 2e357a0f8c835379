"""API keys of the organisation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.organisations import service as organisation_service
from app.organisations.views import KeyIn, KeyView, key_view
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/keys", tags=["keys"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


@router.get("", summary="Keys", responses=problems(401, 403))
def list_keys(service: ServiceDep, who: ManagerDep) -> list[KeyView]:
    """All keys, newest first, the revoked ones too."""
    return [key_view(key) for key in organisation_service.all_keys(service, who)]


@router.post("", status_code=201, summary="Make a key", responses=problems(401, 403, 422))
def make(new: KeyIn, response: Response, service: ServiceDep, who: ManagerDep) -> KeyView:
    """With some of one's own rights; it loses those that its maker loses."""
    made, text = organisation_service.make_key(service, who, new.label, new.scopes)
    response.headers["Location"] = f"{router.prefix}/{made.id}"
    return key_view(made, text)


@router.delete("/{key_id}", status_code=204, summary="Revoke a key", responses=problems(401, 403, 404))
def revoke(key_id: str, service: ServiceDep, who: ManagerDep) -> None:
    """It opens nothing from now on."""
    organisation_service.revoke_key(service, who, key_id)
