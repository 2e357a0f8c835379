"""The addresses that are mailed and shown: to a candidate's page, and to where a member sets a password."""

from __future__ import annotations

from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.store.access import WELCOME


def to_invitation(settings: Settings, token: str) -> str:
    """What a candidate opens."""
    return f"{settings.base_url}/i/{token}"


def to_welcome(settings: Settings, token: str) -> str:
    """Where a member sets a password."""
    return f"{settings.base_url}/welcome/{token}"


def of_member(settings: Settings, keys: Keyring, member_id: str, version: int) -> str:
    """The welcome link of this version of a member's links."""
    return to_welcome(settings, keys.token(WELCOME, member_id, version))
