"""The repositories that submissions were taken from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from app.store.record_tables import repositories


@dataclass(frozen=True)
class Repository:
    """`address` and `ref` as the candidate gave them, both empty for a bundle; `steps` the first commit first."""

    address: str
    ref: str
    commit: str
    steps: Sequence[Mapping[str, Any]]
    whole: bool


_FIELDS = [repositories.c[name] for name in Repository.__dataclass_fields__]


def add(connection: Connection, submission_id: str, repository: Repository) -> None:
    values = vars(repository) | {"steps": list(repository.steps)}
    connection.execute(insert(repositories).values(submission_id=submission_id, **values))


def find(connection: Connection, submission_id: str) -> Repository | None:
    """Where a submission was taken from; None where it was no repository."""
    row = connection.execute(select(*_FIELDS).where(repositories.c.submission_id == submission_id)).one_or_none()
    return Repository(**row._mapping) if row else None
