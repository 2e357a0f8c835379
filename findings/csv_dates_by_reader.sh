#!/bin/sh
# Three readers of one CSV file agree that it holds dates, and not on the month.
# Versions: duckdb 2.0.0, polars 2.1.0, pandas 3.1.1, numpy 2.4.6.
# Expected: dates that can be read in two ways are left as text, or all readers put the month first, as pandas has always done.
# Seen: for 03/04/2026 pandas says 4 March, DuckDB and polars say 3 April; DuckDB does so without being asked for dates.
# One row with a day above 12 further down makes DuckDB and pandas agree, and polars keep the whole column as text.
# What it means: a month, a season or a split in time depends on the reader and on the rows of the file. Name the format.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check duckdb==2.0.0 polars==2.1.0 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import duckdb
import pandas as pd
import polars as pl

warnings.simplefilter("error")


def first_day(days):
    with open("days.csv", "w") as file:
        file.write("day,x\n" + "".join(f"{day},1\n" for day in days))
    duck = duckdb.sql("SELECT day FROM 'days.csv'").fetchall()[0][0]
    cut = pl.read_csv("days.csv", try_parse_dates=True)["day"][0]
    rows = pd.read_csv("days.csv", parse_dates=["day"])["day"].iloc[0]
    return str(duck), str(cut), str(rows)[:10]


ambiguous = [f"{3 + n % 9:02}/{4 + n % 5:02}/2026" for n in range(60)]
seen = first_day(ambiguous)
told = first_day([*ambiguous, "03/25/2026"])
print("DuckDB, polars, pandas:", seen, "with one day above 12:", told)
assert seen == ("2026-04-03", "2026-04-03", "2026-03-04")
assert told == ("2026-03-04", "03/04/2026", "2026-03-04")
PYTHON
