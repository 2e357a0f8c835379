#!/bin/sh
# By functime one unit too much each day is a larger overforecast than 900 units too much on one day.
# Versions: functime 1.0.0 (May 2026), polars 2.1.0, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6.
# Expected: the docstring calls it the difference of forecast and actual where the forecast is higher: 14 units and 900.
# Seen: forecasts are added up and not their differences. Two weeks of 101 for a demand of 100 have an overforecast of 1,414;
# nothing but one day of 1,000 has 1,000. The underforecast is a sum of forecasts, too: a forecast of nothing at all has 0,
# as a perfect one has, and 99 instead of 100 has 1,386. No warning is given; the mean absolute error is right.
# Known: no issue upstream was seen.
# What it means: the safest stock by this figure is that of the model that never orders. Take `mae` and the mean of
# forecast less actual, computed from the rows.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    functime==1.0.0 polars==2.1.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings
from datetime import date, timedelta

import polars as pl

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from functime.metrics import mae, overforecast, underforecast

days = [date(2026, 3, 2) + timedelta(days=number) for number in range(14)]
actual = pl.DataFrame({"shop": ["north"] * 14, "day": days, "units": [100.0] * 14})
forecasts = {
    "perfect": pl.lit(100.0),
    "one too many each day": pl.lit(101.0),
    "900 too many on one day": pl.when(pl.col("day") == days[6]).then(1_000.0).otherwise(100.0),
    "one too few each day": pl.lit(99.0),
    "nothing at all": pl.lit(0.0),
}
seen = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, units in forecasts.items():
        forecast = actual.with_columns(units=units)
        error = forecast["units"] - actual["units"]
        seen[name] = tuple(float(metric(actual, forecast)[:, -1][0]) for metric in (overforecast, underforecast, mae))
        over, under = float(error.clip(lower_bound=0).sum()), abs(float(error.clip(upper_bound=0).sum()))
        print(f"{name}: over {seen[name][0]:.0f} (true {over:.0f}), under {seen[name][1]:.0f} (true {under:.0f})", end=", ")
        print(f"mean absolute error {seen[name][2]:.2f}")
        assert abs(seen[name][2] - float(error.abs().mean())) < 1e-9
assert not told
assert seen["one too many each day"][0] == 1_414 and seen["900 too many on one day"][0] == 1_000
assert seen["one too few each day"][1] == 1_386
assert seen["nothing at all"][:2] == seen["perfect"][:2] == (0, 0)
PYTHON
