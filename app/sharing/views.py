"""What members send about share links and see of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.accounts import passwords
from app.fields import Line
from app.store.shares import ShareLink, View
from app.words import _

#: A link may be guessed at for as long as it lives.
PASSCODE_BITS = 40


def _hard_to_guess(passcode: str) -> str:
    if passwords.guessing_bits(passcode) < PASSCODE_BITS:
        raise ValueError(_("It is too easy to guess. Use three or more words, or a dozen letters and digits at random"))
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


def share_view(link: ShareLink, url: str) -> ShareView:
    """A link for members."""
    same = ("id", "reader", "created_at", "expires_at", "revoked_at", "views")
    return ShareView(**{name: getattr(link, name) for name in same}, url=url, passcode=link.passcode is not None)


def share_detail(link: ShareLink, url: str, log: Iterable[View]) -> ShareDetail:
    """A link with who opened it."""
    return ShareDetail(**share_view(link, url).model_dump(), log=[ViewView(**vars(view)) for view in log])
