"""What the running service is made of, handed to every part of it as one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from app.artifacts import Grade
from app.secrets import Keyring
from app.settings import Settings
from app.store.blobs import Blobs
from graders.model import Challenge, Submission


@dataclass(frozen=True)
class Parts:
    """What the service does not do itself.  Tests hand in others.

    challenge: the challenge of an id; KeyError where there is none.
    unpack: (bytes, file name, import names the image offers) -> Submission, or raises Rejected.
    grade: the whole grading; raises SandboxError where the fault is ours.
    phases: the names that `grade` reports while it goes, in their usual order.
    kit: the starter kit of a challenge, a zip.
    """

    challenge: Callable[[str], Challenge]
    unpack: Callable[[bytes, str, frozenset[str]], Submission]
    grade: Grade
    phases: tuple[str, ...]
    kit: Callable[[Challenge], bytes]


@dataclass(frozen=True)
class Service:
    """`url` is the database as libpq takes it, for the queue's own connections; `keys` signs links and webhooks."""

    settings: Settings
    engine: Engine
    url: str
    blobs: Blobs
    parts: Parts
    keys: Keyring
