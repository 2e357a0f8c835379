"""A table is read within bounds that a small one never meets, however wide it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.challenges import table_reading
from challenges.tables.table import TableError


def wide(folder: Path, rows: int) -> Path:
    cells = np.random.default_rng(0).normal(size=(rows, 800))
    pd.DataFrame(cells, columns=[f"x{n}" for n in range(800)]).to_csv(folder / "wide.csv", index=False)
    return folder / "wide.csv"


def test_a_small_table_of_many_columns_is_taken(tmp_path: Path) -> None:
    assert len(table_reading.read(wide(tmp_path, 200)).kinds) == 800


@pytest.mark.parametrize("megabytes", [24, 32])
def test_a_table_that_takes_all_memory_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int
) -> None:
    """Also where it is taken late: too late to begin a thread.  With some 100 MB this table is read."""
    monkeypatch.setattr(table_reading, "LEAST_MB", megabytes)
    monkeypatch.setattr(table_reading, "TIMES", 0)
    with pytest.raises(TableError, match="MB of memory or 900 s") as no:
        table_reading.read(wide(tmp_path, 1000))
    assert no.value.code == "TABLE_MEMORY"
