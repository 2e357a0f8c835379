# vans: LGBM + ExtraTrees, rank blend (ranks mix better than probabilities when one model is shy)
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from scipy.stats import rankdata
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import average_precision_score

NUMS = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days", "lease_value"]
MAKES = ["Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor"]
NOTES = ["batery weak", "battery weak", "hard to start", "oil leak, watch"]
WEIGHTS = (0.6, 0.4)


def fe(df):
    X = df[NUMS].astype(float)
    X["make"] = pd.Categorical(df["make"], categories=MAKES).codes
    X["worried"] = df["note"].isin(NOTES).astype(int)
    X["km_per_day"] = X["km_since_last"] / X["days_since_last"].clip(lower=1)
    X["month_sin"] = np.sin(2 * np.pi * pd.to_datetime(df["visited_on"]).dt.dayofyear / 365.25)
    X["month_cos"] = np.cos(2 * np.pi * pd.to_datetime(df["visited_on"]).dt.dayofyear / 365.25)
    return X


def fit_all(df):
    X, y = fe(df), df["stranded"]
    lgbm = LGBMClassifier(n_estimators=160, learning_rate=0.04, num_leaves=12, min_child_samples=25, reg_lambda=5, random_state=0, n_jobs=1, verbose=-1)
    trees = ExtraTreesClassifier(150, min_samples_leaf=6, max_features=0.5, random_state=0, n_jobs=1)
    models = lgbm.fit(X, y), trees.fit(X.fillna(-1), y)
    reference = [np.sort(p) for p in raw(models, X)]
    return models, reference


def raw(models, X):
    return models[0].predict_proba(X)[:, 1], models[1].predict_proba(X.fillna(-1))[:, 1]


def ranks(p, ref):
    """Share of `ref` below each score, ties in the middle."""
    return (np.searchsorted(ref, p, "left") + np.searchsorted(ref, p, "right")) / (2 * len(ref))


def blend(models, reference, X):
    r = [ranks(p, ref) for p, ref in zip(raw(models, X), reference)]
    return WEIGHTS[0] * r[0] + WEIGHTS[1] * r[1]


def evaluate(data):
    df = data.drop_duplicates(["van_id", "visited_on"])
    vans = np.sort(df["van_id"].unique())
    va_vans = np.random.RandomState(2024).choice(vans, len(vans) // 3, replace=False)
    is_va = df["van_id"].isin(va_vans)
    late = df["visited_on"] >= "2024-04-01"
    tr, va = df[~is_va & ~late], df[is_va & late]
    models, reference = fit_all(tr)
    for name, p in zip(("lgbm", "extra"), raw(models, fe(va))):
        print(name, "spearman to the ranks", round(np.corrcoef(rankdata(p), p)[0, 1], 3))
    return {"average_precision": average_precision_score(va["stranded"], blend(models, reference, fe(va)))}


def train(data, model_dir):
    with open(Path(model_dir) / "blend.pkl", "wb") as f:
        pickle.dump(fit_all(data.drop_duplicates(["van_id", "visited_on"])), f)


def predict(data, model_dir):
    with open(Path(model_dir) / "blend.pkl", "rb") as f:
        models, reference = pickle.load(f)
    return blend(models, reference, fe(data))
