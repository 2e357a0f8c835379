#!/bin/sh
# clusteval's Davies-Bouldin index finds 24 clusters in three clear ones, and 39 if it may.
# Versions: clusteval 2.2.7 (February 2026), scatterd 1.4.2, datazets 1.1.4, scikit-learn 1.9.1, scipy 1.17.1, pandas 3.1.1, numpy 2.4.6.
# Expected: for each cluster the worst ratio of its spread and another's to their distance, and the mean of these; as scikit-learn's.
# The number of clusters with the least is chosen, here three.
# Seen: the one worst ratio of all is divided by the number of clusters. So it falls as clusters are added, whatever they are:
# 600 points in three groups, ten deviations apart, have .084 as three and .048 as 24, the most that are tried by default, and 24 are
# chosen. With up to 39 tried it is 39. scikit-learn's index has .25 for the three and .92 for the 24; the silhouette finds three.
# No warning is given.
# Known: no issue upstream was seen.
# What it means: segments are made up, the more the higher the limit. Take the silhouette, or scikit-learn's index.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check clusteval==2.2.7 scatterd==1.4.2 datazets==1.1.4 colourmap==1.2.1 \
    scikit-learn==1.9.1 scipy==1.17.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 MPLBACKEND=Agg venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from clusteval import clusteval
from sklearn.datasets import make_blobs
from sklearn.metrics import davies_bouldin_score

points, _ = make_blobs(600, centers=[[0, 0], [10, 0], [0, 10]], cluster_std=1, random_state=0)


def chosen(**options: object) -> tuple[int, float, dict[int, float]]:
    """How many clusters are chosen, scikit-learn's index of them, and clusteval's score by number of clusters."""
    result = clusteval(verbose=0, **options).fit(points)
    score = dict(zip(result["score"]["clusters"], result["score"]["score"], strict=True))
    return len(np.unique(result["labx"])), float(davies_bouldin_score(points, result["labx"])), score


with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    silhouette = chosen(evaluate="silhouette")
    few, default, many = (chosen(evaluate="dbindex", max_clust=most) for most in (10, 25, 40))
assert not any(issubclass(warning.category, UserWarning) for warning in told)
print("silhouette chooses", silhouette[0], "with a Davies-Bouldin index by scikit-learn of", round(silhouette[1], 2))
for name, (number, index, score) in {"10": few, "25": default, "40": many}.items():
    print(f"up to {name}: {number} chosen, {score[number]:.3f} by clusteval, {index:.2f} by scikit-learn; three: {score[3]:.3f}")
assert silhouette[0] == few[0] == 3 and silhouette[1] < 0.3
assert default[0] == 24 and default[1] > 0.7 and default[2][24] < default[2][3]
assert many[0] == 39
PYTHON
