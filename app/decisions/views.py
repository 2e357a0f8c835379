"""What is sent about a decision and seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.fields import Words
from app.law.profiles import ProfileName
from app.store.decisions import Decision, Outcome
from app.store.letters import ReviewOutcome


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


def decision_history(decisions: Sequence[Decision]) -> DecisionHistory:
    """All decisions about an invitation, of which there is at least one."""
    newest, *earlier = (
        {name: value for name, value in vars(decision).items() if name != "invitation_id"} for decision in decisions
    )
    return DecisionHistory(**newest, earlier=[DecisionView(**decision) for decision in earlier])


class LetterView(BaseModel):
    """What the candidate was told of a decision.  After an erasure `text` is empty and the digest of it stays."""

    model_config = ConfigDict(from_attributes=True)

    version: int = Field(description="Of the decision.")
    profile: ProfileName
    text: str
    sha256: str
    review_until: datetime | None = Field(description="Until then a human review can be asked for.")
    created_at: datetime
    shown_at: datetime | None


class OwnReview(BaseModel):
    """A wish for human review as its candidate sees it; open while `answered_at` is null.

    Without an outcome it ended with the erasure of the data.
    """

    model_config = ConfigDict(from_attributes=True)

    id: str
    version: int = Field(description="Of the decision.")
    words: str
    created_at: datetime
    due_at: datetime
    outcome: ReviewOutcome | None
    answer: str | None
    answered_at: datetime | None


class HumanReviewView(OwnReview):
    """The same with whom it is about and who answered."""

    invitation_id: str
    member: str | None


class OwnDecision(BaseModel):
    """The letter about the decision, and what you asked about it, newest first."""

    letter: LetterView
    reviews: list[OwnReview]


class ReviewIn(BaseModel):
    """Why a person should look at the decision again."""

    model_config = ConfigDict(extra="forbid")

    words: Words


class ReviewAnswer(BaseModel):
    """`changed`: there is a newer decision.  The candidate reads the answer."""

    model_config = ConfigDict(extra="forbid")

    outcome: ReviewOutcome
    answer: Words
