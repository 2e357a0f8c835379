"""The keys that tracking systems call us with: derived, stored nowhere, shown once."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, func

from app.errors import Unauthenticated
from app.platform.secrets import Keyring
from app.ports import Service
from app.store import tracking
from app.store.tracking import System
from app.words import _

KEY = re.compile(r"assay_ats_([0-9a-f]{20})_[A-Za-z0-9_-]{43}")
#: Nothing longer is looked at; Greenhouse takes keys of less than 171 characters.
LONGEST = 1000
SEEN_SECONDS = 300.0


def key(keys: Keyring, system_id: str, version: int) -> str:
    """The key of one version: 74 characters."""
    secret = base64.urlsafe_b64encode(keys.derive("tracking", system_id, version)).decode().rstrip("=")
    return f"assay_ats_{system_id}_{secret}"


def theirs(keys: Keyring, system: System) -> str:
    """The key that the system knows: the one it called with last, as long as that opens."""
    version = system.seen_version if system.seen_version in _open(system) else system.key_version
    return key(keys, system.id, version or system.key_version)


def basic(user: str) -> str:
    """An Authorization header with a user and no password (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:".encode()).decode()


def caller(service: Service, kind: str, headers: Mapping[str, str]) -> System:
    """The system whose key was sent, of this kind and enabled; Unauthenticated otherwise, whatever was wrong."""
    with service.engine.begin() as connection:
        for sent in _sent(headers, service.settings.tracking_key_header):
            match = KEY.fullmatch(sent)
            system = tracking.find(connection, match[1]) if match else None
            if system is None or system.kind != kind or system.disabled_at is not None:
                continue
            for version in _open(system):
                if hmac.compare_digest(key(service.keys, system.id, version), sent):
                    return _seen(connection, system, version)
    raise Unauthenticated("not-authenticated", _("This key opens nothing."))


def _open(system: System) -> list[int]:
    """The versions whose keys open."""
    old = system.old_until is not None and datetime.now(UTC) < system.old_until
    return [system.key_version, *([system.key_version - 1] if old else [])]


def _seen(connection: Connection, system: System, version: int) -> System:
    now = datetime.now(UTC)
    stale = system.seen_at is None or (now - system.seen_at).total_seconds() > SEEN_SECONDS
    if stale or version != system.seen_version:
        return tracking.change(connection, system.id, seen_version=version, seen_at=func.now())
    return system


def _sent(headers: Mapping[str, str], name: str) -> Iterator[str]:
    """What may be a key: the user or the password of Basic, a Bearer token, or a header that was agreed on."""
    scheme, _space, value = headers.get("authorization", "")[:LONGEST].partition(" ")
    if scheme.lower() == "basic":
        try:
            yield from base64.b64decode(value.strip(), validate=True).decode("ascii").split(":", 1)
        except (binascii.Error, ValueError):
            return
    elif scheme.lower() == "bearer":
        yield value.strip()
    if name:
        yield headers.get(name.lower(), "")[:LONGEST].strip()
