"""One action on many invitations, tried before it is done, and undone within the hour."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.invitations import BASE, InviterDep
from app.invitations import bulk
from app.invitations.bulk import Action, BulkBody, Plan, Touched
from app.web.auth import ServiceDep
from app.web.openapi import problems

router = APIRouter(prefix=f"{BASE}/actions", tags=["invitations"])


class TouchedView(BaseModel):
    """One invitation, and what happens to it or why it is left out."""

    invitation: str
    says: str


class PlanView(BaseModel):
    """What happened, or with a dry run would happen."""

    id: str | None = Field(description="With it the action can be undone for an hour; null where it cannot.")
    action: Action
    dry_run: bool
    will: list[TouchedView]
    left_out: list[TouchedView]


@router.post("", summary="One action on many invitations", responses=problems(401, 403, 404, 422))
def act(
    body: BulkBody,
    service: ServiceDep,
    who: InviterDep,
    dry_run: Annotated[bool, Query(description="Say what would happen and do nothing.")] = False,
) -> PlanView:
    """Whoever cannot be changed is left out, with the reason.  What a mail has told cannot be undone."""
    return _view(bulk.run(service, who, body, dry_run=dry_run), dry_run=dry_run)


@router.post("/{action_id}/undo", summary="Undo an action", responses=problems(401, 403, 404))
def undo(action_id: str, service: ServiceDep, who: InviterDep) -> PlanView:
    """Once, within the hour.  Whatever was changed again since then stays as it is."""
    return _view(bulk.undo(service, who, action_id), dry_run=False)


def _view(plan: Plan, *, dry_run: bool) -> PlanView:
    will, left_out = ([_touched(one) for one in many] for many in (plan.will, plan.left_out))
    return PlanView(id=plan.id, action=plan.action, dry_run=dry_run, will=will, left_out=left_out)


def _touched(one: Touched) -> TouchedView:
    return TouchedView(invitation=one.standing.invitation.id, says=one.says)
