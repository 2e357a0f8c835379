#!/bin/sh
# The weighted interval score of scoringrules prefers forecasts that are too low, unless numba happens to be installed.
# Versions: scoringrules 0.10.0, numba 0.68.1, scipy 1.17.1, numpy 2.4.6. (0.11.0 of June 2026 asks for Python 3.12 and computes
# this score by the same line.)
# Expected: numpy or numba changes the speed. By the formula of the docstring the median costs its distance to what came.
# Seen: with numpy alone, as after a plain installation, the median itself is added and not its distance. For sales of about
# 50 an honest forecast has 17.6 instead of 2.0. One that is three units too low throughout has 16.9 instead of 2.6 and
# wins. In degrees below zero the score is negative. The torch and jax backends share that line.
# Known: no issue upstream was seen. In 2024 #81 said that only numba was tested here; the tests added since ask for shapes.
# What it means: the winner of a comparison depends on a package that no line imports. Name `backend="numba"`, or compare
# with `interval_score`, which is right everywhere.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scoringrules==0.10.0 scipy==1.17.1 numpy==2.4.6
cd "$folder"
cat > compare.py <<'PYTHON'
import json
import sys

import numpy as np
import scoringrules
from scipy.stats import norm

rng = np.random.default_rng(0)
expected = rng.normal(50, 5, 20_000)
sold = expected + rng.normal(0, 4, 20_000)
level = np.array([0.2])
found = {}
for name, moved, unit in (("honest", 0, 0), ("3 too low", -3, 0), ("3 too high", 3, 0), ("70 subtracted from all", 0, -70)):
    median = expected + moved + unit
    lower, upper = (norm.ppf(share, median, 4)[:, None] for share in (0.1, 0.9))
    came = sold + unit
    found[name] = scoringrules.weighted_interval_score(came, median, lower, upper, level).mean()
    single = scoringrules.interval_score(came, lower, upper, level).mean()
    right = (0.5 * np.abs(came - median).mean() + 0.1 * single) / 1.5
    print(f"{name}: score {found[name]:.2f}, by the formula {right:.2f}")
    found[name + ", by the formula"] = right
with open(sys.argv[1], "w") as file:
    json.dump(found, file)
PYTHON
echo "without numba"
venv/bin/python -W error compare.py plain.json
venv/bin/pip install -q --disable-pip-version-check numba==0.68.1 numpy==2.4.6
echo "with numba"
venv/bin/python compare.py numba.json
venv/bin/python - <<'PYTHON'
import json

plain, numba = (json.load(open(name)) for name in ("plain.json", "numba.json"))
right = {name.removesuffix(", by the formula"): value for name, value in numba.items() if name.endswith("formula")}
assert all(abs(numba[name] - value) < 1e-9 for name, value in right.items())
assert right["honest"] + 0.4 < min(right["3 too low"], right["3 too high"])
assert plain["3 too low"] + 0.5 < plain["honest"] < plain["3 too high"] - 0.5
assert plain["honest"] > 8 * right["honest"]
assert plain["70 subtracted from all"] < 0 < right["70 subtracted from all"]
PYTHON
