import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import f1_score, log_loss

STATES = ["faulty", "ok", "stopped", "worn"]
PARAMS = dict(objective="multiclass", num_class=4, learning_rate=0.08, num_leaves=15, min_data_in_leaf=25, verbose=-1, num_threads=1)


def features(data):
    x = data[[f"s{n}" for n in range(30)]].copy()
    x["line"] = data["line"].str[1:].astype(int)
    x["operator"] = data["operator"].str[2:].astype(int)
    return x


class Boost:
    def fit(self, rows):
        cut = rows["day"].sort_values().iloc[int(0.85 * len(rows))]
        early, late = rows[rows["day"] < cut], rows[rows["day"] >= cut]
        a = lgb.Dataset(features(early), early["state"].map(STATES.index))
        b = lgb.Dataset(features(late), late["state"].map(STATES.index))
        self.booster = lgb.train(PARAMS, a, 400, valid_sets=[b], callbacks=[lgb.early_stopping(20, verbose=False)])
        return self

    def predict_proba(self, x):
        return self.booster.predict(x)


def fitted(rows):
    return Boost().fit(rows)


def evaluate(data):
    cut = data["day"].sort_values().iloc[int(0.75 * len(data))]
    known, held = data[data["day"] < cut], data[data["day"] >= cut]
    p = fitted(known).predict_proba(features(held))
    told = pd.Series(p.argmax(axis=1), index=held.index).map(dict(enumerate(STATES)))
    return {
        "f1_macro": float(f1_score(held["state"], told, average="macro")),
        "log_loss": float(log_loss(held["state"], p, labels=STATES)),
    }


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
