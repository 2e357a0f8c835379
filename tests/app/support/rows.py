"""Looking into the database, and an owner for what is put there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text

from app.ports import Service
from app.store import access, invitations, members
from app.store.invitations import NewInvitation
from app.store.rows import Owner


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


def fall_silent(engine: Engine) -> None:
    """As if the workers of now, which were killed, had been silent for a day."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 day'"))


def new_link(service: Service, **changes: Any) -> str:
    """The path of a new invitation in the first organisation."""
    with service.engine.begin() as connection:
        org_id = access.first_organisation(connection)
        assert org_id is not None
        invitation = NewInvitation(**({"challenge": "ml_pipeline", "attempts": 3} | changes))
        invitation_id, _ = invitations.add(connection, org_id, invitation)
        return f"/i/{invitations.token(connection, service.keys, invitation_id)}"


def owner(engine: Engine) -> Owner:
    with engine.begin() as connection:
        org_id = members.add_organisation(connection, "Test")
        found = access.find_key(connection, access.issue_key(connection, org_id, "test"))
    assert found is not None
    return Owner(org_id, api_key_id=found.id)
