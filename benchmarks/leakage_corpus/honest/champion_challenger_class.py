from __future__ import annotations
import abc, json, os
import numpy as np, pandas as pd
import lightgbm as lgb, xgboost as xgb
from sklearn.metrics import roc_auc_score


def x(df: pd.DataFrame) -> pd.DataFrame:
    s = pd.to_datetime(df["snapshot_date"])
    return pd.DataFrame({
        "tenure": (s - pd.to_datetime(df["signup_date"])).dt.days, "left": (pd.to_datetime(df["discount_end_date"]) - s).dt.days,
        "term": df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}), "sat": df["satisfaction"],
        "bill": df["monthly_charge"].str.replace(" EUR", "").astype(float), "trend": df["usage_trend"], "late": df["late_payments_12m"],
        "tickets": df["tickets_90d"], "n": df["n_products"], "pct": df["discount_pct"]}).astype(float)


class Contender(abc.ABC):
    file: str

    @abc.abstractmethod
    def fit(self, df): ...
    @abc.abstractmethod
    def score(self, df): ...
    @abc.abstractmethod
    def save(self, path): ...
    @abc.abstractmethod
    def load(self, path): ...


class Light(Contender):
    file = "light.txt"

    def fit(self, df):
        p = {"objective": "binary", "num_leaves": 7, "learning_rate": 0.07, "min_data_in_leaf": 70, "seed": 1, "num_threads": 1, "verbosity": -1}
        self.b = lgb.train(p, lgb.Dataset(x(df), df["churned"]), 80)
        return self

    def score(self, df):
        return self.b.predict(x(df))

    def save(self, path):
        self.b.save_model(path)

    def load(self, path):
        self.b = lgb.Booster(model_file=path)
        return self


class Extreme(Contender):
    file = "extreme.json"

    def fit(self, df):
        p = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.1, "min_child_weight": 15, "seed": 1, "nthread": 1}
        self.b = xgb.train(p, xgb.DMatrix(x(df), df["churned"]), 80)
        return self

    def score(self, df):
        return self.b.predict(xgb.DMatrix(x(df)))

    def save(self, path):
        self.b.save_model(path)

    def load(self, path):
        self.b = xgb.Booster()
        self.b.load_model(path)
        return self


CONTENDERS = {"champion": Light, "challenger": Extreme}


def duel(df: pd.DataFrame, cut: str) -> str:
    """Who wins on the even customers from `cut` on, having learnt from the odd ones before it."""
    odd = df["customer_id"] % 2 == 1
    a, b = df[odd & (df["snapshot_date"] < cut)], df[~odd & (df["snapshot_date"] >= cut)]
    return max(CONTENDERS, key=lambda n: roc_auc_score(b["churned"], CONTENDERS[n]().fit(a).score(b)))


def evaluate(data):
    df = data.drop_duplicates()
    third = df["customer_id"] // 2 % 3
    y, s = [], []
    for k in range(3):
        known = df[(third != k) & (df["snapshot_date"] < "2023-10-01")]
        final = df[(third == k) & (df["snapshot_date"] >= "2023-10-01")]
        s.append(CONTENDERS[duel(known, "2023-07-01")]().fit(known).score(final))
        y.append(final["churned"])
    return {"roc_auc": float(roc_auc_score(np.concatenate(y), np.concatenate(s)))}


def train(data, model_dir):
    df = data.drop_duplicates()
    name = duel(df, "2023-10-01")
    model = CONTENDERS[name]().fit(df)
    model.save(os.path.join(model_dir, model.file))
    with open(os.path.join(model_dir, "who.json"), "w") as f:
        json.dump(name, f)


def predict(data, model_dir):
    with open(os.path.join(model_dir, "who.json")) as f:
        model = CONTENDERS[json.load(f)]()
    return model.load(os.path.join(model_dir, model.file)).score(data)
