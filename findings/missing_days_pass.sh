#!/bin/sh
# cuallee calls a table daily that lacks half of its days, and not one that lacks a single day.
# Versions: cuallee 0.15.4 (October 2025), pandas 3.1.1, polars 2.1.0, toolz 1.2.0, numpy 2.4.6.
# Expected: `is_daily("day", pct=0.9)` "validates that there is no missing dates"; `pct` is "the threshold percentage required to pass",
# so one working day missing of 261 passes, and half of them missing does not.
# Seen: on pandas the pass rate is the days missing divided by the rows. One day missing has .004 and fails, 61 have .31, 130 of 261
# have .99 and pass; with 200 missing it fails again. On polars the same tables, as dates, have .996, .77 and .50: rows are divided by rows
# and missing days. The count of violations is right on both. No warning is given.
# Known: no issue upstream was seen.
# What it means: the check that guards a daily load lets a broken one through and stops a good one. Look at `violations`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    cuallee==0.15.4 pandas==3.1.1 polars==2.1.0 toolz==1.2.0 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import pandas as pd
import polars as pl
from cuallee import Check, CheckLevel

days = pd.date_range("2026-01-01", "2026-12-31", freq="B")


def checked(missing: int, threshold: float, through_polars: bool) -> tuple[int, float, str]:
    """Violations, pass rate and status of the working days of a year, without some of the later ones."""
    table = pd.DataFrame({"day": days.delete(range(len(days) - 1 - missing, len(days) - 1))})
    check = Check(CheckLevel.WARNING, "daily").is_daily("day", pct=threshold)
    if through_polars:
        row = check.validate(pl.DataFrame({"day": table["day"].dt.date.tolist()})).row(0, named=True)
    else:
        row = check.validate(table).to_dict("records")[0]
    return int(row["violations"]), float(row["pass_rate"]), str(row["status"])


with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    seen = {missing: checked(missing, 0.9, False) for missing in (0, 1, 61, 130, 131, 200)}
    other = {missing: checked(missing, 0.9, True) for missing in (0, 1, 61, 130)}
assert not any(issubclass(warning.category, UserWarning) for warning in told), [str(warning.message) for warning in told]
print("pandas:", seen)
print("polars:", other)
assert seen[0][2] == "PASS" and seen[1] == (1, 1 / 260, "FAIL") and seen[61][2] == "FAIL"
assert seen[130][0] == 130 and seen[130][1] > 0.99 and seen[130][2] == "PASS" and seen[131][2] == "PASS"
assert [row[0] for row in other.values()] == [0, 1, 61, 130]
assert other[1][2] == "PASS" and other[61][2] == other[130][2] == "FAIL"
PYTHON
