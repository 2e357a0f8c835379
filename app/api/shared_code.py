"""Works of a challenge that share more code than the task explains: a reason to ask, and no proof."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from app.rights import Principal, Right
from app.shared_code import service as shared_code
from app.shared_code.service import Lines
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1", tags=["reports"])
CodeReaderDep = Annotated[Principal, Depends(need(Right.READ_CODE))]


class SharedPairView(BaseModel):
    """`share` is the part of what is particular to the shorter work that both have, 0 to 1."""

    invitations: tuple[str, str]
    share: float


class SharedCodeView(BaseModel):
    """`works` were compared.  Pairs of whom the reader is to rate one first are left out."""

    works: int
    pairs: list[SharedPairView]


class LinesView(BaseModel):
    """Lines of a file, counted from 1; of a notebook within the cell."""

    path: str
    first: int
    last: int
    cell: int | None


class SharedPassageView(BaseModel):
    """`others` is how many further works say it too: the least and the most of its parts."""

    lines: tuple[LinesView, LinesView]
    others: tuple[int, int]


class BesideView(BaseModel):
    """Of all `works` of the challenge, `alike` pairs share so much that they are shown."""

    invitations: tuple[str, str]
    share: float
    works: int
    alike: int
    passages: list[SharedPassageView]


@router.get(
    "/challenges/{challenge_id}/shared-code",
    summary="Works of a challenge that share code",
    responses=problems(401, 403, 422),
)
def of_challenge(challenge_id: str, service: ServiceDep, who: CodeReaderDep) -> SharedCodeView:
    """The most alike first.  The starter kit and what many works say is left out."""
    found = shared_code.of_challenge(service, who, challenge_id)
    pairs = [
        SharedPairView(invitations=(pair.first.invitation.id, pair.second.invitation.id), share=round(pair.share, 3))
        for pair in found.pairs
    ]
    return SharedCodeView(works=found.works, pairs=pairs)


@router.get(
    "/invitations/{invitation_id}/shared-code/{other_id}",
    summary="Two works that share code, passage by passage",
    responses=problems(401, 403, 404, 409),
)
def beside(invitation_id: str, other_id: str, service: ServiceDep, who: CodeReaderDep) -> BesideView:
    """Places alone; the code itself is in the files that were handed in."""
    found = shared_code.beside(service, who, invitation_id, other_id)
    passages = [
        SharedPassageView(lines=(_lines(passage.first), _lines(passage.second)), others=passage.others)
        for passage in found.passages
    ]
    share = round(found.pair.share, 3)
    ids = (invitation_id, other_id)
    return BesideView(invitations=ids, share=share, works=found.works, alike=found.alike, passages=passages)


def _lines(lines: Lines) -> LinesView:
    return LinesView(path=lines.path, first=lines.first, last=lines.last, cell=lines.cell)
