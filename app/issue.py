"""New keys and invitations from the command line; each is shown by the caller once and stored as a digest."""

from __future__ import annotations

from app.settings import Settings
from app.store import access, database
from app.store.access import NewInvitation

__all__ = ["NewInvitation", "new_invitation", "new_key"]


def new_key(settings: Settings, label: str) -> str:
    """A new API key."""
    with (
        database.database_url(settings) as url,
        database.opened(url) as engine,
        engine.begin() as connection,
    ):
        return access.issue_key(connection, label)


def new_invitation(settings: Settings, invitation: NewInvitation) -> str:
    """The link of a new invitation."""
    with (
        database.database_url(settings) as url,
        database.opened(url) as engine,
        engine.begin() as connection,
    ):
        return f"{settings.base_url}/i/{access.invite(connection, invitation)}"
