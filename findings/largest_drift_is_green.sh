#!/bin/sh
# popmon's light for a Kolmogorov-Smirnov test is yellow at a small shift, red at a larger one, and green at the largest.
# Versions: popmon 1.4.12 (January 2026), histogrammar 1.1.2, numpy 2.4.6, pandas 2.3.3, scipy 1.17.1.
# Expected: the light of a test turns red from a z-score of 7 on, and stays so the further two days lie apart.
# Seen: the p-value has formulas up to a statistic of 6.8116, which is a p of 1e-40, and is not a number beyond. So is the z-score,
# and a missing z-score is green. With 5,000 rows a day a shift of .1 standard deviations from one day to the next is yellow, one of
# .3 red, and one of .5 or 2 green; with 50,000 rows one of .1 is. scipy's own test gives p = 0 there.
# The largest difference of shares and the chi-square of such a day are right. No warning is given.
# Known: no issue upstream was seen.
# What it means: an alarm on this score alone sleeps through what it is there for. Put a rule on the statistic `ks` itself, or on
# its missing p-value.
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
from scipy.stats import ks_2samp

logging.disable(logging.INFO)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from popmon.pipeline.metrics import df_stability_metrics

colours = ["green", "yellow", "red"]


def watched(rows: int, shift: float) -> tuple[str, float, float]:
    """The light of the fourth day, whose amounts have grown by that many standard deviations; popmon's p and scipy's."""
    rng = np.random.default_rng(0)
    amounts = [rng.normal(size=rows) + (shift if day == 3 else 0) for day in range(4)]
    days = pd.Timestamp("2026-03-02") + pd.to_timedelta(np.repeat(np.arange(4), rows), unit="D")
    table = pd.DataFrame({"day": days, "amount": np.concatenate(amounts)})
    metrics = df_stability_metrics(table, time_axis="day", time_width="1d", features=["day:amount"])
    light = int(metrics["traffic_lights"]["amount"]["prev1_ks_zscore"].iloc[3])
    p = float(metrics["comparisons"]["amount"]["prev1_ks_pvalue"].iloc[3])
    return colours[light], p, float(ks_2samp(amounts[2], amounts[3], method="asymp").pvalue)


seen = {}
for rows, shifts in ((5_000, (0.0, 0.1, 0.3, 0.5, 2.0)), (50_000, (0.1, 2.0))):
    for shift in shifts:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            seen[rows, shift] = watched(rows, shift)
        assert all("time-axis" in str(warning.message) for warning in told)
        light, p, scipys = seen[rows, shift]
        print(f"{rows} rows, shift {shift}: {light}, p = {p:.2g}, by scipy {scipys:.2g}")
assert [seen[5_000, shift][0] for shift in (0.0, 0.1, 0.3, 0.5, 2.0)] == ["green", "yellow", "red", "green", "green"]
assert seen[50_000, 0.1][0] == seen[50_000, 2.0][0] == "green"
for case in ((5_000, 0.5), (5_000, 2.0), (50_000, 0.1), (50_000, 2.0)):
    assert np.isnan(seen[case][1]) and seen[case][2] < 1e-30
PYTHON
