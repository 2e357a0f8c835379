"""The first hour of an installation: a list of first steps, and the demo."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from app.demo import service as demo_service
from app.errors import DomainError
from app.organisations import first_steps
from app.pages.workspace.frame import ManagerDep, problem_of, workspace
from app.ports import Service
from app.rights import Principal, Right
from app.web.auth import ServiceDep
from app.web.errors import status_of
from app.web.rendering import seen

router = APIRouter(include_in_schema=False)


def shown(service: Service, who: Principal) -> dict[str, Any]:
    """What the list of candidates shows above itself: `first_steps` until all are done, and whether there is a demo."""
    recruiter = demo_service.recruiter(service, who)
    steps = first_steps.done(service, who, recruiter) if who.may(Right.MANAGE) else {}
    left = not all(steps.values())
    return {
        "first_steps": steps if left else {},
        "demo": recruiter is not None,
        "mail_is_set": bool(service.settings.mail_url),
    }


@router.post("/work/first-steps/test-mail")
def test_mail(service: ServiceDep, who: ManagerDep) -> Response:
    """Send the reader a mail, and say what happened."""
    try:
        address = first_steps.send_test_mail(service, who)
    except DomainError as no:
        return workspace("test_mail.html", who, "/work", status_of(no), address="", problem=problem_of(no))
    return workspace("test_mail.html", who, "/work", address=address, problem="")


@router.post("/work/first-steps/{step}")
def mark(step: str, service: ServiceDep, who: ManagerDep) -> Response:
    """Say that a step is done."""
    first_steps.mark(service, who, step)
    return seen("/work")


@router.post("/work/demo/remove")
def remove_demo(service: ServiceDep, who: ManagerDep) -> Response:
    """Remove the demo with all its candidates."""
    demo_service.remove(service, who)
    return seen("/work")
