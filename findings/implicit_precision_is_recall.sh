#!/bin/sh
# implicit's precision_at_k is recall where each user has held back few items: here ten times the precision.
# Versions: implicit 0.7.3, scipy 1.17.1, numpy 2.4.6.
# Expected: precision at 10 is the share of ten recommended items that were right.
# Seen: hits are divided by the sum of min(K, items held back) and not by K for each user. With one item held back, as in
# leave-one-out, "precision" at 10 is recall exactly: .038 where .0038 of the recommended items are right. It also grows with
# K, while precision falls. Both names of it, `precision_at_k` and "precision" of `ranking_metrics_at_k`, say so.
# What it means: such a figure can't be compared with precision from elsewhere; compute it from the recommended items.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check implicit==0.7.3 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import numpy as np
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares
from implicit.evaluation import precision_at_k, ranking_metrics_at_k

rng = np.random.default_rng(0)
users, items = 500, 300
seen = sparse.csr_matrix((rng.random((users, items)) < 0.05).astype(np.float32))
one_each = sparse.csr_matrix((np.ones(users, np.float32), (np.arange(users), rng.integers(0, items, users))), (users, items))
model = AlternatingLeastSquares(factors=8, random_state=0, num_threads=1)
model.fit(seen, show_progress=False)

called = []
for size in (5, 10, 20):
    precision = precision_at_k(model, seen, one_each, K=size, show_progress=False, num_threads=1)
    same = ranking_metrics_at_k(model, seen, one_each, K=size, show_progress=False, num_threads=1)["precision"]
    recommended, _ = model.recommend(np.arange(users), seen, N=size)
    hits = sum(int(one_each[user].indices[0] in recommended[user]) for user in range(users))
    print(f"K {size}: called precision {precision:.4f}; right of all recommended {hits / users / size:.4f}; recall {hits / users:.4f}")
    assert precision == same and abs(precision - hits / users) < 1e-9
    called.append(precision)
assert called == sorted(called) and called[-1] > called[0]
PYTHON
