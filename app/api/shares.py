"""Links that show one report to somebody without an account, for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from anyio import from_thread
from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from app.accounts import passwords
from app.errors import NotFound
from app.fields import Line
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal, Right
from app.store import audit, shares, submissions
from app.store.rows import Owner, SubmissionRow
from app.store.shares import NewShare, ShareLink
from app.web.auth import ServiceDep, need
from app.web.errors import Refused
from app.web.openapi import problems

SHARE = "share"
router = APIRouter(prefix="/api/v1", tags=["share links"])
SharerDep = Annotated[Principal, Depends(need(Right.SHARE))]


#: A link may be guessed at for as long as it lives.
PASSCODE_BITS = 40


def _hard_to_guess(passcode: str) -> str:
    if passwords.guessing_bits(passcode) < PASSCODE_BITS:
        raise ValueError("too easy to guess: use three or more words, or a dozen letters and digits at random")
    return passcode


class ShareIn(BaseModel):
    """`reader` decides what it shows: `interviewer` everything, `recruiter` no code, `candidate` no hidden scores."""

    model_config = ConfigDict(extra="forbid")

    reader: Literal["recruiter", "interviewer", "candidate"]
    days: int = Field(30, ge=1, le=365, description="Until it ends by itself.")
    passcode: Annotated[Line, AfterValidator(_hard_to_guess)] | None = Field(
        None, description="To be told to the reader another way; of at least 40 bits, such as nine letters at random."
    )


class ViewView(BaseModel):
    address: str
    agent: str
    created_at: datetime


class ShareView(BaseModel):
    """A link.  `url` is what to send; there is nothing about a person in it."""

    id: str
    reader: str
    url: str
    passcode: bool
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    views: int


class ShareDetail(ShareView):
    log: list[ViewView]


@router.get("/submissions/{submission_id}/shares", summary="Share links of a report", responses=problems(401, 403, 404))
def index(submission_id: str, service: ServiceDep, who: SharerDep) -> list[ShareView]:
    """Newest first, the ended ones too."""
    with service.engine.connect() as connection:
        _submission(connection, submission_id, who)
        return [view(service, link) for link in shares.of_submission(connection, who.org_id, submission_id)]


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
    if not who.may(Right.READ_CODE if new.reader == "interviewer" else Right.READ):
        raise Refused(403, "not-allowed", f"You cannot share what you may not read: the {new.reader}'s report.")
    hashed = from_thread.run(passwords.hashed, new.passcode) if new.passcode else None
    with service.engine.begin() as connection:
        if not _submission(connection, submission_id, who).state.reported:
            raise Refused(409, "no-report", "There is no report to share yet.")
        link = shares.add(connection, who.org_id, NewShare(submission_id, new.reader, new.days, hashed, who.actor))
        audit.record(connection, who, "report-shared", f"submission:{submission_id}", reader=new.reader, link=link.id)
    response.headers["Location"] = f"{router.prefix}/shares/{link.id}"
    return view(service, link)


@router.get("/shares/{link_id}", summary="A share link and who opened it", responses=problems(401, 403, 404))
def show(link_id: str, service: ServiceDep, who: SharerDep) -> ShareDetail:
    """The newest two hundred openings."""
    with service.engine.connect() as connection:
        link = _link(connection, link_id, who)
        log = [ViewView(**vars(each)) for each in shares.views(connection, link_id)]
    return ShareDetail(**view(service, link).model_dump(), log=log)


@router.delete("/shares/{link_id}", status_code=204, summary="End a share link", responses=problems(401, 403, 404))
def revoke(link_id: str, service: ServiceDep, who: SharerDep) -> None:
    """It opens nothing from now on."""
    with service.engine.begin() as connection:
        link = _link(connection, link_id, who)
        shares.revoke(connection, link_id)
        audit.record(connection, who, "share-ended", f"submission:{link.submission_id}", link=link_id)


def view(service: Service, link: ShareLink) -> ShareView:
    same = ("id", "reader", "created_at", "expires_at", "revoked_at", "views")
    url = f"{service.settings.base_url}/s/{service.keys.token(SHARE, link.id, 1)}"
    return ShareView(**{name: getattr(link, name) for name in same}, url=url, passcode=link.passcode is not None)


def _submission(connection: Connection, submission_id: str, who: Principal) -> SubmissionRow:
    found = submissions.find(connection, submission_id, Owner(who.org_id)) if is_id(submission_id) else None
    if found is None:
        raise NotFound
    return found


def _link(connection: Connection, link_id: str, who: Principal) -> ShareLink:
    found = shares.find(connection, link_id, who.org_id) if is_id(link_id) else None
    if found is None:
        raise NotFound
    return found
