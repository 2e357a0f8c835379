#!/bin/sh
# MLflow refuses to save a random forest by its defaults.
# Versions: mlflow-skinny 3.17.2, skops 0.16.0, scikit-learn 1.9.1, pandas 3.1.1.
# Expected: `mlflow.sklearn.save_model(model, path)` writes a pickle, as it has for years, and takes any fitted estimator.
# Seen: the default format is skops. Linear models pass; forests and histogram boosting are refused for their own tree types.
# What it means: a pipeline that logs its model works with a linear model and fails the day the model gets better.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check mlflow-skinny==3.17.2 skops==0.16.0 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import os

import mlflow
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(0)
rows = rng.normal(size=(200, 2))
target = rows[:, 0] > 0
mlflow.sklearn.save_model(LogisticRegression().fit(rows, target), "linear", pip_requirements=[])
print(mlflow.__version__, sorted(os.listdir("linear")))
assert "model.skops" in os.listdir("linear") and "model.pkl" not in os.listdir("linear")
for estimator in (RandomForestClassifier(5, random_state=0), HistGradientBoostingClassifier(max_iter=5)):
    try:
        mlflow.sklearn.save_model(estimator.fit(rows, target), type(estimator).__name__, pip_requirements=[])
    except mlflow.exceptions.MlflowException as error:
        print(type(estimator).__name__, "->", str(error)[:60])
        assert "untrusted types" in str(error)
    else:
        raise SystemExit("it is saved now")
PYTHON
