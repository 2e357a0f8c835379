"""A company's own challenges: upload a table, look at what is proposed and found, publish, edit, move, retire."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError

from app.challenges import service as challenge_service
from app.challenges.views import ChallengeView, DefinitionBody, PublishBody, WishBody, challenge_view
from app.errors import Invalid
from app.rights import Principal, Right
from app.web import uploads
from app.web.auth import IntakeDep, ServiceDep, need
from app.web.files import streamed
from app.web.openapi import problems
from app.words import _, spoken
from challenges.tables.definition import because

router = APIRouter(prefix="/api/v1/challenges", tags=["challenges"])
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]
WORKING = {"Retry-After": "2"}
FILE = {"type": "string", "format": "binary", "description": ".csv .csv.gz .parquet"}
WISHES = {name: {"type": "string"} for name in WishBody.model_fields}


def form(properties: dict[str, Any]) -> dict[str, Any]:
    """How a form with a file is described."""
    schema = {"type": "object", "required": ["file"], "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@router.get("", summary="Own challenges", responses=problems(401, 403))
def index(service: ServiceDep, who: ManagerDep) -> list[ChallengeView]:
    """Every version, newest first."""
    return [challenge_view(row) for row in challenge_service.listed(service, who)]


@router.post(
    "",
    status_code=202,
    summary="Upload a table",
    responses=problems(401, 403, 413, 422),
    openapi_extra=form({"file": FILE, **WISHES}),
)
async def upload(
    request: Request, response: Response, service: ServiceDep, who: ManagerDep, intake: IntakeDep
) -> ChallengeView:
    """It is kept sealed and read in the queue.  Then `proposed` says what it seems to be, and why."""
    async with uploads.large_file(service, request, intake, who.actor) as (path, name, fields):
        wish = wished(fields)
        row = await to_thread.run_sync(challenge_service.upload, service, who, path, name, wish)
    return _working(response, challenge_view(row))


@router.post(
    "/import",
    status_code=201,
    summary="Take in an exported challenge",
    responses=problems(401, 403, 413, 422),
    openapi_extra=form({"file": FILE}),
)
async def take_in(request: Request, service: ServiceDep, who: ManagerDep, intake: IntakeDep) -> ChallengeView:
    """What `export` of another installation gave."""
    async with uploads.large_file(service, request, intake, who.actor) as (path, name, _fields):
        return challenge_view(await to_thread.run_sync(challenge_service.take_in, service, who, path, name))


@router.get("/{challenge_id}", summary="One version", responses=problems(401, 403, 404))
def show(challenge_id: str, service: ServiceDep, who: ManagerDep) -> ChallengeView:
    """What was read, proposed, found and made of it so far."""
    return challenge_view(challenge_service.find(service, who, challenge_id))


@router.patch("/{challenge_id}", status_code=202, summary="Propose anew", responses=problems(401, 403, 404, 409, 422))
def ask(challenge_id: str, body: WishBody, response: Response, service: ServiceDep, who: ManagerDep) -> ChallengeView:
    """Of a draft: what is said here holds, the rest is proposed again."""
    wish = body.model_dump(exclude_unset=True)
    return _working(response, challenge_view(challenge_service.ask(service, who, challenge_id, wish)))


@router.put("/{challenge_id}/definition", status_code=202, summary="Edit", responses=problems(401, 403, 404, 409, 422))
def edit(
    challenge_id: str, body: DefinitionBody, response: Response, service: ServiceDep, who: ManagerDep
) -> ChallengeView:
    """A published version stays as it is; the answer is then the next one, which is being made."""
    return _working(response, challenge_view(challenge_service.edit(service, who, challenge_id, body.definition)))


@router.post("/{challenge_id}/build", status_code=202, summary="Make it", responses=problems(401, 403, 404, 409))
def build(challenge_id: str, response: Response, service: ServiceDep, who: ManagerDep) -> ChallengeView:
    """Split the rows, fit yardsticks, look for faults, grade the references."""
    return _working(response, challenge_view(challenge_service.build(service, who, challenge_id)))


@router.post("/{challenge_id}/lint", status_code=202, summary="Look for faults", responses=problems(401, 403, 404, 409))
def lint(challenge_id: str, response: Response, service: ServiceDep, who: ManagerDep) -> ChallengeView:
    """Again, with the rules of today."""
    return _working(response, challenge_view(challenge_service.lint(service, who, challenge_id)))


@router.post("/{challenge_id}/publish", summary="Publish", responses=problems(401, 403, 404, 409, 422))
def publish(challenge_id: str, body: PublishBody, service: ServiceDep, who: ManagerDep) -> ChallengeView:
    """Candidates can be invited from now on."""
    return challenge_view(challenge_service.publish(service, who, challenge_id, body.reason))


@router.post("/{challenge_id}/retire", summary="Retire", responses=problems(401, 403, 404, 409))
def retire(challenge_id: str, service: ServiceDep, who: ManagerDep) -> ChallengeView:
    """No new invitations to any version; what is open goes on."""
    return challenge_view(challenge_service.retire(service, who, challenge_id))


@router.get("/{challenge_id}/export", summary="Export", responses=problems(401, 403, 404, 409), response_class=Response)
def export(
    challenge_id: str, service: ServiceDep, who: ManagerDep, with_hidden: Annotated[bool, Query()] = False
) -> Response:
    """A zip; with the hidden rows it can be taken in elsewhere, and must be kept secret."""
    file = challenge_service.export(service, who, challenge_id, with_hidden=with_hidden)
    return streamed(file, "application/zip", f"{challenge_id}.zip")


@router.delete("/{challenge_id}", status_code=204, summary="Remove a draft", responses=problems(401, 403, 404, 409))
def remove(challenge_id: str, service: ServiceDep, who: ManagerDep) -> None:
    """With its table; what was published stays."""
    challenge_service.remove(service, who, challenge_id)


def wished(fields: dict[str, str]) -> dict[str, Any]:
    """The fields of a form as wishes; Invalid names the first that cannot be."""
    said: dict[str, Any] = {name: value for name, value in fields.items() if value or name in ("group", "time")}
    for name in {"drop", "after", "pseudonym", "extra"} & said.keys():
        said[name] = [column.strip() for column in said[name].split(",") if column.strip()]
    try:
        return WishBody.model_validate(said).model_dump(exclude_unset=True)
    except ValidationError as error:
        first = error.errors()[0]
        where = str(first["loc"][0]) if first["loc"] else ""
        raise Invalid(
            "invalid-request", _("{field}: {what}.").format(field=where, what=spoken(because(first)))
        ) from None


def _working(response: Response, view: ChallengeView) -> ChallengeView:
    response.headers.update({"Location": f"{router.prefix}/{view.id}", **WORKING})
    return view
