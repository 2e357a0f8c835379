"""Two to four candidates side by side, nobody ranked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.api.auth import ServiceDep
from app.api.compare import compared
from app.candidates.views import hides_names
from app.pages.workspace.frame import ReaderDep, called, policy, workspace
from app.reports.compare import Pair

router = APIRouter(include_in_schema=False)


@router.get("/work/compare")
def comparison(
    service: ServiceDep,
    who: ReaderDep,
    invitation: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """A column a candidate; what cannot be told apart says so in words."""
    standings, entries, pairs = compared(service, who, invitation)
    blind = hides_names(who, policy(service, who).blind)
    names = {one.invitation.id: called(one, blind=blind) for one in standings}
    scores = list(dict.fromkeys(name for entry in entries for name in entry.scores))
    told = {name: [_said(pair, name, names) for pair in pairs] for name in scores}
    return workspace("compare.html", who, "/work", names=names, entries=entries, pairs=pairs, scores=scores, told=told)


def _said(pair: Pair, name: str, names: dict[str, str]) -> str:
    both = f"{names[pair.one]} and {names[pair.other]}"
    if pair.why_not:
        return f"{both}: not comparable. {pair.why_not}"
    return f"{both}: {'apart' if name in pair.apart else 'not distinguishable'}"
