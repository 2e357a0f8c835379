"""Two to four candidates side by side, nobody ranked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.candidates import service as candidate_service
from app.candidates.comparison import Pair
from app.errors import Conflict, Invalid
from app.organisations import service as organisation_service
from app.pages.workspace.frame import ReaderDep, called, workspace
from app.rights import hides_names
from app.web.auth import ServiceDep
from app.web.rendering import seen

router = APIRouter(include_in_schema=False)


@router.get("/work/compare")
def comparison(
    service: ServiceDep,
    who: ReaderDep,
    invitation: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """A column a candidate; what cannot be told apart says so in words."""
    try:
        found = candidate_service.compare(service, who, invitation)
    except (Invalid, Conflict):
        return seen("/work?choose=again")
    blind = hides_names(who, organisation_service.policies(service, who).blind)
    names = {one.invitation.id: called(one, blind=blind) for one in found.standings}
    scores = list(dict.fromkeys(name for side in found.sides for name in side.scores))
    told = {name: _said(found.pairs, name, names) for name in scores}
    return workspace("compare.html", who, "/work", names=names, entries=found.sides, scores=scores, told=told)


def _said(pairs: Sequence[Pair], name: str, names: dict[str, str]) -> list[str]:
    """What cannot be told apart, pair by pair, and that everything else can."""
    same = [_both(pair, names) for pair in pairs if name not in pair.apart and not pair.why_not]
    other = [f"{_both(pair, names)}: not comparable. {pair.why_not}" for pair in pairs if pair.why_not]
    said = [f"{both}: not distinguishable" for both in same] + other
    if len(said) == len(pairs):
        return said
    return [*said, "all others differ" if said else "all differ" if len(pairs) > 1 else "they differ"]


def _both(pair: Pair, names: dict[str, str]) -> str:
    return f"{names[pair.one]} and {names[pair.other]}"
