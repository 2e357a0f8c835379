#!/bin/sh
# A fifth of a DuckDB table, drawn at random, tells as much of its mean as ten rows.
# Versions: duckdb 2.0.0, numpy 2.4.6.
# Expected: `USING SAMPLE 20%` keeps each row with a chance of one in five, as TABLESAMPLE BERNOULLI does elsewhere.
# Seen: the default for a percentage keeps or drops blocks of 2,048 neighbouring rows. Of 2,000 rows it keeps none or all.
# Of 100,000 rows in order of time it keeps 2,000 to 40,000, and their mean moves some 50 times as much as `(bernoulli)`.
# Known: intended and documented; reported as surprising in duckdb #7954 and #15302. There is no warning.
# What it means: a hold-out or a bootstrap drawn so is one of a few periods. Error bars by rows are far too narrow.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check duckdb==2.0.0 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import duckdb
import numpy as np

base = duckdb.connect()
base.execute("create table few as select i from range(2000) rows(i)")
base.execute("create table visits as select i as visit, i / 100000.0 as position from range(100000) rows(i)")
kept = {base.execute("select count(*) from few using sample 20%").fetchone()[0] for _ in range(200)}
print("of 2,000 rows are kept", sorted(kept))
assert kept == {0, 2000}


def drawn(sample):
    query = f"select avg(position), count(*) from (select * from visits using sample {sample})"
    return np.array([base.execute(query).fetchone() for _ in range(200)], dtype=float).T


spread = {}
for sample in ("20%", "20% (bernoulli)"):
    means, rows = drawn(sample)
    spread[sample] = means.std()
    print(f"{sample}: {rows.min():.0f} to {rows.max():.0f} rows, standard deviation of the mean {means.std():.4f}")
    if sample == "20%":
        assert set(rows % 2048) <= {0, 100000 % 2048}
as_many = (12**-0.5 / spread["20%"]) ** 2
print(f"as much as a random sample of {as_many:.0f} rows")
assert spread["20%"] > 20 * spread["20% (bernoulli)"] and as_many < 30
PYTHON
