"""What is in wheels, which anybody may have made: read in a process with limits, written into one tar of our making.

The tar is what the engine lays over the image.  Every name in it has been looked at; links and start-up hooks are in
none.
"""

from __future__ import annotations

import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sandbox.packages.refusal import PackagesRefused
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun

T = TypeVar("T")
Files = Sequence[tuple[str, Path]]  # a package's name, and its wheel
SERVER = ForkServer("sandbox.packages.wheels")
BOUNDS = Bounds(cpu_seconds=120, memory_mb=512, seconds=900)
#: Where the tar's files lie in the image; tools take a folder of this name for one of libraries.
PLACE = "opt/layer/site-packages"
MOST_FILES = 40_000
#: Of a layer, whatever the administrator allows.
MOST_BYTES = 4 * 2**30
MOST_PATH, MOST_PART, MOST_DEPTH = 400, 200, 24
#: Of a module's text so much is looked at for the libraries it names.
HEAD = 200_000
CHUNK = 1 << 20
#: What an interpreter would run by itself, if it lay where it looks for such.
HOOKS = frozenset({"sitecustomize", "usercustomize"})
#: Of a wheel's `.data` folder: what installers put beside its modules; commands, headers and the rest are left out.
BESIDE = frozenset({"purelib", "platlib"})
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LINK, FOLDER, PLAIN = 0o12, 0o04, (0, 0o10)
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True)
class Content:
    """What a wheel holds: the names it is imported by, and libraries of the image that its modules name."""

    imports: tuple[str, ...]
    uses: tuple[str, ...]


@dataclass
class Room:
    """What all wheels of one lock may still take: bytes, files, and paths that no other has."""

    bytes: int
    files: int = MOST_FILES
    taken: dict[str, str] = field(default_factory=dict)  # "file" or "folder", by path

    def take(self, name: str, path: str, size: int) -> None:
        self.bytes -= size
        self.files -= 1
        if self.bytes < 0 or self.files < 0:
            raise PackagesRefused("PACKAGES_TOO_BIG", (name,), "unpacked")
        for parent in (*_parents(path), path):
            kind = "file" if parent == path else "folder"
            if self.taken.setdefault(parent, kind) != kind:
                raise broken(name, f"{shown(path)} is a file and a folder")


def contents(files: Files, most_bytes: int, libraries: Collection[str]) -> tuple[Content, ...]:
    """What each wheel holds, and which of these libraries it names.

    PackagesRefused where one is no sound wheel, or all are larger than `most_bytes` unpacked.
    """
    return _bounded(files, _contents, most_bytes, tuple(libraries))


def pack(files: Files, to: Path, most_bytes: int, recipe: bytes) -> None:
    """Write `recipe` and the files of all wheels as one tar to `to`; PackagesRefused as in `contents`."""
    _bounded(files, _pack, to.absolute(), most_bytes, recipe)


def _bounded(files: Files, function: Callable[..., T], *more: object) -> T:
    try:
        return SERVER.call(BOUNDS, function, [(name, path.absolute()) for name, path in files], *more)
    except Overrun as overrun:
        raise broken(", ".join(name for name, _ in files)[:200], f"reading takes too much {overrun.limit}") from None


def broken(name: str, why: str) -> PackagesRefused:
    return PackagesRefused("PACKAGE_BROKEN", (name,), why)


def _contents(files: Files, most_bytes: int, libraries: tuple[str, ...]) -> tuple[Content, ...]:
    room, found = Room(most_bytes), []
    for name, path in files:
        imports, named = set(), set()
        for place, data in _files(name, path, room):
            imports.add(_imported(place))
            if place.endswith(".py") and "tests/" not in place:
                named |= set(_named(data[:HEAD]))
        uses = sorted(named.intersection(libraries))
        found.append(Content(tuple(sorted(imports - {""})), tuple(uses)))
    return tuple(found)


def _pack(files: Files, to: Path, most_bytes: int, recipe: bytes) -> None:
    from sandbox.image.build import add  # noqa: PLC0415 - it knows Docker, which whoever only reads wheels does not

    room = Room(most_bytes)
    with tarfile.open(to, "w") as archive:
        add(archive, "Dockerfile", recipe)
        written: set[str] = set()
        for name, path in files:
            for place, data in _files(name, path, room):
                if place not in written:  # two packages may share an empty `__init__.py`; the first has it
                    written.add(place)
                    add(archive, f"{PLACE}/{place}", data)


def _files(name: str, wheel: Path, room: Room) -> Iterator[tuple[str, bytes]]:
    """(path beside the modules, content) of all that is laid into the image."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or len({entry.filename for entry in entries}) < len(entries):
                raise broken(name, "it holds too many files, or one twice")
            for entry in entries:
                _check(name, entry)
                place = _place(entry.filename)
                if not entry.is_dir() and place:
                    room.take(name, place, entry.file_size)
                    yield place, _content(name, archive, entry)
    except UNREADABLE as error:
        raise broken(name, f"it cannot be unpacked: {type(error).__name__}") from None


def _check(name: str, entry: zipfile.ZipInfo) -> None:
    """PackagesRefused for an entry that no builder of wheels writes."""
    path = entry.filename
    parts = path.rstrip("/").split("/")
    unsafe = any(unicodedata.category(c) in INVISIBLE for c in path) or "\\" in path or ":" in parts[0]
    if unsafe or not {"", ".", ".."}.isdisjoint(parts):
        raise broken(name, f"{shown(path)} is no plain name")
    long = len(path.encode()) > MOST_PATH or any(len(part.encode()) > MOST_PART for part in parts)
    if long or len(parts) > MOST_DEPTH:
        raise broken(name, f"{shown(path)} is too long a name")
    kind = entry.external_attr >> 28
    if kind not in (*PLAIN, FOLDER) or (kind == FOLDER) > entry.is_dir():
        raise broken(name, f"{shown(path)} is a link or a device")
    if entry.flag_bits & 1 or entry.compress_type not in METHODS:
        raise broken(name, f"{shown(path)} is packed in an unusual way")


def _content(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The content, never more than the entry says."""
    with archive.open(entry) as source:
        data = source.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise broken(name, f"{shown(entry.filename)} is not as large as it says")
    return data


def _place(path: str) -> str:
    """Where a wheel's file lies beside the modules; "" where it is left out: commands, start-up hooks, byte code."""
    parts = path.split("/")
    if parts[0].endswith(".data"):
        if len(parts) < 3 or parts[1] not in BESIDE:
            return ""
        parts = parts[2:]
    first = parts[0].partition(".")[0]
    hook = first.lower() in HOOKS or (len(parts) == 1 and parts[0].lower().endswith((".pth", ".start")))
    return "" if hook or "__pycache__" in parts else "/".join(parts)


def _imported(place: str) -> str:
    """The name by which a file, or the folder it lies in, is imported; "" for what is no module."""
    top, _, rest = place.partition("/")
    name = top if rest else top.partition(".")[0] if top.endswith((".py", ".so")) else ""
    return name if name.isidentifier() else ""


def _named(text: bytes) -> Iterator[str]:
    """What a module imports as soon as it is loaded, and all that holds it: `a.b` is within `a`."""
    for line in text.splitlines():
        if line.startswith((b"import ", b"from ")) and line.isascii():
            parts = line.decode().split(maxsplit=2)[1].split(",")[0].split(".")
            yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))


def shown(path: str) -> str:
    """A hostile name as one short printable line."""
    return "".join(c if c.isprintable() else "?" for c in path)[:80]
