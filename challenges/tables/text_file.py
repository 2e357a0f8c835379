"""The bytes of a text file as UTF-8, line by line, however they were written, packed and encoded."""

from __future__ import annotations

import codecs
import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from challenges.tables.table import MAX_BYTES, TableError, named
from graders.words import say

CHUNK = 1 << 20
GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
#: How the first name within a zip begins where a spreadsheet wrote it.
WORKBOOK = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"mimetypeapplication/vnd.oasis")


class TextFile(io.RawIOBase):
    """A readable stream of UTF-8 without a mark at its start.

    What is no UTF-8 is read as Windows-1252, line by line, and `odd_lines` names those lines.  TableError where the
    file is larger than a table may be, is packed in another way, or is no text.
    """

    def __init__(self, path: Path) -> None:
        self.odd_lines: list[int] = []
        self.utf8_lines = 0
        self._file = _opened(path)
        self._pieces = self._decoded()
        self._rest = b""
        self._seen = 0
        self._line = 1
        self.last = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()

    def _decoded(self) -> Iterator[bytes]:
        first = self._read()
        for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
            if first.startswith(mark):
                yield from self._from_utf16(first[2:], encoding)
                return
        kept = first.removeprefix(codecs.BOM_UTF8)
        while kept:
            end = kept.rfind(b"\n") + 1
            more = self._read()
            if not more:
                yield self._utf8(kept)
                return
            if end:
                yield self._utf8(kept[:end])
                kept = kept[end:] + more
            else:
                kept += more

    def _read(self) -> bytes:
        try:
            chunk = self._file.read(CHUNK)
        except (OSError, EOFError) as error:
            raise TableError(say("The file cannot be unpacked: {why}.", why=error), code="TABLE_PACKED") from error
        self._seen += len(chunk)
        if self._seen > MAX_BYTES:
            raise TableError(
                say("The file holds more than {most:,} MB, which is the most a table may be.", most=MAX_BYTES // 2**20),
                code="TABLE_SIZE",
            )
        return chunk

    @property
    def lines(self) -> int:
        """How many lines have been read."""
        return self._line - self.last.endswith(b"\n")

    def _utf8(self, lines: bytes) -> bytes:
        self.last = lines[-100:] or self.last
        if b"\0" in lines:
            raise TableError(
                say("The file holds zero bytes, so it is no text. Save it as CSV in UTF-8, or as Parquet."),
                code="TABLE_NO_TEXT",
            )
        try:
            lines.decode()
        except UnicodeDecodeError:
            lines = b"".join(self._lines(lines))
        else:
            self.utf8_lines += not lines.isascii()
            self._line += lines.count(b"\n")
        return lines

    def _lines(self, lines: bytes) -> Iterator[bytes]:
        for line in lines.splitlines(keepends=True):
            try:
                line.decode()
            except UnicodeDecodeError:
                self.odd_lines.append(self._line)
                yield line.decode("cp1252", "replace").encode()
            else:
                self.utf8_lines += not line.isascii()
                yield line
            self._line += line.endswith(b"\n")

    def _from_utf16(self, first: bytes, encoding: str) -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        chunk = first
        while chunk:
            yield self._utf8(decoder.decode(chunk).encode())
            chunk = self._read()

    @property
    def note(self) -> str:
        """What had to be decided about the encoding, "" for nothing."""
        if not self.odd_lines:
            return ""
        if not self.utf8_lines:
            return say("The file is read as Windows-1252, as it is no UTF-8.")
        return say(
            "Encodings are mixed: read as Windows-1252, unlike all others: lines {lines}.", lines=named(self.odd_lines)
        )


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        start = file.read(80)
    if start.startswith(GZIP):
        return cast(IO[bytes], gzip.open(path))
    if start.startswith(OLE) or (start.startswith(ZIP) and start[30:].startswith(WORKBOOK)):
        says = say("The file is a workbook of a spreadsheet. Save the sheet with the table as CSV in UTF-8.")
        raise TableError(says, code="TABLE_WORKBOOK")
    if start.startswith((ZIP, b"BZh", b"\xfd7zX", b"\x28\xb5\x2f\xfd")):
        raise TableError(
            say("The file is packed in a way that is not read. Unpack it, or pack it with gzip."), code="TABLE_PACKED"
        )
    return path.open("rb")
