#!/bin/sh
# Precision, recall and F1 with an interval are all the accuracy, unless an average is named.
# Versions: confidenceinterval 1.0.5, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: functions named as in scikit-learn, with its arguments, give its figures and an interval around them.
# Seen: their default average is "micro" where scikit-learn's is "binary". On two classes that is the accuracy.
# With one positive row in ten, a precision of .40, a recall of .25 and an F1 of .31 are all reported as .88.
# Besides, the interval of macro F1 is about 1.7 times as wide as a bootstrap's, and held the truth in 60 of 60 samples.
# What it means: a report can show three equal figures with tight intervals, none of which is what its title says.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    confidenceinterval==1.0.5 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W ignore - <<'PYTHON'
import confidenceinterval
import numpy as np
from sklearn import metrics

rng = np.random.default_rng(0)
target = (rng.random(300) < 0.1).astype(int)
answers = (rng.normal(size=300) + target > 1.5).astype(int)
accuracy = metrics.accuracy_score(target, answers)
for name in ("precision_score", "recall_score", "f1_score"):
    usual = getattr(metrics, name)(target, answers)
    value, (low, high) = getattr(confidenceinterval, name)(target.tolist(), answers.tolist())
    method = {} if name == "f1_score" else {"method": "wilson"}
    named = getattr(confidenceinterval, name)(target.tolist(), answers.tolist(), average="binary", **method)[0]
    print(f"{name}: scikit-learn {usual:.2f}, with an interval {value:.2f} [{low:.2f}, {high:.2f}], binary {named:.2f}")
    assert abs(value - accuracy) < 1e-9 and abs(named - usual) < 1e-6 and low > usual + 0.3


def sample(rows):
    target = (rng.random(rows) < 0.3).astype(int)
    return target, (rng.normal(size=rows) + target > 0.8).astype(int)


def macro(target, answers):
    return metrics.f1_score(target, answers, average="macro")


truth = macro(*sample(1_000_000))
widths, bootstrapped, held = [], [], 0
for _ in range(60):
    target, answers = sample(300)
    low, high = confidenceinterval.f1_score(target.tolist(), answers.tolist(), average="macro")[1]
    held += low <= truth <= high
    draws = [macro(target[rows], answers[rows]) for rows in rng.integers(0, 300, (100, 300))]
    widths.append(high - low)
    bootstrapped.append(np.subtract(*np.quantile(draws, (0.975, 0.025))))
ratio = np.mean(widths) / np.mean(bootstrapped)
print(f"macro F1: {ratio:.2f} times as wide as the bootstrap, held the truth in {held} of 60 samples")
assert 1.5 < ratio < 2.1 and held == 60
PYTHON
