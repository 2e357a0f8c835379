#!/bin/sh
# An ordered category loses its order on the way to polars, and keeps it on the way to DuckDB and through Parquet.
# Versions: polars 2.1.0, pandas 3.1.1, duckdb 2.0.0, pyarrow 26.0.1, numpy 2.4.6.
# Expected: low < mid < high stays so, as Arrow carries the order; or the conversion refuses it, as polars has Enum.
# Seen: polars makes an unordered Categorical, compares by spelling, and says nothing: the highest value is mid.
# Back in pandas categories are in order of appearance, and the one without rows is gone. DuckDB makes an ENUM and finds
# high; a polars Enum, handed to DuckDB, is plain text again, and the highest is mid once more.
# What it means: codes, maxima and sorted plots differ by the library in the middle. Cast to Enum by hand.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check polars==2.1.0 pandas==3.1.1 duckdb==2.0.0 pyarrow==26.0.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import duckdb
import pandas as pd
import polars as pl

warnings.simplefilter("error")
levels = ["low", "mid", "high", "extreme"]
rows = pd.DataFrame({"level": pd.Categorical(["high", "low", "mid"] * 3, categories=levels, ordered=True)})
rows.to_parquet("rows.parquet")
assert pd.read_parquet("rows.parquet")["level"].dtype == rows["level"].dtype

for name, frame in (("from_pandas", pl.from_pandas(rows)), ("Parquet", pl.read_parquet("rows.parquet"))):
    back = frame.to_pandas()["level"].cat
    print(name, frame.schema["level"], "highest:", frame["level"].max(), "back:", list(back.categories), back.ordered)
    assert frame["level"].max() == "mid" and rows["level"].max() == "high"
    assert not back.ordered and list(back.categories) == ["high", "low", "mid"]

ranked = pl.DataFrame({"level": list(rows["level"])}, schema={"level": pl.Enum(levels)})
assert ranked["level"].max() == "high" and ranked.to_pandas()["level"].dtype == rows["level"].dtype
highest = [duckdb.sql(f"SELECT max(level), any_value(typeof(level)) FROM {table}").fetchall()[0] for table in ("rows", "ranked")]
print("DuckDB, of pandas and of a polars Enum:", highest)
assert highest[0][0] == "high" and highest[0][1].startswith("ENUM")
assert highest[1] == ("mid", "VARCHAR")
PYTHON
