"""The audit log: who did what to what.  Append-only, each row's hash covers its content and the hash before it.

Whoever can write to the database can cut off the end of the chain or forge it whole, so keep a recent hash elsewhere:
`assay audit verify` prints the newest one.  Rows hold ids and no candidate's text, so that erasure need not touch them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from app.rights import Principal
from app.store.record_tables import audit_log

#: Any fixed number: the advisory lock that puts entries in one order.
CHAIN_LOCK = 7_177_003
START = bytes(32)
SYSTEM = "system"


@dataclass(frozen=True)
class Record:
    """`detail` is JSON; `actor` is member:ID, key:ID, candidate:ID or system."""

    seq: int
    at: str
    org_id: str | None
    actor: str
    action: str
    subject: str
    detail: str

    def after(self, previous: bytes) -> bytes:
        """This entry's hash where `previous` came before it."""
        said = [self.at, self.org_id, self.actor, self.action, self.subject, self.detail]
        return hashlib.sha256(previous + json.dumps(said).encode()).digest()


@dataclass(frozen=True)
class Broken:
    """The first entry that does not follow from those before it."""

    seq: int
    why: str


def record(
    connection: Connection, who: Principal | str, action: str, subject: str, *, org_id: str | None = None, **detail: Any
) -> None:
    """Add an entry to the transaction of `connection`; it is there if and only if what it tells of happened.

    `who` is a principal, or an actor such as `candidate:ID` with the `org_id` beside it.
    """
    record_all(connection, who, action, {subject: detail}, org_id=org_id)


def record_all(
    connection: Connection,
    who: Principal | str,
    action: str,
    details: Mapping[str, Mapping[str, Any]],
    *,
    org_id: str | None = None,
) -> None:
    """Add an entry for each subject of `details`, as `record` does for one, in three statements for all."""
    if not details:
        return
    actor, org = (who.actor, who.org_id) if isinstance(who, Principal) else (who, org_id)
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    newest = select(audit_log.c.hash).order_by(audit_log.c.seq.desc()).limit(1)
    previous = connection.scalar(newest) or START
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    rows = []
    for subject, detail in details.items():
        entry = Record(0, at, org, actor, action, subject, json.dumps(detail, sort_keys=True, default=str))
        values = {name: value for name, value in vars(entry).items() if name != "seq"}
        rows.append(values | {"previous": previous, "hash": (previous := entry.after(previous))})
    connection.execute(insert(audit_log), rows)


def verify(connection: Connection) -> tuple[int, bytes] | Broken:
    """(entries, hash of the newest) where the chain holds, otherwise where it breaks first."""
    previous, count = START, 0
    for entry, stored_previous, stored in _chain(connection):
        if stored_previous != previous:
            return Broken(entry.seq, "an entry before it is missing or was put in")
        if entry.after(previous) != stored:
            return Broken(entry.seq, "its content is not what was recorded")
        previous, count = stored, count + 1
    return count, previous


def of_organisation(connection: Connection, org_id: str, before: int | None = None, limit: int = 100) -> list[Record]:
    """The newest entries of an organisation, those with a lower number than `before` where it is given."""
    query = select(audit_log).where(audit_log.c.org_id == org_id).order_by(audit_log.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(audit_log.c.seq < before)
    return [_entry(row) for row in connection.execute(query)]


def done_by_people(
    connection: Connection, org_id: str, actions: Iterable[str], besides: str | None = None
) -> frozenset[str]:
    """Those actions that a member or key of an organisation has done at least once, leaving out the actor `besides`.

    Each is one look into an index, however long the log is.
    """
    row = audit_log.c
    theirs = row.actor.startswith("member:") | row.actor.startswith("key:")
    mine = select(row.seq).where(row.org_id == org_id, theirs, *([row.actor != besides] if besides else []))
    asked = [mine.where(row.action == action).exists().label(action) for action in sorted(actions)]
    return frozenset(name for name, done in connection.execute(select(*asked)).one()._mapping.items() if done)


def _chain(connection: Connection) -> Iterator[tuple[Record, bytes, bytes]]:
    with connection.execution_options(yield_per=1000).execute(select(audit_log).order_by(audit_log.c.seq)) as rows:
        for row in rows:
            yield _entry(row), bytes(row.previous), bytes(row.hash)


def _entry(row: Row[Any]) -> Record:
    return Record(*(getattr(row, name) for name in Record.__dataclass_fields__))
