#!/bin/sh
# The same flag becomes rarer or more frequent under SMOTE, by the dtype of its column.
# Versions: imbalanced-learn 0.14.2, scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6.
# Expected: made-up rows of a frame hold fractions of a 0/1 flag, or the nearest of 0 and 1; its mean stays either way.
# Seen: the column's dtype comes back by a cast. As int64 every fraction is cut to 0: the flag falls from .56 to .41.
# As bool every fraction is true: it rises to .75. As float the mean is kept. Counts of events are cut likewise.
# What it means: made-up rows can be told by the flag, and a model learns it as a sign of the class. Nothing warns.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check imbalanced-learn==0.14.2 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTE

rng = np.random.default_rng(0)
target = (np.arange(4000) < 400).astype(int)
rows = pd.DataFrame(rng.normal(size=(4000, 8)), columns=[f"x{n}" for n in range(8)])
rows["flag"] = rng.integers(0, 2, 4000)
rows["events"] = rng.poisson(5, 4000)
shares, events = {}, {}
for kind in ("int64", "bool", "float64"):
    typed = rows.astype({"flag": kind, "events": "float64" if kind == "float64" else "int64"})
    resampled, _ = SMOTE(random_state=0).fit_resample(typed, target)
    made = resampled.iloc[4000:]
    assert resampled["flag"].dtype == kind
    shares[kind], events[kind] = float(made["flag"].mean()), float(made["events"].mean())
kept = float(rows["flag"][target == 1].mean())
print(f"share of the flag: rows of the class {kept:.2f}; made up:", {kind: round(value, 2) for kind, value in shares.items()})
print("mean of events:", {kind: round(value, 2) for kind, value in events.items()})
assert abs(shares["float64"] - kept) < 0.03
assert shares["int64"] < kept - 0.1 and shares["bool"] > kept + 0.1
assert events["float64"] - events["int64"] > 0.2
PYTHON
