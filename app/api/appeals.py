"""Appeals: what candidates object to, and the answer of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from app.appeals import service as appealing
from app.fields import Words
from app.invitations.service import NotNow, Unknown
from app.platform.secrets import is_id
from app.rights import Principal, Right
from app.store import appeals
from app.store.appeals import Appeal, Resolution
from app.store.record_tables import appeals as table
from app.web.auth import ServiceDep, need
from app.web.errors import Refused, not_found
from app.web.openapi import problems
from app.web.paging import Cursor, PagingDep, announce

BASE = "/api/v1/appeals"

router = APIRouter(prefix=BASE, tags=["appeals"])

DeciderDep = Annotated[Principal, Depends(need(Right.DECIDE))]


class AppealView(BaseModel):
    """An objection to the finding `code`; open while `resolution` is null."""

    model_config = ConfigDict(frozen=True)

    id: str
    invitation_id: str
    submission_id: str
    run: int = Field(description="The grading whose report it is about.")
    code: str = Field(examples=["LEAK001"])
    words: str = Field(description="The candidate's own.")
    resolution: Resolution | None
    answer: str | None
    resolved_by: str | None = Field(description="A member's id.")
    created_at: datetime
    resolved_at: datetime | None


class AppealPage(BaseModel):
    """Appeals, newest first; `next_cursor` is null on the last page."""

    model_config = ConfigDict(frozen=True)

    items: list[AppealView]
    next_cursor: str | None


class AnswerBody(BaseModel):
    """`upheld`: the candidate is right.  Nothing else changes by it: ask for a regrade where one is due."""

    model_config = ConfigDict(extra="forbid")

    resolution: Resolution
    answer: Words = Field(description="The candidate reads it.")


@router.get("", summary="List appeals", responses=problems(401, 403, 422))
def index(
    request: Request,
    response: Response,
    service: ServiceDep,
    who: DeciderDep,
    page: PagingDep,
    still_open: Annotated[bool | None, Query(alias="open", description="Left out: all.")] = None,
) -> AppealPage:
    """Newest first.  The Link header leads to the next page."""
    query = page.of(appeals.listed(who.org_id, still_open=still_open), table.c.created_at, table.c.id)
    with service.engine.connect() as connection:
        rows, more = page.cut(appeals.read(connection, query))
    last = Cursor(rows[-1].created_at, rows[-1].id) if more else None
    return AppealPage(items=[view(row) for row in rows], next_cursor=announce(request, response, last))


@router.get("/{appeal_id}", summary="One appeal", responses=problems(401, 403, 404))
def show(appeal_id: str, service: ServiceDep, who: DeciderDep) -> AppealView:
    """With the answer, where there is one."""
    with service.engine.connect() as connection:
        found = appeals.find(connection, appeal_id, who.org_id) if is_id(appeal_id) else None
    if found is None:
        raise not_found()
    return view(found)


@router.post("/{appeal_id}/answer", summary="Answer an appeal", responses=problems(401, 403, 404, 409, 422))
def answer(appeal_id: str, body: AnswerBody, service: ServiceDep, who: DeciderDep) -> AppealView:
    """Once.  The candidate gets a mail, and reads the answer on their page."""
    if not is_id(appeal_id):
        raise not_found()
    try:
        with service.engine.begin() as connection:
            return view(appealing.resolve(connection, who, appeal_id, body.resolution, body.answer))
    except Unknown:
        raise not_found() from None
    except NotNow as no:
        raise Refused(409, no.code, str(no)) from None


def view(appeal: Appeal) -> AppealView:
    return AppealView(**{name: value for name, value in vars(appeal).items() if name != "org_id"})
