"""Reports: list gradings by many questions, read one in four formats, compare two of a submission."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.convertors import StringConvertor, register_url_convertor

from app.artifacts import APPENDIX, PDF
from app.errors import NotFound
from app.fields import Line
from app.gradings import difference, reading
from app.gradings.printing import Unprintable
from app.gradings.reading import Report
from app.gradings.views import GradingPage, GradingView, Kind, grading_view
from app.platform.secrets import is_id
from app.rights import Principal, Right
from app.store import reports
from app.store.paging import Cursor
from app.store.reports import Filter
from app.store.rows import State
from app.store.tables import gradings as table
from app.web.auth import ServiceDep, get_printer, get_service, need
from app.web.errors import Refused
from app.web.files import MEDIA_TYPES, report_file
from app.web.openapi import problems
from app.web.paging import PagingDep, announce
from app.web.reported import Bare, reader, report
from app.words import _

#: Prints that may wait for their turn; more are asked to come back.
PRINTS_WAITING = 4
RUN_MAX = 2**31 - 1


class ReportName(StringConvertor):
    """The name of a report's file, in an address."""

    regex = "|".join(map(re.escape, MEDIA_TYPES))


register_url_convertor("report", ReportName())
router = APIRouter(prefix="/api/v1", tags=["reports"])
#: Read more than anything else, so asked first: a route costs time for each one that stands before it.
files = APIRouter(prefix="/api/v1/submissions", tags=["reports"], route_class=Bare)
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
Run = Annotated[int, Path(ge=1, le=RUN_MAX)]
REPORT: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.split(";")[0]: {} for kind in MEDIA_TYPES.values()}, "description": "The report."},
    304: {"description": "It is still the one that If-None-Match names."},
}


class Which(BaseModel):
    """What narrows a list down; what is left out is not asked."""

    challenge: Line | None = None
    band: int | None = Field(None, ge=1, le=4)
    flagged: Line | None = Field(None, description="Code of a finding.", examples=["LEAK004"])
    grader_version: Line | None = None
    rubric_version: Line | None = None
    invitation_id: Line | None = None


class Asked(Which):
    """The same of all gradings, those without a report and those that do not count too."""

    state: State | None = None
    kind: Kind | None = None
    counts: bool | None = Field(None, description="Whether the report is the one that counts.")
    submission_id: Line | None = None
    batch: Line | None = None


@router.get("/reports", summary="List gradings and their reports", responses=problems(401, 403, 422))
def index(
    request: Request,
    response: Response,
    service: ServiceDep,
    who: ReaderDep,
    page: PagingDep,
    asked: Annotated[Asked, Query()],
) -> GradingPage:
    """Newest first, those without a report too.  The Link header leads to the next page."""
    with service.reader.connect() as connection:
        held = reading.held(connection, who)
        if asked.band is not None and held.anything:
            raise Refused(403, "not-allowed", _("You see bands once you have submitted your own scorecard."))
        query = page.of(
            reports.listed(who.org_id, Filter(**asked.model_dump())), table.c.created_at, table.c.submission_id
        )
        rows, last = page.cut(
            reports.read(connection, query),
            lambda row: Cursor(row.grading.created_at, row.grading.submission_id),
        )
    items = [grading_view(row, held=held.of(row.invitation_id)) for row in rows]
    return GradingPage(items=items, next_cursor=announce(request, response, last))


@router.get("/submissions/{submission_id}/reports/{run}", summary="One grading", responses=problems(401, 403, 404, 422))
def show(submission_id: str, run: Run, service: ServiceDep, who: ReaderDep) -> GradingView:
    """How it goes, what it was made with, and where its report is."""
    with service.reader.connect() as connection:
        found = reports.one(connection, who.org_id, submission_id, run) if is_id(submission_id) else None
        if found is None:
            raise NotFound
        return grading_view(found, held=reading.held(connection, who).of(found.invitation_id))


@router.get(
    "/submissions/{submission_id}/reports/{run}/diff",
    summary="What changed from one report of a submission to another",
    responses=problems(401, 403, 404, 409, 422),
)
def diff(
    submission_id: str,
    run: Run,
    service: ServiceDep,
    who: ReaderDep,
    since: Annotated[int | None, Query(ge=1, le=RUN_MAX, description="Left out: the run that counts.")] = None,
) -> dict[str, Any]:
    """Versions, score, band, points and findings as {"old", "new"}, as far as you may read them."""
    with service.reader.connect() as connection:
        new = reading.opened(connection, who, submission_id, run)
        old = reading.opened(connection, who, submission_id, since)
    told = {"old": old.grading.run, "new": new.grading.run}
    return {"runs": told, **difference.compare(old.document(service), new.document(service))}


@files.get(
    "/{submission_id}/{name:report}",
    summary="The report that counts: report.json, report.html, report.pdf, appendix.pdf or findings.sarif",
    responses={**REPORT, **problems(401, 403, 404, 409, 503)},
    response_class=Response,
    dependencies=[Depends(reader)],
)
async def counting(request: Request, submission_id: str, name: str) -> Response:
    """As far as you may read it; the same file under `reports/{run}` stays when another report counts."""
    return await answer(request, await report(request, submission_id), name)


@router.get(
    "/submissions/{submission_id}/reports/{run}/{name:report}",
    summary="A report: report.json, report.html, report.pdf, appendix.pdf or findings.sarif",
    responses={**REPORT, **problems(401, 403, 404, 409, 422, 503)},
    response_class=Response,
    dependencies=[Depends(reader)],
)
async def file(submission_id: str, run: Run, name: str, request: Request) -> Response:
    """As far as you may read it: the interviewer's report with the right `read-code`, otherwise the recruiter's."""
    return await answer(request, await report(request, submission_id, run), name)


async def answer(request: Request, report: Report, name: str) -> Response:
    """One file of a report, or 304; with headers that let it run and load nothing."""
    tag = report.tag(name)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if matches(request.headers.get("if-none-match", ""), f'"{tag}"'):
        return Response(status_code=304, headers=headers)
    data, service = reading.kept(tag), await get_service(request)
    if data is None and name in (PDF, APPENDIX):
        data = await print_in_turn(await get_printer(request), lambda: report.printed(service, name))
    elif data is None:
        data = await run_in_threadpool(report.file, service, name)
    return report_file(data, name, headers)


async def print_in_turn(printer: CapacityLimiter, make: Callable[[], Awaitable[bytes]]) -> bytes:
    """What `make` prints once it is its turn; refused where too many wait, or where it fails."""
    if printer.statistics().tasks_waiting >= PRINTS_WAITING:
        raise Refused(503, "printer-busy", _("Too many reports are being printed. Try again in a minute."))
    try:
        async with printer:
            return await make()
    except Unprintable as no:
        raise Refused(
            503, "not-printed", _("The PDF could not be made. {no}").format(no=no), hint=_("Print the HTML.")
        ) from None


def matches(header: str, tag: str) -> bool:
    """Whether If-None-Match names this tag (RFC 9110: compared weakly)."""
    given = {part.strip().removeprefix("W/") for part in header.split(",")}
    return tag in given or "*" in given
