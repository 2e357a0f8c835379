#!/bin/sh
# CatBoost finds columns by name, but only as long as each position keeps its kind.
# Versions: catboost 1.2.10, pandas 3.1.1, numpy 2.4.6.
# Expected: a frame with its columns in another order either raises an error about names, or is read by position.
# Seen: numeric columns may change places among themselves, and categorical ones too: the answers are the same.
# A column more at the end is ignored. Once a categorical column stands where a number stood, the error blames a value.
# What it means: a test that swaps two numeric columns proves nothing about a column inserted in front.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check catboost==1.2.10 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, CatBoostError

rng = np.random.default_rng(0)
rows = pd.DataFrame(
    {"a": rng.normal(size=1000), "b": rng.normal(size=1000), "k": rng.choice(["u", "v"], 1000), "l": rng.choice(["p", "q"], 1000)}
)
target = (rows["a"] + (rows["k"] == "u") > 0.5).astype(int)
model = CatBoostClassifier(iterations=50, verbose=0, allow_writing_files=False, cat_features=["k", "l"]).fit(rows, target)
straight = model.predict_proba(rows)
for order in (["b", "a", "k", "l"], ["a", "b", "l", "k"]):
    assert np.array_equal(model.predict_proba(rows[order]), straight), order
    print(order, "same answers")
assert np.array_equal(model.predict_proba(rows.assign(more=1.0)), straight)
for frame in (rows[["k", "l", "a", "b"]], rows.assign(more=1.0)[["more", "a", "b", "k", "l"]]):
    try:
        model.predict_proba(frame)
    except CatBoostError as error:
        print(list(frame.columns), "->", str(error)[:90])
        assert "Bad value for num_feature" in str(error) or "Invalid type for cat_feature" in str(error)
        assert "name" not in str(error)
    else:
        raise SystemExit("the error is gone")
PYTHON
