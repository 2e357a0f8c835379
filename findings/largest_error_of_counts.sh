#!/bin/sh
# scikit-learn's largest and median error of polars' counts are four billion, or right, by the side on which a model is off.
# Versions: scikit-learn 1.9.1, polars 2.1.0, numpy 2.4.6, scipy 1.17.1.
# Expected: metrics of the same two columns agree on what an error is. Counts of polars are unsigned, as `len`, `n_unique` and sums
# of flags give them.
# Seen: `max_error` and `median_absolute_error` subtract in the type of the columns, where one less than nothing is 4,294,967,295;
# the absolute value comes too late. They subtract the other way round, too: of a forecast of visits that is 2 to 4 too little
# the largest error is right, 4, and the median one is 4,294,967,293; of one as much too much the median is right, 3, and the
# largest is not. With 8 bits, as of pixels and ratings, they are 253 and 254 and look like figures. `mean_absolute_error`,
# `mean_squared_error` and `r2_score` of the same columns are right. No warning is given.
# Known: no issue upstream was seen of these two; #28827 (2024) was about the squared error, which is mended.
# What it means: a search by `neg_median_absolute_error` takes the model that answers too much. Cast both columns to float.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    scikit-learn==1.9.1 polars==2.1.0 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python -W error - <<'PYTHON'
import numpy as np
import polars as pl
from sklearn.metrics import max_error, mean_absolute_error, mean_squared_error, median_absolute_error, r2_score

METRICS = [max_error, median_absolute_error, mean_absolute_error, mean_squared_error, r2_score]
rng = np.random.default_rng(0)
visits = pl.DataFrame({"day": rng.integers(0, 400, 20_000)}).group_by("day").len().sort("day")["len"]
assert visits.dtype == pl.UInt32
off = {
    "by -6 to 6": rng.integers(-6, 7, len(visits)),
    "by 2 to 4 too little": rng.integers(-4, -1, len(visits)),
    "by 2 to 4 too much": rng.integers(2, 5, len(visits)),
}
seen = {}
for name, errors in off.items():
    forecast = (visits.cast(pl.Int64) + pl.Series(errors)).cast(pl.UInt32)
    for kind in (pl.Float64, pl.UInt32, pl.UInt8):
        seen[name, kind] = [float(metric(visits.cast(kind), forecast.cast(kind))) for metric in METRICS]
        print(f"off {name}, {kind}: largest {seen[name, kind][0]:.0f}, median {seen[name, kind][1]:.0f},", end=" ")
        print(f"mean {seen[name, kind][2]:.2f}")
    by_hand = [float(np.abs(errors).max()), float(np.median(np.abs(errors))), float(np.abs(errors).mean())]
    assert seen[name, pl.Float64][:3] == by_hand
    for kind in (pl.UInt32, pl.UInt8):
        assert np.allclose(seen[name, kind][2:], seen[name, pl.Float64][2:])

assert seen["by -6 to 6", pl.Float64][:2] == [6, 3]
assert seen["by -6 to 6", pl.UInt32][0] == 2**32 - 1 and seen["by -6 to 6", pl.UInt8][0] == 255
assert seen["by 2 to 4 too little", pl.UInt32][:2] == [4, 2**32 - 3] and seen["by 2 to 4 too little", pl.UInt8][:2] == [4, 253]
assert seen["by 2 to 4 too much", pl.UInt32][:2] == [2**32 - 2, 3] and seen["by 2 to 4 too much", pl.UInt8][:2] == [254, 3]
PYTHON
