"""What is sent about a decision and seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.fields import Words
from app.store.decisions import Decision, Outcome


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
