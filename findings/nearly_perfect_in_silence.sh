#!/bin/sh
# By spotpy a model with an efficiency of -7.9 has .21 if it answers on one day of ten, and .99 if on one of a hundred.
# Versions: spotpy 1.6.7 (2026), scipy 1.17.1, numpy 2.4.6.
# Expected: an efficiency of those days on which there is a forecast, or none at all. NaN is allowed: sums leave it out.
# Seen: errors are summed over the days with a forecast, and the spread of what happened over all days. So each day without one counts as
# met exactly. A model with a Nash-Sutcliffe efficiency of -7.9 has -1.9 with half of its days, .21 with a tenth and .99 with a hundredth
# of them; on these days it has -4.2, -7.7 and .56. `pbias` falls from 91 to 43, 10 and .6 %, where it is 81, 118 and 46, and `bias`
# likewise; `mse` and `rmse` leave both out. No warning is given.
# Known: no issue upstream was seen.
# What it means: a calibration that maximises it drives the model to parameters for which it has no answer. Drop NaN pairwise before.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check spotpy==1.6.7 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from spotpy.objectivefunctions import bias, mse, nashsutcliffe, pbias

rng = np.random.default_rng(0)
happened = rng.gamma(0.5, 4, 1_000)
forecast = 1.3 * happened * rng.lognormal(0, 0.8, 1_000)

seen = {}
for silent in (0, 0.5, 0.9, 0.99):
    told_days = forecast.copy()
    told_days[rng.random(1_000) < silent] = np.nan
    there = ~np.isnan(told_days)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = [float(score(happened, told_days)) for score in (nashsutcliffe, pbias, bias, mse)]
        pairs = [float(score(happened[there], told_days[there])) for score in (nashsutcliffe, pbias, bias, mse)]
    assert not told
    seen[silent] = found, pairs
    print(f"silent on {silent:.0%} of days: efficiency {found[0]:.4f} ({pairs[0]:.2f} on the others), ", end="")
    print(f"per cent bias {found[1]:.2f} ({pairs[1]:.1f}), bias {found[2]:.4f} ({pairs[2]:.2f}), mse {found[3]:.1f} ({pairs[3]:.1f})")

assert seen[0][0] == seen[0][1] and seen[0][0][0] < -3
assert seen[0.5][0][0] > seen[0][0][0] and seen[0.9][0][0] > 0 > -3 > seen[0.9][1][0]
assert seen[0.99][0][0] > 0.98 and seen[0.99][1][0] < 0.8
assert seen[0.9][0][1] < 0.2 * seen[0.9][1][1] and seen[0.9][0][2] > 0.2 * seen[0.9][1][2]
assert all(abs(found[3] - pairs[3]) < 1e-9 for found, pairs in seen.values())
PYTHON
