#!/bin/sh
# Rounding the scores raises the area under the precision-recall curve in two libraries of boosted trees.
# Versions: xgboost 3.2.0, catboost 1.2.10, lightgbm 4.7.0, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: four libraries that name the same area differ in the third decimal, and ties only lose information.
# Seen: on 1,000 scores without ties they agree within .01. With the same scores rounded to one decimal,
# average precision (scikit-learn, lightgbm) falls by .04; xgboost's aucpr and catboost's PRAUC hardly move.
# They draw a line across each tie. Precision does not run straight between two recalls, so a line is too high.
# What it means: early stopping on aucpr or PRAUC favours models with few distinct scores, such as shallow trees.
# Compare models by average precision, computed outside the library that trained them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    xgboost==3.2.0 catboost==1.2.10 lightgbm==4.7.0 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W ignore - <<'PYTHON'
import lightgbm
import numpy as np
import xgboost
from catboost.utils import eval_metric
from sklearn.metrics import average_precision_score

rng = np.random.default_rng(0)
target = (rng.random(1000) < 0.2).astype(int)
scores = 1 / (1 + np.exp(-(rng.normal(size=1000) + 2 * target - 2)))


def by_xgboost(values):
    """The metric of a model that adds nothing to a given margin."""
    table = xgboost.DMatrix(np.zeros((1000, 1)), target, base_margin=np.log(values / (1 - values)))
    result = {}
    options = {"objective": "binary:logistic", "eval_metric": "aucpr", "max_depth": 1}
    xgboost.train(options, table, 1, evals=[(table, "rows")], evals_result=result, verbose_eval=False)
    return result["rows"]["aucpr"][-1]


def by_lightgbm(values):
    table = lightgbm.Dataset(np.zeros((1000, 1)), target, init_score=np.log(values / (1 - values)))
    result = {}
    options = {"objective": "binary", "metric": "average_precision", "verbose": -1}
    lightgbm.train(options, table, 1, valid_sets=[table], callbacks=[lightgbm.record_evaluation(result)])
    return result["training"]["average_precision"][-1]


def areas(values):
    return {
        "scikit-learn": average_precision_score(target, values),
        "lightgbm": by_lightgbm(values),
        "xgboost": by_xgboost(values),
        "catboost": eval_metric(target.tolist(), values.tolist(), "PRAUC")[0],
    }


fine, rounded = areas(scores), areas(np.clip(np.round(scores, 1), 0.01, 0.99))
for name in fine:
    print(f"{name}: {fine[name]:.3f} as they are, {rounded[name]:.3f} rounded to one decimal")
assert max(fine.values()) - min(fine.values()) < 0.01
for name in ("scikit-learn", "lightgbm"):
    assert rounded[name] < fine[name] - 0.03
for name in ("xgboost", "catboost"):
    assert rounded[name] > fine[name] - 0.02 and rounded[name] > rounded["scikit-learn"] + 0.02
PYTHON
