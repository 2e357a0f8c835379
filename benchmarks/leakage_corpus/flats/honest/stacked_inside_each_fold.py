import joblib
import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor, StackingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GroupShuffleSplit, cross_validate
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUM = ["area", "rooms", "storey", "built", "to_centre"]


def features(data):
    return data[NUM + ["district", "energy"]]


def stack():
    num = make_pipeline(SimpleImputer(), StandardScaler())
    prep = ColumnTransformer(
        [("num", num, NUM), ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["district", "energy"])]
    )
    members = [
        ("ridge", Ridge(3.0)),
        ("trees", RandomForestRegressor(40, min_samples_leaf=4, max_features=0.4, random_state=1)),
        ("near", KNeighborsRegressor(15)),
    ]
    return make_pipeline(prep, StackingRegressor(members, LinearRegression(), cv=3))


def fitted(data):
    return stack().fit(features(data), data["price"])


def evaluate(data):
    splitter = GroupShuffleSplit(3, test_size=0.25, random_state=8)
    found = cross_validate(
        stack(),
        features(data),
        data["price"],
        groups=data["building_id"],
        cv=splitter,
        scoring={"r2": "r2", "mae": "neg_mean_absolute_error"},
    )
    return {"r2": float(np.mean(found["test_r2"])), "mae": float(-np.mean(found["test_mae"]))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict(features(data))
