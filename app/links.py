"""The addresses that are mailed and shown: a candidate's page, a shared report, a debrief, setting a password."""

from __future__ import annotations

from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.store.access import WELCOME

REMINDERS = "reminders"


def to_invitation(settings: Settings, token: str) -> str:
    """What a candidate opens."""
    return f"{settings.base_url}/i/{token}"


def to_candidate(settings: Settings, invitation_id: str) -> str:
    """Where members read about a candidate, once they are signed in."""
    return f"{settings.base_url}/work/c/{invitation_id}"


def to_debrief(settings: Settings, invitation_id: str) -> str:
    """The plan of a debrief, and the scorecard."""
    return f"{to_candidate(settings, invitation_id)}/debrief"


def to_news(settings: Settings) -> str:
    """Where a member says which mails they want."""
    return f"{settings.base_url}/work/me"


def to_unsubscribe(settings: Settings, keys: Keyring, member_id: str) -> str:
    """Where a member, or their mail program, ends the mails with news."""
    return f"{settings.base_url}/unsubscribe/{keys.token('unsubscribe', member_id, 1)}"


def to_reminders(settings: Settings, keys: Keyring, invitation_id: str) -> str:
    """Where a candidate, or their mail program, ends reminders; it opens nothing else."""
    return f"{settings.base_url}/reminders/{keys.token(REMINDERS, invitation_id, 1)}"


def to_welcome(settings: Settings, token: str) -> str:
    """Where a member sets a password."""
    return f"{settings.base_url}/welcome/{token}"


def to_notice(settings: Settings, notice_id: str) -> str:
    """Where anybody reads a notice."""
    return f"{settings.base_url}/notices/{notice_id}"


def to_share(settings: Settings, token: str) -> str:
    """Where somebody without an account reads a report."""
    return f"{settings.base_url}/s/{token}"


def to_live(settings: Settings, token: str) -> str:
    """Where a candidate changes their work in a debrief."""
    return f"{settings.base_url}/l/{token}"


def of_member(settings: Settings, keys: Keyring, member_id: str, version: int) -> str:
    """The welcome link of this version of a member's links."""
    return to_welcome(settings, keys.token(WELCOME, member_id, version))
