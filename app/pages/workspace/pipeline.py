"""Who is where: the table of candidates, newest first, and what each waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.api.auth import ServiceDep
from app.api.models import Line
from app.api.paging import Cursor, PagingDep, announce
from app.candidates.views import hides_names
from app.pages.workspace.frame import ReaderDep, called, policy, workspace
from app.reports.counting import Counting, counting
from app.store import funnel, invitations
from app.store.invitations import Filter, Standing
from app.store.rows import Status
from app.store.tables import invitations as table

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Entry:
    """One row of the table; `summary` is that of the report that counts, None where there is none to see."""

    name: str
    standing: Standing
    summary: Mapping[str, Any] | None


@router.get("/work")
def pipeline(  # noqa: PLR0913 - each parameter is one of the request
    request: Request,
    response: Response,
    service: ServiceDep,
    who: ReaderDep,
    page: PagingDep,
    challenge: Annotated[Line, Query()] = "",
    status: Annotated[Line, Query()] = "",
    tag: Annotated[Line, Query()] = "",
) -> Response:
    """All candidates, narrowed by the form above the table."""
    state = Status(status) if status in set(Status) else None
    blind = hides_names(who, policy(service, who).blind)
    query = invitations.listed(who.org_id, Filter(challenge or None, state, tag or None))
    with service.engine.connect() as connection:
        found = invitations.read(connection, page.of(query, table.c.created_at, table.c.id))
        rows, more = page.cut(found)
        known = counting(connection, [row.final for row in rows if row.final])
        counts = funnel.counts(connection, who.org_id)
    last = Cursor(rows[-1].invitation.created_at, rows[-1].invitation.id) if more else None
    lines = [Entry(called(row, blind=blind), row, _summary(known.get(row.final or ""))) for row in rows]
    return workspace(
        "pipeline.html",
        who,
        "/work",
        lines=lines,
        following=announce(request, response, last),
        counts=counts,
        challenges=[service.parts.challenge(name) for name in service.parts.challenges()],
        asked={"challenge": challenge, "status": state, "tag": tag},
        statuses=Status,
        blind=blind,
    )


def _summary(report: Counting | None) -> Mapping[str, Any] | None:
    return report.summary if report else None
