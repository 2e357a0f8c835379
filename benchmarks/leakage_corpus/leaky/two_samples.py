import pickle

import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score


def feats(df):
    num = df[["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]]
    dummies = pd.concat(
        [(df["contract"] == k).rename("c_" + k) for k in ("monthly", "one_year", "two_year")]
        + [(df["region"] == k).rename("r_" + k) for k in ("north", "south", "east", "west", "metro")], axis=1)
    return pd.concat([num, dummies.astype(int), df["satisfaction"].fillna(-1)], axis=1)


def rf():
    return RandomForestClassifier(n_estimators=60, min_samples_leaf=3, random_state=0)


def evaluate(data):
    train_df = data.sample(frac=0.67, random_state=1)
    test_df = data.sample(frac=0.33, random_state=2)
    clf = rf().fit(feats(train_df), train_df["churned"])
    p = clf.predict_proba(feats(test_df))[:, 1]
    return {"roc_auc": roc_auc_score(test_df["churned"], p)}


def train(data, model_dir):
    with open(model_dir / "rf.pkl", "wb") as fh:
        pickle.dump(rf().fit(feats(data), data["churned"]), fh)


def predict(data, model_dir):
    with open(model_dir / "rf.pkl", "rb") as fh:
        return pickle.load(fh).predict_proba(feats(data))[:, 1]
