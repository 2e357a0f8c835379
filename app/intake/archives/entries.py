"""What a zip, a tar or a folder holds, by the same rules for all three."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from app.intake.archives.names import check_collisions, check_name, junk
from app.intake.problems import rejected, shown
from graders.model.submission import Location, SetAside

MB = 2**20
MAX_UPLOAD = 10 * MB
MAX_FILES = 500
MAX_TOTAL = 20 * MB
#: Entries looked at, junk included; a bound on work rather than on what may be handed in.
MAX_ENTRIES = 20_000
MAX_ASIDE = 100

Kind = Literal["file", "folder", "special"]


@dataclass(frozen=True)
class Entry:
    """One member of an archive or folder.  `read` gives at most `size` bytes or raises Rejected; it is
    called at once or never, so an entry may stand for the current place in a stream."""

    name: str
    kind: Kind
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Contents:
    files: dict[str, bytes]
    set_aside: tuple[SetAside, ...]


def gather(entries: Iterable[Entry]) -> Contents:
    """Read the entries that are the candidate's work and set junk aside before any limit counts it."""
    files: dict[str, bytes] = {}
    aside: dict[str, None] = {}
    total = 0
    for count, entry in enumerate(entries):
        _check_count(count < MAX_ENTRIES, "entries", MAX_ENTRIES)
        if (rubbish := junk(entry.name)) is not None:
            aside[rubbish] = None
        elif entry.kind != "folder":
            total += entry.size
            _check_file(entry, files, total)
            files[entry.name] = entry.read()
        elif entry.name not in {"", ".", "./"}:
            check_name(entry.name.rstrip("/"))
    check_collisions(files)
    return Contents(
        files, tuple(SetAside(Location(name), "not part of the program") for name in list(aside)[:MAX_ASIDE])
    )


def _check_file(entry: Entry, files: dict[str, bytes], total: int) -> None:
    check_name(entry.name)
    if entry.kind == "special":
        raise rejected("FILE_SPECIAL", f"{shown(entry.name)} is a link or a special file.", Location(entry.name))
    if entry.name in files:
        raise rejected("NAME_DUPLICATE", f"The archive holds {shown(entry.name)} twice.", Location(entry.name))
    _check_count(len(files) < MAX_FILES, "files", MAX_FILES)
    if total > MAX_TOTAL:
        raise rejected("ARCHIVE_TOO_BIG", "Unpacked, the submission is larger than 20 MB.", Location(entry.name))


def _check_count(within: bool, what: str, limit: int) -> None:
    if not within:
        raise rejected("ARCHIVE_TOO_MANY", f"The submission holds more than {limit} {what}.")
