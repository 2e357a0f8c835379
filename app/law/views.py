"""What is sent of notices, and seen of them and of profiles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.fields import Line
from app.law.profiles import ProfileName

LONGEST = 20_000
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, pattern=r"^[^\x00]*$", strip_whitespace=True)]


class NoticeIn(BaseModel):
    """A notice to publish.  `text` is Markdown, with a heading for each part that the profile asks for."""

    model_config = ConfigDict(extra="forbid")

    challenge: Line = Field(examples=["ml_pipeline"])
    profile: ProfileName
    text: Text


class NoticeView(BaseModel):
    """One version of a notice.  Invitations carry the newest one whose `from_day` has come."""

    id: str
    challenge: str
    profile: ProfileName
    version: int
    text: str
    created_at: datetime
    from_day: date
    url: str = Field(description="Where anybody can read it.")


class OwnNotice(BaseModel):
    """The notice of your invitation; `read_at` is null until you said that you have read it."""

    profile: ProfileName
    version: int
    text: str
    read_at: datetime | None
