"""The profiles of jurisdiction: one file of data each, with source and date, and what it asks for.

They are data, and not legal advice.  To add one, write its file and its name here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from app.words import N_

FOLDER = Path(__file__).with_name("profiles")
NONE = "none"
NAMES: Mapping[str, str] = {
    "none": N_("No law in particular"),
    "colorado": N_("Colorado"),
    "new-york-city": N_("New York City"),
    "eu": N_("European Union"),
}
ProfileName = Literal["none", "colorado", "new-york-city", "eu"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Data):
    """Where something was read, and when; without a day it was not read, and is where the law itself stands."""

    title: str
    url: str
    read: date | None = None


class NoticeRule(_Data):
    """What candidates are told before they are assessed, and how many business days before."""

    source: str
    business_days: int
    parts: tuple[str, ...]


class LetterRule(_Data):
    """What rejected candidates are told, and within how many days of the decision."""

    source: str
    days: int


class ReviewRule(_Data):
    """How long rejected candidates may ask for human review, and within how many days it is answered."""

    source: str
    ask_days: int
    answer_days: int


class Profile(_Data):
    """What one jurisdiction asks.  `retention_days` is the least time for which records are kept, 0 for none."""

    id: str
    law: str
    applies_from: date
    checked: date
    retention_days: int
    zone: str
    unsure: tuple[str, ...] = ()
    holidays: frozenset[date] = frozenset()
    sources: tuple[Source, ...] = ()
    notice: NoticeRule | None = None
    letter: LetterRule | None = None
    review: ReviewRule | None = None

    def in_force(self, published: datetime) -> date:
        """The first day on which whoever was not told otherwise may be assessed: so many business days after."""
        day = published.astimezone(ZoneInfo(self.zone)).date()
        left = self.notice.business_days if self.notice else 0
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5 and day not in self.holidays
        return day

    def today(self, now: datetime) -> date:
        """The day it is in the jurisdiction."""
        return now.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class Kept:
    """For how long candidates are kept: by their organisation, and at least by the law of their invitation."""

    organisation: int
    profile: str

    @property
    def days(self) -> int:
        return max(self.organisation, profile(self.profile).retention_days)


@cache
def profiles() -> Mapping[str, Profile]:
    """All of them by id, in the order of `NAMES`."""
    return {name: Profile(id=name, **tomllib.loads((FOLDER / f"{name}.toml").read_text())) for name in NAMES}


def profile(name: str) -> Profile:
    """The profile of a name that an invitation or an organisation has."""
    return profiles()[name]


def least_days() -> Mapping[str, int]:
    """The least time for which each profile keeps records."""
    return {name: law.retention_days for name, law in profiles().items()}
