#!/bin/sh
# By lifelines a column without any effect has a concordance of .65, or of .35, where customers are seen from different days on.
# Versions: lifelines 0.30.3 (2026), pandas 2.3.3, scipy 1.17.1, numpy 2.4.6, autograd 1.9.1.
# Expected: with `entry_col` a customer counts from the day on which he is seen. So does the model: of a column that decides only when a
# customer is first seen it finds no effect. Pairs of a concordance are those who were under observation when one of them left: .5.
# Seen: `concordance_index_` and `score` leave entries out, and compare a loss on day 3 with somebody first seen on day 9, who could not
# be lost before. So the column tells who stays, and the sign of an effect that is none decides: of 20 samples of 1,500 with p from .07 to
# .93, each has .65 to .67 or .34 to .36. Among those at risk it is .49 to .51. No warning is given.
# Known: no issue upstream was seen; #1178 (open, 2020) is about survival functions with late entries. `weights_col` does not enter either.
# What it means: a model of churn from a running business looks useful, or upside down, by when customers came. Count pairs by hand.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    lifelines==0.30.3 pandas==2.3.3 scipy==1.17.1 numpy==2.4.6 autograd==1.9.1
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import CoxPHFitter

rows, seen = 1_500, []
for seed in range(20):
    rng = np.random.default_rng(seed)
    region = rng.normal(size=8 * rows)
    lost = rng.exponential(10, 8 * rows)
    first = np.clip(6 + 5 * region + rng.normal(size=8 * rows), 0, None)
    kept = np.flatnonzero(lost > first)[:rows]
    table = pd.DataFrame({"lost": lost[kept], "first": first[kept], "region": region[kept], "event": 1})
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = CoxPHFitter().fit(table, "lost", "event", entry_col="first")
        score = model.score(table, scoring_method="concordance_index")
    assert not told
    risk = model.predict_partial_hazard(table).to_numpy()
    day, entry = table["lost"].to_numpy(), table["first"].to_numpy()
    pairs = (entry[None, :] < day[:, None]) & (day[None, :] > day[:, None])
    at_risk = (pairs & (risk[:, None] > risk[None, :])).sum() / pairs.sum()
    seen.append((model.params_["region"], model.summary.p["region"], model.concordance_index_, score, at_risk))

effect, p, concordance, score, at_risk = (np.array(column) for column in zip(*seen, strict=True))
for row in seen[:6]:
    print("effect {:+.3f}, p {:.2f}: concordance {:.3f}, score {:.3f}; of those at risk {:.3f}".format(*row))
print(f"20 samples: p {p.min():.2f} to {p.max():.2f}; above .5: {concordance[effect < 0].min():.3f} to {concordance[effect < 0].max():.3f}, ", end="")
print(f"below: {concordance[effect > 0].min():.3f} to {concordance[effect > 0].max():.3f}; at risk {at_risk.min():.3f} to {at_risk.max():.3f}")

assert np.allclose(concordance, score) and (p < 0.05).sum() <= 3
assert concordance[effect < 0].min() > 0.6 and concordance[effect > 0].max() < 0.4 and len({*(effect > 0)}) == 2
assert np.abs(at_risk - 0.5).max() < 0.03
PYTHON
