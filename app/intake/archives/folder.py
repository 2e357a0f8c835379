"""A folder on this machine, read without following links and within bounds."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from app.intake.archives.entries import MAX_NOTEBOOK, Entry
from app.intake.archives.names import junk
from app.intake.problems import rejected, shown
from app.words import _


def folder_entries(root: Path) -> Iterator[Entry]:
    """The members of a folder by their path under it; junk folders are named and not entered."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        items = _listing(root / prefix)
        # A virtual environment of any name: its marker alone is passed on, and sets the folder aside.
        for item in [i for i in items if prefix and i.name == "pyvenv.cfg"] or items:
            name = prefix + item.name
            is_folder = item.is_dir(follow_symlinks=False)
            if is_folder and junk(name + "/") is None:
                waiting.append(name + "/")
            yield _entry(name, item, is_folder)


def read_upload(path: Path) -> bytes:
    """One file as it would be uploaded; raises Rejected where it is too big or not readable."""
    try:
        return _bounded(path, MAX_NOTEBOOK + 1)
    except OSError as error:
        raise _unreadable(path) from error


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(folder), key=lambda item: item.name)
    except OSError as error:
        raise _unreadable(folder) from error


def _entry(name: str, item: os.DirEntry[str], is_folder: bool) -> Entry:
    if is_folder:
        return Entry(name + "/", "folder", 0, bytes)
    regular = item.is_file(follow_symlinks=False)
    size = item.stat(follow_symlinks=False).st_size if regular else 0
    return Entry(name, "file" if regular else "special", size, partial(_read, Path(item.path), size))


def _read(path: Path, size: int) -> bytes:
    try:
        return _bounded(path, min(size, MAX_NOTEBOOK), os.O_NOFOLLOW if hasattr(os, "O_NOFOLLOW") else 0)
    except OSError as error:
        raise _unreadable(path) from error


def _bounded(path: Path, limit: int, flags: int = 0) -> bytes:
    """At most `limit` bytes of a regular file; a pipe put in its place neither blocks nor is read."""
    binary = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, os.O_RDONLY | binary | flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("not a regular file")
        return file.read(limit)


def _unreadable(path: Path) -> Exception:
    return rejected("PATH_UNREADABLE", _("{path} cannot be read.").format(path=shown(str(path))))
