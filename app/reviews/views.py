"""What is sent about scorecards and marks on findings, and seen of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.reviews.panel import Panel
from app.store.reviews import Dispute, Scorecard

Note = Annotated[str, StringConstraints(max_length=5000, pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,12}[0-9]{3}[a-z]?$")]


class ScorecardIn(BaseModel):
    """Levels 1 to 4 by dimension, notes by question code; both replace what was there."""

    model_config = ConfigDict(extra="forbid")

    ratings: dict[str, int] = Field(examples=[{"explanation": 3, "monitoring": 4}])
    notes: dict[Annotated[str, StringConstraints(max_length=40)], Note] = Field({}, max_length=60)


class ScorecardView(BaseModel):
    member: str
    ratings: dict[str, int]
    notes: dict[str, str]
    changed_at: datetime
    locked_at: datetime | None


class CombinedView(BaseModel):
    """The mean of the locked cards; `divergent` where two are at least two levels apart."""

    dimension: str
    mean: float | None
    count: int
    divergent: bool


class PanelView(BaseModel):
    """Others' cards appear once they are locked and, where the policy says so, the own one is too."""

    own: ScorecardView | None
    others: list[ScorecardView]
    hidden: int
    combined: list[CombinedView]


class DisputeIn(BaseModel):
    """A finding that seems wrong, and why.  It changes no report and no points."""

    model_config = ConfigDict(extra="forbid")

    run: int = Field(ge=1, le=2**31 - 1)
    code: Code = Field(examples=["LEAK001"])
    words: Note = Field(min_length=1)


class DisputeView(BaseModel):
    id: str
    submission_id: str
    run: int
    code: str
    member: str
    words: str
    created_at: datetime
    withdrawn_at: datetime | None


def panel_view(panel: Panel) -> PanelView:
    return PanelView(
        own=card_view(panel.own) if panel.own else None,
        others=[card_view(card) for card in panel.others],
        hidden=panel.hidden,
        combined=[CombinedView(**vars(each)) for each in panel.combined],
    )


def card_view(card: Scorecard) -> ScorecardView:
    shown = ("member", "ratings", "notes", "changed_at", "locked_at")
    return ScorecardView(**{name: getattr(card, name) for name in shown})


def dispute_view(mark: Dispute) -> DisputeView:
    return DisputeView(**{name: value for name, value in vars(mark).items() if name != "member_id"})
