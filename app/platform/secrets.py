"""Secrets that are shown once and stored only as digests.

They are random and long, so one SHA-256 is enough: there is nothing to guess, and looking one up stays fast.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

ID = re.compile(r"[0-9a-f]{20}")
KEY = re.compile(r"assay_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")


TOKEN = re.compile(r"([0-9a-f]{20})-([0-9]{1,6})-([A-Za-z0-9_-]{32})")


@dataclass(frozen=True)
class Keyring:
    """What links and webhooks are signed with; `secret` lies outside the database."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: str, *parts: str | int) -> bytes:
        """32 bytes that only the secret can make, different for every purpose and parts (HMAC-SHA256)."""
        message = "\x1f".join((purpose, *map(str, parts)))
        return hmac.digest(self.secret, message.encode(), "sha256")

    def token(self, purpose: str, row_id: str, version: int) -> str:
        """A link's token: it names its row, needs no storing, and ends when the row's version is raised."""
        mac = base64.urlsafe_b64encode(self.derive(purpose, row_id, version)[:24]).decode()
        return f"{row_id}-{version}-{mac}"

    def read(self, purpose: str, token: str) -> tuple[str, int] | None:
        """(id, version) of a token that we signed for this purpose; None for anything else."""
        match = TOKEN.fullmatch(token)
        if match is None:
            return None
        row_id, version = match[1], int(match[2])
        return (row_id, version) if hmac.compare_digest(self.token(purpose, row_id, version), token) else None


@dataclass(frozen=True)
class Secret:
    """A new secret: `text` is for its owner alone, `digest` for us; `prefix` finds a key again."""

    text: str
    digest: bytes
    prefix: str = ""


def digest(text: str) -> bytes:
    """SHA-256 of a secret."""
    return hashlib.sha256(text.encode()).digest()


def new_key() -> Secret:
    """An API key such as `assay_1f3a9c02_…`; the part in the middle may be shown and logged."""
    prefix = secrets.token_hex(4)
    text = f"assay_{prefix}_{secrets.token_urlsafe(32)}"
    return Secret(text, digest(text), prefix)


def new_token() -> Secret:
    """The token of a session."""
    text = secrets.token_urlsafe(32)
    return Secret(text, digest(text))


def key_prefix(text: str) -> str | None:
    """The prefix of what looks like an API key."""
    match = KEY.fullmatch(text)
    return match[1] if match else None


def same(text: str, stored: bytes) -> bool:
    """Whether `text` is the secret behind the stored digest, in constant time."""
    return hmac.compare_digest(digest(text), stored)


def new_id() -> str:
    """An identifier that says nothing and cannot be guessed."""
    return secrets.token_hex(10)


def is_id(text: str) -> bool:
    """Whether `text` has the shape of our identifiers; anything else need not reach the database."""
    return ID.fullmatch(text) is not None
