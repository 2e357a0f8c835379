#!/bin/sh
# A drift test that takes the reference for the truth raises alarm where nothing has changed.
# Versions: evidently 0.7.23, pandas 2.3.3, numpy 2.4.6, scipy 1.17.1. It does not import with pandas 3.1.1.
# Expected: two samples of one population differ at p < .05 in about one comparison of twenty.
# Seen: up to 1,000 rows of reference, a column with three or more categories gets a chi-square test of fit.
# It treats the shares of the reference as known, though they are estimated from as few rows as they are compared with.
# With 900 rows on each side, 5 categories give false drift in about 3 of 10 comparisons, and 30 categories in 8 of 10.
# The contingency test of scipy on the same tables stays near .05; so does the z-test that two categories get.
# What it means: an alarm of this test is evidence only where the reference is much larger than the new rows.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    evidently==0.7.23 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.7.2
cd "$folder"
venv/bin/python -W ignore - <<'PYTHON'
import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift
from scipy.stats import chi2_contingency

rng = np.random.default_rng(0)
definition = DataDefinition(categorical_columns=["plan"])
REPEATS = 60


def alarms(reference_rows, new_rows, categories):
    """Shares of comparisons with p < .05: evidently's own choice of test, and the contingency test."""
    counts = np.zeros(2)
    for _ in range(REPEATS):
        reference, new = (
            pd.DataFrame({"plan": rng.integers(0, categories, rows).astype(str)}) for rows in (reference_rows, new_rows)
        )
        result = Report([ValueDrift(column="plan")]).run(
            Dataset.from_pandas(new, definition), Dataset.from_pandas(reference, definition)
        )
        metric = result.dict()["metrics"][0]
        assert f"method={'Z-test' if categories == 2 else 'chi-square'} p_value" in metric["metric_name"]
        sample = np.repeat([0, 1], [reference_rows, new_rows])
        table = pd.crosstab(sample, pd.concat([reference, new], ignore_index=True)["plan"])
        counts += metric["value"] < 0.05, chi2_contingency(table, correction=False).pvalue < 0.05
    return counts / REPEATS


for reference_rows, new_rows, categories, least, most in (
    (900, 900, 2, 0, 0.15),
    (900, 900, 5, 0.15, 0.5),
    (900, 900, 30, 0.7, 1),
    (900, 100, 5, 0, 0.2),
):
    ours, contingency = alarms(reference_rows, new_rows, categories)
    print(
        f"{reference_rows} and {new_rows} rows, {categories} categories: "
        f"evidently {ours:.2f}, contingency test {contingency:.2f} of {REPEATS} comparisons"
    )
    assert least <= ours <= most and contingency <= 0.2
PYTHON
