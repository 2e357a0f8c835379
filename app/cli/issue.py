"""New keys and invitations from the command line, for the installation's first organisation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from app import links
from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.store import access, database, invitations
from app.store.invitations import NewInvitation

__all__ = ["NewInvitation", "new_invitation", "new_key"]


def new_key(settings: Settings, label: str) -> str:
    """A new API key with all rights."""
    with _first_organisation(settings) as (connection, org_id):
        return access.issue_key(connection, org_id, label)


def new_invitation(settings: Settings, invitation: NewInvitation) -> str:
    """The link of a new invitation."""
    keys = Keyring(settings.secret_key())
    with _first_organisation(settings) as (connection, org_id):
        invitation_id, _ = invitations.add(connection, org_id, invitation)
        return links.to_invitation(settings, invitations.token(connection, keys, invitation_id))


@contextmanager
def _first_organisation(settings: Settings) -> Iterator[tuple[Connection, str]]:
    keys = Keyring(settings.secret_key())
    with database.database_url(settings) as url, database.opened(url) as engine:
        access.first_start(engine, keys, NewInvitation(settings.challenge, settings.attempts), settings.admin)
        with engine.begin() as connection:
            org_id = access.first_organisation(connection)
            assert org_id is not None
            yield connection, org_id
