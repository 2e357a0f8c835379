#!/bin/sh
# An uplift model that says the same of everybody is far better than random, by causalml, if its table is sorted.
# Versions: causalml 0.18.0 (October 2026), scikit-uplift 0.5.1, scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6.
# Expected: equal answers rank nobody, so their Qini score is 0 in any order of rows, as scikit-uplift says.
# Seen: rows with equal answers are taken one by one, as an unstable sort leaves them. In an experiment of 20,000 people a
# constant has 1.2 here where treated rows stand first, -4.7 where buyers do, and 0 where rows are shuffled. True effects have
# .23. A model with the two right answers has from -.46 to .47, by the order. The intervals and p-values that are new in 2026
# shuffle the rows, and so miss the spread: the constant beats chance with p below .001. No warning is given.
# Known: no issue upstream was seen. #272 (2020) was about several models in one call.
# What it means: trees and scores of few levels are judged by the order of a file, and by the processor's sort. On the same
# rows, with AVX turned off in numpy, the constant with treated rows first has -.26.
# Shuffle the rows, or add noise far below the steps of the scores, before `qini_score`, `auuc_score` or `rate_score`.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    causalml==0.18.0 scikit-uplift==0.5.1 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - 2>&1 <<'PYTHON'
import warnings

import numpy as np
import pandas as pd

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from causalml.metrics import qini_score
    from sklift.metrics import qini_auc_score

rng = np.random.default_rng(0)
people = 20_000
treated = np.repeat([1, 0], people // 2)
age = rng.random(people)
bought = (rng.random(people) < 0.2 + 0.1 * treated * (age > 0.5)).astype(int)
effects = np.where(age > 0.5, 0.1, 0.0)
table = pd.DataFrame(
    {"y": bought, "w": treated, "constant": 0.05, "two": effects, "distinct": effects + 1e-6 * rng.random(people)}
)
orders = {
    "treated first": table,
    "control first": table.sort_values("w", kind="stable"),
    "buyers first": table.sort_values("y", ascending=False, kind="stable"),
    "buyers last": table.sort_values("y", kind="stable"),
    "shuffled": table.sample(frac=1, random_state=0),
}
models = ["constant", "two", "distinct"]
scores, chances, others = {}, {}, {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for order, rows in orders.items():
        rows = rows.reset_index(drop=True)
        judged = qini_score(rows, "y", "w", return_ci=True, n_bootstrap=50, random_state=0)
        scores[order], chances[order] = judged["qini"], judged["p_value"]
        others[order] = pd.Series({model: qini_auc_score(rows.y, rows[model], rows.w) for model in models})
        print(order, ", ".join(f"{model} {scores[order][model]:.2f} (p {chances[order][model]:.4f})" for model in models))
print("scikit-uplift", others["shuffled"].round(3).to_dict(), "warnings", len([w for w in told if "causalml" in w.filename]))

spread = {model: max(s[model] for s in scores.values()) - min(s[model] for s in scores.values()) for model in models}
print("spread over orders", {model: round(float(value), 3) for model, value in spread.items()})
assert spread["constant"] > 1 and spread["two"] > 0.2 and spread["distinct"] < 1e-9
assert max(s["constant"] for s in scores.values()) > 2 * scores["shuffled"]["distinct"]
assert abs(scores["shuffled"]["constant"]) < 0.1
best = max(scores, key=lambda order: scores[order]["constant"])
assert chances[best]["constant"] < 0.001
assert all(abs(o["constant"]) < 1e-9 and abs(o["two"] - others["shuffled"]["two"]) < 1e-9 for o in others.values())
PYTHON
