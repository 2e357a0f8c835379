#!/bin/sh
# FLAML ranks all queries as one list by default: it picks a model that knows the query alone, says .96, and leaves one with .998.
# Versions: FLAML 2.8.0 (2026), lightgbm 4.7.0, xgboost-cpu 3.2.0, scikit-learn 1.9.1, scipy 1.17.1, pandas 2.3.3, numpy 2.4.6.
# Expected: `fit(task="rank", groups=...)` chooses by NDCG, which compares the documents of one query and is averaged over queries.
# Seen: the default metric is "ndcg", and it puts the documents of all queries into one ranking; groups are not looked at. A model
# that knows how popular a query is, and nothing of its documents, has .959. One that knows what fits, and nothing of the query,
# has .942, so the first is taken. Averaged by query, as with "ndcg@10", which does look at groups, they have .897 and .998, and
# random order has .90. The rank of the two is turned round by "@10" in the name. No warning is given.
# Known: no issue upstream was seen; the best practices ask for groups "so metrics like `ndcg` and `ndcg@k` are meaningful".
# What it means: automatic selection prefers features of the query, which cannot rank anything. Ask for "ndcg@k" with a large k.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    flaml==2.8.0 lightgbm==4.7.0 xgboost-cpu==3.2.0 scikit-learn==1.9.1 scipy==1.17.1 pandas==2.3.3 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd
from flaml import AutoML
from flaml.automl.model import LGBMEstimator
from sklearn.metrics import ndcg_score

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)


def queries(number: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Ten documents for each query: grades are higher for a popular query, and for a document that fits."""
    query = np.repeat(np.arange(number), 10)
    popular = np.repeat(rng.integers(0, 4, number), 10)
    fits = rng.integers(0, 2, 10 * number)
    rows = {"popular": popular + rng.normal(0, 0.1, 10 * number), "fits": fits + rng.normal(0, 0.3, 10 * number)}
    return pd.DataFrame(rows), popular + fits, query


class OfTheQuery(LGBMEstimator):
    column = "popular"

    def fit(self, rows, *others, **options):
        return super().fit(rows[[self.column]], *others, **options)

    def predict(self, rows, **options):
        return super().predict(rows[[self.column]], **options)


class OfTheDocument(OfTheQuery):
    column = "fits"


rows, grades, query = queries(300)
new, new_grades, new_query = queries(300)


def by_query(scores: np.ndarray) -> float:
    graded = [number for number in range(300) if new_grades[new_query == number].any()]
    return float(np.mean([ndcg_score([new_grades[new_query == q]], [scores[new_query == q]]) for q in graded]))


print(f"random order: {by_query(rng.random(3_000)):.3f} by query")
said = {}
for metric in ("auto", "ndcg@10"):
    search = AutoML()
    search.add_learner("of the query", OfTheQuery)
    search.add_learner("of the document", OfTheDocument)
    search.fit(
        rows, grades, task="rank", groups=query, metric=metric, estimator_list=["of the query", "of the document"], max_iter=6,
        time_budget=-1, eval_method="holdout", X_val=new, y_val=new_grades, groups_val=new_query, verbose=0, seed=0, n_jobs=1,
    )
    scores = {name: 1 - loss for name, loss in search.best_loss_per_estimator.items()}
    said[metric] = search.best_estimator, scores, by_query(search.predict(new))
    print(f"metric {metric}: {scores}; chosen: {said[metric][0]}, with {said[metric][2]:.3f} by query")
best, scores, right = said["auto"]
assert best == "of the query" and scores["of the query"] > 0.95 > scores["of the document"] > 0.92 and right < 0.91
best, scores, right = said["ndcg@10"]
assert best == "of the document" and scores["of the query"] < 0.91 and abs(scores["of the document"] - right) < 0.002 and right > 0.99
PYTHON
