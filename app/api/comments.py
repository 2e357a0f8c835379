"""What members write to each other about a candidate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from app.reviews import comments
from app.reviews.comments import CommentIn, CommentView
from app.rights import Principal, Right
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/invitations/{invitation_id}/comments", tags=["reviews"])
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]


@router.get("", summary="Comments about a candidate", responses=problems(401, 403, 404))
def index(invitation_id: str, service: ServiceDep, who: ReaderDep) -> list[CommentView]:
    """The oldest first; the others' only once an interviewer who rates first has rated."""
    return [comments.view(one) for one in comments.show(service, who, invitation_id).comments]


@router.post("", status_code=201, summary="Comment on a candidate", responses=problems(401, 403, 404, 422))
def write(invitation_id: str, body: CommentIn, service: ServiceDep, who: ReaderDep) -> CommentView:
    """Members alone; those who are mentioned get a mail."""
    made = comments.write(service, who, invitation_id, body)
    return next(comments.view(one) for one in comments.show(service, who, invitation_id).comments if one.id == made)


@router.delete("/{comment_id}", status_code=204, summary="Take a comment back", responses=problems(401, 403, 404))
def remove(invitation_id: str, comment_id: str, service: ServiceDep, who: ReaderDep) -> None:
    """Your own only."""
    comments.remove(service, who, invitation_id, comment_id)
