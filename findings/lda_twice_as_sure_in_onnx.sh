#!/bin/sh
# In its ONNX file a discriminant analysis of two classes is twice as sure, and tells less than the event rate alone.
# Versions: skl2onnx 1.20.0, onnxruntime 1.32.0, onnx 1.23.2, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: with two classes scikit-learn takes the logistic curve of one score; logistic regression does the same and its file agrees.
# Seen: the file holds the score and its negative and puts both through a softmax, so the distance is counted twice: log-odds are
# doubled, a risk of 4.3 % reads as .2 %. Of 10,000 customers with 543 cases the model expects 483 and the file 339. The log loss
# rises from .157 to .252; the event rate, as every answer, has .211. Labels, accuracy and AUC stay. With three classes the file
# agrees. No warning is given when it is made or read.
# Known: #1116 (2024) shows it and is closed; it is so in 1.20.0.
# What it means: sums of risks, prices and thresholds other than .5 are wrong, and a test of labels or AUC passes.
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
from scipy.special import expit
from skl2onnx import to_onnx
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_iris, make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import train_test_split


def through_onnx(model: ClassifierMixin, rows: np.ndarray) -> list[np.ndarray]:
    content = to_onnx(model, rows[:1], options={id(model): {"zipmap": False}}).SerializeToString()
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"]).run(None, {"X": rows})


rows, cases = make_classification(20_000, n_features=8, n_informative=5, weights=[0.95], class_sep=0.6, random_state=0)
learnt, rows, known, cases = train_test_split(rows.astype(np.float32), cases, test_size=0.5, random_state=0)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    regression = LogisticRegression().fit(learnt, known)
    assert np.allclose(through_onnx(regression, rows)[1], regression.predict_proba(rows), atol=1e-4)
    flowers, kinds = load_iris(return_X_y=True)
    three = LinearDiscriminantAnalysis().fit(flowers.astype(np.float32), kinds)
    assert np.allclose(through_onnx(three, flowers.astype(np.float32))[1], three.predict_proba(flowers), atol=1e-3)
    model = LinearDiscriminantAnalysis().fit(learnt, known)
    labels, shares = through_onnx(model, rows)
assert not told
own, file, score = model.predict_proba(rows)[:, 1], shares[:, 1], model.decision_function(rows)
assert np.allclose(own, expit(score)) and np.allclose(file, expit(2 * score), atol=1e-4)
assert (labels == model.predict(rows)).mean() > 0.999 and abs(roc_auc_score(cases, own) - roc_auc_score(cases, file)) < 0.001
losses = [log_loss(cases, said) for said in (own, file, np.full(len(cases), known.mean()))]
print(f"{cases.sum()} cases; expected by the model {own.sum():.0f}, by its file {file.sum():.0f}")
print("log loss of the model, of its file, of the event rate:", [round(float(loss), 3) for loss in losses])
print("one customer:", round(float(own[1]), 3), "and", round(float(file[1]), 3))
assert own.sum() > 0.85 * cases.sum() and file.sum() < 0.65 * cases.sum()
assert losses[0] < losses[2] - 0.03 < losses[1] - 0.05
PYTHON
