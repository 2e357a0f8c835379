"""Many invitations from one CSV file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from app.api.invitations import BASE, InviterDep, known_challenge
from app.fields import Line
from app.invitations import bulk
from app.invitations import service as inviting
from app.invitations.bulk import COLUMNS, NewRow, RowError
from app.ports import Service
from app.rights import Principal
from app.store.candidates import Mistaken
from app.store.invitations import NewInvitation
from app.web.auth import ServiceDep
from app.web.openapi import problems

router = APIRouter(prefix=BASE, tags=["invitations"])

CSV = {
    "required": True,
    "content": {
        "text/csv": {
            "schema": {"type": "string"},
            "example": ",".join(COLUMNS) + "\nkim@example.org,Kim,Lee,A-17,Europe/Vienna,en,,1.5,spring|berlin\n",
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
    result = await run_in_threadpool(invite_many, service, who, data, known_challenge(service, challenge), dry_run)
    response.status_code = 422 if result.errors else 200
    return result


def invite_many(service: Service, who: Principal, data: bytes, challenge: str, dry_run: bool) -> BulkResult:
    """Invite everybody in the file in one transaction, or with `dry_run` undo it at the end."""
    parsed = bulk.parse(data, datetime.now(UTC))
    errors = list(parsed.errors)
    results: list[RowResult] = []
    with service.engine.connect() as connection, connection.begin() as transaction:
        for row in parsed.rows:
            try:
                made, new = inviting.invite(connection, who, _wanted(service, who, row, challenge), row.person)
            except Mistaken:
                detail = "The address and the external id belong to two different candidates."
                errors.append(RowError(row.row, "external_id", "candidate-conflict", detail))
                continue
            shown = None if new and dry_run else made.invitation.id
            results.append(RowResult(row=row.row, invitation=shown, created=new))
        if errors or dry_run:
            transaction.rollback()
    created = sum(result.created for result in results)
    return BulkResult(
        dry_run=dry_run,
        created=0 if errors else created,
        existing=0 if errors else len(results) - created,
        rows=[] if errors else results,
        errors=[RowProblem(**vars(error)) for error in errors],
    )


def _wanted(service: Service, who: Principal, row: NewRow, challenge: str) -> NewInvitation:
    return NewInvitation(
        challenge,
        service.settings.attempts,
        tags=row.tags,
        time_multiplier=row.time_multiplier,
        deadline=row.deadline,
        created_by=who.member_id,
    )
