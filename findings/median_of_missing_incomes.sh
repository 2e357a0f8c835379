#!/bin/sh
# polars' median of incomes, of which 40 % are NaN, is above what 83 % of people earn; the mean is NaN, the median looks right.
# Versions: polars 2.1.0 (2026), pandas 3.1.1, pyarrow 26.0.1, duckdb 2.0.1, numpy 2.4.6.
# Expected: a statistic leaves out what is missing, as pandas does, or is NaN itself, as numpy's median and polars' mean are.
# Seen: NaN is a number to polars, and the largest. So 40 % of NaN push the median from 21,900 to 58,500, by group, lazy, streamed
# and in `describe()`. Spearman's correlation of two columns falls from .95 to .36. NaN comes by a CSV file that pandas wrote with
# `na_rep="NaN"`, by numpy, and by a logarithm or a division; frames and Parquet files of pandas bring nulls, and all is right.
# So one table has two medians, by its path. DuckDB's median of the polars frame is 58,500, too. No warning is given.
# Known: the docs of `corr` say so for Spearman; those of `median` and `quantile` do not speak of NaN.
# What it means: missing values are filled with what the rich earn, and a column that ranks well is dropped. Call
# `fill_nan(None)` first.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 duckdb==2.0.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W error - <<'PYTHON'
import duckdb
import numpy as np
import pandas as pd
import polars as pl

rng = np.random.default_rng(0)
earned = rng.lognormal(10, 1, 10_001)
spent = earned * rng.lognormal(0, 0.3, 10_001)
income = np.where(rng.random(10_001) < 0.4, np.nan, earned)
table = pd.DataFrame({"income": income, "spent": spent})
table.to_csv("people.csv", index=False, na_rep="NaN")
table.to_parquet("people.parquet")

people = pl.read_csv("people.csv")
assert people.schema["income"] == pl.Float64 and people["income"].null_count() == 0
medians = {
    "pandas": table["income"].median(),
    "polars, of CSV": people["income"].median(),
    "polars, by group": people.group_by(pl.lit("all")).agg(pl.col("income").median())["income"][0],
    "polars, streamed": people.lazy().select(pl.col("income").median()).collect(engine="streaming").item(),
    "polars, described": people.describe().filter(pl.col("statistic") == "50%")["income"][0],
    "polars, of numpy": pl.from_numpy(income[:, None])["column_0"].median(),
    "polars, of pandas": pl.from_pandas(table)["income"].median(),
    "polars, of Parquet": pl.read_parquet("people.parquet")["income"].median(),
    "DuckDB, of polars": duckdb.sql("select median(income) from people").fetchall()[0][0],
}
for name, median in medians.items():
    print(f"{name}: median {median:,.0f}, above {(earned < median).mean():.0%} of people")
right = {"pandas", "polars, of pandas", "polars, of Parquet"}
for name, median in medians.items():
    assert (earned < median).mean() < 0.53 if name in right else (earned < median).mean() > 0.8, name
assert np.isnan(people["income"].mean()) and np.isnan(np.median(income))

rank = table.corr("spearman").iloc[0, 1]
of_polars = people.select(pl.corr("income", "spent", method="spearman")).item()
filled = people.with_columns(pl.col("income").fill_nan(None))
print(f"Spearman: pandas {rank:.2f}, polars {of_polars:.2f}")
assert rank > 0.95 > 0.5 > of_polars
assert abs(filled.select(pl.corr("income", "spent", method="spearman")).item() - rank) < 1e-9
assert filled["income"].median() == medians["pandas"]
PYTHON
