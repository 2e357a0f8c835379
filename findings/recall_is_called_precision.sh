#!/bin/sh
# holisticai's table of a classifier calls recall precision and precision recall, and its AUC and log loss never look at a probability.
# Versions: holisticai 1.0.14 (March 2025), scikit-learn 1.9.1, pandas 3.1.1, scipy 1.17.1, numpy 2.4.6.
# Expected: `classification_efficacy_metrics(y_pred, y_true, y_proba)` gives scikit-learn's metrics of these names, the last two of
# `y_proba`, the "probability matrix estimates".
# Seen: predictions are handed over as the truth, and the truth as predictions. Of 10,000 rows with 10 % positives a model with a
# precision of .39 and a recall of .62 has them the other way round, and a balanced accuracy of .67 instead of .75. The AUC is .67,
# too, where the probabilities have .85, and the log loss 5.05 instead of .38: both are of the labels, whatever `y_proba` holds;
# random numbers give the same table. Accuracy and F1 are right. No warning is given.
# Known: no issue upstream was seen.
# What it means: a model with many false alarms passes for a precise one, and a better ranking does not show. Call scikit-learn.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    holisticai==1.0.14 scikit-learn==1.9.1 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from holisticai.efficacy.metrics import classification_efficacy_metrics
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    log_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

rng = np.random.default_rng(0)
truth = (rng.random(10_000) < 0.1).astype(int)
chance = 1 / (1 + np.exp(1.2 - rng.normal(size=10_000) - 1.5 * truth))
label, random = (chance > 0.5).astype(int), rng.random(10_000)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    table = classification_efficacy_metrics(label, truth, np.c_[1 - chance, chance])["Value"]
    by_chance = classification_efficacy_metrics(label, truth, np.c_[1 - random, random])["Value"]
assert not told
own = {
    "Accuracy": accuracy_score(truth, label),
    "Balanced Accuracy": balanced_accuracy_score(truth, label),
    "Precision": precision_score(truth, label),
    "Recall": recall_score(truth, label),
    "F1-Score": f1_score(truth, label),
    "AUC": roc_auc_score(truth, chance),
    "Log Loss": log_loss(truth, chance),
}
for name, value in own.items():
    print(f"{name}: {table[name]:.3f}, by scikit-learn {value:.3f}")
assert table.equals(by_chance)
assert np.isclose(table["Precision"], own["Recall"]) and np.isclose(table["Recall"], own["Precision"])
assert own["Recall"] > own["Precision"] + 0.15
assert np.isclose(table["Accuracy"], own["Accuracy"]) and np.isclose(table["F1-Score"], own["F1-Score"])
assert table["AUC"] < own["AUC"] - 0.1 and table["Log Loss"] > 4 > own["Log Loss"]
PYTHON
