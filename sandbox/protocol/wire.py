"""Framed messages between the grader and PID 1 of a container: a JSON header, then its blobs.

Every reader names the most it will take, so that neither side can make the other grow.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

LENGTH = struct.Struct(">I")
MAX_HEADER = 1 << 20

Header = dict[str, Any]
Read = Callable[[int], bytes]  # exactly so many bytes, or an exception


class ProtocolError(Exception):
    """The other side sent what no honest other side sends."""


def encode(header: Header, blobs: Sequence[bytes] = ()) -> bytes:
    """One message; the sizes of its blobs go into the header."""
    text = json.dumps({**header, "blobs": [len(blob) for blob in blobs]}).encode()
    return b"".join((LENGTH.pack(len(text)), text, *blobs))


def decode(read: Read, max_blob: int) -> tuple[Header, list[bytes]]:
    """The next message from `read`; ProtocolError when it breaks the format or passes `max_blob` bytes in all."""
    header, sizes = decode_header(read, max_blob)
    return header, [read(size) for size in sizes]


def decode_header(read: Read, max_blob: int) -> tuple[Header, list[int]]:
    """The next message but for its blobs, which are left unread; only their sizes."""
    (length,) = LENGTH.unpack(read(LENGTH.size))
    if length > MAX_HEADER:
        raise ProtocolError(f"a header of {length} bytes")
    header, sizes = parse_header(read(length))
    if sum(sizes) > max_blob:
        raise ProtocolError(f"blobs of {sum(sizes)} bytes where {max_blob} are allowed")
    return header, sizes


def parse_header(text: bytes) -> tuple[Header, list[int]]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the header is no JSON") from error
    if not isinstance(header, dict):
        raise ProtocolError("the header is no object")
    sizes = header.pop("blobs", None)
    if not isinstance(sizes, list) or not all(type(size) is int and size >= 0 for size in sizes):
        raise ProtocolError("the header does not say how long its blobs are")
    return header, sizes
