#!/bin/sh
# An explainable boosting machine takes a text column of digits for a quantity.
# Versions: interpret-core 0.7.8, scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6.
# Expected: postcodes kept as text are nominal, and one that was never seen gets the base rate.
# Seen: the type is `continuous`. The unseen 20094 is scored exactly as 20095, with no warning, and 01001 as 1001.
# What it means: "I keep postcodes as text" protects nobody here. Say `feature_types` and check `feature_types_in_`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check interpret-core==0.7.8 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier

rng = np.random.default_rng(0)
postcode = rng.choice(["01001", "01002", "20095", "80331", "10115"], 1500)
leaves = (postcode == "20095") & (rng.random(1500) < 0.9)
rows = pd.DataFrame({"postcode": postcode, "x": rng.normal(size=1500)})
asked = pd.DataFrame({"postcode": ["20095", "20094", "01001", "1001"], "x": 0.0})

guessing = ExplainableBoostingClassifier(interactions=0, outer_bags=2, max_rounds=200).fit(rows, leaves)
told = ExplainableBoostingClassifier(
    interactions=0, outer_bags=2, max_rounds=200, feature_types=["nominal", "continuous"]
).fit(rows, leaves)
seen, unseen, padded, bare = guessing.predict_proba(asked)[:, 1]
print(guessing.feature_types_in_, np.round([seen, unseen, padded, bare], 3))
print(told.feature_types_in_, np.round(told.predict_proba(asked)[:, 1], 3))
assert guessing.feature_types_in_ == ["continuous", "continuous"]
assert seen == unseen > 0.5 and padded == bare
assert told.predict_proba(asked)[1, 1] < 0.3
PYTHON
