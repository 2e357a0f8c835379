"""Many invitations from one CSV file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from app.api.invitations import BASE, InviterDep
from app.fields import Line
from app.invitations import service as invitation_service
from app.invitations.csv_file import COLUMNS
from app.web.auth import ServiceDep
from app.web.openapi import problems

router = APIRouter(prefix=BASE, tags=["invitations"])

CSV = {
    "required": True,
    "content": {
        "text/csv": {
            "schema": {"type": "string"},
            "example": ",".join(COLUMNS) + "\nkim@example.org,Kim,Lee,A-17,Europe/Vienna,en,,1.5,240,spring|berlin\n",
        }
    },
}


class RowProblem(BaseModel):
    """What is wrong with one cell; `row` counts as a spreadsheet does, the header being 1; 0 is the whole file."""

    model_config = ConfigDict(frozen=True)

    row: int
    column: str
    code: str = Field(examples=["bad-email"])
    detail: str


class RowResult(BaseModel):
    """What became, or with a dry run would become, of one row."""

    model_config = ConfigDict(frozen=True)

    row: int
    invitation: str | None = Field(description="Null where a dry run would make one.")
    created: bool


class BulkResult(BaseModel):
    """Either `rows` or `errors`; with a single error nobody is invited."""

    model_config = ConfigDict(frozen=True)

    dry_run: bool
    created: int
    existing: int
    rows: list[RowResult]
    errors: list[RowProblem]


@router.post(
    "/bulk",
    summary="Invite many candidates from CSV",
    openapi_extra={"requestBody": CSV},
    responses={**problems(400, 401, 403, 413), 422: {**problems(422)[422], "model": BulkResult}},
)
async def create_many(
    request: Request,
    response: Response,
    service: ServiceDep,
    who: InviterDep,
    challenge: Annotated[Line | None, Query()] = None,
    dry_run: Annotated[bool, Query(description="Say what would happen and do nothing.")] = False,
) -> BulkResult:
    """All rows or none.  Whoever is invited to the challenge already stays as they are, so a file can be sent again."""
    data = await request.body()
    made = await run_in_threadpool(invitation_service.invite_many, service, who, data, challenge, dry_run=dry_run)
    response.status_code = 422 if made.errors else 200
    return BulkResult(
        dry_run=made.dry_run,
        created=made.created,
        existing=made.existing,
        rows=[RowResult(**vars(row)) for row in made.rows],
        errors=[RowProblem(**vars(error)) for error in made.errors],
    )
