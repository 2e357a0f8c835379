"""A table is read within bounds that a small one never meets, however wide it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.challenges import table_reading
from challenges.tables.table import TableError


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    rows = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 800)), columns=[f"x{n}" for n in range(800)])
    rows.to_csv(tmp_path / "wide.csv", index=False)
    return tmp_path / "wide.csv"


def test_a_small_table_of_many_columns_is_taken(wide: Path) -> None:
    assert len(table_reading.read(wide).kinds) == 800


@pytest.mark.parametrize("megabytes", [24, 40])
def test_a_table_that_takes_all_memory_is_refused_by_name(
    wide: Path, monkeypatch: pytest.MonkeyPatch, megabytes: int
) -> None:
    """Also where it is taken late: too late to begin a thread."""
    monkeypatch.setattr(table_reading, "LEAST_MB", megabytes)
    monkeypatch.setattr(table_reading, "TIMES", 0)
    with pytest.raises(TableError, match="MB of memory or 900 s") as no:
        table_reading.read(wide)
    assert no.value.code == "TABLE_MEMORY"
