"""What a person decided about a candidate.  Nothing else in the service decides, and nothing rejects by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from app import webhooks
from app.errors import NotFound
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal, Right
from app.store import audit, decisions, invitations
from app.store.decisions import Decision, Outcome
from app.web.auth import ServiceDep, need
from app.web.errors import Refused
from app.web.openapi import problems

router = APIRouter(prefix="/api/v1/invitations/{invitation_id}/decision", tags=["decisions"])
DeciderDep = Annotated[Principal, Depends(need(Right.DECIDE))]
ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
Words = Annotated[str, StringConstraints(min_length=1, max_length=5000, pattern=r"^[^\x00]*$", strip_whitespace=True)]


class DecisionIn(BaseModel):
    """What is decided, and why: the reason is kept with it."""

    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    rationale: Words = Field(examples=["Explains every step and weighs cost against accuracy."])


class DecisionView(BaseModel):
    version: int
    outcome: Outcome
    rationale: str
    member: str
    created_at: datetime


class DecisionHistory(DecisionView):
    """The decision that counts, and those before it, newest first."""

    earlier: list[DecisionView]


@router.get("", summary="The decision", responses=problems(401, 403, 404))
def show(invitation_id: str, response: Response, service: ServiceDep, who: ReaderDep) -> DecisionHistory:
    """404 as long as nobody has decided.  The ETag is what If-Match takes."""
    with service.engine.connect() as connection:
        _known(connection, invitation_id, who)
        found = decisions.history(connection, who.org_id, invitation_id)
    if not found:
        raise NotFound
    response.headers["ETag"] = etag(found[0].version)
    return _history(found)


@router.post("", status_code=201, summary="Decide", responses=problems(401, 403, 404, 412, 422, 428))
def decide(
    invitation_id: str,
    new: DecisionIn,
    response: Response,
    service: ServiceDep,
    who: DeciderDep,
    if_match: Annotated[str | None, Header(max_length=100)] = None,
) -> DecisionHistory:
    """A new decision takes the place of an earlier one, which is kept.  If-Match says over which one it is made."""
    found = record(service, who, invitation_id, new, if_match)
    response.headers["ETag"] = etag(found[0].version)
    return _history(found)


def record(
    service: Service, who: Principal, invitation_id: str, new: DecisionIn, if_match: str | None
) -> list[Decision]:
    """Record a decision by a member over the version that `if_match` names; the history afterwards."""
    with service.engine.begin() as connection:
        _known(connection, invitation_id, who)
        if who.member_id is None:
            raise Refused(403, "not-allowed", "A decision is a person's: sign in as a member.")
        before = decisions.history(connection, who.org_id, invitation_id)
        expected = _expected(if_match, bool(before))
        member, decided = (who.org_id, who.member_id), (new.outcome, new.rationale)
        try:
            version = decisions.add(connection, invitation_id, member, expected, decided)
        except decisions.OtherVersion as meanwhile:
            raise Refused(
                412,
                "changed-meanwhile",
                "Somebody has decided meanwhile: read the newest decision first.",
                version=meanwhile.now,
            ) from None
        audit.record(connection, who, "decision-recorded", f"invitation:{invitation_id}", version=version)
        here = f"/api/v1/invitations/{invitation_id}/decision"
        webhooks.emit(connection, who.org_id, "decision.recorded", {"invitation_id": invitation_id, "url": here})
        return decisions.history(connection, who.org_id, invitation_id)


def etag(version: int) -> str:
    return f'"{version}"'


def _expected(if_match: str | None, decided: bool) -> int:
    """The version an If-Match header names; none is needed for the first decision."""
    if if_match is None and decided:
        raise Refused(428, "if-match-needed", "There is a decision already: send its ETag as If-Match to replace it.")
    text = (if_match or "0").strip().removeprefix("W/").strip('"')
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def _known(connection: Connection, invitation_id: str, who: Principal) -> None:
    if not is_id(invitation_id) or invitations.standing(connection, invitation_id, who.org_id) is None:
        raise NotFound


def _history(found: list[Decision]) -> DecisionHistory:
    newest, *earlier = (
        {name: value for name, value in vars(decision).items() if name != "invitation_id"} for decision in found
    )
    return DecisionHistory(**newest, earlier=[DecisionView(**one) for one in earlier])
