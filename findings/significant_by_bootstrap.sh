#!/bin/sh
# Spotify's confidence calls each of 40 experiments without an effect significant, if it is asked by bootstrap: p is -1.
# Versions: spotify-confidence 4.1.0 (2026), pandas 2.3.3, statsmodels 0.15.0, scipy 1.17.1, numpy 2.4.6.
# Expected: `is_significant` says whether the interval of the difference leaves 0 out, as it does for the t-test and the z-test of the
# same package. Without an effect that is so in about 5 %.
# Seen: by the method "bootstrap" the interval is right and leaves 0 out in 1 of 40 experiments. There is no p-value, so p is set to
# -1, and -1 is below any level: `is_significant` is true in all 40, with the adjusted p -1 as well. The t-test on the same people has
# 1 of 40. No warning is given.
# Known: no issue upstream was seen.
# What it means: a dashboard that reads the column ships every variant. Read the interval, or take the t-test.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    spotify-confidence==4.1.0 pandas==2.3.3 statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import spotify_confidence as confidence

rng = np.random.default_rng(0)
seen = []
for _ in range(40):
    people = {name: rng.normal(10, 3, 400) for name in ("old", "new")}
    means = [rng.choice(spent, (1_000, 400)).mean(axis=1) for spent in people.values()]
    table = pd.DataFrame({"variant": list(people), "method": "bootstrap", "means": means})
    sums = pd.DataFrame(
        {
            "variant": list(people),
            "method": "t-test",
            "total": [spent.sum() for spent in people.values()],
            "squares": [(spent**2).sum() for spent in people.values()],
            "people": 400,
        }
    )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        bootstrap = confidence.Experiment(
            table,
            numerator_column=None,
            numerator_sum_squares_column=None,
            denominator_column=None,
            categorical_group_columns=["variant"],
            bootstrap_samples_column="means",
            method_column="method",
        ).difference("old", "new")
        student = confidence.Experiment(
            sums,
            numerator_column="total",
            numerator_sum_squares_column="squares",
            denominator_column="people",
            categorical_group_columns=["variant"],
            method_column="method",
        ).difference("old", "new")
    assert not [each for each in told if issubclass(each.category, UserWarning)]
    row, other = bootstrap.iloc[0], student.iloc[0]
    seen.append((row.is_significant, not row.ci_lower < 0 < row.ci_upper, other.is_significant, row["p-value"]))

significant, outside, by_t, p = (np.array(column, dtype=float) for column in zip(*seen, strict=True))
print(bootstrap[["difference", "ci_lower", "ci_upper", "p-value", "adjusted p-value", "is_significant"]].to_string(index=False))
print(f"of 40 experiments without an effect: significant by bootstrap {significant.sum():.0f}, interval without 0 {outside.sum():.0f}, ", end="")
print(f"significant by t-test {by_t.sum():.0f}")
assert significant.all() and (p == -1).all()
assert outside.sum() <= 5 and by_t.sum() <= 5
PYTHON
