"""Who is where: the table of candidates, those first who wait for somebody, and what each waits for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from app.candidates import views as view_service
from app.candidates.views import FIELDS
from app.challenges import service as challenge_service
from app.errors import Conflict
from app.fields import Line
from app.gradings.counting import Counting, counting
from app.invitations import bulk
from app.invitations import service as invitation_service
from app.invitations.views import reasons
from app.names import called
from app.organisations import service as organisation_service
from app.pages.workspace import first_steps
from app.pages.workspace.frame import ReaderDep, workspace
from app.rights import Right, rates_first
from app.store import assignments, invitations, members
from app.store.assignments import Assignment
from app.store.invitations import NOBODY, Filter, Sort, Standing
from app.store.rows import Status
from app.web import labels
from app.web.auth import ServiceDep
from app.web.paging import PagingDep, text_of
from app.web.rendering import seen
from app.words import N_, _

router = APIRouter(include_in_schema=False)

#: No status is counted further than this for the row above the table.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Row:
    """One row of the table; `summary` is that of the report that counts, None where there is none to see."""

    name: str
    standing: Standing
    summary: Mapping[str, Any] | None
    reasons: list[str]
    interviewers: list[Assignment]


class Asked(BaseModel):
    """What the form above the table narrows it to; a value that there is none of is no question."""

    model_config = ConfigDict(frozen=True)

    q: Line = ""
    status: Line = ""
    challenge: Line = ""
    tag: Line = ""
    band: Line = ""
    interviewer: Line = ""
    due: Line = ""
    appeal: bool = False
    attention: bool = False
    sort: Line = ""

    @property
    def order(self) -> Sort:
        return Sort(self.sort) if self.sort in set(Sort) else Sort.ATTENTION

    @property
    def fields(self) -> dict[str, str]:
        """What was asked, as fields of a form."""
        said = self.model_dump()
        return {name: str(said[name]).lower() if said[name] is True else said[name] for name in FIELDS if said[name]}

    @property
    def query(self) -> str:
        """What was asked, as it stands in an address."""
        return urlencode(self.fields)

    @property
    def narrowed(self) -> bool:
        """Whether something is asked that the page folds away."""
        return bool(self.tag or self.band or self.interviewer or self.due or self.appeal or self.sort)

    def filter(self, me: str | None, *, bands: bool = True) -> Filter:
        now = datetime.now(UTC)
        before, after = {"passed": (now, None), "week": (now + timedelta(days=7), now)}.get(self.due, (None, None))
        return Filter(
            self.challenge or None,
            Status(self.status) if self.status in set(Status) else None,
            self.tag or None,
            due_before=before,
            due_after=after,
            words=self.q,
            attention=self.attention,
            band=int(self.band) if bands and self.band in set("1234") else None,
            interviewer=(me or "") if self.interviewer == "me" else self.interviewer or None,
            appeal=self.appeal,
        )


@router.get("/work")
def pipeline(
    request: Request,
    service: ServiceDep,
    who: ReaderDep,
    page: PagingDep,
    asked: Annotated[Asked, Query()],
    choose: str = "",
) -> Response:
    """All candidates, narrowed by the form above the table.  Whoever is to judge first sees no band here."""
    rules = organisation_service.policies(service, who)
    bands = not rates_first(who, rules.hide_until_locked)
    only = asked.filter(who.member_id, bands=bands)
    listed = invitation_service.listed(service, who, only, page, asked.order)
    rows, last, blind = listed.rows, listed.following, listed.blind
    with service.reader.connect() as connection:
        known = counting(connection, [row.final for row in rows if row.final]) if bands else {}
        counts = invitations.counts(connection, who.org_id, MOST_COUNTED)
        assigned = assignments.of_invitations(connection, [row.invitation.id for row in rows])
        people = members.named(connection, who.org_id)
    lines = [
        Row(
            called(row, blind=blind),
            row,
            _summary(known.get(row.final or "")),
            reasons(row.attention),
            assigned.get(row.invitation.id, []),
        )
        for row in rows
    ]
    return workspace(
        "pipeline.html",
        who,
        "/work",
        lines=lines,
        last=bulk.newest(service, who) if who.may(Right.INVITE) else None,
        older=request.url.include_query_params(cursor=text_of(last)) if last else None,
        counts=counts,
        most=MOST_COUNTED,
        **first_steps.shown(service, who),
        challenges=challenge_service.known(service, who.org_id),
        asked=asked,
        views=view_service.listed(service, who),
        file_query=_as_api(asked, only),
        choose=_(CHOOSE[choose]) if choose in CHOOSE else "",
        statuses=Status,
        people=people,
        nobody=NOBODY,
        sorts=labels.sorts,
        blind=blind,
        bands=bands,
    )


@router.post("/work/views")
def keep_view(
    service: ServiceDep,
    who: ReaderDep,
    name: Annotated[str, Form(max_length=60)] = "",
    query: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Keep the list as it is narrowed and ordered now."""
    try:
        kept = view_service.keep(service, who, name, query)
    except Conflict:
        return seen("/work?choose=views")
    return seen(f"/work?{kept.query}")


@router.post("/work/views/{view_id}/remove")
def remove_view(view_id: str, service: ServiceDep, who: ReaderDep) -> Response:
    """Forget a list of one's own; no candidate changes."""
    view_service.remove(service, who, view_id)
    return seen("/work")


#: Why nothing was done.
CHOOSE = {
    "again": N_("Nothing was compared. Tick two to four candidates with a band, then compare."),
    "rate": N_("Nothing was compared. You see scores once you have submitted your own scorecards."),
    "nobody": N_("Nothing was done. Tick the candidates, and choose what to do with them."),
    "views": N_("The view was not kept. You keep as many as there may be. Remove one first."),
}


def _as_api(asked: Asked, only: Filter) -> str:
    """The same list as the API takes it."""
    said = {name: value for name, value in asked.fields.items() if name not in ("due", "sort", "band")}
    said |= {"sort": asked.order.value} | ({"band": str(only.band)} if only.band else {})
    moments = {"due_before": only.due_before, "due_after": only.due_after}
    return urlencode(said | {name: when.isoformat() for name, when in moments.items() if when})


def _summary(report: Counting | None) -> Mapping[str, Any] | None:
    return report.summary if report else None
