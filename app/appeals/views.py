"""What is sent about appeals and seen of them, by candidates and by members."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.fields import Line, Words
from app.store.appeals import Resolution


class OwnAppeal(BaseModel):
    """An appeal as its candidate sees it; open while `resolution` is null."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    submission_id: str
    run: int = Field(description="The grading whose report it is about.")
    code: str = Field(examples=["LEAK001"])
    words: str = Field(description="The candidate's own.")
    resolution: Resolution | None
    answer: str | None
    created_at: datetime
    resolved_at: datetime | None


class AppealView(OwnAppeal):
    """An objection to the finding `code`; open while `resolution` is null."""

    invitation_id: str
    resolved_by: str | None = Field(description="A member's id.")


class AppealPage(BaseModel):
    """Appeals, newest first; `next_cursor` is null on the last page."""

    model_config = ConfigDict(frozen=True)

    items: list[AppealView]
    next_cursor: str | None


class AnswerBody(BaseModel):
    """`upheld`: the candidate is right.  Nothing else changes by it: ask for a regrade where one is due."""

    model_config = ConfigDict(extra="forbid")

    resolution: Resolution
    answer: Words = Field(description="The candidate reads it.")


class AppealIn(BaseModel):
    """An objection to a finding of one of your own reports."""

    model_config = ConfigDict(extra="forbid")

    submission_id: Line
    code: Line = Field(examples=["LEAK001"])
    words: Words = Field(examples=["The column is known before the date of the prediction: see the brief."])
