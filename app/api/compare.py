"""Candidates side by side, and what can be told apart."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from app.candidates import comparison
from app.candidates.comparison import Entry, Pair
from app.gradings.counting import counting
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal, Right
from app.store import invitations
from app.store.invitations import Standing
from app.web.auth import ServiceDep, need
from app.web.errors import Refused, not_found
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1", tags=["reports"])
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
MOST = 4


class MeasuredView(BaseModel):
    value: float
    low: float
    high: float


class EntryView(BaseModel):
    """`scores` are `overall` (0 to 100) and the points of each section, with 95 % intervals."""

    invitation: str
    band: str
    caps: list[str]
    scores: dict[str, MeasuredView]


class PairView(BaseModel):
    """`apart` names the scores whose difference is more than their noise; everything else is not distinguishable."""

    invitations: tuple[str, str]
    distinguishable: bool
    apart: list[str]
    why_not: str


class Comparison(BaseModel):
    """In the order that was asked for.  Nobody is ranked."""

    candidates: list[EntryView]
    pairs: list[PairView]


@router.get("/compare", summary="Two to four candidates side by side", responses=problems(401, 403, 404, 409, 422))
def show(
    service: ServiceDep,
    who: ReaderDep,
    invitation: Annotated[list[str], Query(min_length=2, max_length=MOST, description="Two to four ids.")],
) -> Comparison:
    """Each with the report that counts."""
    _, entries, pairs = compared(service, who, invitation)
    return Comparison(candidates=[_entry(one) for one in entries], pairs=[_pair(one) for one in pairs])


def compared(service: Service, who: Principal, ids: list[str]) -> tuple[list[Standing], list[Entry], tuple[Pair, ...]]:
    """The candidates, their entries and all pairs; 404 for one of another organisation, 409 without a score."""
    if not 2 <= len(set(ids)) <= MOST:
        raise Refused(422, "invalid-request", f"Two to {MOST} different candidates can be compared.")
    with service.engine.connect() as connection:
        found = [
            invitations.standing(connection, one, who.org_id) if is_id(one) else None for one in dict.fromkeys(ids)
        ]
        standings = [one for one in found if one is not None]
        if len(standings) < len(found):
            raise not_found()
        known = counting(connection, [one.final for one in standings if one.final])
    entries = [
        comparison.entry(one.invitation.id, known[one.final].basis, known[one.final].summary)
        for one in standings
        if one.final in known and known[one.final].summary["bands"]
    ]
    if len(entries) < len(standings):
        raise Refused(409, "no-report", "One of them has no score to compare yet.")
    return standings, entries, comparison.pairs(entries)


def _entry(one: Entry) -> EntryView:
    scores = {name: MeasuredView(**vars(score)) for name, score in one.scores.items()}
    band = "–".join(map(str, one.bands))
    return EntryView(invitation=one.invitation_id, band=band, caps=list(one.caps), scores=scores)


def _pair(one: Pair) -> PairView:
    return PairView(
        invitations=(one.one, one.other),
        distinguishable=one.distinguishable,
        apart=list(one.apart),
        why_not=one.why_not,
    )
