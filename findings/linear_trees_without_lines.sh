#!/bin/sh
# The code that m2cgen writes of a LightGBM model with linear trees is another model: an R2 of .98 becomes .92, and .99 becomes .42.
# Versions: m2cgen 0.10.0, lightgbm 4.7.0, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6.
# Expected: the same predictions in plain Python as from the model, as with LightGBM's usual trees: equal to the last digit.
# Seen: with `linear_tree=True` a leaf holds a line through some columns. m2cgen reads the constant that is kept beside it for missing
# values, and no line. Prices of homes are off by 39 on average, and by 165 for homes larger than those of the training rows, where
# prices deviate by 197 and 338; an R2 of .982 becomes .917, and .988 becomes .416. Of usual trees no answer moves. The code for other
# languages is made of the same tree. No warning is given.
# Known: no issue upstream was seen; m2cgen had its last release in 2022.
# What it means: the model that was judged is not the one in the service. Compare predictions of both before, on rows outside of the range too.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    m2cgen==0.10.0 lightgbm==4.7.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import lightgbm as lgb
import numpy as np
from sklearn.metrics import r2_score

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import m2cgen

rng = np.random.default_rng(0)


def homes(rows: int, largest: float) -> tuple[np.ndarray, np.ndarray]:
    features = np.c_[rng.uniform(20, largest, rows), rng.uniform(0, 30, rows), rng.integers(1, 4, rows)]
    price = 3.0 * features[:, 0] * (1 + 0.3 * features[:, 2]) - 4 * features[:, 1] + rng.normal(0, 25, rows)
    return features, price


train, price = homes(3_000, 150)
sets = {"as before": homes(1_000, 150), "larger homes": homes(1_000, 250)}
score = {}
for linear in (False, True):
    model = lgb.LGBMRegressor(n_estimators=50, num_leaves=7, linear_tree=linear, verbose=-1, random_state=0).fit(train, price)
    space: dict = {}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        exec(m2cgen.export_to_python(model), space)
    assert not told
    for name, (features, truth) in sets.items():
        exported = np.array([space["score"]([float(value) for value in row]) for row in features])
        own = model.predict(features)
        score[linear, name] = r2_score(truth, own), r2_score(truth, exported), np.abs(own - exported).max(), truth.std()
        print(f"linear trees {linear}, {name}: R2 of the model {score[linear, name][0]:.3f}, of its code {score[linear, name][1]:.3f};", end=" ")
        print(f"largest difference {score[linear, name][2]:.3g}, mean {np.abs(own - exported).mean():.3g}, deviation of prices {truth.std():.0f}")

assert all(score[False, name][2] < 1e-9 for name in sets)
assert score[True, "as before"][0] > 0.97 > 0.94 > score[True, "as before"][1]
assert score[True, "larger homes"][0] > 0.98 > 0.5 > score[True, "larger homes"][1]
assert score[True, "larger homes"][2] > score[True, "larger homes"][3]
PYTHON
