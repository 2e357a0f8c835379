"""One action on the ticked candidates: its form, what it would do to whom, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from app.challenges import service as challenge_service
from app.errors import DomainError
from app.invitations import bulk
from app.invitations.bulk import MOST, Action, BulkBody, Plan
from app.invitations.views import Reason
from app.names import called
from app.pages.workspace.frame import InviterDep, problem_of, workspace
from app.pages.workspace.pipeline import Asked
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import ROLES, Principal, Right
from app.store import members
from app.web.auth import ServiceDep, require
from app.web.errors import status_of
from app.web.rendering import seen
from app.words import _

router = APIRouter(include_in_schema=False)
HERE = "/work/bulk"
#: What changes nothing.
EXPORT = "export"
#: Actions that need nothing more than the candidates.
AT_ONCE = (Action.REMIND, Action.WITHDRAW)


@router.get(HERE)
def choose(
    service: ServiceDep,
    who: InviterDep,
    asked: Annotated[Asked, Query()],
    do: str = "",
    invitation: Annotated[list[str] | None, Query(max_length=MOST)] = None,
    every: str = "",
) -> Response:
    """The form of an action, or at once what it would do."""
    if do not in (*Action, EXPORT):
        return seen("/work?choose=nobody")
    ids, more = list(filter(is_id, invitation or [])), False
    if every:
        ids, more = bulk.chosen(service, who, asked.filter(who.member_id), asked.order)
    if not ids:
        return seen("/work?choose=nobody")
    if do == EXPORT:
        require(who, Right.EXPORT)
        return workspace("bulk_export.html", who, "/work", ids=ids, more=more, most=MOST)
    action = Action(do)
    if action in AT_ONCE:
        return _preview(service, who, BulkBody(action=action, invitations=ids), more=more)
    return _form(service, who, {"action": action, "invitations": ids}, more=more)


@router.post(HERE)
async def act(request: Request, service: ServiceDep, who: InviterDep) -> Response:
    """What it would do, or with `sure` do it."""
    form = await request.form(max_fields=MOST + 60, max_part_size=4096)
    said: dict[str, Any] = {
        "action": str(form.get("action", "")),
        "invitations": [str(one) for one in form.getlist("invitation") if is_id(str(one))][:MOST],
        "members": [str(one) for one in form.getlist("member") if is_id(str(one))],
        "in_turn": bool(form.get("in_turn")),
    }
    for name in ("hours", "reason_code", "debrief_at", "challenge", "due_at"):
        if value := str(form.get(name, "")).strip():
            said[name] = value
    for name in ("add_tags", "remove_tags"):
        tags = (tag.strip() for tag in str(form.get(name, "")).replace(";", ",").split(","))
        said[name] = [tag for tag in tags if tag]
    return await run_in_threadpool(_act, service, who, said, sure=bool(form.get("sure")))


@router.post(HERE + "/{action_id}/undo")
def undo(action_id: str, service: ServiceDep, who: InviterDep) -> Response:
    """Take it back."""
    plan = bulk.undo(service, who, action_id)
    return _page(service, who, replace(plan, id=None), undone=True)


def _act(service: Service, who: Principal, said: dict[str, Any], *, sure: bool) -> Response:
    if said["action"] not in set(Action) or not said["invitations"]:
        return seen("/work?choose=nobody")
    try:
        body = BulkBody.model_validate(said)
        if not sure:
            return _preview(service, who, body)
        return _page(service, who, bulk.run(service, who, body, dry_run=False), done=True)
    except ValidationError:
        problem = _("Something in the form cannot be. A tag has at most 50 characters; hours are at most 1440.")
        return _form(service, who, said, 422, problem=problem)
    except DomainError as no:
        return _form(service, who, said, status_of(no), problem=problem_of(no))


def _form(
    service: Service,
    who: Principal,
    said: Mapping[str, Any],
    status: int = 200,
    *,
    problem: str = "",
    more: bool = False,
) -> Response:
    """With what was said already, so that nobody fills it in twice."""
    with service.reader.connect() as connection:
        people = [
            member
            for member in members.members_of(connection, who.org_id)
            if member.disabled_at is None and Right.REVIEW in ROLES[member.role]
        ]
    return workspace(
        "bulk_form.html",
        who,
        "/work",
        status,
        action=said["action"],
        ids=said["invitations"],
        said=said,
        problem=problem,
        more=more,
        most=MOST,
        reasons=Reason,
        people=people,
        challenges=challenge_service.offered(service, who.org_id),
    )


def _preview(service: Service, who: Principal, body: BulkBody, *, more: bool = False) -> Response:
    return _page(service, who, bulk.run(service, who, body, dry_run=True), body=body, more=more)


def _page(service: Service, who: Principal, plan: Plan, **more: Any) -> Response:
    """Whoever invites sees names in every mode."""
    context = {"body": None, "done": False, "undone": False, "more": False, "most": MOST} | more
    will, left_out = (
        [(called(one.standing, blind=False), one.standing.invitation.id, one.says) for one in many]
        for many in (plan.will, plan.left_out)
    )
    mails = service.settings.sends_mail
    return workspace("bulk.html", who, "/work", plan=plan, will=will, left_out=left_out, mails=mails, **context)
