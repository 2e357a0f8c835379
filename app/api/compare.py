"""Candidates side by side, and what can be told apart."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from app.candidates import service as candidate_service
from app.candidates.comparison import Pair, Side
from app.candidates.service import MOST
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems
from graders.report.words import band_range

router = APIRouter(prefix="/api/v1", tags=["reports"])
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]


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
    """In the order that was asked for.  Nobody is ranked.

    `own_rows`: candidates had rows of their own.  Predictive quality counts from our baseline to our best answers, both
    on the same rows, so that equal work gets equal points.
    """

    own_rows: bool
    candidates: list[EntryView]
    pairs: list[PairView]


@router.get("/compare", summary="Two to four candidates side by side", responses=problems(401, 403, 404, 409, 422))
def show(
    service: ServiceDep,
    who: ReaderDep,
    invitation: Annotated[list[str], Query(min_length=2, max_length=MOST, description="Two to four ids.")],
) -> Comparison:
    """Each with the report that counts."""
    found = candidate_service.compare(service, who, invitation)
    return Comparison(
        own_rows=found.own_rows,
        candidates=[_entry(side) for side in found.sides],
        pairs=[_pair(pair) for pair in found.pairs],
    )


def _entry(side: Side) -> EntryView:
    scores = {name: MeasuredView(**vars(score)) for name, score in side.scores.items()}
    band = band_range(side.bands)
    return EntryView(invitation=side.invitation_id, band=band, caps=list(side.caps), scores=scores)


def _pair(pair: Pair) -> PairView:
    return PairView(
        invitations=(pair.one, pair.other),
        distinguishable=pair.distinguishable,
        apart=list(pair.apart),
        why_not=pair.why_not,
    )
