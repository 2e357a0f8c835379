#!/bin/sh
# dcurves takes the chance to stay well for the risk, if the outcome is True or False or a time: a good marker loses to treating all.
# Versions: dcurves 1.1.7 (October 2025), lifelines 0.30.3, statsmodels 0.15.0, pandas 2.3.3, scipy 1.17.1, numpy 2.4.6.
# Expected: `models_to_prob` turns a marker into the risk of the event, by a logistic regression or by a Cox model at `time`, as
# `as_probability` does in the R package of that name.
# Seen: so it is for an outcome of 0 and 1. With the same outcome as True and False, as in the data that come with the package, and
# with survival times always, it is the chance of no event that is held against the threshold, and the well are treated. Of 2,000
# patients with a marker of AUC .82, at a threshold of 30 %, the marker has a net benefit of .18, or of -.04 as True and False,
# where treating all has .04. By survival it has -.02, the risk of the same Cox model as a column .23, and noise .13. No warning is given.
# Known: #2181 of statsmodels (2015, open) has that a formula takes False for the event; of dcurves no issue was seen.
# What it means: the better the model, the more it loses, and it is thrown out. Give risks as columns, and convert none.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    dcurves==1.1.7 lifelines==0.30.3 statsmodels==0.15.0 pandas==2.3.3 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 MPLBACKEND=Agg venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd
from dcurves import dca
from lifelines import CoxPHFitter

rng = np.random.default_rng(0)


def benefits(table: pd.DataFrame, outcome: str, models: list[str], **options: object) -> dict[str, float]:
    """The net benefit of each model and of treating all, at a threshold of 30 %; the first is converted."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        result = dca(table, outcome, models, thresholds=[0.3], models_to_prob=models[:1], **options)
    assert not any(issubclass(warning.category, UserWarning) for warning in told)
    return {name: round(float(value), 3) for name, value in result.set_index("model")["net_benefit"].items()}


marker = rng.normal(size=2_000)
risk = 1 / (1 + np.exp(1 - 1.5 * marker))
ill = rng.random(2_000) < risk
patients = pd.DataFrame({"marker": marker, "risk": risk, "yes": ill, "one": ill.astype(int)})
auc = (marker[ill][:, None] > marker[~ill]).mean()
numbers, words = (benefits(patients, outcome, ["marker", "risk"]) for outcome in ("one", "yes"))
print(f"AUC {auc:.2f}; outcome of 0 and 1: {numbers}; of True and False: {words}")

death, leaving = rng.exponential(5 * np.exp(-1.2 * marker)), rng.exponential(20, size=2_000)
times = pd.DataFrame({"marker": marker, "years": np.minimum(death, leaving), "died": (death <= leaving).astype(int)})
cox = CoxPHFitter().fit(times, "years", "died")
times["risk"] = 1 - cox.predict_survival_function(times, times=2).to_numpy()[0]
times["noise"] = rng.normal(size=2_000)
at = {"time": 2, "time_to_outcome_col": "years"}
survival, noise = benefits(times, "died", ["marker", "risk"], **at), benefits(times, "died", ["noise"], **at)
print(f"survival, concordance {cox.concordance_index_:.2f}: {survival}; noise {noise['noise']}")

assert abs(numbers["marker"] - numbers["risk"]) < 0.01 and numbers["marker"] > numbers["all"] + 0.1
assert words["risk"] == numbers["risk"] and words["all"] == numbers["all"]
assert words["marker"] < words["all"] - 0.05 and words["marker"] < 0
assert survival["risk"] > survival["all"] + 0.05 > survival["marker"] + 0.15
assert noise["noise"] > survival["marker"] + 0.1
PYTHON
