#!/bin/sh
# A set that CatBoost was only to watch decides how many trees it keeps.
# Versions: catboost 1.2.10, lightgbm 4.7.0, xgboost-cpu 3.2.0, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: without early stopping, `eval_set` only records a curve, and the model is the one fitted without it.
# Seen: so it is in LightGBM and XGBoost. CatBoost trains all 300 trees and drops those after the best one for that set,
# here all but 42.
# Known: documented as the default of `use_best_model` where an evaluation set is given. There is no warning.
# What it means: rows that were watched cannot be judged afterwards. With `use_best_model=False` they can, as elsewhere.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check catboost==1.2.10 lightgbm==4.7.0 xgboost-cpu==3.2.0 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from xgboost import XGBClassifier

rng = np.random.default_rng(0)
rows, labels = rng.normal(size=(600, 20)), rng.integers(0, 2, 600)
trained, watched, new = slice(0, 300), slice(300, 400), slice(400, 600)
makers = {
    "catboost": lambda: CatBoostClassifier(300, verbose=0, random_seed=0, thread_count=1),
    "catboost, use_best_model=False": lambda: CatBoostClassifier(
        300, verbose=0, random_seed=0, thread_count=1, use_best_model=False
    ),
    "lightgbm": lambda: LGBMClassifier(n_estimators=300, verbose=-1, n_jobs=1),
    "xgboost": lambda: XGBClassifier(n_estimators=300, n_jobs=1),
}
for name, make in makers.items():
    alone = make().fit(rows[trained], labels[trained])
    beside = make().fit(rows[trained], labels[trained], eval_set=[(rows[watched], labels[watched])], **(
        {"verbose": False} if name == "xgboost" else {}
    ))
    same = np.allclose(alone.predict_proba(rows[new]), beside.predict_proba(rows[new]))
    trees = f", {beside.tree_count_} trees of 300" if name.startswith("catboost") else ""
    print(f"{name}: the watched set changes the model: {not same}{trees}")
    assert same == (name != "catboost")
    if name == "catboost":
        assert beside.tree_count_ < 100
PYTHON
