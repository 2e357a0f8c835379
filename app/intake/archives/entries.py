"""What a zip, a tar or a folder holds, by the same rules for all three."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from app.intake.archives.names import check_collisions, check_name, junk
from app.intake.notebook.document import without_outputs
from app.intake.problems import rejected, shown
from app.words import _
from graders.model.submission import Aside, Location, SetAside

MB = 2**20
MAX_UPLOAD = 10 * MB
MAX_FILES = 500
MAX_TOTAL = 20 * MB
#: Entries looked at, junk included; a bound on work rather than on what may be handed in.
MAX_ENTRIES = 20_000
MAX_ASIDE = 100
#: A notebook with its outputs; what lies below HEAVY is kept as it is.
MAX_NOTEBOOK = 50 * MB
HEAVY = MB

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
    outputs: list[SetAside] = []
    total = 0
    for count, entry in enumerate(entries):
        if count >= MAX_ENTRIES:
            message = _("The archive lists more than {limit} entries.").format(limit=MAX_ENTRIES)
            raise rejected("ARCHIVE_TOO_MANY", message)
        if (rubbish := junk(entry.name)) is not None:
            aside[rubbish] = None
        elif entry.kind != "folder":
            heavy = is_heavy(entry.name, entry.size)
            _check_file(entry, files, total + (0 if heavy else entry.size))
            content = entry.read()
            files[entry.name] = without_outputs(content) if heavy else content
            total += len(files[entry.name])
            _check_file(entry, {}, total)
            outputs += outputs_aside(entry.name, entry.size - len(files[entry.name])) if heavy else []
        elif entry.name not in {"", ".", "./"}:
            check_name(entry.name.rstrip("/"))
    check_collisions(files)
    junk_aside = [SetAside(Location(name), "not part of the program") for name in list(aside)[:MAX_ASIDE]]
    return Contents(files, (*junk_aside, *outputs))


def is_heavy(name: str, size: int) -> bool:
    """Whether this is a notebook so large that its outputs are left behind, and count for nothing."""
    return _is_notebook(name) and HEAVY < size <= MAX_NOTEBOOK


def outputs_aside(name: str, size: int) -> list[SetAside]:
    """What is said of `size` bytes of outputs; nothing where there were hardly any."""
    told = f"{size / MB:.0f} MB of outputs: clear them before you hand it in"
    return [SetAside(Location(name), told, Aside.OUTPUTS)] if size > HEAVY else []


def _check_file(entry: Entry, files: dict[str, bytes], total: int) -> None:
    check_name(entry.name)
    if entry.kind == "special":
        raise rejected(
            "FILE_SPECIAL",
            _("{name} is a link or a special file.").format(name=shown(entry.name)),
            Location(entry.name),
        )
    if entry.name in files:
        raise rejected(
            "NAME_DUPLICATE", _("The archive holds {name} twice.").format(name=shown(entry.name)), Location(entry.name)
        )
    if len(files) >= MAX_FILES:
        message = _("The submission holds more than {limit} files.").format(limit=MAX_FILES)
        raise rejected("ARCHIVE_TOO_MANY", message)
    if total > MAX_TOTAL:
        message = _("Unpacked, the submission is larger than 20 MB.")
        where = Location(entry.name)
        if _is_notebook(entry.name):
            raise rejected("NOTEBOOK_TOO_BIG", message, where)
        raise rejected("ARCHIVE_TOO_BIG", message, where)


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")
