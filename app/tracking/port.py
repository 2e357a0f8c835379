"""What every tracking system is to us, and we to it.  A new one is a module with one `Adapter`, listed in adapters.py.

An adapter turns calls of its system into the five things of `Desk`, and news of ours into a request to its system.
It reads and writes values only: who may call, where a request may go, and trying again are nobody's business here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from graders.model.challenge import Challenge


class Stage(StrEnum):
    """How far an order is, as a tracking system may know it."""

    SENT = "sent"
    STARTED = "started"
    SUBMITTED = "submitted"
    GRADING = "grading"
    COMPLETE = "complete"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Wish:
    """Whom a tracking system wants assessed.  The same `remote_id` is the same wish, however often it comes.

    callback: where it wants to hear of the end; profile: its own page about the candidate; both may be empty.
    """

    remote_id: str
    challenge: str
    email: str
    first_name: str
    last_name: str
    callback: str = ""
    profile: str = ""


@dataclass(frozen=True)
class Detail:
    """One line beside a result: `key` never changes, `label` and `value` are for people."""

    key: str
    label: str
    value: str | int | float


@dataclass(frozen=True)
class Progress:
    """Where an order stands.  `score` (0 to 100) is there only once it is complete and the policy shows it.

    What is not theirs to know is left out of `details` already.
    """

    order_id: str
    stage: Stage
    stage_words: str
    callback: str
    page: str
    score: float | None = None
    details: tuple[Detail, ...] = ()


class Desk(Protocol):
    """What an adapter may ask of us, on behalf of the organisation whose key was sent."""

    def challenges(self) -> Sequence[Challenge]:
        """What candidates can be invited to."""

    def order(self, wish: Wish) -> str:
        """Invite somebody; the order's id.  Invalid, Conflict or NotFound say why not."""

    def progress(self, order_id: str) -> Progress:
        """Where an order stands, or NotFound."""

    def cancel(self, order_id: str) -> None:
        """Take an order back, or NotFound."""

    def complain(self, call: str, errors: Sequence[str]) -> None:
        """Keep what the tracking system says was wrong with an answer of ours."""


@dataclass(frozen=True)
class Request:
    """What is to be sent to a tracking system; `body` is JSON, or nothing."""

    method: str
    url: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Call = Callable[[Desk, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Adapter:
    """One tracking system.

    name: in addresses and in the database. title: for people. domain: where it lives unless a member says otherwise.
    own_key: whether its API asks for a key of its own; else it takes the one that it calls us with.
    calls: (method, name) -> what answers it; the mapping is the query or the JSON body, the answer is JSON.
    refusal: (status, sentence) -> the status and the body of a refusal as the system understands them.
    request: (progress, domain, stamp) -> what to send, None where this news is not for it. `stamp`: now, in ms; grows.
    """

    name: str
    title: str
    domain: str
    own_key: bool
    calls: Mapping[tuple[str, str], Call]
    refusal: Callable[[int, str], tuple[int, Mapping[str, Any]]]
    request: Callable[[Progress, str, int], Request | None]


def text(body: Mapping[str, Any], name: str, *, longest: int = 200) -> str:
    """A text of a body, on one line; empty where it is missing, null or no text."""
    value = body.get(name)
    return " ".join(value.split())[:longest] if isinstance(value, str) else ""


def part(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within a body; empty where there is none."""
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}
