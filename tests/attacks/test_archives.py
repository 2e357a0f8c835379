"""Row 48, what tests/intake does not hold: archives encrypted in earnest, and ones that lie about it."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

import pytest

from tests.app.intake.make import PIPELINE, refusal, zipped

KEYS = (0x12345678, 0x23456789, 0x34567890)


class ZipCrypto:
    """The classic encryption of zip archives (APPNOTE 6.1), so that an encrypted one can be made here."""

    def __init__(self, password: bytes) -> None:
        self.keys = list(KEYS)
        for byte in password:
            self._update(byte)

    def _update(self, byte: int) -> None:
        first, second, third = self.keys
        first = crc32(byte, first)
        second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self.keys = [first, second, crc32(second >> 24, third)]

    def encrypt(self, plain: bytes) -> bytes:
        out = bytearray()
        for byte in plain:
            word = self.keys[2] | 2
            out.append(byte ^ (((word * (word ^ 1)) >> 8) & 0xFF))
            self._update(byte)
        return bytes(out)


def crc32(byte: int, crc: int) -> int:
    """One step of CRC-32 without the inversions that zlib makes around it."""
    return zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def encrypted(content: bytes, local_flag: int = 1, central_flag: int = 1, method: int = 0) -> bytes:
    """A zip of one stored, encrypted pipeline.py, with the flags and method given in its two headers."""
    crc, name = zlib.crc32(content), b"pipeline.py"
    body = ZipCrypto(b"secret").encrypt(bytes(11) + bytes([crc >> 24]) + content)
    sizes = struct.pack("<3I2H", crc, len(body), len(content), len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<3H2H", 20, local_flag, method, 0, 0) + sizes + name + body
    central = b"PK\x01\x02" + struct.pack("<4H2H", 20, 20, central_flag, method, 0, 0) + sizes
    central += struct.pack("<3H2I", 0, 0, 0, 0, 0) + name
    return local + central + b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 1, 1, len(central), len(local), 0)


def test_the_builder_makes_what_unzip_would_open() -> None:
    """The password opens the archive, so it is a real one that is refused below."""
    with zipfile.ZipFile(BytesIO(encrypted(PIPELINE.encode()))) as archive:
        assert archive.read("pipeline.py", b"secret") == PIPELINE.encode()


INNER = zipped({"pipeline.py": encrypted(b"x")})
CASES = (
    ("encrypted", encrypted(PIPELINE.encode()), "work.zip", "ARCHIVE_ENCRYPTED"),
    ("encrypted with AES", encrypted(PIPELINE.encode(), method=99), "work.zip", "ARCHIVE_ENCRYPTED"),
    ("strong encryption", encrypted(PIPELINE.encode(), 0x41, 0x41), "work.zip", "ARCHIVE_ENCRYPTED"),
    ("encrypted, told in the list only", encrypted(PIPELINE.encode(), 0, 1), "work.zip", "ARCHIVE_ENCRYPTED"),
    ("encrypted, told in the member only", encrypted(PIPELINE.encode(), 1, 0), "work.zip", "ARCHIVE_BROKEN"),
    ("encrypted, told nowhere", encrypted(PIPELINE.encode(), 0, 0), "work.zip", "ARCHIVE_BROKEN"),
    ("7-Zip under another name", b"7z\xbc\xaf\x27\x1c" + bytes(60), "work.zip", "ARCHIVE_BROKEN"),
    ("an encrypted zip as the pipeline", INNER, "work.zip", "SYNTAX_ERROR"),
    ("encrypted by gpg", b"\x85\x01\x0c\x03" + bytes(60), "work.tar.gz", "ARCHIVE_BROKEN"),
)


@pytest.mark.parametrize(("data", "name", "code"), [c[1:] for c in CASES], ids=[f"48 {c[0]}" for c in CASES])
def test_row_48_what_cannot_be_read_is_refused(data: bytes, name: str, code: str) -> None:
    """Encrypted archives are refused with a code and a hint, however their headers put it."""
    assert refusal(data, name).problem.code == code
