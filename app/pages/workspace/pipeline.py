"""Who is where: the table of candidates, newest first, and what each waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.challenges import service as challenge_service
from app.fields import Line
from app.gradings.counting import Counting, counting
from app.invitations import service as invitation_service
from app.names import called
from app.organisations import service as organisation_service
from app.pages.workspace import first_steps
from app.pages.workspace.frame import ReaderDep, workspace
from app.rights import Role, hides_names
from app.store import funnel
from app.store.invitations import Filter, Standing
from app.store.rows import Status
from app.web.auth import ServiceDep
from app.web.paging import PagingDep, text_of
from app.words import N_, _

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Row:
    """One row of the table; `summary` is that of the report that counts, None where there is none to see."""

    name: str
    standing: Standing
    summary: Mapping[str, Any] | None


@dataclass(frozen=True)
class Asked:
    """What the form above the table narrows it to; a status that there is none of is no question."""

    challenge: Annotated[Line, Query()] = ""
    status: Annotated[Line, Query()] = ""
    tag: Annotated[Line, Query()] = ""
    q: Annotated[Line, Query()] = ""
    attention: bool = False

    def filter(self) -> Filter:
        state = Status(self.status) if self.status in set(Status) else None
        return Filter(self.challenge or None, state, self.tag or None, words=self.q, attention=self.attention)


@router.get("/work")
def pipeline(
    request: Request,
    service: ServiceDep,
    who: ReaderDep,
    page: PagingDep,
    asked: Annotated[Asked, Depends()],
    choose: str = "",
) -> Response:
    """All candidates, narrowed by the form above the table.  Whoever is to judge first sees no band here."""
    rules = organisation_service.policies(service, who)
    blind = hides_names(who, rules.blind)
    rows, last = invitation_service.listed(service, who, asked.filter(), page)
    with service.engine.connect() as connection:
        known = counting(connection, [row.final for row in rows if row.final])
        counts = funnel.counts(connection, who.org_id)
    lines = [Row(called(row, blind=blind), row, _summary(known.get(row.final or ""))) for row in rows]
    return workspace(
        "pipeline.html",
        who,
        "/work",
        lines=lines,
        older=request.url.include_query_params(cursor=text_of(last)) if last else None,
        counts=counts,
        **first_steps.shown(service, who),
        challenges=challenge_service.known(service, who.org_id),
        asked=asked,
        choose=_(CHOOSE[choose]) if choose in CHOOSE else "",
        statuses=Status,
        blind=blind,
        bands=not (who.role is Role.INTERVIEWER and rules.hide_until_locked),
    )


#: Why nothing was compared.
CHOOSE = {
    "again": N_("Nothing was compared. Tick two to four candidates with a band, then compare."),
    "rate": N_("Nothing was compared. You see scores once you have submitted your own scorecards."),
}


def _summary(report: Counting | None) -> Mapping[str, Any] | None:
    return report.summary if report else None
