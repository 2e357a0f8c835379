"""Reports of adverse impact: figures of groups, never of a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from app.api.reports import print_in_turn
from app.errors import NotFound
from app.gradings import printing
from app.impact import service as impact_service
from app.impact.service import Report
from app.impact.views import ImpactReportIn, ImpactReportView, as_csv, view
from app.ports import Service
from app.rights import Principal, Right
from app.store import members
from app.web.auth import ServiceDep, get_printer, need
from app.web.files import MEDIA_TYPES, attachment, report_file
from app.web.openapi import problems
from app.web.rendering import fragment

router = APIRouter(prefix="/api/v1/impact-reports", tags=["adverse impact"])
ExporterDep = Annotated[Principal, Depends(need(Right.EXPORT))]
CSV, PAGE, PRINT = "figures.csv", "report.html", "report.pdf"


@router.get("", summary="Reports of adverse impact", responses=problems(401, 403))
def index(service: ServiceDep, who: ExporterDep) -> list[ImpactReportView]:
    """Newest first."""
    return [view(report) for report in impact_service.listed(service, who)]


@router.post(
    "", status_code=201, summary="Make a report of adverse impact", responses=problems(401, 403, 404, 409, 422)
)
def make(new: ImpactReportIn, response: Response, service: ServiceDep, who: ExporterDep) -> ImpactReportView:
    """Of everybody with a report and a decision, as they stand now; it never changes."""
    report = impact_service.make(service, who, new.challenge)
    response.headers["Location"] = f"{router.prefix}/{report.row.id}"
    return view(report)


@router.get("/{report_id}", summary="A report of adverse impact", responses=problems(401, 403, 404))
def show(report_id: str, service: ServiceDep, who: ExporterDep) -> ImpactReportView:
    """Its figures, unrounded; what is null stays unsaid."""
    return view(impact_service.find(service, who, report_id))


@router.get(
    "/{report_id}/{name}",
    summary="A report of adverse impact to publish: report.html, report.pdf or figures.csv",
    response_class=Response,
    responses={
        **problems(401, 403, 404, 503),
        200: {"content": {"text/html": {}, "application/pdf": {}, "text/csv": {}}, "description": "The file."},
    },
)
async def file(report_id: str, name: str, request: Request, service: ServiceDep, who: ExporterDep) -> Response:
    """Whole in itself: nothing is fetched from elsewhere."""
    if name not in (CSV, PAGE, PRINT):
        raise NotFound
    report = await run_in_threadpool(impact_service.find, service, who, report_id)
    if name == CSV:
        return attachment(as_csv(report.figures), "text/csv; charset=utf-8", f"adverse-impact-{name}")
    page = await run_in_threadpool(_page, service, who, report)
    if name == PAGE:
        return report_file(page.encode(), "report.html")
    data = await print_in_turn(await get_printer(request), lambda: printing.pdf(page))
    return Response(data, media_type=MEDIA_TYPES["report.pdf"])


def _page(service: Service, who: Principal, report: Report) -> str:
    with service.reader.connect() as connection:
        organisation = members.organisation(connection, who.org_id)
    return fragment("work/impact_file.html", report=report, figures=report.figures, organisation=organisation)
