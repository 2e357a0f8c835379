"""The report among the pages of members, cut for its reader."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Response
from markupsafe import Markup

from app.errors import NotFound
from app.gradings import reading
from app.pages.workspace.frame import ReaderDep, StandingDep, name_for, workspace
from app.ports import Service
from app.reviews import panel as panels
from app.rights import Principal
from app.store import submissions
from app.store.invitations import Standing
from app.store.rows import Owner
from app.web.auth import ServiceDep
from graders.report import html
from graders.report.schema import Document

router = APIRouter(include_in_schema=False)

#: The parts of the page in their order, with what the list of contents calls them.
PARTS: Mapping[str, str] = {
    "lead": "",
    "minute": "In 60 seconds",
    "interview": "Interview plan",
    "sections": "Where the points are",
    "findings": "Findings",
    "code": "Code",
    "evidence": "Model evidence",
    "runs": "Run evidence",
    "limits": "Provenance and limits",
}
UNGRADED = ("findings", "code", "runs", "limits")
#: What gives the total away, or could be added up to it.
TOTAL = ("lead", "minute", "sections")
NOT_FOR_RECRUITERS = ("interview", "code", "evidence", "runs")


@router.get("/work/c/{invitation_id}/report")
def report(standing: StandingDep, service: ServiceDep, who: ReaderDep) -> Response:
    """All that this reader may see of the report that counts."""
    document = document_for(service, who, standing)
    if document is None:
        raise NotFound
    with service.engine.connect() as connection:
        panel = panels.panel(connection, who, standing.invitation.id)
    names = [name for name in PARTS if _shown(name, document, total=panel.total)]
    return workspace(
        "report.html",
        who,
        "/work",
        name=name_for(service, who, standing),
        standing=standing,
        panel=panel,
        d=document,
        parts={name: (PARTS[name], html.part(document, name)) for name in names},
    )


def document_for(service: Service, who: Principal, standing: Standing) -> Document | None:
    """The report that counts as `who` may see it, without names in blind mode; None where there is none yet."""
    with service.engine.connect() as connection:
        row = submissions.find(connection, standing.final, Owner(who.org_id)) if standing.final else None
        counting = reading.grading(connection, row) if row else None
        if row is None or counting is None:
            return None
        found = reading.report(connection, who, row, counting)
    return found.document(service)


def plan(document: Document, notes: Mapping[int, Markup], report: str) -> Markup:
    """The interview plan with a place to write under each question; its links lead to the page `report`."""
    # The scorecard beside it says what the levels mean.
    made = html.part(document.model_copy(update={"levels": ()}), "interview", notes=notes)
    # As plain text: Markup would escape the quotation marks that are to be replaced.
    return Markup(str(made).replace('href="#', f'href="{report}#'))  # noqa: S704 - every value was escaped


def _shown(name: str, document: Document, *, total: bool) -> bool:
    if document.status != "graded":
        return name in UNGRADED
    if document.reader == "recruiter" and name in NOT_FOR_RECRUITERS:
        return False
    return total or name not in TOTAL
