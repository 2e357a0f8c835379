"""What the running service is made of, handed to every part of it as one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine

from app.artifacts import Artifacts, Grade, Live, Preview
from app.errors import Invalid
from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.store.blobs import Blobs
from app.words import _
from challenges.tables.definition import Definition
from graders.model.challenge import Challenge
from graders.model.submission import Submission


class CaseOfOtherData(Exception):
    """The stored case was made on other data than are at hand."""


@dataclass(frozen=True)
class Ports:
    """What the service does not do itself.  Tests hand in others.

    challenge: the challenge of an id; KeyError where there is none.
    challenges: the ids of all that this process can grade.
    unpack: (bytes, file name, challenge) -> Submission with the packages it brings; raises Rejected, or SandboxError
        where the fault is ours.
    lock: the lock of the packages that an own challenge adds; raises TableError, or SandboxError.
    share: let all machines grade on this machine's rows of a challenge; VaultError where they have others.
    forget: remove a challenge of this name, which nobody was invited to, from all machines.
    draw: make the rows of a candidate's lot, once for all machines.
    discard_lot: remove them from all machines.
    grade: the whole grading; raises SandboxError where the fault is ours.
    preview: a small run on public rows alone; raises SandboxError where the fault is ours.
    live: (work, challenge, task) -> what a live run of it gave; raises SandboxError where the fault is ours.
    rescore: (stored case, challenge) -> its artifacts by today's rules, nothing run; raises CaseOfOtherData.
    abandon: end the containers that run a submission of this id, now.
    sandbox: {"image": ..., "runtime": ...} of this process, as far as known.
    phases: the names that `grade` reports while it goes, in their usual order.
    kit: the starter kit of a challenge, a zip.
    brief: the brief of an own challenge, as it tells of the rows of a lot.
    """

    challenge: Callable[[str], Challenge]
    unpack: Callable[[bytes, str, Challenge], Submission]
    lock: Callable[[Definition], str]
    grade: Grade
    preview: Preview
    live: Live
    rescore: Callable[[bytes, Challenge], Artifacts]
    abandon: Callable[[str], None]
    sandbox: Callable[[], Mapping[str, str | None]]
    challenges: Callable[[], tuple[str, ...]]
    share: Callable[[Challenge], None]
    forget: Callable[[str], None]
    draw: Callable[[Challenge], None]
    discard_lot: Callable[[Challenge], None]
    phases: tuple[str, ...]
    kit: Callable[[Challenge], bytes]
    brief: Callable[[Challenge], str]


@dataclass(frozen=True)
class Service:
    """`url` is the database as libpq takes it, for the queue's own connections; `keys` signs links and webhooks."""

    settings: Settings
    engine: Engine
    url: str
    blobs: Blobs
    ports: Ports
    keys: Keyring

    @cached_property
    def reader(self) -> Engine:
        """The same database for what only reads: each statement stands by itself, and is planned once.

        The end of a transaction without changes takes two round trips, and psycopg forgets its plans with it.
        """
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")

    def challenge(self, challenge_id: str | None) -> Challenge:
        """A challenge by its id, the installation's own for None; Invalid where there is none."""
        try:
            return self.ports.challenge(challenge_id or self.settings.challenge)
        except KeyError:
            raise Invalid("unknown-challenge", _("There is no challenge of this id.")) from None
