"""Bytes that only this installation's secret opens: tables with hidden rows, vaults, what candidates say of themselves.

AES-256-GCM under a key of its own for each blob's name, with a random nonce in front (NIST SP 800-38D).  A file is
sealed in pieces, so that it is never whole in memory.  The nonce of a piece tells its place and whether it is the last
one, so pieces cannot be moved or cut off (STREAM: Hoang, Reyhanitabar, Rogaway and Vizar 2015).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.platform.secrets import Keyring
from app.store.blobs import Blobs

NONCE, TAG = 12, 16
#: What a blob sealed in pieces begins with, the random part of its nonces, and the bytes of a piece.
PIECES, PREFIX, PIECE = b"assay pieces 1\n", 7, 4 * 2**20


class CannotOpen(Exception):
    """The blob was changed, or was written under another secret or name."""


def seal(keys: Keyring, name: str, data: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(keys.derive("sealed", name)).encrypt(nonce, data, name.encode())


def get(blobs: Blobs, keys: Keyring, name: str) -> bytes:
    """The bytes; FileNotFoundError where there are none, CannotOpen where the secret does not fit."""
    return unseal(keys, name, blobs.get(name))


def unseal(keys: Keyring, name: str, sealed: bytes) -> bytes:
    """What `seal` was given; CannotOpen where the secret or the name does not fit."""
    try:
        return AESGCM(keys.derive("sealed", name)).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except (InvalidTag, ValueError):
        raise _cannot(name) from None


def put_file(blobs: Blobs, keys: Keyring, name: str, path: Path) -> None:
    """Seal a file piece by piece."""
    with path.open("rb") as file:
        blobs.put(name, _sealed(AESGCM(keys.derive("sealed", name)), name, file))


def get_file(blobs: Blobs, keys: Keyring, name: str, to: Path) -> None:
    """Write to a file what `put_file` has sealed; errors as in `get`."""
    pieces = _pieces(blobs.stream(name))
    with to.open("wb") as file:
        start = next(pieces, b"")
        if not start.startswith(PIECES):  # of an earlier release, which sealed it whole
            file.write(get(blobs, keys, name))
            return
        cipher, prefix = AESGCM(keys.derive("sealed", name)), start.removeprefix(PIECES)
        held = next(pieces, b"")
        for number in range(2**32):
            following = next(pieces, None)
            try:
                file.write(cipher.decrypt(_nonce(prefix, number, last=following is None), held, name.encode()))
            except (InvalidTag, ValueError):
                raise _cannot(name) from None
            if following is None:
                return
            held = following


def _sealed(cipher: AESGCM, name: str, file: IO[bytes]) -> Iterator[bytes]:
    prefix = os.urandom(PREFIX)
    yield PIECES + prefix
    held = file.read(PIECE)
    for number in range(2**32):
        following = file.read(PIECE)
        yield cipher.encrypt(_nonce(prefix, number, last=not following), held, name.encode())
        if not following:
            return
        held = following


def _pieces(stream: Iterator[bytes]) -> Iterator[bytes]:
    """What stands in front, then each piece with its tag."""
    waiting, size = bytearray(), len(PIECES) + PREFIX
    for part in stream:
        waiting += part
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
            size = PIECE + TAG
    if waiting:
        yield bytes(waiting)


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _cannot(name: str) -> CannotOpen:
    return CannotOpen(f"{name} cannot be opened with this installation's secret")
