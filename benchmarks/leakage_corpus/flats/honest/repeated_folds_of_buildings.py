import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import r2_score


def features(data):
    return data.assign(
        letter=data["energy"].map(dict(zip("ABCDEFG", range(7)))),
        district=data["district"].str.slice(1).astype(int),
        panel=(data["kind"] == "panel").astype(int),
        to_centre=data["to_centre"].fillna(-1),
    )[["area", "rooms", "storey", "built", "to_centre", "letter", "district", "panel"]]


def fitted(data):
    model = GradientBoostingRegressor(n_estimators=120, max_depth=4, learning_rate=0.08, subsample=0.7, random_state=2)
    return model.fit(features(data), data["price"])


def evaluate(data, folds=4, repeats=2):
    data = data.drop_duplicates(ignore_index=True)
    total = pd.Series(0.0, index=data.index)
    for repeat in range(repeats):
        ids = pd.Series(data["building_id"].unique()).sample(frac=1, random_state=repeat).reset_index(drop=True)
        fold_of = data["building_id"].map(pd.Series(ids.index % folds, index=ids.values))
        for fold in range(folds):
            test = data[fold_of == fold]
            total[test.index] += fitted(data[fold_of != fold]).predict(features(test))
    return {"r2": float(r2_score(data["price"], total / repeats))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict(features(data))
