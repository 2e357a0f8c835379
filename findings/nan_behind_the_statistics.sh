#!/bin/sh
# Of 236,000 gaps in a Parquet file DuckDB finds none, Arrow and pandas miss a machine's, and polars finds all; the answer is the statistics.
# Versions: duckdb 2.0.1, pyarrow 26.0.1 and datafusion 55.0.0 (2026), polars 2.1.0, pandas 3.1.1, numpy 2.4.6.
# Expected: a filter on a file gives what the same filter gives on the table that was read from it. By the Parquet format the least and
# largest value of a row group leave NaN out, so that they say nothing of it.
# Seen: three machines with 30 % NaN each, and the second, idle, with 0 besides. DuckDB answers `isnan(x)` by the statistics: 0 rows
# of 235,988, in a count and in a filter. For Arrow the idle machine, whose least and largest value are equal, has no NaN: 157,340 are found.
# `x <> 0` keeps 524,288 rows of 602,936 in DuckDB, Arrow, pandas with `filters` and DataFusion; all gaps of the idle machine are
# gone. polars counts right, and so does each of them once the file was read whole. No warning is given.
# Known: duckdb #25521 (open, September 2026) on comparisons; arrow #28074 (2021) was closed. Written by pandas, NaN becomes null, and all agree.
# What it means: a check for gaps passes, and "where the reading is not 0" drops missing readings, by how rows lie in row groups. Filter
# after reading, or write null.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    duckdb==2.0.1 pyarrow==26.0.1 datafusion==55.0.0 polars==2.1.0 pandas==3.1.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import datafusion
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

warnings.simplefilter("error")
rng = np.random.default_rng(0)
rows = 262_144
readings = rng.normal(20, 2, 3 * rows)
readings[rows : 2 * rows] = 0
readings[rng.random(3 * rows) < 0.3] = np.nan
pl.DataFrame({"machine": np.arange(3 * rows) // rows, "x": readings}).write_parquet("readings.parquet")

gaps, other = int(np.isnan(readings).sum()), int((readings != 0).sum())
found = {}
lazy = pl.scan_parquet("readings.parquet")
found["polars"] = lazy.filter(pl.col("x").is_nan()).collect().height, lazy.filter(pl.col("x") != 0).collect().height
for name, table in (("DuckDB, file", "'readings.parquet'"), ("DuckDB, table", "whole")):
    with duckdb.connect() as base:
        base.execute("create table whole as select * from 'readings.parquet'")
        found[name] = tuple(base.sql(f"select x from {table} where {test}").fetchnumpy()["x"].size for test in ("isnan(x)", "x <> 0"))
        counted = base.sql(f"select sum(isnan(x)::int) from {table}").fetchall()[0][0]
        assert counted == found[name][0]
x, whole = ds.field("x"), pq.read_table("readings.parquet")
for name, table in (("Arrow, file", ds.dataset("readings.parquet").to_table), ("Arrow, table", whole.filter)):
    tests = (pc.is_nan(x), x != 0)
    found[name] = tuple((table(filter=test) if "file" in name else table(test)).num_rows for test in tests)
found["pandas, filters"] = None, len(pd.read_parquet("readings.parquet", filters=[("x", "!=", 0)]))
found["pandas, table"] = tuple(int(test.sum()) for test in (np.isnan(whole["x"].to_numpy()), pd.read_parquet("readings.parquet").x != 0))
session = datafusion.SessionContext()
session.register_parquet("readings", "readings.parquet")
found["DataFusion, file"] = tuple(session.sql(f"select x from readings where {test}").count() for test in ("isnan(x)", "x <> 0.0"))
print(f"NaN: {gaps:,}; not equal to 0: {other:,}")
for name, (missing, unequal) in found.items():
    print(f"{name}: NaN {missing}, not equal to 0 {unequal:,}")

right = {"polars", "DuckDB, table", "Arrow, table", "pandas, table"}
assert all(found[name] == (gaps, other) for name in right)
assert found["DuckDB, file"] == (0, 2 * rows)
assert found["Arrow, file"] == (int(np.isnan(readings[:rows]).sum() + np.isnan(readings[2 * rows :]).sum()), 2 * rows)
assert found["DataFusion, file"] == (gaps, 2 * rows) and found["pandas, filters"][1] == 2 * rows
PYTHON
