"""What an organisation looks at over all its candidates together: reports of adverse impact."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Response

from app.challenges import service as challenge_service
from app.errors import DomainError
from app.impact import service as impact_service
from app.organisations import service as organisation_service
from app.pages.workspace.frame import problem_of, workspace
from app.ports import Service
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.errors import status_of
from app.web.rendering import seen

router = APIRouter(include_in_schema=False)
HERE = "/work/oversight"
ExporterDep = Annotated[Principal, Depends(need(Right.EXPORT))]


@router.get(HERE)
def index(service: ServiceDep, who: ExporterDep) -> Response:
    """The reports so far, and a form to make another."""
    return _page(service, who)


@router.post(HERE + "/impact")
def make(service: ServiceDep, who: ExporterDep, challenge: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Make a report, and show it."""
    try:
        report = impact_service.make(service, who, challenge)
    except DomainError as no:
        return _page(service, who, status_of(no), problem=problem_of(no))
    return seen(f"{HERE}/impact/{report.row.id}")


@router.get(HERE + "/impact/{report_id}")
def show(report_id: str, service: ServiceDep, who: ExporterDep) -> Response:
    """One report."""
    report = impact_service.find(service, who, report_id)
    return workspace("impact.html", who, HERE, report=report, figures=report.figures)


def _page(service: Service, who: Principal, status: int = 200, **more: Any) -> Response:
    context: dict[str, Any] = {
        "reports": impact_service.listed(service, who),
        "challenges": challenge_service.known(service, who.org_id),
        "organisation": organisation_service.policies(service, who),
        "problem": "",
    }
    return workspace("oversight.html", who, HERE, status, **(context | more))
