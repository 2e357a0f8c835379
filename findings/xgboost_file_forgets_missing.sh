#!/bin/sh
# XGBoost's own model file forgets which value means missing.
# Versions: xgboost-cpu 3.2.0, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: `save_model` drops what only training needs; what decides answers, as `missing=-999` does, is kept or refused.
# Seen: the loaded model has `missing=nan`. It takes -999 for a small number, goes left at each cut, and says nothing.
# A pickle keeps it. Booster and file are the same; only the wrapper around them differs.
# What it means: the loaded model answers otherwise exactly where values are missing. Turn -999 into NaN before training.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check xgboost-cpu==3.2.0 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import pickle
import warnings

import numpy as np
from xgboost import XGBClassifier

warnings.simplefilter("error")
rng = np.random.default_rng(0)
rows = rng.normal(size=(2000, 3))
gone = rng.random(2000) < 0.3
target = ((rows[:, 0] > 0) | gone).astype(int)
rows[gone, 0] = -999
model = XGBClassifier(missing=-999, n_estimators=20, max_depth=3).fit(rows, target)
model.save_model("model.json")
loaded = XGBClassifier()
loaded.load_model("model.json")
pickled = pickle.loads(pickle.dumps(model))
moved = np.abs(model.predict_proba(rows) - loaded.predict_proba(rows))[:, 1]
print(f"missing {model.missing} -> {loaded.missing}; rows whose label differs: {(model.predict(rows) != loaded.predict(rows)).mean():.2f}")
print(f"largest difference where a value is missing {moved[gone].max():.2f}, elsewhere {moved[~gone].max():.2f}")
assert np.isnan(loaded.missing)
assert np.array_equal(pickled.predict_proba(rows), model.predict_proba(rows))
assert moved[gone].min() > 0.5 and moved[~gone].max() == 0
PYTHON
