"""Links that show one report to somebody without an account, for a while."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.rights import Principal, Right
from app.sharing import service as share_service
from app.sharing.views import ShareDetail, ShareIn, ShareView, share_detail, share_view
from app.web.auth import ServiceDep, need
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1", tags=["share links"])
SharerDep = Annotated[Principal, Depends(need(Right.SHARE))]


@router.get("/submissions/{submission_id}/shares", summary="Share links of a report", responses=problems(401, 403, 404))
def index(submission_id: str, service: ServiceDep, who: SharerDep) -> list[ShareView]:
    """Newest first, the ended ones too."""
    found = share_service.of_submission(service, who, submission_id)
    return [share_view(link, share_service.url_of(service, link)) for link in found]


@router.post(
    "/submissions/{submission_id}/shares",
    status_code=201,
    summary="Share a report",
    responses=problems(401, 403, 404, 409, 422),
)
def share(submission_id: str, new: ShareIn, response: Response, service: ServiceDep, who: SharerDep) -> ShareView:
    """The link opens the report that counts at the time, as its reader may see it.

    Nobody shares more than they may read themselves.
    """
    link = share_service.share(service, who, submission_id, new)
    response.headers["Location"] = f"{router.prefix}/shares/{link.id}"
    return share_view(link, share_service.url_of(service, link))


@router.get("/shares/{link_id}", summary="A share link and who opened it", responses=problems(401, 403, 404))
def show(link_id: str, service: ServiceDep, who: SharerDep) -> ShareDetail:
    """The newest two hundred openings."""
    link, log = share_service.find(service, who, link_id)
    return share_detail(link, share_service.url_of(service, link), log)


@router.delete("/shares/{link_id}", status_code=204, summary="End a share link", responses=problems(401, 403, 404))
def revoke(link_id: str, service: ServiceDep, who: SharerDep) -> None:
    """It opens nothing from now on."""
    share_service.end(service, who, link_id)
