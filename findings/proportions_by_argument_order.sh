#!/bin/sh
# mlxtend's test of two accuracies finds a difference of ten points, and finds none once the models change places.
# Versions: mlxtend 0.25.0, scipy 1.17.1, numpy 2.4.6 (it needs scikit-learn and pandas, here 1.9.1 and 3.1.1).
# Expected: a test whether two accuracies are equal has one p-value, whichever model is named first. Its guide tests for
# equality, and rejects beyond 1.96.
# Seen: `proportion_difference` returns the area to the left of z. On 500 rows, .80 against .90 has p = .000004, and .90
# against .80 has p = .999996. The more surely the first model is better, the nearer p comes to 1; equal ones have .5.
# Known: no issue upstream was seen. Neither docstring nor guide says that the p-value has one side; its example puts the
# weaker model first.
# What it means: half of all comparisons hide what is plain. Take 2 * norm.sf(abs(z)); for two models on the same rows
# take McNemar's test, which is paired and the same in either order.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    mlxtend==0.25.0 scikit-learn==1.9.1 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 MPLBACKEND=agg MPLCONFIGDIR=$folder venv/bin/python - <<'PYTHON'
import numpy as np
from mlxtend.evaluate import mcnemar, mcnemar_table, proportion_difference
from scipy.stats import norm

rng = np.random.default_rng(0)
rows = 500
target = rng.integers(0, 2, rows)


def answers(right):
    wrong = rng.permutation(rows) >= round(right * rows)
    return np.where(wrong, 1 - target, target)


weak, strong = answers(0.80), answers(0.90)
seen = {}
for name, first, second in (("weak first", weak, strong), ("strong first", strong, weak), ("equal", weak, answers(0.80))):
    accuracies = [float(np.mean(model == target)) for model in (first, second)]
    z, p = proportion_difference(*accuracies, rows)
    paired = mcnemar(mcnemar_table(target, first, second))[1]
    seen[name] = p, paired
    print(f"{name} {accuracies}: z {z:.2f}, p {p:.6f}; of both tails {2 * norm.sf(abs(z)):.6f}; McNemar {paired:.6f}")

assert seen["weak first"][0] < 0.00001 and seen["strong first"][0] > 0.99999
assert abs(seen["equal"][0] - 0.5) < 1e-9
assert seen["weak first"][1] == seen["strong first"][1] < 0.001
PYTHON
