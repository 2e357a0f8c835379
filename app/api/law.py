"""Profiles of jurisdiction, and the notices that they ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app import links
from app.fields import Line
from app.law import service as law_service
from app.law.profiles import Profile, profiles
from app.law.service import Published
from app.law.views import NoticeIn, NoticeView, OwnNotice
from app.ports import Service
from app.rights import Principal, Right
from app.store.notices import Notice, Reading
from app.web.auth import ServiceDep, need
from app.web.openapi import problems
from app.web.visits import OpenedDep

router = APIRouter(prefix="/api/v1", tags=["law"])
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]
OWN = "/i/{token}/notice"


@router.get("/profiles", summary="Profiles of jurisdiction", responses=problems(401, 403))
def index(who: ReaderDep) -> list[Profile]:  # noqa: ARG001 - every member and key may read them
    """What each asks for, where that was read and when.  This is not legal advice."""
    return list(profiles().values())


@router.get("/notices", summary="Notices", responses=problems(401, 403))
def all_notices(service: ServiceDep, who: ReaderDep) -> list[NoticeView]:
    """All versions, newest first."""
    return [_view(service, each) for each in law_service.listed(service, who)]


@router.get("/notices/draft", summary="The text to begin a notice with", responses=problems(401, 403, 404, 422))
def draft(
    service: ServiceDep, who: ManagerDep, challenge: Annotated[Line, Query()], profile: Annotated[Line, Query()]
) -> NoticeIn:
    """The last version, else one made of the challenge's rubric and data."""
    text = law_service.draft(service, who, challenge, profile)
    return NoticeIn.model_validate({"challenge": challenge, "profile": profile, "text": text})


@router.post("/notices", status_code=201, summary="Publish a notice", responses=problems(401, 403, 404, 422))
def publish(new: NoticeIn, response: Response, service: ServiceDep, who: ManagerDep) -> NoticeView:
    """The next version.  Anybody who has its address can read it; it never changes."""
    made = law_service.publish(service, who, new)
    response.headers["Location"] = f"{router.prefix}/notices/{made.notice.id}"
    return _view(service, made)


@router.get("/notices/{notice_id}", summary="A notice", responses=problems(401, 403, 404))
def show(notice_id: str, service: ServiceDep, who: ReaderDep) -> NoticeView:
    """One version."""
    return _view(service, law_service.find(service, who, notice_id))


@router.get(OWN, summary="The notice of your invitation", responses=problems(404))
def own(standing: OpenedDep, service: ServiceDep) -> OwnNotice:
    """404 where your invitation has none."""
    return _own(*law_service.shown(service, standing))


@router.post(f"{OWN}/read", summary="Say that you have read it", responses=problems(404))
def read(standing: OpenedDep, service: ServiceDep) -> OwnNotice:
    """The first time is kept."""
    law_service.read(service, standing)
    return _own(*law_service.shown(service, standing))


def _view(service: Service, published: Published) -> NoticeView:
    told = {name: value for name, value in vars(published.notice).items() if name != "org_id"}
    url = links.to_notice(service.settings, published.notice.id)
    return NoticeView(**told, from_day=published.from_day, url=url)


def _own(notice: Notice, reading: Reading | None) -> OwnNotice:
    told = {"profile": notice.profile, "version": notice.version, "text": notice.text}
    return OwnNotice.model_validate(told | {"read_at": reading.read_at if reading else None})
