"""What candidates do by the signed token of their invitation: the same as on their pages, as JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from app.api.auth import ServiceDep
from app.api.errors import Refused, not_found
from app.api.models import Line, Words, problems
from app.candidates import appealing
from app.candidates.inviting import NotNow, Unknown
from app.store import appeals, invitations
from app.store.appeals import Appeal, Resolution
from app.store.invitations import Standing

router = APIRouter(prefix="/api/v1/i/{token}", tags=["candidates"])

Done = TypeVar("Done")


class AppealIn(BaseModel):
    """An objection to a finding of one of your own reports."""

    model_config = ConfigDict(extra="forbid")

    submission_id: Line
    code: Line = Field(examples=["LEAK001"])
    words: Words = Field(examples=["The column is known before the date of the prediction: see the brief."])


class OwnAppeal(BaseModel):
    """An appeal as its candidate sees it; open while `resolution` is null."""

    model_config = ConfigDict(frozen=True)

    id: str
    submission_id: str
    run: int
    code: str
    words: str
    resolution: Resolution | None
    answer: str | None
    created_at: datetime
    resolved_at: datetime | None


def opened(token: str, service: ServiceDep) -> Standing:
    """The invitation whose present link this is, or 404."""
    with service.engine.connect() as connection:
        found = invitations.opened_by(connection, service.keys, token)
    if found is None:
        raise not_found()
    return found


OpenedDep = Annotated[Standing, Depends(opened)]


def answered(work: Callable[[], Done]) -> Done:
    """What `work` gives, or its refusal as an answer."""
    try:
        return work()
    except Unknown:
        raise not_found() from None
    except NotNow as no:
        raise Refused(409, no.code, str(no)) from None


@router.get("/appeals", summary="Your appeals", responses=problems(404))
def own_appeals(found: OpenedDep, service: ServiceDep) -> list[OwnAppeal]:
    """The first one first, with the answers."""
    with service.engine.connect() as connection:
        return [_own(one) for one in appeals.of_invitation(connection, found.invitation.id)]


@router.post("/appeals", status_code=201, summary="Appeal against a finding", responses=problems(404, 409, 422))
def appeal(body: AppealIn, found: OpenedDep, service: ServiceDep) -> OwnAppeal:
    """Of a report that you can read; once for each finding.  A person answers."""
    return _own(
        answered(lambda: appealing.appeal(service, found, body.submission_id, body.code, body.words)),
    )


def _own(one: Appeal) -> OwnAppeal:
    return OwnAppeal(**{name: getattr(one, name) for name in OwnAppeal.model_fields})
