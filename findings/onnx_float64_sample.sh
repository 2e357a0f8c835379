#!/bin/sh
# An ONNX file made from a float64 sample cannot be loaded.
# Versions: skl2onnx 1.20.0, onnxruntime 1.32.0, onnx 1.23.2, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: `to_onnx(model, X[:1])`, the documented call, gives a file that onnxruntime runs, in double precision.
# Seen: conversion succeeds without a word; the session refuses the file, as its own parts disagree on float and double.
# With the sample cast to float32 it loads. Then whole numbers above 2**24 lose their last digits, and rows change sides.
# What it means: a conversion that ended well proves nothing. Load the file and compare answers on real columns.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check skl2onnx==1.20.0 onnxruntime==1.32.0 onnx==1.23.2 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(0)
account = 10**8 + rng.integers(0, 3000, 2000)
rows = np.column_stack([account, rng.normal(size=2000)]).astype(np.float64)
target = (account // 8) % 2
for estimator in (HistGradientBoostingClassifier(), LogisticRegression(), RandomForestClassifier(20, random_state=0)):
    model = estimator.fit(rows, target)
    name = type(model).__name__
    try:
        onnxruntime.InferenceSession(to_onnx(model, rows[:1]).SerializeToString())
        print(name, "float64: loads")
    except Exception as error:
        print(name, "float64:", type(error).__name__, str(error)[:100])
    single = onnxruntime.InferenceSession(
        to_onnx(model, rows[:1].astype(np.float32), options={"zipmap": False}).SerializeToString()
    )
    answers = single.run(None, {"X": rows.astype(np.float32)})[1][:, 1]
    off = np.abs(answers - model.predict_proba(rows)[:, 1]) > 0.05
    print(name, f"float32: {off.mean():.0%} of rows move by more than .05")
PYTHON
