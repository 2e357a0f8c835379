#!/bin/sh
# popmon's stability index of a quiet day without a change is 1,736, and red; by definition it is .001.
# Versions: popmon 1.4.12 (January 2026), histogrammar 1.1.2, numpy 2.4.6, pandas 2.3.3, scipy 1.17.1.
# Expected: an index of shares, near 0 where two days have the same ones. More than .25 is a grave shift by the usual rule.
# Seen: it is computed from the counts of rows and not from their shares; so are the divergences beside it. It grows with the
# rows, and most where one side has more of them. Of days with 5,000 rows, whose channels keep their shares, it is 1 to 9 from day
# to day, by definition .002 at most, and 154,000 against all days together. A Saturday with half of the rows has 1,736 against
# the day before and 204,000 against all, and the traffic light of the index is red. No warning is given.
# Known: no issue upstream was seen.
# What it means: no rule of thumb for the index holds here, and its alarms say that a day was quiet. Take the chi-square or the
# largest difference of shares beside it: these count shares.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    popmon==1.4.12 histogrammar==1.1.2 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1 setuptools==80.9.0
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON' 2>errors || { cat errors; exit 1; }
import logging
import warnings

import numpy as np
import pandas as pd

logging.disable(logging.INFO)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from popmon.pipeline.metrics import df_stability_metrics

rng = np.random.default_rng(0)
sizes = [5_000, 5_000, 5_000, 5_000, 5_000, 2_500, 5_000] * 2
quiet = np.array(sizes) == 2_500
channels = np.array(["app", "post", "shop", "web"], dtype=object)
days = pd.Timestamp("2026-03-02") + pd.to_timedelta(np.repeat(np.arange(len(sizes)), sizes), unit="D")
table = pd.DataFrame({"day": days, "channel": channels[rng.choice(4, size=sum(sizes), p=[0.4, 0.3, 0.2, 0.1])]})
counts = pd.crosstab(table.day, table.channel).to_numpy()


def index(first: np.ndarray, second: np.ndarray) -> float:
    first, second = first / first.sum(), second / second.sum()
    return float(((first - second) * np.log(first / second)).sum())


with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    metrics = df_stability_metrics(table, time_axis="day", time_width="1d", features=["day:channel"])
assert all("time-axis" in str(warning.message) for warning in told)
own, lights = metrics["comparisons"]["channel"], metrics["traffic_lights"]["channel"]
true = [index(*pair) for pair in zip(counts[1:], counts)], [index(day, counts.sum(axis=0)) for day in counts]
for day in range(len(sizes)):
    before = f"{own.prev1_psi.iloc[day]:.1f} (by shares {true[0][day - 1]:.4f})" if day else "-"
    print(f"day {day + 1}, {sizes[day]} rows: against the day before {before}, against all", end=" ")
    print(f"{own.ref_psi.iloc[day]:,.0f} ({true[1][day]:.4f}), light {int(lights.ref_psi_pull.iloc[day])}")
assert max(true[0]) < 0.01 and max(true[1]) < 0.01
assert own.ref_psi.min() > 100_000
assert (own.prev1_psi[quiet] > 1_000).all() and (lights.ref_psi_pull[quiet] == 2).all() and (lights.ref_psi_pull[~quiet] == 0).all()
PYTHON
