"""A folder of files as one run of bytes, and back: how submissions and models travel.

Nothing here follows a link, opens anything but a regular file, or reads beyond the given limits.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping

from .wire import LENGTH

MAX_FILES = 500
MAX_DEPTH = 20


class Unsafe(Exception):
    """The folder holds something other than plain files, or a name no other system could hold."""


class TooLarge(Exception):
    """The folder holds more than the limit allows."""


def pack(files: Mapping[str, bytes]) -> bytes:
    index = json.dumps([[path, len(content)] for path, content in files.items()]).encode()
    return b"".join((LENGTH.pack(len(index)), index, *files.values()))


def unpack(blob: bytes) -> dict[str, bytes]:
    """The files by path; Unsafe when the bytes are no packed folder or a path leads out of it."""
    try:
        (length,) = LENGTH.unpack_from(blob)
        index = json.loads(blob[LENGTH.size : LENGTH.size + length])
        entries = [(str(path), int(size)) for path, size in index]
    except Exception as error:
        raise Unsafe("not a packed folder") from error
    files, offset = {}, LENGTH.size + length
    for path, size in entries:
        if size < 0 or not safe(path):
            raise Unsafe(f"not a path inside the folder: {path!r}")
        files[path] = blob[offset : offset + size]
        offset += size
    if offset != len(blob) or len(files) != len(entries):
        raise Unsafe("the sizes do not add up")
    return files


def safe(path: str) -> bool:
    """Whether a path stays inside the folder it is joined to."""
    parts = path.split("/")
    return "\0" not in path and all(part not in ("", ".", "..") for part in parts) and len(parts) <= MAX_DEPTH


def write(folder: str, files: Mapping[str, bytes]) -> None:
    """Create the files under `folder`, which must be empty and ours."""
    os.makedirs(folder, exist_ok=True)
    for path, content in files.items():
        if not safe(path):
            raise Unsafe(f"not a path inside the folder: {path!r}")
        target = os.path.join(folder, *path.split("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "xb") as file:
            file.write(content)


def collect(folder: str, limit: int) -> dict[str, bytes]:
    """The regular files under `folder`, at most `limit` bytes in all; whoever made them must be dead by now."""
    files: dict[str, bytes] = {}
    left = limit
    for path in walk(folder, "", MAX_DEPTH):
        content = read_regular(os.path.join(folder, path), left)
        left -= len(content)
        files[path] = content
        if len(files) > MAX_FILES:
            raise TooLarge(f"more than {MAX_FILES} files")
    return dict(sorted(files.items()))


def measure(folder: str) -> tuple[int, int]:
    """How many files lie under `folder` and their bytes, as far as it can be walked."""
    files = size = 0
    try:
        for path in walk(folder, "", MAX_DEPTH):
            size += os.lstat(os.path.join(folder, path)).st_size
            files += 1
    except (Unsafe, OSError):
        pass  # what cannot be walked is refused elsewhere; here it is only counted
    return files, size


def walk(root: str, below: str, depth: int) -> Iterator[str]:
    """Paths under `root` of everything that is not a folder; links are named, never followed."""
    if depth == 0:
        raise Unsafe(f"folders nested deeper than {MAX_DEPTH}")
    try:
        with os.scandir(os.path.join(root, below)) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError as error:
        raise Unsafe(f"a folder cannot be read: {error.strerror}") from error
    for name, is_folder in found:
        if not name.isprintable():  # this holds for undecodable bytes too, which come as lone surrogates
            raise Unsafe("a file name with characters that cannot be printed")
        path = f"{below}/{name}" if below else name
        if is_folder:
            yield from walk(root, path, depth - 1)
        else:
            yield path


def read_regular(path: str, limit: int) -> bytes:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unsafe(f"a file cannot be opened: {error.strerror}") from error
    with os.fdopen(fd, "rb") as file:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode):
            raise Unsafe("something that is not a regular file")
        if found.st_nlink != 1:
            raise Unsafe("a file with a second name (hard link)")
        if found.st_size > limit:
            raise TooLarge("more bytes than the limit allows")
        return file.read(limit)
