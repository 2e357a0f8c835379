"""What comes over the Docker attach socket: frames of 8 bytes of header (kind, length) and their payload."""

from __future__ import annotations

import struct
from collections.abc import Callable

HEADER = struct.Struct(">BxxxL")
STDOUT, STDERR = 1, 2
MAX_COMPLAINTS = 64 * 1024
RECEIVE = 1 << 20

Receive = Callable[[int], bytes]  # at least one byte and at most so many; b"" at the end


class Closed(Exception):
    """The container closed its end of the line."""


class Reader:
    """The container's standard output as a stream of bytes; its standard error kept aside, bounded.

    It holds no more than one received chunk beyond what was asked for, however long a frame claims to be.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._raw = bytearray()
        self._output = bytearray()
        self._left = 0  # bytes of the current frame's payload still to come
        self._kind = STDOUT
        self.complaints = bytearray()

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes of standard output; Closed when the line ends before."""
        while len(self._output) < size:
            self._fill()
        taken = bytes(self._output[:size])
        del self._output[:size]
        return taken

    def _fill(self) -> None:
        chunk = self._receive(RECEIVE)
        if not chunk:
            raise Closed
        self._raw += chunk
        while self._step():
            pass

    def _step(self) -> bool:
        """Take one header or one piece of payload off the received bytes; False when more have to come."""
        if self._left == 0:
            if len(self._raw) < HEADER.size:
                return False
            self._kind, self._left = HEADER.unpack_from(self._raw)
            del self._raw[: HEADER.size]
            return True
        piece = bytes(self._raw[: self._left])
        del self._raw[: len(piece)]
        self._left -= len(piece)
        self._keep(piece)
        return bool(piece)

    def _keep(self, piece: bytes) -> None:
        if self._kind == STDOUT:
            self._output += piece
        elif self._kind == STDERR:
            self.complaints += piece[: MAX_COMPLAINTS - len(self.complaints)]
