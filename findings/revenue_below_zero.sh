#!/bin/sh
# polars adds up sales of a 32-bit column to minus 1,295 million; DuckDB and pandas read 3,000 million from the same file.
# Versions: polars 2.1.0 (2026), pandas 3.1.1, pyarrow 26.0.1, duckdb 2.0.1, numpy 2.4.6.
# Expected: polars documents that columns of 8 and 16 bits are added up in 64, "to prevent overflow issues". So a sum is a sum.
# Seen: columns of 32 bits, the usual type of Parquet files and of databases, stay in 32: sums above 2,147,483,647 start again
# below zero. Ten days of 300 million are -1,294,967,296, alone, by group, over windows and running. The mean of the same
# column is right, so mean times count is not the sum. Shares of the total have the wrong sign: shops with 1,500 and 1,600 million
# have -126 % and -134 %. In UInt32, the type of `len()`, counts of large tables start again at 0. No warning or error is given.
# Known: polars #13782, open since 2024; #10740 and #12958 were closed. The docs name 8 and 16 bits only.
# What it means: totals of cents, bytes or clicks are wrong once a table is large, and right in its sample. Cast to Int64 first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 duckdb==2.0.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W error - <<'PYTHON'
import duckdb
import pandas as pd
import polars as pl

pd.DataFrame({"shop": ["a"] * 10 + ["b"] * 10, "cents": pd.array([300_000_000] * 20, dtype="int32")}).to_parquet("sales.parquet")
table = pl.read_parquet("sales.parquet")
assert table.schema["cents"] == pl.Int32
by_shop = dict(table.group_by("shop").agg(pl.col("cents").sum()).iter_rows())
streamed = dict(pl.scan_parquet("sales.parquet").group_by("shop").agg(pl.col("cents").sum()).collect(engine="streaming").iter_rows())
of_duckdb = dict(duckdb.sql("select shop, sum(cents)::bigint from 'sales.parquet' group by shop").fetchall())
of_pandas = pd.read_parquet("sales.parquet").groupby("shop")["cents"].sum().to_dict()
print(f"polars {by_shop}, DuckDB {of_duckdb}, pandas {of_pandas}")
assert by_shop == streamed == {"a": -1_294_967_296, "b": -1_294_967_296}
assert of_duckdb == of_pandas == {"a": 3_000_000_000, "b": 3_000_000_000}

one = table.filter(pl.col("shop") == "a")["cents"]
print(f"polars: sum {one.sum()}, last running sum {one.cum_sum()[-1]}, mean times count {one.mean() * len(one):.0f}")
assert one.sum() == one.cum_sum()[-1] == -1_294_967_296 and one.mean() * len(one) == 3_000_000_000
assert table.select(pl.col("cents").sum().over("shop")).to_series()[0] == -1_294_967_296
for narrow in (pl.Int8, pl.Int16):
    assert pl.Series([100] * 1_000, dtype=narrow).sum() == 100_000

shares = pl.DataFrame({"shop": ["a", "b"], "cents": pl.Series([1_500_000_000, 1_600_000_000], dtype=pl.Int32)})
shares = shares.with_columns(share=pl.col("cents") / pl.col("cents").sum())["share"].to_list()
print("shares of two shops:", [f"{share:.0%}" for share in shares])
assert max(shares) < -1
counts = pl.Series([1_500_000_000] * 3, dtype=pl.UInt32)
print(f"counts add up to {counts.sum():,}")
assert counts.sum() == 205_032_704
PYTHON
