"""The report among the pages of members, cut for its reader."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Response
from markupsafe import Markup

from app.errors import NotFound
from app.gradings import reading
from app.invitations import service as invitation_service
from app.pages.workspace.frame import ReaderDep, StandingDep, name_for, workspace
from app.ports import Service
from app.reviews import panel as panels
from app.rights import Principal
from app.store import submissions
from app.store.invitations import Standing
from app.store.rows import Owner
from app.web.auth import ServiceDep
from app.words import _, language
from graders import debrief
from graders.report import html
from graders.report.schema import Debrief, Document

router = APIRouter(include_in_schema=False)

#: What gives the total away, or could be added up to it.
TOTAL = ("lead", "minute", "sections")


@router.get("/work/c/{invitation_id}/report")
def report(standing: StandingDep, service: ServiceDep, who: ReaderDep) -> Response:
    """All that this reader may see of the report that counts."""
    document = document_for(service, who, standing)
    if document is None:
        raise NotFound
    invitation_service.note_read(service, who, standing)
    with service.reader.connect() as connection:
        panel = panels.panel(connection, who, standing.invitation.id)
    if not panel.total:
        document = before_rating(document)
    parts = {name: title for name, title in html.parts(document).items() if panel.total or name not in TOTAL}
    part, called = "whole" if document.status == "graded" else "failure", name_for(service, who, standing)
    return workspace(
        "report.html",
        who,
        "/work",
        name=called,
        standing=standing,
        panel=panel,
        d=document,
        body=html.part(document, part, parts=parts, within=True, called=called, locale=language()),
    )


def document_for(service: Service, who: Principal, standing: Standing) -> Document | None:
    """The report that counts as `who` may see it, without names in blind mode; None where there is none yet."""
    with service.reader.connect() as connection:
        row = submissions.find(connection, standing.final, Owner(who.org_id)) if standing.final else None
        counting = reading.grading(connection, row) if row else None
        if row is None or counting is None:
            return None
        found = reading.report(connection, who, row, counting)
    return found.document(service)


def before_rating(document: Document) -> Document:
    """For whoever is to rate first: the same questions, without points and without what went well."""
    return document.model_copy(update={"debrief": tuple(_neutral(item) for item in document.debrief)})


def _neutral(item: Debrief) -> Debrief:
    """A question on a strength is asked without praise; what would name a criterion or points is left out."""
    change: dict[str, object] = {"stake": 0.0}
    if item.kind == "strength":
        change |= {"kind": None, "question": _("Which alternatives to this part did you reject?")}
    if item.code in (debrief.OF_A_STRENGTH, debrief.OF_THE_RANGE):
        change["evidence"] = _("This is about one part of the code.") if item.where else ""
    return item.model_copy(update=change)


def plan(document: Document, notes: Mapping[int, Markup], report: str) -> Markup:
    """The interview plan with a place to write under each question; its links lead to the page `report`."""
    # The scorecard beside it says what the levels mean.
    made = html.part(document.model_copy(update={"levels": ()}), "interview", notes=notes, locale=language())
    # As plain text: Markup would escape the quotation marks that are to be replaced.
    return Markup(str(made).replace('href="#', f'href="{report}#'))  # noqa: S704 - every value was escaped
