"""Libraries of tables, loaded when something of them is first asked for.

Together they take seconds and 70 MB.  A server that only answers requests knows all checks and never needs them.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["pa", "pacsv", "pc", "pd", "pq"]


class _Later(ModuleType):
    """Stands for a module; the lock of imports lets two threads ask for it at once."""

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq
else:
    pd, pa = _Later("pandas"), _Later("pyarrow")
    pc, pacsv, pq = (_Later(f"pyarrow.{part}") for part in ("compute", "csv", "parquet"))
