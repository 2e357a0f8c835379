#!/bin/sh
# scikit-learn's absolute error of two float32 targets falls from 1 to .5 at 67 million rows, and the squared one to .68.
# Versions: scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1.
# Expected: a mean does not depend on the number of rows of one kind. One target of the same rows has the right error.
# Seen: two columns are added up row by row in float32, as networks answer. Past 16.8 million the sum cannot hold an error below 1
# any more: it is left out, and others are rounded. With errors between .5 and 1.5 the squared error is 1.084 at a million rows,
# 1.012 at 33 and .678 at 67; the absolute error is 1, 1 and .5. One column alone is added up in pairs, and right. No warning is
# given.
# Known: of numpy's means over the first axis (numpy #9393, #29772); of these metrics no issue was seen.
# What it means: more rows look like a better model, as of forecasts of two quantiles, or of positions in pixels. Give float64,
# or one column at a time.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python -W error - <<'PYTHON'
import numpy as np
from sklearn.metrics import mean_absolute_error, mean_squared_error

rng = np.random.default_rng(0)
seen = {}
for rows in (2**20, 2**25, 2**26):
    answer = rng.random((rows, 2), dtype=np.float32)
    answer += np.float32(0.5)
    truth = np.zeros_like(answer)
    right = float(np.mean(np.einsum("ij,ij->j", answer[:1_000_000], answer[:1_000_000], dtype=np.float64)) / 1_000_000)
    two = mean_squared_error(truth, answer), mean_absolute_error(truth, answer)
    one = mean_squared_error(truth[:, 0], answer[:, 0])
    seen[rows] = two, one, right
    print(f"{rows:,} rows: squared error of two targets {two[0]:.3f}, of the first alone {one:.3f},", end=" ")
    print(f"of the first million in float64 {right:.3f}; absolute error {two[1]:.3f}")
    assert abs(one / (13 / 12) - 1) < 0.002 and abs(right / (13 / 12) - 1) < 0.002

# by hand: float32 has no number between 16,777,216 and the next but one, so each error below 1 that meets the sum is lost
assert np.float32(2**24) + np.float32(0.99) == np.float32(2**24)
few, more, most = seen.values()
assert abs(few[0][0] / few[2] - 1) < 0.001 and abs(few[0][1] - 1) < 0.001
assert more[0][0] / more[2] < 0.95
assert most[0][0] / most[2] < 0.7 and most[0][1] == 0.5
PYTHON
