"""What a probe prints: its first bytes kept, the rest counted."""

from __future__ import annotations

import mmap
import os

SPARE = 1 << 16  # room for what is read beyond the limit


class Log:
    """Kept in pages of its own, which go back to the kernel at the end.

    In PID 1's ordinary memory it would be there for the next probe's process to find.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._area = mmap.mmap(-1, limit + SPARE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.kept = self.dropped = 0

    def drain(self, pipe: int) -> bool:
        """Take what a non-blocking pipe holds at most once; False when its other end is closed."""
        with memoryview(self._area) as area, area[self.kept :] as room:
            try:
                size = os.readv(pipe, [room])
            except BlockingIOError:
                return True
        new = min(size, self._limit - self.kept)
        self.kept += new
        self.dropped += size - new
        return size > 0

    def file(self) -> int:
        """A file in memory with all that was kept, for the collector; whoever asks closes it."""
        opened = os.memfd_create("log", os.MFD_CLOEXEC)
        os.fchmod(opened, 0o600)
        with memoryview(self._area) as area, area[: self.kept] as text:
            os.pwrite(opened, text, 0)
        return opened

    def close(self) -> None:
        self._area.close()
