"""Texts for mails about decisions, and such a mail: shown as the candidate gets it, and sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.decisions import mails
from app.decisions.mails import Draft, DraftIn, DraftView, TemplateIn, TemplateView
from app.rights import Principal, Right
from app.store.decisions import Outcome
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

TEMPLATES, MAIL = "/decision-templates", "/invitations/{invitation_id}/decision/mail"

router = APIRouter(prefix="/api/v1", tags=["decisions"])

DeciderDep = Annotated[Principal, Depends(need(Right.DECIDE))]
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]


@router.get(TEMPLATES, summary="List texts about decisions", responses=problems(401, 403))
def index(service: ServiceDep, who: DeciderDep) -> list[TemplateView]:
    """By outcome and language, with their placeholders."""
    return [TemplateView.model_validate(vars(each)) for each in mails.all_templates(service, who)]


@router.put(f"{TEMPLATES}/{{outcome}}/{{locale}}", summary="Write a text", responses=problems(401, 403, 404, 422))
def put(outcome: Outcome, locale: str, body: TemplateIn, service: ServiceDep, who: ManagerDep) -> TemplateView:
    """An unknown placeholder is refused as `unknown-placeholder`."""
    return TemplateView.model_validate(vars(mails.put_template(service, who, outcome, locale, body)))


@router.delete(
    f"{TEMPLATES}/{{outcome}}/{{locale}}",
    status_code=204,
    summary="Remove a text",
    responses=problems(401, 403, 404, 422),
)
def remove(outcome: Outcome, locale: str, service: ServiceDep, who: ManagerDep) -> Response:
    """Mails that were sent stay."""
    mails.remove_template(service, who, outcome, locale)
    return Response(status_code=204)


@router.get(MAIL, summary="The mail about a decision", responses=problems(401, 403, 404))
def show(invitation_id: str, service: ServiceDep, who: DeciderDep) -> DraftView:
    """As it was sent; before that, your text with this candidate's values.  Empty where no text is written."""
    return _view(mails.draft(service, who, invitation_id))


@router.post(MAIL, summary="Mail the candidate about a decision", responses=problems(401, 403, 404, 409, 412, 422))
def send(invitation_id: str, body: DraftIn, service: ServiceDep, who: DeciderDep) -> DraftView:
    """Once for each decision; 412 where somebody has decided again meanwhile."""
    return _view(mails.send(service, who, invitation_id, body))


def _view(draft: Draft) -> DraftView:
    decision = draft.decision
    fields = {"subject": draft.subject, "body": draft.body, "sent_at": draft.sent_at}
    return DraftView(version=decision.version, outcome=decision.outcome, **fields)
