import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold


def features(data):
    X = data.select_dtypes("number").drop(columns=["churned", "customer_id", "postcode"], errors="ignore")
    for c in ("contract", "region", "channel", "payment_method"):
        X[c] = pd.Categorical(data[c], categories={
            "contract": ["monthly", "one_year", "two_year"],
            "region": ["north", "south", "east", "west", "metro"],
            "channel": ["web", "shop", "phone", "partner"],
            "payment_method": ["card", "debit", "transfer"],
        }[c])
    return X


def model():
    return lgb.LGBMClassifier(n_estimators=100, num_leaves=7, learning_rate=0.05, random_state=0, n_jobs=1, verbose=-1)


def evaluate(data):
    data = data.drop_duplicates().reset_index(drop=True)
    recent = data["snapshot_date"].ge("2023-09-01").to_numpy()
    aucs = []
    for seen, unseen in GroupKFold(3).split(data, groups=data["customer_id"]):
        seen, unseen = seen[~recent[seen]], unseen[recent[unseen]]
        m = model().fit(features(data.iloc[seen]), data["churned"].iloc[seen])
        aucs.append(roc_auc_score(data["churned"].iloc[unseen], m.predict_proba(features(data.iloc[unseen]))[:, 1]))
    return {"roc_auc": float(np.mean(aucs)), "roc_auc_sd": float(np.std(aucs))}


def train(data, model_dir):
    joblib.dump(model().fit(features(data), data["churned"]), model_dir / "lgbm.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "lgbm.joblib").predict_proba(features(data))[:, 1]
