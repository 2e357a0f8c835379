#!/bin/sh
# Calibration by temperature makes honest counts of a few trees or neighbours worse than the event rate alone.
# Versions: scikit-learn 1.9.1, numpy 2.4.6 (method="temperature" exists since scikit-learn 1.8).
# Expected: one number that minimises the log loss of held-out rows; answers get softer and stay about as good as they were.
# Seen: where no tree or neighbour has seen the event, the estimator says exactly 0 (61 and 63 % of rows). scikit-learn takes
# the logit of that as -36, so the few events among those rows set the temperature. At an event rate of 6 % the mean
# answer rises from .06 and .05 to .15, and the Brier score from .047 and .045 to .080 and .074; the event rate alone, as
# every answer, gets .058. "sigmoid" and "isotonic", fitted on the same rows, improve both. The AUC stays, so it tells nothing.
# What it means: use temperature only for estimators that never answer 0 or 1, and compare the Brier score before and after.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

warnings.simplefilter("error")
rows, target = make_classification(12_000, 20, n_informative=6, flip_y=0.02, weights=[0.95], random_state=0)
train, held_out, test = slice(0, 4000), slice(4000, 6000), slice(6000, None)
rate = brier_score_loss(target[test], [target[train].mean()] * len(target[test]))
print(f"Brier score of the event rate {rate:.4f}")

for model in (RandomForestClassifier(10, random_state=0), KNeighborsClassifier(15)):
    model.fit(rows[train], target[train])
    answers = {"none": model.predict_proba(rows[test])[:, 1]}
    for method in ("sigmoid", "isotonic", "temperature"):
        calibrated = CalibratedClassifierCV(FrozenEstimator(model), method=method).fit(rows[held_out], target[held_out])
        answers[method] = calibrated.predict_proba(rows[test])[:, 1]
    brier = {method: brier_score_loss(target[test], answer) for method, answer in answers.items()}
    area = {method: roc_auc_score(target[test], answer) for method, answer in answers.items()}
    for method, answer in answers.items():
        print(
            f"{type(model).__name__} {method}: Brier {brier[method]:.4f}, AUC {area[method]:.4f}, "
            f"mean {answer.mean():.3f}, exact zeros {(answer == 0).mean():.2f}"
        )
    assert brier["none"] < rate < 0.06 and brier["sigmoid"] < brier["none"]
    assert brier["temperature"] > 1.2 * rate
    assert abs(area["temperature"] - area["none"]) < 1e-9
PYTHON
