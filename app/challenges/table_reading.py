"""An uploaded table, read in a process that can be ended: it may be made to take all memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

from challenges.tables import reading
from challenges.tables.table import Table
from challenges.tables.text_file import GZIP
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun

#: A process that reads a table may take three times the file's size, and at least so much.
TIMES, LEAST_MB = 3, 1024
SECONDS = 900
#: With what reads tables loaded before memory is counted.
SERVER = ForkServer("challenges.tables.reading", "pandas", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet")


def read(path: Path) -> Table:
    """The table in a file that anybody may have sent; TableError says why it cannot be used."""
    with tempfile.TemporaryDirectory(prefix="assay-table-") as folder:
        plain = Path(folder) / "plain.parquet"
        to_parquet(path, plain)
        return reading.from_parquet(plain)


def to_parquet(path: Path, plain: Path) -> None:
    """Write the table in a file as Parquet to `plain`; TableError as in `read`.

    Memory is counted unpacked, as a file of 1 MB may hold 1 GB.
    """
    most = max(LEAST_MB, TIMES * path.stat().st_size * _packing(path) // 2**20)
    bounds = Bounds(cpu_seconds=SECONDS, memory_mb=most, seconds=2 * SECONDS)
    try:
        SERVER.call(bounds, reading.to_parquet, path.absolute(), plain.absolute())
    except Overrun:
        raise reading.too_much(most, SECONDS) from None


def _packing(path: Path) -> int:
    """How many times larger a packed file may become before its size stops counting."""
    with path.open("rb") as file:
        start = file.read(4)
    return 10 if start == reading.PARQUET or start.startswith(GZIP) else 1
