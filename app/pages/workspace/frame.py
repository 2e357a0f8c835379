"""What all pages of members share: who reads, their navigation, and how a form is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Response

from app.errors import DomainError
from app.invitations import service as invitation_service
from app.names import called
from app.organisations import service as organisation_service
from app.ports import Service
from app.rights import Principal, Right, hides_names
from app.store.invitations import Standing
from app.web.auth import ServiceDep, need
from app.web.rendering import page
from app.words import N_

ReaderDep = Annotated[Principal, Depends(need(Right.READ))]
InviterDep = Annotated[Principal, Depends(need(Right.INVITE))]
DeciderDep = Annotated[Principal, Depends(need(Right.DECIDE))]
SharerDep = Annotated[Principal, Depends(need(Right.SHARE))]
ReviewerDep = Annotated[Principal, Depends(need(Right.REVIEW))]
ManagerDep = Annotated[Principal, Depends(need(Right.MANAGE))]

NAVIGATION = (
    ("/work", N_("Candidates"), Right.READ),
    ("/work/debriefs", N_("My debriefs"), Right.REVIEW),
    ("/work/invite", N_("Invite"), Right.INVITE),
    ("/work/challenges", N_("Challenges"), Right.READ),
    ("/work/oversight", N_("Oversight"), Right.EXPORT),
    ("/work/settings", N_("Settings"), Right.MANAGE),
)


def workspace(name: str, who: Principal, here: str, status: int = 200, /, **context: Any) -> Response:
    """A page for a member; `here` is the address of its entry in the navigation."""
    ways = [(address, title) for address, title, right in NAVIGATION if who.may(right)]
    return page(f"work/{name}", status, who=who, ways=ways, here=here, rights=Right, **context)


@dataclass(frozen=True)
class Question:
    """What is asked before something is done that cannot be undone: what it is, what follows, and its button.

    `find` looks up by its id what would be changed, and raises NotFound where the reader has no such thing.
    """

    question: str
    meaning: str
    yes: str
    find: Callable[[Service, Principal, str], object]


def ask_first(
    service: Service, who: Principal, question: Question, item: str, action: str, back: str, **fields: str
) -> Response:
    """The page that asks about the thing with the id `item`; its button sends `fields` to `action`, with `sure`."""
    question.find(service, who, item)
    told = {"question": question.question, "meaning": question.meaning, "yes": question.yes}
    return workspace("confirm.html", who, "", **told, action=action, back=back, fields=fields)


def mine(invitation_id: str, service: ServiceDep, who: ReaderDep) -> Standing:
    """An invitation of the reader's organisation, or 404."""
    return invitation_service.find(service, who, invitation_id)


StandingDep = Annotated[Standing, Depends(mine)]


def name_for(service: Service, who: Principal, standing: Standing) -> str:
    """What this reader may call a candidate."""
    return called(standing, blind=hides_names(who, organisation_service.policies(service, who).blind))


def problem_of(error: DomainError) -> str:
    """A refusal in one sentence for beside a form."""
    return f"{error.detail} {error.hint}" if error.hint else error.detail
