"""What was done with many invitations at once, kept so that it can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from app.platform import secrets
from app.store.tables import bulk_actions

#: How long something can be undone, and after which its row is of no use.
UNDO = timedelta(hours=1)


@dataclass(frozen=True)
class BulkAction:
    """`before` holds for each invitation its id and what the action changed of it."""

    id: str
    org_id: str
    action: str
    before: Sequence[Mapping[str, Any]]
    created_at: datetime
    undone_at: datetime | None


_ACTION = [bulk_actions.c[name] for name in BulkAction.__dataclass_fields__]


def add(connection: Connection, org_id: str, actor: str, action: str, before: Sequence[Mapping[str, Any]]) -> str:
    """Keep what was done; its id."""
    values = {"id": secrets.new_id(), "org_id": org_id, "actor": actor, "action": action, "before": list(before)}
    connection.execute(insert(bulk_actions).values(values))
    return str(values["id"])


def find(connection: Connection, action_id: str, org_id: str) -> BulkAction | None:
    """An action of this organisation that is young enough to be undone, kept from others meanwhile."""
    young = bulk_actions.c.created_at > func.now() - UNDO
    this = (bulk_actions.c.id == action_id) & (bulk_actions.c.org_id == org_id) & young
    row = connection.execute(select(*_ACTION).where(this).with_for_update()).one_or_none()
    return BulkAction(**row._mapping) if row else None


def newest(connection: Connection, org_id: str, actor: str) -> BulkAction | None:
    """What somebody did last, unless it is undone or too old for that."""
    theirs = (bulk_actions.c.org_id == org_id) & (bulk_actions.c.actor == actor)
    theirs &= bulk_actions.c.created_at > func.now() - UNDO
    row = connection.execute(
        select(*_ACTION).where(theirs).order_by(bulk_actions.c.created_at.desc()).limit(1)
    ).one_or_none()
    return BulkAction(**row._mapping) if row and row.undone_at is None else None


def undone(connection: Connection, action_id: str) -> None:
    """It was undone, once."""
    connection.execute(update(bulk_actions).where(bulk_actions.c.id == action_id).values(undone_at=func.now()))


def forget(connection: Connection) -> None:
    """Remove what can be undone no more."""
    connection.execute(delete(bulk_actions).where(bulk_actions.c.created_at < func.now() - UNDO))
