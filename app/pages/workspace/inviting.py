"""The forms that invite: one candidate, or many from a file, tried before it is done."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from pydantic import ValidationError

from app.challenges import service as challenge_service
from app.errors import DomainError
from app.invitations import service as invitation_service
from app.invitations.service import ManyInvited
from app.invitations.views import NewInvitationBody
from app.law.profiles import NAMES
from app.organisations import service as organisation_service
from app.pages.workspace.frame import InviterDep, problem_of, workspace
from app.ports import Service
from app.rights import Principal
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.words import N_, _, spoken
from challenges.tables.definition import because
from graders.words import as_sentence

router = APIRouter(include_in_schema=False)

PERSON = ("email", "first_name", "last_name", "external_id", "timezone", "locale")
FIELDS = (*PERSON, "challenge", "profile", "due_at", "time_multiplier", "tags")
CSV_LIMIT = 2**20


@router.get("/work/invite")
def form(service: ServiceDep, who: InviterDep) -> Response:
    """Both forms, empty."""
    return _page(service, who)


@router.post("/work/invite")
async def invite(request: Request, service: ServiceDep, who: InviterDep) -> Response:
    """Invite one candidate: the link is mailed, and shown here once; or back with what is wrong, field by field."""
    sent = await request.form(max_fields=20, max_part_size=4096)
    given = {name: str(sent.get(name, "")).strip() for name in FIELDS}
    try:
        made = invitation_service.invite(service, who, NewInvitationBody.model_validate(_body(given)))
    except ValidationError as error:
        wrong = {str(e["loc"][0]) if e["loc"] else "": as_sentence(spoken(because(e))) for e in error.errors()}
        return _page(service, who, 422, given=given, wrong=_in_words(wrong))
    except DomainError as no:
        return _page(service, who, status_of(no), given=given, problem=problem_of(no))
    return _page(service, who, 201 if made.new else 200, made=made)


@router.post("/work/invite/file")
def invite_file(
    service: ServiceDep,
    who: InviterDep,
    file: Annotated[UploadFile, File()],
    challenge: Annotated[str, Form(max_length=200)] = "",
    really: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Without `really` a dry run: what would happen, row by row."""
    data = file.file.read(CSV_LIMIT + 1)
    if len(data) > CSV_LIMIT:
        return _page(service, who, 413, file_problem=_("The file is larger than 1 MB. Send it in parts."))
    result = invitation_service.invite_many(service, who, data, challenge or None, dry_run=not really)
    lines = [] if result.dry_run else _lines(service, who, result)
    return _page(service, who, 422 if result.errors else 200, result=result, lines=lines, file_challenge=challenge)


def _lines(service: Service, who: Principal, result: ManyInvited) -> list[str]:
    """Address and link of everybody who is newly invited."""
    new = [row.invitation for row in result.rows if row.created and row.invitation]
    made = invitation_service.links_of(service, new)
    people = {one: invitation_service.find(service, who, one).candidate for one in new}
    return [f"{people[one].email or people[one].name} {link}" for one, link in made.items()]


def _body(fields: dict[str, str]) -> dict[str, Any]:
    """The form's fields as the API takes them: empty ones left out, tags in a list."""
    body: dict[str, Any] = {name: value for name, value in fields.items() if value}
    if "tags" in body:
        body["tags"] = [tag for tag in (t.strip() for t in body["tags"].replace(";", ",").split(",")) if tag]
    return body


WORDS = {
    "email": N_("This is not a mail address."),
    "tags": N_("A tag has at most 50 characters and no spaces at its ends."),
    "time_multiplier": N_("Give a number from 1 to 5."),
}


def _in_words(wrong: dict[str, str]) -> dict[str, str]:
    return {name: _(WORDS[name]) if name in WORDS else message for name, message in wrong.items()}


def _page(service: Service, who: Principal, status: int = 200, **more: Any) -> Response:
    empty: dict[str, Any] = {
        "given": {},
        "wrong": {},
        "problem": "",
        "made": None,
        "result": None,
        "file_problem": "",
        "file_challenge": "",
    }
    challenges = challenge_service.offered(service, who.org_id)
    context = empty | {"lines": [], "mails": service.settings.sends_mail} | more
    for name in ("given", "wrong"):
        context[name] = dict.fromkeys(FIELDS, "") | context[name]
    usual = organisation_service.policies(service, who).profile
    context |= {"challenges": challenges, "profiles": NAMES, "usual": usual}
    return workspace("invite.html", who, "/work/invite", status, **context)
