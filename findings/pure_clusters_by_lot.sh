#!/bin/sh
# By permetrics 30 clusters drawn by lot are .91 homogeneous, where scikit-learn says .08, and 3 drawn by lot have .003.
# Versions: permetrics 2.1.0 (2026), scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6.
# Expected: homogeneity is 1 if each cluster holds one class alone, and near 0 for clusters drawn by lot, as in scikit-learn: .003 for 3
# clusters of 300 rows in three classes, .08 for 30.
# Seen: both agree to the last digit as long as there are as many clusters as classes. Further clusters are taken for pure, so with k
# clusters by lot homogeneity is about 1 - 3/k: .41 for 5, .71 for 10, .91 for 30. With 2 clusters completeness is .34 instead of
# .01, in the same way. The V-measure follows a little, and the adjusted Rand index is right. No warning is given.
# The cause: the mean over clusters runs over the classes.
# Known: no issue upstream was seen.
# What it means: a search over the number of clusters finds the most that it may, and chance looks like structure. Take scikit-learn's.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check permetrics==2.1.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from permetrics import ClusteringMetric
from sklearn.metrics import adjusted_rand_score, completeness_score, homogeneity_score, v_measure_score

rng = np.random.default_rng(0)
classes = np.repeat([0, 1, 2], 100)
seen = {}
for number in (2, 3, 5, 10, 30):
    drawn = rng.permutation(np.arange(300) % number)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        metric = ClusteringMetric(y_true=classes, y_pred=drawn)
        found = metric.homogeneity_score(), metric.v_measure_score(), metric.completeness_score(), metric.adjusted_rand_score()
    assert not told
    references = (homogeneity_score, v_measure_score, completeness_score, adjusted_rand_score)
    right = [reference(classes, drawn) for reference in references]
    seen[number] = found, right
    print(f"{number} clusters by lot: homogeneity {found[0]:.3f} ({right[0]:.3f}), V-measure {found[1]:.3f} ({right[1]:.3f}), ", end="")
    print(f"completeness {found[2]:.3f} ({right[2]:.3f}), adjusted Rand index {found[3]:.3f} ({right[3]:.3f})")

for number, (found, right) in seen.items():
    assert abs(found[3] - right[3]) < 1e-9 and max(right) < 0.1
    assert np.allclose(found, right) == (number == 3)
    if number > 3:
        assert abs(found[0] - (1 - 3 / number)) < 0.05 and abs(found[2] - right[2]) < 1e-9
assert seen[2][0][2] > 0.3
PYTHON
