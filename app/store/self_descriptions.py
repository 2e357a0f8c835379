"""What candidates say of themselves: sealed, by pseudonym, and only ever read for themselves or for sums.

No row names a candidate.  Whoever has the database and not the installation's secret can join it with nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Date, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app.platform.secrets import Keyring
from app.store.record_tables import self_descriptions as table
from app.store.sealed import seal, unseal

PURPOSE = "self-description"
#: Every text has this length before it is sealed, so that its own length says nothing.
LENGTH = 64


@dataclass(frozen=True)
class SelfDescription:
    """Names of app/impact/categories.py; empty where they would rather not say."""

    sex: str = ""
    race: str = ""


def keep(connection: Connection, keys: Keyring, org_id: str, candidate_id: str, said: SelfDescription) -> None:
    """Keep what a candidate says, instead of what they said before."""
    name = _pseudonym(keys, candidate_id)
    sealed = seal(keys, _label(name), json.dumps(vars(said)).ljust(LENGTH).encode())
    values = {"sealed": sealed, "day": cast(func.timezone("UTC", func.now()), Date)}
    statement = upsert(table).values(pseudonym=name, org_id=org_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["pseudonym"], set_=values))


def of(connection: Connection, keys: Keyring, candidate_id: str) -> SelfDescription | None:
    """What a candidate said; for nobody but themselves."""
    name = _pseudonym(keys, candidate_id)
    sealed = connection.scalar(select(table.c.sealed).where(table.c.pseudonym == name))
    return None if sealed is None else _opened(keys, name, sealed)


def remove(connection: Connection, keys: Keyring, candidate_id: str) -> None:
    """Take it back; nothing of it stays."""
    connection.execute(delete(table).where(table.c.pseudonym == _pseudonym(keys, candidate_id)))


def for_sums(
    connection: Connection, keys: Keyring, org_id: str, candidate_ids: Iterable[str]
) -> Mapping[str, tuple[SelfDescription, date]]:
    """By candidate, with the day on which it was said.  The caller counts, and shows nothing else."""
    rows = {row.pseudonym: row for row in connection.execute(select(table).where(table.c.org_id == org_id))}
    names = {candidate_id: _pseudonym(keys, candidate_id) for candidate_id in candidate_ids}
    return {
        candidate_id: (_opened(keys, name, rows[name].sealed), rows[name].day)
        for candidate_id, name in names.items()
        if name in rows
    }


def _pseudonym(keys: Keyring, candidate_id: str) -> str:
    return keys.derive(PURPOSE, candidate_id).hex()


def _label(pseudonym: str) -> str:
    return f"{PURPOSE}:{pseudonym}"


def _opened(keys: Keyring, pseudonym: str, sealed: bytes) -> SelfDescription:
    return SelfDescription(**json.loads(unseal(keys, _label(pseudonym), sealed)))
