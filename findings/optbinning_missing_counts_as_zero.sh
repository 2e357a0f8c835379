#!/bin/sh
# OptBinning learns the event rate of missing values, shows it, and then gives another one.
# Versions: optbinning 1.0.0, scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6.
# Expected: a missing value is given what its row of the binning table says, as any other value is.
# Seen: `transform` gives 0 for it: weight of evidence 0, and an event rate of 0 where the table says .95.
# Only `metric_missing="empirical"` gives what was learnt; `BinningProcess` does the same.
# What it means: where values are missing for a reason, a scorecard ranks these customers in the middle, or last.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check optbinning==1.0.0 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
from optbinning import OptimalBinning

rng = np.random.default_rng(0)
values = rng.normal(size=3000)
target = rng.random(3000) < 1 / (1 + np.exp(-values))
missing = rng.random(3000) < 0.2
target = np.where(missing, rng.random(3000) < 0.95, target).astype(int)
binning = OptimalBinning(dtype="numerical").fit(np.where(missing, np.nan, values), target)
table = binning.binning_table.build()
row = table[table["Bin"] == "Missing"].iloc[0]
gap = np.array([np.nan])
woe, rate = binning.transform(gap)[0], binning.transform(gap, metric="event_rate")[0]
learnt = binning.transform(gap, metric_missing="empirical")[0]
print(f"table: event rate {row['Event rate']:.2f}, woe {row['WoE']:.2f}; transform: {rate:.2f}, {woe:.2f}; empirical: {learnt:.2f}")
assert row["Event rate"] > 0.9 and abs(learnt - row["WoE"]) < 1e-9
assert woe == 0 and rate == 0
PYTHON
