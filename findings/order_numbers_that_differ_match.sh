#!/bin/sh
# By datacompy 978 of 1,000 order numbers of 19 digits match at a tolerance of 0, of two columns that differ in every row.
# Versions: datacompy 1.1.0 (September 2026), polars 1.44.2, pandas 3.0.6, numpy 2.4.6.
# Expected: with `abs_tol=0` and `rel_tol=0`, the defaults, whole numbers match where they are equal, as `==` and pandas' own
# comparison say.
# Seen: numbers of any kind are compared as floats. From 2**53 on neighbours are one float: of 64-bit numbers of 19 digits two
# match up to 256 apart. An export whose order numbers are off by one in each of 1,000 rows matches in 978, and the report counts
# 22 rows as unequal. Two tables whose numbers are multiples of 256 match as a whole. So it is in pandas and in polars, though their
# columns hold whole numbers. As a key to join by, the same column finds no row. No warning is given.
# Known: #121 (2021) had it of text made of digits, which was mended; of whole numbers no issue was seen.
# What it means: identifiers, times in nanoseconds and hashes pass a test of equality that they fail. Compare them as text.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check datacompy==1.1.0 polars==1.44.2 pandas==3.0.6 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import datacompy
import numpy as np
import pandas as pd
import polars as pl

rng = np.random.default_rng(0)
orders = 1_790_000_000_000_000_000 + rng.integers(0, 10**15, 1_000) // 1_000 * 1_000
left = pd.DataFrame({"customer": np.arange(1_000), "order": orders})
cases = {"the same": left, "off by one": left.assign(order=orders + 1), "off by 5,000": left.assign(order=orders + 5_000)}
rounded = left.assign(order=orders // 256 * 256)
seen = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, right in cases.items():
        pairs = {"pandas": datacompy.PandasCompare(left, right, join_columns="customer")}
        pairs["polars"] = datacompy.PolarsCompare(pl.from_pandas(left), pl.from_pandas(right), join_columns="customer")
        truth = int((left["order"] == right["order"]).sum())
        seen[name] = truth, {library: (bool(pair.matches()), int(pair.count_matching_rows())) for library, pair in pairs.items()}
        print(f"{name}: {truth} of 1,000 are equal; datacompy: {seen[name][1]}")
    whole = datacompy.PandasCompare(rounded, rounded.assign(order=rounded["order"] + 1), join_columns="customer")
    print("multiples of 256, off by one:", whole.matches(), whole.count_matching_rows())
    keyed = datacompy.PandasCompare(left, cases["off by one"], join_columns="order")
    print("rows found by the order number as a key:", len(keyed.intersect_rows))
    report = datacompy.PandasCompare(left, cases["off by one"], join_columns="customer").report()
print(next(line.strip() for line in str(report).splitlines() if "unequal" in line.lower()))
assert not [warning for warning in told if "order" in str(warning.message)]
assert (left["order"].dtype, pl.from_pandas(left)["order"].dtype) == (np.int64, pl.Int64)
assert seen["the same"] == (1_000, {"pandas": (True, 1_000), "polars": (True, 1_000)})
assert seen["off by one"] == (0, {"pandas": (False, 978), "polars": (False, 978)})
assert whole.matches() and whole.count_matching_rows() == 1_000
assert seen["off by 5,000"] == (0, {"pandas": (False, 0), "polars": (False, 0)})
assert len(keyed.intersect_rows) == 0
PYTHON
