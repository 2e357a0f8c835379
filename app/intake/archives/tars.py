"""Gzipped tar archives, streamed in memory.

The standard library's reader is not used beyond single headers: it keeps extended headers of any size
in memory and matches them with a pattern that backtracks (CVE-2024-6232).
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator

from app.intake.archives.entries import MB, Entry, Kind
from app.intake.problems import rejected, shown
from app.words import _

BLOCK = tarfile.BLOCKSIZE
#: Bound on the unpacked stream, junk included.
MAX_STREAM = 200 * MB
MAX_EXTENDED = MB
FILES = (tarfile.REGTYPE, tarfile.AREGTYPE)
BROKEN = (OSError, EOFError, zlib.error, tarfile.TarError, ValueError)


class _Stream:
    """The unpacked bytes, front to back, never more than MAX_STREAM of them."""

    def __init__(self, data: bytes) -> None:
        self._file = gzip.GzipFile(fileobj=io.BytesIO(data))
        self._left = MAX_STREAM

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, or Rejected."""
        content = self._some(size)
        if len(content) != size:
            raise rejected("ARCHIVE_BROKEN", _("The tar.gz archive is cut off."))
        return content

    def skip(self, size: int) -> None:
        for start in range(0, size, MB):
            self.read(min(MB, size - start))

    def header(self) -> bytes | None:
        """The next header block, or None at the end, with or without the two empty blocks tar asks for."""
        block = self._some(BLOCK)
        return block if block.strip(b"\0") else None

    def finish(self) -> None:
        """Read what follows the last member, so that the checksum at the very end is compared."""
        while self._some(MB):
            pass

    def _some(self, size: int) -> bytes:
        """Up to `size` bytes, fewer only at the end."""
        self._left -= size
        if self._left < 0:
            raise rejected("ARCHIVE_TOO_BIG", _("Unpacked, the archive is larger than 200 MB."))
        try:
            return self._file.read(size)
        except BROKEN as error:
            raise rejected("ARCHIVE_BROKEN", _("The tar.gz archive is damaged or cut off.")) from error


def tar_entries(data: bytes) -> Iterator[Entry]:
    """The members of a gzipped tar; raises Rejected for what is broken or too large."""
    stream = _Stream(data)
    extended: dict[str, str] = {}
    while (block := stream.header()) is not None:
        info = _parse(block)
        if info.type in (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK):
            extended |= _extended(info, stream)
            continue
        size = _size(info, extended)
        body = _Body(stream, size)
        name = extended.get("path", info.name).removeprefix("./")
        yield Entry(name, _kind(info, extended), size, body.read)
        body.skip_rest()
        extended = {}
    stream.finish()


class _Body:
    """The bytes of one member, read at most once, with the padding after them."""

    def __init__(self, stream: _Stream, size: int) -> None:
        self._stream = stream
        self._size = size
        self._left = -(-size // BLOCK) * BLOCK

    def read(self) -> bytes:
        content = self._stream.read(self._left)[: self._size]
        self._left = 0
        return content

    def skip_rest(self) -> None:
        self._stream.skip(self._left)


def _parse(block: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (*BROKEN, IndexError) as error:
        raise rejected("ARCHIVE_BROKEN", _("The tar archive is damaged: a header cannot be read.")) from error


def _kind(info: tarfile.TarInfo, extended: dict[str, str]) -> Kind:
    sparse = any(key.startswith("GNU.sparse") for key in extended)
    if info.type in FILES and not sparse:
        return "folder" if info.name.endswith("/") else "file"
    return "folder" if info.type == tarfile.DIRTYPE else "special"


def _size(info: tarfile.TarInfo, extended: dict[str, str]) -> int:
    """Bytes that follow the header; links and folders have none, whatever they claim."""
    stated = extended.get("size", str(info.size))
    if not stated.isascii() or not stated.isdigit() or len(stated) > 12:
        raise rejected("ARCHIVE_BROKEN", _("{name} states an impossible size.").format(name=shown(info.name)))
    bodiless = (tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE)
    return 0 if info.type in bodiless else int(stated)


def _extended(info: tarfile.TarInfo, stream: _Stream) -> dict[str, str]:
    """What an extended header says of the next member: its long path, its size, that it is sparse."""
    if not 0 <= info.size <= MAX_EXTENDED:
        raise rejected("NAME_TOO_LONG", _("The archive holds an oversized extended header."))
    content = _Body(stream, info.size).read()
    if info.type == tarfile.GNUTYPE_LONGNAME:
        return {"path": content.rstrip(b"\0").decode("utf-8", "surrogateescape")}
    return _pax(content) if info.type == tarfile.XHDTYPE else {}


def _pax(content: bytes) -> dict[str, str]:
    """Records `LENGTH KEY=VALUE\\n`, where LENGTH counts the whole record."""
    found: dict[str, str] = {}
    at = 0
    while at < len(content):
        length = content[at : at + 20].split(b" ", 1)[0]
        if not length.isdigit() or int(length) <= len(length) + 1:
            raise rejected("ARCHIVE_BROKEN", _("The archive holds a broken extended header."))
        record = content[at + len(length) + 1 : at + int(length)].decode("utf-8", "surrogateescape")
        key, _equals, value = record.removesuffix("\n").partition("=")
        found[key] = value
        at += int(length)
    return found
