"""A company's own challenges: one row for each version, and where its bytes lie among the blobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from app.platform.secrets import is_id, new_id
from app.store.record_tables import challenges
from app.words import N_

State = Literal["draft", "built", "published", "retired"]
Job = Literal["read", "propose", "build", "revise", "lint"]
TAKEN = N_("There is a challenge {name!r} already. Choose another id.")


@dataclass(frozen=True)
class OwnChallenge:
    """See the table `challenges` in record_tables.py."""

    id: str
    org_id: str
    name: str | None
    version: int
    file: str
    state: State
    job: Job | None
    progress: str
    problem: str
    definition: str
    shown: Mapping[str, Any]
    created_at: datetime
    published_at: datetime | None

    @property
    def base(self) -> str | None:
        """The challenge's id, the same for all its versions."""
        return base_of(self.name) if self.name else None


def base_of(name: str) -> str:
    """The id of a challenge, from the name of any of its versions.  What an organisation sets for it holds for all."""
    return name.partition("@")[0]


_COLUMNS = [challenges.c[name] for name in OwnChallenge.__dataclass_fields__]


def add(connection: Connection, org_id: str, **values: Any) -> OwnChallenge:
    """A new version."""
    added = insert(challenges).values(id=new_id(), org_id=org_id, **values).returning(*_COLUMNS)
    return _row(connection.execute(added).one())


def find(
    connection: Connection, challenge_id: str, org_id: str | None = None, *, hold: bool = False
) -> OwnChallenge | None:
    """One version by its row; None as well where it is another organisation's.  `hold` keeps it from others."""
    if not is_id(challenge_id):
        return None
    query = select(*_COLUMNS).where(challenges.c.id == challenge_id)
    query = query if org_id is None else query.where(challenges.c.org_id == org_id)
    row = connection.execute(query.with_for_update() if hold else query).one_or_none()
    return _row(row) if row else None


def named(connection: Connection, name: str) -> OwnChallenge | None:
    """The version that invitations call so."""
    return next((row for row in versions(connection, base_of(name)) if row.name == name), None)


def taken(connection: Connection, name: str, org_id: str, *, but: str = "") -> bool:
    """Whether this organisation cannot use a name: another version has it, or another organisation has its id."""
    others = [row for row in versions(connection, base_of(name)) if row.id != but]
    return any(row.name == name or row.org_id != org_id for row in others)


def versions(connection: Connection, base: str) -> list[OwnChallenge]:
    """All versions of a challenge that have a name, newest first."""
    if "\0" in base:  # PostgreSQL holds it in no text
        return []
    own = (challenges.c.name == base) | challenges.c.name.startswith(f"{base}@", autoescape=True)
    query = select(*_COLUMNS).where(own).order_by(challenges.c.version.desc())
    return [_row(row) for row in connection.execute(query)]


def listed(connection: Connection, org_id: str | None = None) -> list[OwnChallenge]:
    """An organisation's versions, newest first; those of all without one."""
    query = select(*_COLUMNS).order_by(challenges.c.created_at.desc())
    return [
        _row(row) for row in connection.execute(query if org_id is None else query.where(challenges.c.org_id == org_id))
    ]


def change(connection: Connection, challenge_id: str, **values: Any) -> None:
    """Set columns of a version."""
    connection.execute(update(challenges).where(challenges.c.id == challenge_id).values(values))


def remove(connection: Connection, challenge_id: str) -> None:
    connection.execute(delete(challenges).where(challenges.c.id == challenge_id))


def close_orphans(connection: Connection, problem: str) -> None:
    """Work that waits for a job that is not there has come to nothing, and can be asked for again."""
    no_job = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs job WHERE job.lock = challenges.id"
        " AND job.status IN ('todo', 'doing'))"
    )
    lost = update(challenges).where(challenges.c.job.is_not(None), no_job)
    connection.execute(lost.values(job=None, progress="", problem=problem))


def table_key(challenge_id: str) -> str:
    """Where the uploaded table lies, encrypted."""
    return f"tables/{challenge_id}"


def _row(row: Row[Any]) -> OwnChallenge:
    return OwnChallenge(**row._mapping)
