#!/bin/sh
# In its ONNX file an ordinal encoder with rare categories encodes every column by those of the first: an AUC of .82 becomes .50.
# Versions: skl2onnx 1.20.0 (January 2026), onnxruntime 1.32.0, onnx 1.23.2, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: with `min_frequency` or `max_categories` each column has rare categories of its own, which share one code.
# Seen: so it is if each column is an input of its own. If they come as one table, which `to_onnx` takes as well, the codes of the first
# column's categories are given to the categories of all, place by place. Two columns of eight letters, where the first has the rare
# ones at the end and the second at the beginning: a forest that knows the second column agrees with its file on 59 % of rows, and the
# AUC falls from .82 to .50. Columns with other numbers of categories are refused. No warning is given.
# Known: #1215 (2025) had that rare categories were not converted at all; its mending brought this. No issue was seen.
# What it means: ratings and grades with equally many levels are scored as others. Give each column as an input, and compare answers.
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
from skl2onnx.common.data_types import StringTensorType
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

rng = np.random.default_rng(0)
common_first, rare_first = [0.3] * 3 + [0.02] * 5, [0.02] * 5 + [0.3] * 3
region = rng.choice(list("abcdefgh"), 4_000, p=common_first)
grade = rng.choice(list("ABCDEFGH"), 4_000, p=rare_first)
log_odds = np.select([grade == "F", grade == "H"], [-2.0, 2.0], 0.0)
bought = (rng.random(4_000) < 1 / (1 + np.exp(-log_odds))).astype(int)
rows = np.c_[region, grade].astype(object)


def answers(model: object, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    types = [(name, StringTensorType([None, table.shape[1]])) for name, table in inputs.items()]
    options = {"zipmap": False} if hasattr(model, "predict") else None
    content = to_onnx(model, initial_types=types, options=options).SerializeToString()
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"]).run(None, inputs)


encoder = OrdinalEncoder(min_frequency=0.1, handle_unknown="use_encoded_value", unknown_value=-1)
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    model = make_pipeline(encoder, RandomForestClassifier(50, max_depth=4, random_state=0)).fit(rows, bought)
    few = np.array([["a", "A"], ["b", "F"], ["c", "G"], ["d", "H"]], dtype=object)
    codes, filed = model[0].transform(few), answers(model[0], {"rows": few})[0]
    labels, shares = answers(model, {"rows": rows})
    apart, _ = answers(model, {"region": rows[:, :1], "grade": rows[:, 1:]})
assert not any(issubclass(warning.category, UserWarning) for warning in told)
own = model.predict_proba(rows)[:, 1]
areas = [float(roc_auc_score(bought, chance)) for chance in (own, shares[:, 1])]
agree = float((labels == model.predict(rows)).mean())
print("codes of", few.tolist(), "by the model:", codes.tolist(), "by the file:", filed.tolist())
print(f"AUC {areas[0]:.2f}, by the file {areas[1]:.2f}; labels agree on {agree:.2f}", end=", ")
print(f"with an input for each column on {(apart == model.predict(rows)).mean():.2f}")
assert (codes[:, 0] == filed[:, 0]).all() and (codes[:, 1] != filed[:, 1]).all()
assert areas[0] > 0.78 and areas[1] < 0.55 and agree < 0.7
assert (apart == model.predict(rows)).all()
PYTHON
