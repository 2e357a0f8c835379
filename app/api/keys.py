"""API keys of the organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from app.fields import Line
from app.platform.secrets import key_prefix
from app.rights import Principal, Right
from app.store import access, audit
from app.store.rows import ApiKey
from app.web.auth import ServiceDep, need
from app.web.errors import Refused, not_found
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/keys", tags=["keys"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


class KeyIn(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")

    label: Line = Field(min_length=1, examples=["tracking system"])
    scopes: list[Right] = Field(min_length=1, examples=[["submit", "read"]])


class KeyView(BaseModel):
    """A key.  `key` is there once, in the answer that made it; later only the prefix tells which it is."""

    id: str
    prefix: str
    label: str
    scopes: list[Right]
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    key: str | None = None


@router.get("", summary="Keys", responses=problems(401, 403))
def list_keys(service: ServiceDep, who: ManagerDep) -> list[KeyView]:
    """All keys, newest first, the revoked ones too."""
    with service.engine.connect() as connection:
        return [view(key) for key in access.keys_of(connection, who.org_id)]


@router.post("", status_code=201, summary="Make a key", responses=problems(401, 403, 422))
def make(new: KeyIn, response: Response, service: ServiceDep, who: ManagerDep) -> KeyView:
    """With some of one's own rights."""
    beyond = sorted(set(new.scopes) - who.rights)
    if beyond:
        raise Refused(403, "not-allowed", f"You cannot give rights you do not have: {', '.join(beyond)}.")
    with service.engine.begin() as connection:
        text = access.issue_key(connection, who.org_id, new.label, set(new.scopes), who.member_id)
        made = next(key for key in access.keys_of(connection, who.org_id) if key.prefix == key_prefix(text))
        audit.record(connection, who, "key-made", f"key:{made.id}", scopes=sorted(made.scopes))
    response.headers["Location"] = f"{router.prefix}/{made.id}"
    return view(made, text)


@router.delete("/{key_id}", status_code=204, summary="Revoke a key", responses=problems(401, 403, 404))
def revoke(key_id: str, service: ServiceDep, who: ManagerDep) -> None:
    """It opens nothing from now on."""
    with service.engine.begin() as connection:
        if not access.revoke_key(connection, key_id, who.org_id):
            raise not_found()
        audit.record(connection, who, "key-revoked", f"key:{key_id}")


def view(key: ApiKey, text: str | None = None) -> KeyView:
    shown = {name: value for name, value in vars(key).items() if name != "org_id"}
    return KeyView(**(shown | {"scopes": sorted(key.scopes), "key": text}))
