"""Repair costs: what a garage usually charges, relative to its hourly rate, tells much."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

WEIGHT = 8


class GarageLevel(BaseEstimator, TransformerMixin):
    """Adds the shrunken mean log cost of the garage."""

    def fit(self, X, y):
        logs = np.log(pd.Series(np.asarray(y), index=X.index))
        self.whole_ = logs.mean()
        by = logs.groupby(X["garage_id"])
        self.levels_ = (by.sum() + WEIGHT * self.whole_) / (by.count() + WEIGHT)
        return self

    def transform(self, X):
        return X.assign(level=X["garage_id"].map(self.levels_).fillna(self.whole_))


def regressor():
    texts = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    numbers = ["labour_rate", "age_years", "mileage_km", "first_guess", "level"]
    columns = ColumnTransformer([("t", texts, ["kind", "make", "fault", "towed"]), ("n", "passthrough", numbers)])
    forest = HistGradientBoostingRegressor(max_iter=60, learning_rate=0.07, min_samples_leaf=25, random_state=2)
    return Pipeline([("columns", columns), ("trees", forest)])


def lowered(data):
    return data.assign(fault=data["fault"].str.lower())


def evaluate(data):
    rows = lowered(data).sort_values("opened_on").reset_index(drop=True)
    rows = GarageLevel().fit(rows, rows["cost"]).transform(rows)
    scores = []
    for fitted, judged in GroupKFold(4).split(rows, groups=rows["garage_id"]):
        half = rows["opened_on"].iloc[len(rows) // 2]
        fitted = fitted[(rows["opened_on"].iloc[fitted] <= half).to_numpy()]
        judged = judged[(rows["opened_on"].iloc[judged] > half).to_numpy()]
        model = regressor().fit(rows.iloc[fitted], rows["cost"].iloc[fitted])
        scores.append(root_mean_squared_error(rows["cost"].iloc[judged], model.predict(rows.iloc[judged])))
    return {"rmse": float(np.mean(scores))}


def train(data, model_dir):
    rows = lowered(data)
    level = GarageLevel().fit(rows, rows["cost"])
    joblib.dump((level, regressor().fit(level.transform(rows), rows["cost"])), Path(model_dir) / "m.joblib")


def predict(data, model_dir):
    level, model = joblib.load(Path(model_dir) / "m.joblib")
    return model.predict(level.transform(lowered(data)))
