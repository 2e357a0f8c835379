"""Letters about decisions, and human reviews of them: for candidates by token, for members by id."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from app.decisions import human_reviews
from app.decisions import letters as letter_service
from app.decisions.views import HumanReviewView, LetterView, OwnDecision, OwnReview, ReviewAnswer, ReviewIn
from app.owned import owned
from app.rights import Principal, Right
from app.store import invitations, letters
from app.web.auth import ServiceDep, need
from app.web.openapi import problems
from app.web.visits import OpenedDep

router = APIRouter(prefix="/api/v1", tags=["decisions"])
DeciderDep = Annotated[Principal, Depends(need(Right.DECIDE))]


@router.get("/i/{token}/decision", summary="The letter about the decision on you", responses=problems(404))
def own(standing: OpenedDep, service: ServiceDep) -> OwnDecision:
    """404 where there is none: before a decision, and where the law of your invitation asks for no letter."""
    letter = letter_service.newest(service, standing)
    reviews = human_reviews.of_candidate(service, standing)
    return OwnDecision(
        letter=LetterView.model_validate(letter), reviews=[OwnReview.model_validate(review) for review in reviews]
    )


@router.post(
    "/i/{token}/human-reviews", status_code=201, summary="Ask for a human review", responses=problems(404, 409, 422)
)
def ask(body: ReviewIn, standing: OpenedDep, service: ServiceDep) -> OwnReview:
    """Once for each decision, as long as the letter says.  Another person than the one who decided answers."""
    return OwnReview.model_validate(human_reviews.ask(service, standing, body.words))


@router.get("/invitations/{invitation_id}/letters", summary="Letters to a candidate", responses=problems(401, 403, 404))
def sent(invitation_id: str, service: ServiceDep, who: DeciderDep) -> list[LetterView]:
    """Newest first."""
    with service.reader.connect() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        return [LetterView.model_validate(letter) for letter in letters.of_invitation(connection, invitation_id)]


@router.get("/human-reviews", summary="Human reviews", responses=problems(401, 403))
def index(service: ServiceDep, who: DeciderDep) -> list[HumanReviewView]:
    """The open ones first, by when they are due; at most 500."""
    return [HumanReviewView.model_validate(review) for review in human_reviews.listed(service, who)]


@router.get("/human-reviews/{review_id}", summary="A human review", responses=problems(401, 403, 404))
def show(review_id: str, service: ServiceDep, who: DeciderDep) -> HumanReviewView:
    """With the answer, where there is one."""
    return HumanReviewView.model_validate(human_reviews.find(service, who, review_id))


@router.post(
    "/human-reviews/{review_id}/answer", summary="Answer a human review", responses=problems(401, 403, 404, 409, 422)
)
def answer(review_id: str, body: ReviewAnswer, service: ServiceDep, who: DeciderDep) -> HumanReviewView:
    """Once, by another person than the one who decided.  The candidate gets a mail, and reads the answer."""
    return HumanReviewView.model_validate(human_reviews.answer(service, who, review_id, body.outcome, body.answer))
