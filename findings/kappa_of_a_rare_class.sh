#!/bin/sh
# By polars-statistics' kappa two raters who agree on each of 100 rows may do so by chance, p = .93, if one class is rare.
# Versions: polars-statistics 0.8.0 (October 2026), polars 2.1.0, statsmodels 0.15.0, pandas 3.1.1, scipy 1.17.1, numpy 2.4.6.
# Expected: kappa with the standard error and the p-value that statsmodels gives. For two raters and two classes the test of
# kappa = 0 is the chi-square test of the table.
# Seen: kappa is right, its standard error is not, and grows as agreement grows and as a class gets rarer. Where 5 of 100
# rows are of that class and all labels agree, it is 11, though kappa cannot leave -1 to 1; with 95 agreed rows it is 4.6
# instead of .15, and p is .89 instead of 1e-10. With 10,000 rows it is .17. Of raters who share three labels in ten,
# the p-value finds none of 300 pairs at a class of 20 %, and 4 at one of 50 %; statsmodels finds 233 and 271.
# Known: no issue upstream was seen. The docstring says which field holds the standard error.
# What it means: "agreement not above chance" from here says nothing. Take statsmodels, or resample the rows.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    polars-statistics==0.8.0 polars==2.1.0 statsmodels==0.15.0 pandas==3.1.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import polars as pl
import polars_statistics as ps
from scipy.stats import chi2_contingency
from statsmodels.stats.inter_rater import cohens_kappa


def by_polars(table: list[list[int]] | np.ndarray) -> dict[str, float]:
    counts = pl.DataFrame({"counts": np.asarray(table).ravel()})
    return counts.select(ps.cohen_kappa("counts", n_categories=2).alias("kappa"))["kappa"][0]


tables = {
    "95 common and 5 rare, all agree": [[95, 0], [0, 5]],
    "95 of 100 agree, one class rare": [[90, 2], [3, 5]],
    "the same shares of 10,000": [[9_000, 200], [300, 500]],
    "90 of 100 agree, classes alike": [[45, 5], [5, 45]],
    "agreement of chance": [[25, 25], [25, 25]],
}
seen, reference = {}, {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, table in tables.items():
        seen[name], reference[name] = by_polars(table), cohens_kappa(np.array(table))
        ours, theirs = seen[name], reference[name]
        print(f"{name}: kappa {ours['estimate']:.3f}, error {ours['statistic']:.3f}, p {ours['p_value']:.3g};", end=" ")
        print(f"statsmodels {theirs.kappa:.3f}, {theirs.std_kappa:.3f}, {theirs.pvalue_two_sided:.2g}")
        assert abs(ours["estimate"] - theirs.kappa) < 1e-9
        assert abs(theirs.pvalue_two_sided - chi2_contingency(table, correction=False).pvalue) < 1e-9
assert not told
perfect, rare, many = (seen[name] for name in list(tables)[:3])
assert perfect["statistic"] > 10 and perfect["p_value"] > 0.9
assert rare["statistic"] > 4 and rare["p_value"] > 0.85 and reference[list(tables)[1]].std_kappa < 0.2
assert many["p_value"] > 0.15
assert seen["agreement of chance"]["p_value"] == 1 and seen["90 of 100 agree, classes alike"]["p_value"] > 0.01

rng = np.random.default_rng(0)
for share, most in ((0.2, 0), (0.5, 10)):
    found = np.zeros(2, int)
    for _ in range(300):
        first = rng.random(100) < share
        second = np.where(rng.random(100) < 0.3, first, rng.random(100) < share)
        table = np.array([[(~first & ~second).sum(), (~first & second).sum()], [(first & ~second).sum(), (first & second).sum()]])
        found += by_polars(table)["p_value"] < 0.05, cohens_kappa(table).pvalue_two_sided < 0.05
    print(f"a class of {share:.0%}: of 300 pairs that share three labels in ten", found.tolist(), "are found")
    assert found[0] <= most and found[1] > 220
PYTHON
