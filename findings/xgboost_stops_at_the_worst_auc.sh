#!/bin/sh
# Given the function instead of its name, XGBoost stops early at the lowest AUC.
# Versions: xgboost-cpu 3.2.0, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: `eval_metric=roc_auc_score` and `eval_metric="auc"` are one metric, and early stopping keeps the best round.
# Seen: a function is taken for a loss, whatever it is. The best round is the one with the lowest AUC, here the first:
# one tree, .86 where the name gives .92. Losses such as log_loss work, so the way seems proved. There is no warning.
# Known: documented at `eval_metric` ("will minimize the result"). Issues #1226 and #4550 mended names, not functions.
# What it means: a submission whose model is one tree may be sound in all but the sign of one metric.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check xgboost-cpu==3.2.0 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

from sklearn.datasets import make_classification
from sklearn.metrics import log_loss, roc_auc_score
from xgboost import XGBClassifier

rows, labels = make_classification(3000, 20, n_informative=6, flip_y=0.1, random_state=0)
trained, watched, new = slice(0, 1000), slice(1000, 2000), slice(2000, 3000)
aucs = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, metric in (("'auc'", "auc"), ("roc_auc_score", roc_auc_score), ("log_loss", log_loss)):
        model = XGBClassifier(n_estimators=200, early_stopping_rounds=10, eval_metric=metric, n_jobs=1, random_state=0)
        model.fit(rows[trained], labels[trained], eval_set=[(rows[watched], labels[watched])], verbose=False)
        history = list(model.evals_result()["validation_0"].values())[-1]
        aucs[name] = roc_auc_score(labels[new], model.predict_proba(rows[new])[:, 1])
        print(f"{name}: best round {model.best_iteration}, best score {model.best_score:.3f}, AUC on new rows {aucs[name]:.3f}")
        if metric is roc_auc_score:
            assert model.best_score == min(history) < max(history) and model.best_iteration == 0
        else:
            assert model.best_iteration > 5
print("warnings", len(told))
assert aucs["roc_auc_score"] < min(aucs["'auc'"], aucs["log_loss"]) - 0.03
assert not told
PYTHON
