"""Files that only this installation's secret opens, however large, and however the store's bytes are changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from app.platform.secrets import Keyring
from app.store import sealed
from app.store.blobs import Blobs
from app.store.sealed import PIECE, PIECES, PREFIX, TAG, CannotOpen

KEYS = Keyring(b"one secret")
START, WHOLE = len(PIECES) + PREFIX, PIECE + TAG


def kept(data: bytes, folder: Path) -> Blobs:
    blobs = Blobs(MemoryStore())
    (folder / "file").write_bytes(data)
    sealed.put_file(blobs, KEYS, "tables/a", folder / "file")
    return blobs


def opened(blobs: Blobs, folder: Path, name: str = "tables/a", keys: Keyring = KEYS) -> bytes:
    sealed.get_file(blobs, keys, name, folder / "opened")
    return (folder / "opened").read_bytes()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_a_file_of_any_size_comes_back(tmp_path: Path, size: int) -> None:
    data = (b"secret row\n" * (size // 11 + 1))[:size]
    blobs = kept(data, tmp_path)
    assert b"secret row" not in blobs.get("tables/a")
    assert opened(blobs, tmp_path) == data


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[: START + WHOLE],
        lambda data: data[:START],
        lambda data: data[: len(PIECES)],
        lambda data: data[:START] + data[START + WHOLE :],
        lambda data: data[:START] + data[START + WHOLE : START + 2 * WHOLE] + data[START : START + WHOLE] + b"",
        lambda data: data[:START] + bytes([data[START] ^ 1]) + data[START + 1 :],
        lambda data: data + b"more",
        lambda data: data[:0],
    ],
    ids=["a byte less", "a piece less", "none", "no nonce", "first piece out", "swapped", "a bit", "more", "empty"],
)
def test_what_was_changed_is_not_opened(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    blobs = kept(b"x" * (2 * PIECE + 5), tmp_path)
    blobs.put("tables/a", change(blobs.get("tables/a")))
    with pytest.raises(CannotOpen):
        opened(blobs, tmp_path)


def test_another_name_or_secret_opens_nothing(tmp_path: Path) -> None:
    blobs = kept(b"rows", tmp_path)
    with pytest.raises(CannotOpen):
        opened(blobs, tmp_path, keys=Keyring(b"another"))
    blobs.put("tables/b", blobs.get("tables/a"))
    with pytest.raises(CannotOpen):
        opened(blobs, tmp_path, name="tables/b")
    with pytest.raises(FileNotFoundError):
        opened(blobs, tmp_path, name="tables/c")


def test_what_an_earlier_release_sealed_is_opened(tmp_path: Path) -> None:
    blobs = Blobs(MemoryStore())
    blobs.put("tables/a", sealed.seal(KEYS, "tables/a", b"rows"))
    assert opened(blobs, tmp_path) == b"rows"
