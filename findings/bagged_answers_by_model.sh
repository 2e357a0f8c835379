#!/bin/sh
# The ONNX file of ten bagged linear models gives ten answers, for one row as for two thousand, and of ten rows four are wrong.
# Versions: skl2onnx 1.20.0 (January 2026), onnxruntime 1.32.0, onnx 1.23.2, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: a label for each row, by the votes of the models, as from the `BaggingClassifier` itself.
# Seen: where the bagged model has no probabilities, as LinearSVC, RidgeClassifier, Perceptron and SGDClassifier have none, votes are
# summed over the rows instead of the models. Answer i is the class that model i gives to most rows of the batch. A batch of as many
# rows as models has the right shape: over 200 such batches 63 % of labels are the model's own. Of 2,000 rows come back ten labels. With
# bagged logistic regression, which has probabilities, all agree. No warning is given when it is made or read.
# Known: no issue upstream was seen; it came with opset 13, where the axis became an input.
# What it means: a service that asks in batches of the size of the ensemble answers at random. Compare on two batch sizes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    skl2onnx==1.20.0 onnxruntime==1.32.0 onnx==1.23.2 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.base import ClassifierMixin
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.svm import LinearSVC

rows, target = make_classification(2_000, n_features=8, n_informative=5, random_state=0)
rows = rows.astype(np.float32)


def agreement(base: ClassifierMixin) -> tuple[list[int], float]:
    """How many labels the file gives for 1, 10 and 2,000 rows, and the share of batches of ten on which it agrees."""
    model = BaggingClassifier(base, n_estimators=10, random_state=0).fit(rows, target)
    content = to_onnx(model, rows[:1], options={id(model): {"zipmap": False}}).SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    numbers = [len(session.run(None, {"X": rows[:size]})[0]) for size in (1, 10, 2_000)]
    batches = [rows[begin : begin + 10] for begin in range(0, 2_000, 10)]
    same = [session.run(None, {"X": batch})[0] == model.predict(batch) for batch in batches]
    return numbers, float(np.mean(same))


seen = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for base in (LogisticRegression(), LinearSVC(), RidgeClassifier()):
        name = type(base).__name__
        seen[name] = agreement(base)
        print(f"{name}: labels for 1, 10 and 2,000 rows {seen[name][0]}; in batches of ten {seen[name][1]:.2f} agree")
assert not any(issubclass(warning.category, UserWarning) for warning in told)
assert seen["LogisticRegression"] == ([1, 10, 2_000], 1.0)
for name in ("LinearSVC", "RidgeClassifier"):
    assert seen[name][0] == [10, 10, 10] and 0.35 < seen[name][1] < 0.8
PYTHON
