"""Signing as Standard Webhooks 1.0.0 asks: HMAC-SHA256 over `id.timestamp.body`, the secret derived and not stored."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime

from app.platform.secrets import Keyring
from app.store.webhooks import Webhook


def secret(keys: Keyring, webhook_id: str, version: int) -> str:
    """What its owner verifies with: `whsec_` and 32 bytes in base64."""
    return "whsec_" + base64.b64encode(_key(keys, webhook_id, version)).decode()


def headers(keys: Keyring, webhook: Webhook, message_id: str, body: str) -> dict[str, str]:
    """The three headers of one attempt, made now; during a rotation with the signatures of both secrets."""
    now = datetime.now(UTC)
    timestamp = str(int(now.timestamp()))
    versions = [webhook.secret_version]
    if webhook.old_until is not None and now < webhook.old_until:
        versions.append(webhook.secret_version - 1)
    signed = f"{message_id}.{timestamp}.{body}".encode()
    signatures = (_signature(_key(keys, webhook.id, version), signed) for version in versions)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _key(keys: Keyring, webhook_id: str, version: int) -> bytes:
    return keys.derive("webhook", webhook_id, version)


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
