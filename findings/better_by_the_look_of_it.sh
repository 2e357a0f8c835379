#!/bin/sh
# autorank calls one of two equal models significantly better in 10 % of comparisons at alpha=.05: it tests the side it saw.
# Versions: autorank 1.3.0 (June 2025), scipy 1.17.1, baycomp 1.0.3, statsmodels 0.15.0, pandas 2.3.3, numpy 2.4.6.
# Expected: `autorank(scores, alpha=0.05)` finds a difference between two models without one in 5 % of comparisons, whatever
# the scores are like. It does where they are normal, by a two-sided t-test.
# Seen: for other scores it takes the model with the larger median first, and tests with Wilcoxon's test whether that one is
# greater, one-sided. Of 600 comparisons on 30 data sets, 10 % have p < .05, where the two-sided test has 5 %. The p-value is half
# of scipy's in four of five. So log losses are judged by another measure than their logarithms. No warning is given; `verbose=True`
# prints "one-sided".
# The cause: the hypothesis is chosen by the data that test it.
# Known: no issue upstream was seen.
# What it means: every second improvement that is reported is none. Double the p-value of two models.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check autorank==1.3.0 scipy==1.17.1 baycomp==1.0.3 statsmodels==0.15.0 \
    pandas==2.3.3 numpy==2.4.6
cd "$folder"
MPLBACKEND=agg OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import contextlib
import warnings

import numpy as np
import pandas as pd
from autorank import autorank
from scipy.stats import ttest_rel, wilcoxon

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
found = {}
for name, draw in (("normal", rng.normal), ("skewed", rng.lognormal)):
    values = []
    for _ in range(600):
        scores = pd.DataFrame({"a": draw(size=30), "b": draw(size=30)})
        with contextlib.redirect_stdout(None):
            result = autorank(scores, alpha=0.05, verbose=False)
        right = {"ttest": ttest_rel, "wilcoxon": wilcoxon}[result.omnibus](scores["a"], scores["b"]).pvalue
        values.append((result.omnibus, result.pvalue, right))
    table = pd.DataFrame(values, columns=["test", "said", "right"])
    for test, rows in table.groupby("test"):
        if len(rows) > 300:
            found[test] = rows
            print(f"{name} scores, {test}: p < .05 in {(rows['said'] < 0.05).mean():.1%} of {len(rows)} comparisons without",
                  f"a difference, by scipy {(rows['right'] < 0.05).mean():.1%}; half of scipy's p in",
                  f"{np.isclose(rows['said'], rows['right'] / 2).mean():.0%}")
t_test, signed_rank = found["ttest"], found["wilcoxon"]
assert np.allclose(t_test["said"], t_test["right"])
assert (t_test["said"] < 0.05).mean() < 0.065
assert (signed_rank["right"] < 0.05).mean() < 0.065
assert (signed_rank["said"] < 0.05).mean() > 0.085
assert np.isclose(signed_rank["said"], signed_rank["right"] / 2).mean() > 0.7
PYTHON
