"""A packed table gives what a frame gives, in a fraction of its bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges.tables import folds, packed, reading
from challenges.tables.packed import Packed, frame, of_series

ROWS = 4_000
#: Values of each kind that packing might change: signs, gaps, ends of types, and what is mostly different.
COLUMNS: dict[str, tuple[str, list[object]]] = {
    "figures": ("int", [row % 10 for row in range(ROWS)]),
    "negative": ("int", [-row for row in range(ROWS)]),
    "long": ("int", [2**53 + row for row in range(ROWS)]),
    "gaps": ("float", [None if row % 3 else float(row % 5) for row in range(ROWS)]),
    "minus zero": ("float", [-0.0 if row % 2 else 0.0 for row in range(ROWS)]),
    "prices": ("float", [row % 100 / 8 for row in range(ROWS)]),
    "measured": ("float", [row + 0.123456789 for row in range(ROWS)]),
    "codes": ("text", [None if row % 7 == 0 else f"code {row % 20}" for row in range(ROWS)]),
    "names": ("text", [f"nobody {row}" for row in range(ROWS)]),
    "empty": ("text", [None] * ROWS),
}
DTYPES = {"int": "int64", "float": "float64", "text": "str"}


@pytest.fixture(scope="module")
def plain() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(values, dtype=DTYPES[kind]) for name, (kind, values) in COLUMNS.items()})


@pytest.fixture
def rows(plain: pd.DataFrame) -> Packed:
    kinds = {name: kind for name, (kind, _) in COLUMNS.items()}
    return Packed({name: of_series(plain[name], kinds[name]) for name in plain}, kinds)


def test_columns_and_rows_are_those_of_the_frame(plain: pd.DataFrame, rows: Packed) -> None:
    for name in plain:
        pd.testing.assert_series_equal(rows[name], plain[name])
    assert np.signbit(rows["minus zero"]).equals(np.signbit(plain["minus zero"]))
    places = np.random.default_rng(0).permutation(ROWS)[:500]
    pd.testing.assert_frame_equal(frame(rows, places), frame(plain, places))
    pd.testing.assert_frame_equal(frame(rows, slice(20, 40)), frame(plain, slice(20, 40)))
    assert packed.size(rows) == pytest.approx(packed.size(plain), rel=0.01)


def test_equal_values_have_one_number_in_either_form(plain: pd.DataFrame, rows: Packed) -> None:
    """Rows on two sides are compared by them, and the sides may be held differently."""
    for name in plain:
        assert np.array_equal(packed.hashes(rows, name), packed.hashes(plain, name)), name
    assert np.array_equal(folds.hashed(rows, list(plain)), folds.hashed(plain, list(plain)))


def test_parts_leave_the_table_as_they_are_taken(plain: pd.DataFrame, rows: Packed) -> None:
    places = np.random.default_rng(1).permutation(ROWS)
    public, hidden = rows.parted([places[:3_000], places[3_000:]])
    assert (len(rows), len(public), len(hidden)) == (0, 3_000, 1_000)
    pd.testing.assert_frame_equal(frame(hidden, slice(None)), frame(plain, places[3_000:]))
    assert "codes" not in hidden.without("codes")


def test_a_table_takes_less_than_its_file(tmp_path: Path) -> None:
    """Figures, prices and codes: the narrower the values, the shorter their text."""
    rng, count = np.random.default_rng(0), 60_000
    table = pd.DataFrame({f"flag_{n}": rng.integers(0, 2, count) for n in range(10)})
    table = table.assign(**{f"price_{n}": rng.integers(0, 99, count) / 10 for n in range(5)})
    table = table.assign(**{f"kind_{n}": rng.choice(["a", "bc", "def"], count) for n in range(5)})
    path = tmp_path / "table.csv"
    table.to_csv(path, index=False)
    reading.to_parquet(path, tmp_path / "plain")
    own = reading.from_parquet(tmp_path / "plain").rows
    assert isinstance(own, Packed)
    assert own.nbytes < path.stat().st_size < packed.size(own) / 2
