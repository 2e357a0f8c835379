"""Looking into the database, and an owner for what is put there."""

from __future__ import annotations

from sqlalchemy import Engine, text

from app.store import access
from app.store.rows import Owner


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def owner(engine: Engine) -> Owner:
    with engine.begin() as connection:
        found = access.find_key(connection, access.issue_key(connection, "test"))
    assert found is not None
    return Owner(api_key_id=found.id)
