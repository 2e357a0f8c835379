#!/bin/sh
# river's ROC AUC puts the better of two models last, where the event is rare and the model is calibrated.
# Versions: river 0.26.1, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: an approximation close to the exact value; the documentation says so for calibrated probabilities, and that
# models can still be compared by it.
# Seen: ten thresholds lie evenly between 0 and 1. A calibrated model of a 1 % event has most of its answers below .1,
# in one bin: .80 reads as .55. A noisy model whose answers are spread out reads .66, close to its exact .67, and wins.
# What it means: a streamed AUC of .55 is no sign of a weak model. Raise n_thresholds, or compute it from the answers.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check river==0.26.1 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
from river import metrics
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
risk = rng.normal(size=50_000)
calibrated = 1 / (1 + np.exp(5 - 1.2 * risk))
target = rng.random(50_000) < calibrated
noisy = (1 / (1 + np.exp(5 - 1.2 * (risk + 1.5 * rng.normal(size=50_000))))) ** 0.3


def streamed(answers, **options):
    metric = metrics.ROCAUC(**options)
    for truth, answer in zip(target.tolist(), answers.tolist(), strict=True):
        metric.update(truth, answer)
    return metric.get()


exact = [roc_auc_score(target, answers) for answers in (calibrated, noisy)]
seen = [streamed(answers) for answers in (calibrated, noisy)]
fine = streamed(calibrated, n_thresholds=200)
print(f"event rate {target.mean():.3f}; calibrated: exact {exact[0]:.3f}, river {seen[0]:.3f}, with 200 thresholds {fine:.3f}")
print(f"noisy: exact {exact[1]:.3f}, river {seen[1]:.3f}")
assert exact[0] > exact[1] + 0.1
assert seen[0] < seen[1] - 0.05
assert seen[0] < exact[0] - 0.2 and abs(fine - exact[0]) < 0.02
PYTHON
