"""What an administrator sets: policies, members, keys, webhooks; and the audit log."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from app.errors import DomainError, Invalid
from app.law.profiles import NAMES
from app.organisations import service as organisation_service
from app.organisations.views import KeyIn, MemberChange, MemberIn, OrganisationChange, key_view, member_view
from app.pages.workspace.frame import ManagerDep, Question, ask_first, problem_of, workspace
from app.ports import Service
from app.rights import Principal, Right, Role
from app.store import access, members, webhooks
from app.web.audited import act
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.rendering import seen
from app.webhooks.events import EVENTS, TEST
from app.words import N_, _, spoken
from challenges.tables.definition import because

router = APIRouter(include_in_schema=False)
HERE = "/work/settings"
Field = Annotated[str, Form(max_length=300)]
REMOVE_ACCESS = Question(
    N_("Remove the access of this member?"),
    N_("They are signed out at once and cannot sign in. You can restore their access later."),
    N_("Remove access"),
    organisation_service.member,
)
REVOKE = Question(
    N_("Revoke this key?"),
    N_("Programs that use it stop working at once. A revoked key never works again."),
    N_("Revoke the key"),
    organisation_service.key,
)
Model = TypeVar("Model", bound=BaseModel)


@router.get(HERE)
def settings(service: ServiceDep, who: ManagerDep) -> Response:
    """Everything on one page, each part with its own form."""
    return shown(service, who)


@router.post(HERE + "/policies")
async def policies(request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Change the organisation's policies."""
    form = await request.form(max_fields=300, max_part_size=1000)
    given: dict[str, Any] = {name: str(value) for name, value in form.items() if name != "own_rows"}
    given["own_rows"] = [str(name) for name in form.getlist("own_rows")]
    ticks = ("hide_until_locked", "blind", "asks_self_description", "live")
    given |= {name: str(name in form).lower() for name in ticks}
    try:
        organisation_service.change_policies(service, who, valid(OrganisationChange, given))
    except DomainError as no:
        return shown(service, who, status_of(no), policies=problem_of(no))
    return seen(HERE + "#policies")


@router.post(HERE + "/members")
def add_member(
    service: ServiceDep, who: ManagerDep, email: Field = "", name: Field = "", role: Field = "interviewer"
) -> Response:
    """Add a member, and show the link that lets them in."""
    try:
        new = valid(MemberIn, {"email": email, "name": name, "role": role})
        made = member_view(*organisation_service.add_member(service, who, new))
    except DomainError as no:
        return shown(service, who, status_of(no), members=problem_of(no))
    return shown(service, who, 201, welcome=made)


@router.post(HERE + "/members/{member_id}")
def change_member(
    member_id: str, service: ServiceDep, who: ManagerDep, do: Field = "", role: Field = "", sure: Field = ""
) -> Response:
    """Another role, a new welcome link, or out and in again."""
    if do == "disable" and not sure:
        return ask_first(service, who, REMOVE_ACCESS, member_id, f"{HERE}/members/{member_id}", HERE, do=do)
    try:
        if do == "welcome":
            made = member_view(*organisation_service.new_welcome(service, who, member_id))
            return shown(service, who, welcome=made)
        change = {"role": role} if do == "role" else {"disabled": do == "disable"}
        organisation_service.change_member(service, who, member_id, valid(MemberChange, change))
    except DomainError as no:
        return shown(service, who, status_of(no), members=problem_of(no))
    return seen(HERE + "#members")


@router.post(HERE + "/keys")
async def make_key(request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Make a key, and show it this once."""
    form: FormData = await request.form(max_fields=30, max_part_size=1000)
    given = {"label": str(form.get("label", "")), "scopes": [str(scope) for scope in form.getlist("scope")]}
    try:
        new = valid(KeyIn, given)
        made = key_view(*organisation_service.make_key(service, who, new.label, new.scopes))
    except DomainError as no:
        return shown(service, who, status_of(no), keys=problem_of(no))
    return shown(service, who, 201, key=made)


@router.post(HERE + "/keys/{key_id}/revoke")
def revoke_key(key_id: str, service: ServiceDep, who: ManagerDep, sure: Field = "") -> Response:
    """End a key."""
    if not sure:
        return ask_first(service, who, REVOKE, key_id, f"{HERE}/keys/{key_id}/revoke", HERE)
    organisation_service.revoke_key(service, who, key_id)
    return seen(HERE + "#keys")


def valid(model: type[Model], fields: dict[str, Any]) -> Model:
    """A form's fields as the API would take them; Invalid in words where it would not."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]).replace("_", " ") if first["loc"] else "form"
        why = spoken(because(first))
        told = _("The {field} is not right. {why}.").format(field=field, why=why[:1].upper() + why[1:])
        raise Invalid("invalid-request", told) from None


def shown(service: Service, who: Principal, status: int = 200, **more: Any) -> Response:
    """The page; `more` has what a form came to: a refusal by the name of its section, or a secret to show once."""
    with service.reader.connect() as connection:
        context: dict[str, Any] = {
            "organisation": members.organisation(connection, who.org_id),
            "people": members.members_of(connection, who.org_id),
            "api_keys": [key for key in access.keys_of(connection, who.org_id) if key.revoked_at is None],
            "hooks": webhooks.of_organisation(connection, who.org_id),
            "events": sorted(EVENTS - {TEST}),
            "welcomes": organisation_service.welcomes(service, who),
            "mails": service.settings.sends_mail,
            "profiles": NAMES,
            "own_rows": organisation_service.own_rows_offered(service, who),
        }
    told = dict.fromkeys(("policies", "members", "keys", "webhooks"), "") | dict.fromkeys(("welcome", "key", "hook"))
    return workspace("settings.html", who, HERE, status, roles=Role, scopes=Right, act=act, **context, **(told | more))
