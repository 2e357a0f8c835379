#!/bin/sh
# Histogram boosting and binning repeat without a seed, up to 200,000 rows; with one row more they do not.
# Versions: scikit-learn 1.9.1, numpy 2.4.6.
# Expected: without early stopping or sampling of its own, the same rows give the same trees, whatever their number.
# Seen: beyond 200,000 rows bin edges are taken from a random sample, and predictions of two fits differ by .01 and more.
# What it means: what repeats on a sample of a table need not repeat on the table; set random_state in either case.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import KBinsDiscretizer

rng = np.random.default_rng(0)
table = rng.normal(size=(200_001, 2))
target = (table[:, 0] + rng.normal(size=len(table)) > 0).astype(int)
for rows in (200_000, 200_001):
    known, labels = table[:rows], target[:rows]
    answers = [
        HistGradientBoostingClassifier(max_iter=5, early_stopping=False).fit(known, labels).predict_proba(table[:2000])
        for _ in range(2)
    ]
    edges = [KBinsDiscretizer(5, quantile_method="averaged_inverted_cdf").fit(known).bin_edges_[0] for _ in range(2)]
    differ, same = np.abs(answers[0] - answers[1]).max(), np.array_equal(*edges)
    print(f"{rows:,} rows: answers differ by {differ:.4f}, bin edges are {'the same' if same else 'others'}")
    assert (differ == 0 and same) if rows == 200_000 else (differ > 0.001 and not same)
PYTHON
