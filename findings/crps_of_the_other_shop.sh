#!/bin/sh
# functime's CRPS takes rows as they stand, and its forecasters shuffle the series: one forecast has 11, 65 or 660, by the run.
# Versions: functime 1.0.0 (May 2026), polars 2.1.0, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6.
# Expected: a score of a shop compares the forecast of a day with that day of that shop, as MAE and interval coverage of the same
# package do, which join tables by shop and day.
# Seen: `crps` joins nothing. Its forecasters answer shop by shop, in an order that threads decide, so it changes from run to run.
# Where the orders differ, Lyon's forecast is held against Paris' sales. Of the six orders of three shops one is right. A naive
# forecast of shops that sell 10, 100 and 1,000 a day has a CRPS of 11, or of 65, or of 600 to 667; its MAE is 14 each time.
# Deviations given as `y_pred_std` are taken as they stand, too. No warning is given.
# Known: no issue upstream was seen.
# What it means: the score of probabilistic forecasts is drawn by lot. Sort all tables by series and time before.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    functime==1.0.0 polars==2.1.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings
from datetime import datetime, timedelta
from itertools import permutations

import numpy as np
import polars as pl
from scipy.stats import norm

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from functime.forecasting import naive
    from functime.metrics import crps, mae

rng = np.random.default_rng(0)
level = {"Paris": 1_000.0, "Lyon": 100.0, "Nice": 10.0}
days = [datetime(2026, 1, 1) + timedelta(number) for number in range(120)]
sales = pl.DataFrame(
    [(shop, day, mean + 10 * rng.normal()) for shop, mean in level.items() for day in days],
    schema=["shop", "day", "units"],
    orient="row",
)
past, true = sales.filter(pl.col("day") < days[90]), sales.filter(pl.col("day") >= days[90])
deviation = true.with_columns(units=pl.lit(10.0))


def by_hand(forecast: pl.DataFrame) -> float:
    """Mean over shops of the CRPS of a normal forecast, each day held against itself."""
    both = true.join(forecast, on=["shop", "day"])
    assert both.height == true.height == 90
    z = (both["units"] - both["units_right"]).to_numpy() / 10
    return float((10 * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - np.pi**-0.5)).mean())


def score(metric, *tables: pl.DataFrame) -> float:
    return float(metric(true, *tables)[:, -1].mean())


forecast = naive(freq="1d")(y=past, fh=30)
found = {}
with warnings.catch_warnings():
    warnings.simplefilter("error")
    for order in permutations(level):
        answer = pl.concat([forecast.filter(pl.col("shop") == shop) for shop in order])
        found[order] = score(crps, answer, deviation)
        print(f"{', '.join(order)}: CRPS {found[order]:.0f}, by hand {by_hand(answer):.0f}, MAE {score(mae, answer):.0f}")
        assert abs(by_hand(answer) - by_hand(forecast)) < 1e-9 and abs(score(mae, answer) - score(mae, forecast)) < 1e-9

right = by_hand(forecast)
assert abs(found[tuple(level)] - right) < 1e-9 and right < 20
assert all(value > 5 * right for order, value in found.items() if order != tuple(level))

orders = {tuple(naive(freq="1d")(y=past, fh=30)["shop"].unique(maintain_order=True)) for _ in range(60)}
print("orders of 60 forecasts of one and the same past:", len(orders))
assert len(orders) > 1
PYTHON
