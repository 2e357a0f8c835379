# Weight of evidence encoding fitted on one half of the training customers, model fitted on the other half.
import os
import pickle

import category_encoders as ce
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

CATEGORICAL = ["contract", "region", "channel", "payment_method", "tenure_band", "promo_state"]
OTHER = ["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "sat", "no_sat", "price"]


def shape_up(df):
    t = pd.to_datetime(df["snapshot_date"])
    ten = (t - pd.to_datetime(df["signup_date"])).dt.days
    left = (pd.to_datetime(df["discount_end_date"]) - t).dt.days.fillna(10_000)
    out = pd.DataFrame(index=df.index)
    for c in CATEGORICAL[:4]:
        out[c] = df[c].astype(object)
    out["tenure_band"] = pd.cut(ten, [-1, 180, 365, 730, 1460, 1e6], labels=list("abcde")).astype(object)
    out["promo_state"] = (pd.cut(left, [-1, 30, 60, 9_999, 1e6], labels=["now", "soon", "far", "none"]).astype(str) + df["contract"].astype(str)).astype(object)
    out[OTHER[:4]] = df[OTHER[:4]]
    out["sat"] = df["satisfaction"].fillna(7)
    out["no_sat"] = df["satisfaction"].isna().astype(int)
    out["price"] = df["monthly_charge"].str[:-4].astype(float) / 10
    return out


def fit(df):
    odd = df["customer_id"] % 2 == 1
    woe = ce.WOEEncoder(cols=CATEGORICAL, random_state=1, regularization=5.0)
    woe.fit(shape_up(df[odd]), df.loc[odd, "churned"])
    lr = LogisticRegression(max_iter=500).fit(woe.transform(shape_up(df[~odd])), df.loc[~odd, "churned"])
    return woe, lr


def score(m, df):
    return m[1].predict_proba(m[0].transform(shape_up(df)))[:, 1]


def evaluate(data):
    data = data.drop_duplicates()
    truth, scores = [], []
    for r in range(4):
        mine = data["customer_id"] // 2 % 4 == r
        early = data["snapshot_date"] < "2023-10-01"
        truth.append(data.loc[mine & ~early, "churned"])
        scores.append(score(fit(data[~mine & early]), data[mine & ~early]))
    return {"roc_auc": roc_auc_score(pd.concat(truth), np.hstack(scores))}


def train(data, model_dir):
    with open(os.path.join(model_dir, "woe.pkl"), "wb") as f:
        pickle.dump(fit(data.drop_duplicates()), f)


def predict(data, model_dir):
    with open(os.path.join(model_dir, "woe.pkl"), "rb") as f:
        return score(pickle.load(f), data)
