"""Zip archives, read in memory."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial

from app.intake.archives.entries import MAX_ENTRIES, Entry, Kind
from app.intake.problems import rejected, shown
from app.words import _

END = b"PK\x05\x06"
ZIP64_END = b"PK\x06\x06"
ZIP64_LOCATOR = b"PK\x06\x07"
#: Bytes of the two together.
LARGE_ENDS = 56 + 20
MAX_DIRECTORY = 4 * 2**20
LOCAL_HEADER = 30
#: "Made by" of FAT, NTFS and VFAT.
WINDOWS = (0, 10, 14)
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, ValueError, NotImplementedError)


def zip_entries(data: bytes) -> Iterator[Entry]:
    """The members of a zip; raises Rejected for what is broken, encrypted, overlapping or oddly compressed."""
    _check_directory(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except BROKEN as error:
        raise rejected("ARCHIVE_BROKEN", _("The zip archive cannot be read.")) from error
    _check_overlap(infos, archive.start_dir)
    for info in infos:
        yield Entry(_name(info).removeprefix("./"), _kind(info), info.file_size, partial(_read, archive, info))


def _check_directory(data: bytes) -> None:
    """Bound the list of members before zipfile builds an object for each."""
    at = data.rfind(END, max(0, len(data) - 65_557))
    if at < 0 or len(data) < at + 22:
        raise rejected("ARCHIVE_BROKEN", _("The zip archive has no end. It is cut off, or it is not a zip."))
    count, size = struct.unpack_from("<HI", data, at + 10)
    large = at - LARGE_ENDS
    if large >= 0 and data[at - 20 : at - 16] == ZIP64_LOCATOR:  # some write it for one file, as others do beyond 4 GB
        if data[large : large + 4] != ZIP64_END:
            raise rejected("ARCHIVE_BROKEN", _("The zip archive cannot be read."))
        count, size = struct.unpack_from("<QQ", data, large + 32)
    if count > MAX_ENTRIES or size > MAX_DIRECTORY:
        raise rejected(
            "ARCHIVE_TOO_MANY",
            _("The zip archive lists more than {max_entries} entries.").format(max_entries=MAX_ENTRIES),
        )


def _check_overlap(infos: list[zipfile.ZipInfo], directory: int) -> None:
    """Members that share bytes are how a small zip unpacks to a huge one."""
    starts = sorted((i.header_offset, i.compress_size, i.orig_filename) for i in infos)
    ends = [start for start, _size, _name in starts[1:]] + [directory]
    for (start, size, name), end in zip(starts, ends, strict=False):
        if start + LOCAL_HEADER + size > end:
            raise rejected(
                "ARCHIVE_BROKEN", _("{name} overlaps another file of the zip archive.").format(name=shown(name))
            )


def _name(info: zipfile.ZipInfo) -> str:
    """PowerShell separates folders with backslashes, in archives that say they were made on Windows."""
    return info.orig_filename.replace("\\", "/") if info.create_system in WINDOWS else info.orig_filename


def _kind(info: zipfile.ZipInfo) -> Kind:
    mode = info.external_attr >> 16
    if _name(info).endswith("/"):
        return "folder"
    return "file" if stat.S_IFMT(mode) in (0, stat.S_IFREG) else "special"


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    name = shown(info.orig_filename)
    if info.flag_bits & 0x41:
        raise rejected("ARCHIVE_ENCRYPTED", _("{name} in the zip archive is encrypted.").format(name=name))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise rejected("ARCHIVE_COMPRESSION", _("{name} is packed with a method other than deflate.").format(name=name))
    try:
        with archive.open(info) as member:
            content = member.read(info.file_size)
    except (*BROKEN, RuntimeError) as error:
        raise rejected("ARCHIVE_BROKEN", _("{name} in the zip archive is damaged.").format(name=name)) from error
    if len(content) != info.file_size:
        raise rejected("ARCHIVE_BROKEN", _("{name} does not have the size the zip archive states.").format(name=name))
    return content
