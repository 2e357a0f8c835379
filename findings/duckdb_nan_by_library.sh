#!/bin/sh
# DuckDB takes a missing number for missing or for a number, by the library that holds it.
# Versions: duckdb 2.0.0, polars 2.1.0, pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6.
# Expected: NaN is handled alike: skipped by `avg`, as pandas does, or counted in all tables.
# Seen: in a pandas frame, and in its Parquet file, NaN is NULL. In a polars frame and its Parquet file it is a number:
# `count` includes it, `avg` and `max` become NaN. pandas reads both files as the same table.
# What it means: `WHERE x IS NOT NULL`, counts and means change by who wrote a file, and reading it back in pandas hides it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check duckdb==2.0.0 polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import math

import duckdb
import numpy as np
import pandas as pd
import polars as pl

in_pandas = pd.DataFrame({"x": [1.0, np.nan, 3.0]})
in_polars = pl.DataFrame({"x": [1.0, float("nan"), 3.0]})
in_pandas.to_parquet("pandas.parquet")
in_polars.write_parquet("polars.parquet")
pd.testing.assert_frame_equal(pd.read_parquet("pandas.parquet"), pd.read_parquet("polars.parquet"))
for table in ("in_pandas", "'pandas.parquet'", "in_polars", "'polars.parquet'"):
    count, mean, highest = duckdb.sql(f"SELECT count(x), avg(x), max(x) FROM {table}").fetchall()[0]
    print(table, "count", count, "mean", mean, "max", highest)
    if "pandas" in table:
        assert (count, mean, highest) == (2, 2.0, 3.0)
    else:
        assert count == 3 and math.isnan(mean) and math.isnan(highest)
PYTHON
