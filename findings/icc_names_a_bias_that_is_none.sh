#!/bin/sh
# pingouin's documentation reads the p-value of an ICC as bias between raters: three raters without any have a p of 3e-14.
# Versions: pingouin 0.7.0 (September 2026), scikit-learn 1.9.1, statsmodels 0.15.0, pandas 3.1.1, scipy 1.17.1, numpy 2.4.6.
# Expected: by the docstring of `intraclass_corr`, F and pval test whether the means of raters differ: "formal test", and where
# it finds a difference, ICC(1,1) is not to be reported.
# Seen: F is that of the rated things, as in the ICC of R's psych: whether they differ at all. Raters of 30 applicants whose mean
# grades are equal have a p of 3e-14, as applicants differ. Raters whose grades lie 2 and 4 points apart have .35 where applicants
# are alike. Where applicants differ, F and p of ICC(C,1) stay as they are, whatever is added to the grades of one rater. The test
# of raters, from the same analysis of variance, has 1, 3e-38 and 3e-38. It is not in the result.
# Known: #485 (January 2026) asked for clearer names; no issue was seen of the text that answered it.
# What it means: a panel that agrees is sent to training, and a harsh grader among equal applicants stays unseen. Take
# `rm_anova` over the raters, or the distance of ICC(A,1) and ICC(C,1).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    pingouin==0.7.0 scikit-learn==1.9.1 statsmodels==0.15.0 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python -W ignore - <<'PYTHON'
import inspect

import numpy as np
import pandas as pd
import pingouin
from scipy.stats import f

text = " ".join(inspect.getdoc(pingouin.intraclass_corr).split())
assert "F-test results for detecting systematic differences (bias) between raters" in text
assert "formal test of whether rater means differ" in text

rng = np.random.default_rng(0)
applicants = rng.normal(0, 1, 30)
noise = rng.normal(0, 0.5, (30, 3))
noise -= noise.mean(axis=0)  # no rater is harsher than another
panels = {
    "alike raters, applicants differ": applicants[:, None] + noise,
    "raters 2 and 4 apart, applicants alike": noise + np.array([0, 2, 4]),
    "raters 2 and 4 apart, applicants differ": applicants[:, None] + noise + np.array([0, 2, 4]),
}


def raters_differ(grades: np.ndarray) -> float:
    """P-value of the means of raters, two-way analysis of variance without repetition, by hand."""
    rated, raters = grades.shape
    rest = grades - grades.mean(0) - grades.mean(1)[:, None] + grades.mean()
    between = rated * ((grades.mean(0) - grades.mean()) ** 2).sum() / (raters - 1)
    return float(f.sf(between / ((rest**2).sum() / (rated - 1) / (raters - 1)), raters - 1, (rated - 1) * (raters - 1)))


seen = {}
for name, grades in panels.items():
    table = pd.DataFrame(grades).rename_axis("applicant").reset_index().melt("applicant", var_name="rater", value_name="grade")
    result = pingouin.intraclass_corr(table, "applicant", "rater", "grade").set_index("Type")
    anova = pingouin.rm_anova(table, dv="grade", within="rater", subject="applicant", correction=False)
    by_hand = raters_differ(grades)
    assert abs(np.log(anova.loc[0, "p_unc"] / by_hand)) < 1e-6
    seen[name] = result.loc["ICC(C,1)", "F"], result["pval"], by_hand
    print(f"{name}: ICC(A,1) {result.loc['ICC(A,1)', 'ICC']:.2f}, ICC(C,1) {result.loc['ICC(C,1)', 'ICC']:.2f},", end=" ")
    print(f"pval {result.loc['ICC(A,1)', 'pval']:.2g}; do raters differ: p {by_hand:.2g}")

alike, hidden, apart = seen.values()
assert max(alike[1]) < 1e-12 and alike[2] > 0.99
assert min(hidden[1]) > 0.3 and hidden[2] < 1e-25
assert abs(apart[0] / alike[0] - 1) < 1e-9 and apart[2] < 1e-25
PYTHON
