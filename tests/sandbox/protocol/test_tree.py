"""Folders that travel as bytes: nothing but plain files inside the folder, and never more than allowed."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.protocol import tree

names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8)
paths = names.filter(lambda name: name not in (".", ".."))


@given(st.dictionaries(paths, st.binary(max_size=40), max_size=6))
def test_files_come_back(files: dict[str, bytes]) -> None:
    """What is packed is what is unpacked."""
    assert tree.unpack(tree.pack(files)) == files


@given(st.binary(max_size=100))
def test_any_bytes_are_files_or_refused(blob: bytes) -> None:
    """Rubbish is refused with the one exception callers expect."""
    try:
        files = tree.unpack(blob)
    except tree.Unsafe:
        return
    assert all(tree.safe(path) for path in files)


def packed(index: object, content: bytes = b"") -> bytes:
    text = json.dumps(index).encode()
    return struct.pack(">I", len(text)) + text + content


@pytest.mark.parametrize(
    "blob",
    [
        packed([["../x", 0]]),
        packed([["/etc/x", 0]]),
        packed([["a//b", 0]]),
        packed([["a/./b", 0]]),
        packed([["a\0b", 0]]),
        packed([["", 0]]),
        packed([["/".join("a" * 30), 0]]),
        packed([["a", -1]]),
        packed([["a", 5]], b"123"),
        packed([["a", 1], ["a", 1]], b"12"),
        packed([["a", 1]], b"12"),
        packed({"a": 1}),
    ],
)
def test_a_hostile_package_is_refused(blob: bytes) -> None:
    """Paths that lead out, sizes that lie and doubled names are refused."""
    with pytest.raises(tree.Unsafe):
        tree.unpack(blob)


def link(folder: Path) -> None:
    (folder / "x").symlink_to("/etc/passwd")


def linked_folder(folder: Path) -> None:
    (folder / "x").symlink_to("/etc")


def hard_link(folder: Path) -> None:
    (folder / "x").write_text("1")
    os.link(folder / "x", folder / "y")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "x")


def listening_socket(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "x"))


def nested(folder: Path) -> None:
    (folder / "/".join("d" * 30)).mkdir(parents=True)


def unprintable(folder: Path) -> None:
    (folder / "a\x1b[31mb").touch()


def undecodable(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).touch()


@pytest.mark.parametrize(
    "make", [link, linked_folder, hard_link, pipe, listening_socket, nested, unprintable, undecodable]
)
def test_only_plain_files_are_collected(make: Callable[[Path], None], tmp_path: Path) -> None:
    """Anything but a plain file with a plain name spoils the whole folder."""
    make(tmp_path)
    with pytest.raises(tree.Unsafe):
        tree.collect(str(tmp_path), 10**6)


def test_sizes_are_limited(tmp_path: Path) -> None:
    """The limit is for all files together, and a sparse giant is told by its size, unread."""
    for name in "ab":
        (tmp_path / name).write_bytes(bytes(60))
    assert len(tree.collect(str(tmp_path), 120)) == 2
    with pytest.raises(tree.TooLarge):
        tree.collect(str(tmp_path), 119)
    os.truncate(tmp_path / "a", 2**40)
    with pytest.raises(tree.TooLarge):
        tree.collect(str(tmp_path), 2**30)


def test_a_folder_comes_back_from_disk(tmp_path: Path) -> None:
    """What is written is what is collected."""
    files = {"a": b"1", "b/c/d": b"\0\xff", "ü": b""}
    tree.write(str(tmp_path / "new"), files)
    assert tree.collect(str(tmp_path / "new"), 100) == files
