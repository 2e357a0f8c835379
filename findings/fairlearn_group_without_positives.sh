#!/bin/sh
# A perfect classifier has the worst possible equalised-odds difference if one group has no positives.
# Versions: fairlearn 0.15.0, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: the true-positive rate of a group without positives is unknown (NaN) and left out of the difference.
# Seen: it counts as 0, without a warning. Every answer is right, and equalized_odds_difference is 1.0.
# What it means: small groups turn this number into an accusation. Count positives by group before it is read.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check fairlearn==0.15.0 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
from fairlearn.metrics import MetricFrame, equalized_odds_difference, true_positive_rate

truth = np.array([1, 0] * 200 + [0] * 30)
group = np.array(["A"] * 400 + ["B"] * 30)
difference = equalized_odds_difference(truth, truth, sensitive_features=group)
rates = MetricFrame(metrics=true_positive_rate, y_true=truth, y_pred=truth, sensitive_features=group).by_group
print(difference, dict(rates))
assert difference == 1.0
assert rates["A"] == 1.0 and rates["B"] == 0.0
PYTHON
