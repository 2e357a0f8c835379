"""The texts of mails about decisions, and one such mail before it goes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from app.decisions import mails
from app.decisions.mails import OUTCOMES, PLACEHOLDERS, DraftIn, TemplateIn
from app.errors import DomainError, NotFound
from app.names import called
from app.pages.workspace.frame import DeciderDep, ManagerDep, StandingDep, problem_of, workspace
from app.pages.workspace.settings import valid
from app.ports import Service
from app.rights import Principal
from app.store.invitations import Standing
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.rendering import seen
from app.words import LANGUAGES

router = APIRouter(include_in_schema=False)
HERE = "/work/settings/decision-mails"
ONE = "/work/c/{invitation_id}/decision-mail"
Field = Annotated[str, Form(max_length=300)]
Long = Annotated[str, Form(max_length=6000)]


@router.get(HERE)
def index(service: ServiceDep, who: ManagerDep) -> Response:
    """All texts, by outcome and language."""
    return _index(service, who)


@router.post(HERE)
def change(
    service: ServiceDep,
    who: ManagerDep,
    outcome: Field = "",
    locale: Field = "",
    subject: Field = "",
    body: Long = "",
    do: Field = "save",
) -> Response:
    """Write one anew, or remove it."""
    chosen = next((each for each in OUTCOMES if each == outcome), None)
    if chosen is None:
        raise NotFound
    if do == "remove":
        mails.remove_template(service, who, chosen, locale)
        return seen(HERE)
    given = {"subject": subject, "body": body.replace("\r\n", "\n")}
    try:
        mails.put_template(service, who, chosen, locale, valid(TemplateIn, given))
    except NotFound:
        raise
    except DomainError as no:
        return _index(service, who, status_of(no), problem=problem_of(no), tried=(chosen, locale), given=given)
    return seen(f"{HERE}#{chosen}-{locale}")


@router.get(ONE)
def draft(standing: StandingDep, service: ServiceDep, who: DeciderDep) -> Response:
    """The mail about the newest decision: as it was sent, or to be sent."""
    shown = mails.draft(service, who, standing.invitation.id)
    return _one(service, who, standing, draft=shown, given={"subject": shown.subject, "body": shown.body})


@router.post(ONE)
def send(
    standing: StandingDep,
    service: ServiceDep,
    who: DeciderDep,
    version: Annotated[int, Form(ge=0)],
    subject: Field = "",
    body: Long = "",
    do: Field = "preview",
) -> Response:
    """Show it as the candidate gets it, or send it."""
    given = {"version": version, "subject": subject, "body": body.replace("\r\n", "\n")}
    invitation_id = standing.invitation.id
    try:
        work = mails.send if do == "send" else mails.preview
        shown = work(service, who, invitation_id, valid(DraftIn, given))
    except NotFound:
        raise
    except DomainError as no:
        shown = mails.draft(service, who, invitation_id)
        return _one(service, who, standing, status_of(no), draft=shown, given=given, problem=problem_of(no))
    if do == "send":
        return seen(f"/work/c/{invitation_id}?did=mailed")
    return _one(service, who, standing, draft=shown, given=given, preview=True)


def _index(service: Service, who: Principal, status: int = 200, **more: Any) -> Response:
    written = {(each.outcome, each.locale): vars(each) for each in mails.all_templates(service, who)}
    context: dict[str, Any] = {"problem": "", "tried": None, "given": {}} | more
    lists = {"outcomes": OUTCOMES, "languages": LANGUAGES, "placeholders": PLACEHOLDERS}
    return workspace("decision_mails.html", who, "/work/settings", status, written=written, **lists, **context)


def _one(service: Service, who: Principal, standing: Standing, status: int = 200, **more: Any) -> Response:
    context: dict[str, Any] = {"problem": "", "preview": False, "placeholders": PLACEHOLDERS} | more
    names = {"name": called(standing, blind=False), "standing": standing, "mails": service.settings.sends_mail}
    return workspace("decision_mail.html", who, "/work", status, **names, **context)
