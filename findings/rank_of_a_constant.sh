#!/bin/sh
# By spotpy a constant has a rank correlation of 1 with the flow of a river, and a forecast drawn by lot one of .50 where days are dry.
# Versions: spotpy 1.6.7 (2026), scipy 1.17.1, numpy 2.4.6.
# Expected: the non-parametric Kling-Gupta efficiency takes Spearman's correlation. Equal values share a rank, and a constant has none.
# Seen: equal values are ranked one after the other, in the order of the other series. So a constant rises whenever the flow does, and has
# 1.000; the mean flow gets an efficiency of .51. Of a stream that is dry on six days of ten a forecast that was drawn by lot, dry on seven of
# ten, has .50, where scipy's has .05; rounded to tens a lot has .79 instead of .01. Without equal values both agree to the last
# digit. No warning is given.
# Known: no issue upstream was seen; a comment in the code names scipy's function as the alternative.
# What it means: for rain, rare demand or rounded values chance looks like skill, and a coarser forecast is better. Take scipy's.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check spotpy==1.6.7 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from scipy.stats import spearmanr
from spotpy.objectivefunctions import kge_non_parametric

rng = np.random.default_rng(0)
flow = rng.gamma(0.5, 4, 1_000)
dry = np.where(rng.random(1_000) < 0.6, 0, flow)
lot = rng.gamma(0.5, 4, 1_000)
cases = {
    "a model": (flow, flow * rng.lognormal(0, 0.8, 1_000)),
    "a lot": (flow, lot),
    "the mean": (flow, np.full(1_000, flow.mean())),
    "a lot in tens": (flow, np.round(lot, -1)),
    "a lot, dry days": (dry, np.where(rng.random(1_000) < 0.7, 0, lot)),
}
seen = {}
for name, (happened, forecast) in cases.items():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        efficiency, rank, _, _ = kge_non_parametric(happened, forecast, return_all=True)
    assert not told
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        right = float(spearmanr(happened, forecast)[0])
    seen[name] = float(rank), right, float(efficiency)
    print(f"{name}: rank correlation {rank:.3f} ({right:.3f} by scipy), efficiency {efficiency:.3f}")

assert all(abs(seen[name][0] - seen[name][1]) < 1e-9 for name in ("a model", "a lot"))
assert seen["the mean"][0] == 1 and np.isnan(seen["the mean"][1]) and seen["the mean"][2] > 0.4
assert seen["a lot in tens"][0] > 0.7 and abs(seen["a lot in tens"][1]) < 0.1
assert seen["a lot, dry days"][0] > 0.35 and abs(seen["a lot, dry days"][1]) < 0.1
PYTHON
