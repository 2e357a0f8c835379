#!/bin/sh
# Weights that sum to one turn a calibrated classifier into a coin.
# Versions: scikit-learn 1.9.1, numpy 2.4.6.
# Expected: only the ratios of sample weights count, where the base model (naive Bayes) does not depend on their scale.
# Seen: Platt's method adds one or two pseudo-rows to each class, and weighs them against the sum of the weights.
# With weights that sum to one all probabilities lie between .47 and .53, without a warning. Isotonic calibration,
# the base model and the AUC stay as they were.
# What it means: normalised weights ruin log loss and thresholds, and no ranking metric shows it. Let weights average one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.naive_bayes import GaussianNB

rng = np.random.default_rng(0)
rows = rng.normal(size=(5000, 3))
target = (rows[:, 0] + rng.normal(size=5000) > 0).astype(int)
weights = rng.uniform(0.5, 1.5, 5000)


def answers(model, scale):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return model.fit(rows, target, sample_weight=weights * scale).predict_proba(rows)[:, 1]


plain, isotonic, sigmoid = (
    [answers(model, scale) for scale in (1, 1 / weights.sum())]
    for model in (
        GaussianNB(),
        CalibratedClassifierCV(GaussianNB(), method="isotonic"),
        CalibratedClassifierCV(GaussianNB(), method="sigmoid"),
    )
)
for name, values in (("average one", sigmoid[0]), ("sum one", sigmoid[1])):
    print(
        f"sigmoid, weights that {name}: {values.min():.3f} to {values.max():.3f}, "
        f"log loss {log_loss(target, values):.3f}, AUC {roc_auc_score(target, values):.4f}"
    )
assert np.allclose(*plain) and np.allclose(*isotonic)
assert sigmoid[0].min() < 0.1 and sigmoid[0].max() > 0.9
assert sigmoid[1].min() > 0.47 and sigmoid[1].max() < 0.53
assert abs(roc_auc_score(target, sigmoid[0]) - roc_auc_score(target, sigmoid[1])) < 0.001
PYTHON
