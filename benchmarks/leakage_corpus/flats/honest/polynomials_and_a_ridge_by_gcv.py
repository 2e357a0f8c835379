import joblib
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler


def features(data):
    out = data[["area", "rooms", "storey", "built", "to_centre"]].copy()
    out["letter"] = data["energy"].map({c: i for i, c in enumerate("ABCDEFG")})
    return out


class LogRidge:
    def __init__(self):
        self.inner = Pipeline(
            [
                ("fill", SimpleImputer(strategy="median")),
                ("scale", StandardScaler()),
                ("poly", PolynomialFeatures(2, include_bias=False)),
                ("ridge", RidgeCV(np.logspace(-2, 3, 12))),
            ]
        )

    def fit(self, x, y):
        self.inner.fit(x, np.log(y))
        self.smear = float(np.mean(np.exp(np.log(y) - self.inner.predict(x))))
        return self

    def predict(self, x):
        return self.smear * np.exp(self.inner.predict(x))


def fitted(data):
    return LogRidge().fit(features(data), data["price"])


def evaluate(data):
    frame = data.drop_duplicates().reset_index(drop=True)
    frame["oof"] = np.nan
    for fit_idx, test_idx in GroupKFold(n_splits=4).split(frame, groups=frame["building_id"]):
        model = fitted(frame.iloc[fit_idx])
        frame.loc[test_idx, "oof"] = model.predict(features(frame.iloc[test_idx]))
    assert not frame["oof"].isna().any()
    return {"r2": float(r2_score(frame["price"], frame["oof"]))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict(features(data))
