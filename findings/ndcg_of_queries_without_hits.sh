#!/bin/sh
# A ranking model without skill scores .88, because queries without a relevant row count as solved.
# Versions: lightgbm 4.7.0, xgboost 3.2.0, catboost 1.2.10, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: NDCG@10 of one table and one order of its rows is one figure, whoever computes it.
# Seen: 160 of 200 queries have no relevant row. The libraries that train rankers give each of them a 1;
# scikit-learn gives each a 0. For the same scores that is .88 against .08. On the 40 other queries both mean .42.
# xgboost has a metric of each kind: ndcg@10 and, with a minus at its end, ndcg@10-.
# What it means: a figure near 1 says how many queries are empty. Leave them out, and state how many there were.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    lightgbm==4.7.0 xgboost==3.2.0 catboost==1.2.10 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W ignore - <<'PYTHON'
import lightgbm
import numpy as np
import xgboost
from catboost.utils import eval_metric
from sklearn.metrics import ndcg_score

QUERIES, ROWS = 200, 10
rng = np.random.default_rng(0)
relevant = np.zeros((QUERIES, ROWS), dtype=int)
relevant[np.arange(40), rng.integers(0, ROWS, 40)] = 1
noise = np.round(rng.normal(size=(QUERIES, ROWS)), 3)
labels, scores, sizes = relevant.ravel(), noise.ravel(), np.full(QUERIES, ROWS)
constant = np.zeros((labels.size, 1))

table = xgboost.DMatrix(constant, labels, base_margin=scores)
table.set_group(sizes)
seen = {}
options = {"objective": "rank:ndcg", "eval_metric": ["ndcg@10", "ndcg@10-"], "max_depth": 1}
xgboost.train(options, table, 1, evals=[(table, "rows")], evals_result=seen, verbose_eval=False)
rows = lightgbm.Dataset(constant, labels, group=sizes, init_score=scores)
also = {}
options = {"objective": "lambdarank", "metric": "ndcg", "eval_at": [10], "verbose": -1}
lightgbm.train(options, rows, 1, valid_sets=[rows], callbacks=[lightgbm.record_evaluation(also)])
groups = np.repeat(np.arange(QUERIES), ROWS)
figures = {
    "lightgbm": also["training"]["ndcg@10"][-1],
    "xgboost ndcg@10": seen["rows"]["ndcg@10"][-1],
    "catboost": eval_metric(labels.tolist(), scores.tolist(), "NDCG:top=10", group_id=groups.tolist())[0],
    "xgboost ndcg@10-": seen["rows"]["ndcg@10-"][-1],
    "scikit-learn": ndcg_score(relevant, noise),
}
hits = ndcg_score(relevant[:40], noise[:40])
for name, value in figures.items():
    print(f"{name}: {value:.3f}")
print(f"scikit-learn, the 40 queries with a relevant row: {hits:.3f}")
for name in ("lightgbm", "xgboost ndcg@10", "catboost"):
    assert abs(figures[name] - (160 + 40 * hits) / QUERIES) < 0.005, name
for name in ("scikit-learn", "xgboost ndcg@10-"):
    assert abs(figures[name] - 40 * hits / QUERIES) < 0.005, name
PYTHON
