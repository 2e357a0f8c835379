"""Bytes that only this installation's secret opens: tables with hidden rows, vaults, what candidates say of themselves.

AES-256-GCM under a key of its own for each blob's name, with a random nonce in front (NIST SP 800-38D).
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.platform.secrets import Keyring
from app.store.blobs import Blobs

NONCE = 12


class CannotOpen(Exception):
    """The blob was changed, or was written under another secret or name."""


def seal(keys: Keyring, name: str, data: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(keys.derive("sealed", name)).encrypt(nonce, data, name.encode())


def put(blobs: Blobs, keys: Keyring, name: str, data: bytes) -> None:
    blobs.put(name, seal(keys, name, data))


def get(blobs: Blobs, keys: Keyring, name: str) -> bytes:
    """The bytes; FileNotFoundError where there are none, CannotOpen where the secret does not fit."""
    return unseal(keys, name, blobs.get(name))


def unseal(keys: Keyring, name: str, sealed: bytes) -> bytes:
    """What `seal` was given; CannotOpen where the secret or the name does not fit."""
    try:
        return AESGCM(keys.derive("sealed", name)).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen(f"{name} cannot be opened with this installation's secret") from None
