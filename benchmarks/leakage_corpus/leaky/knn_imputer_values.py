import pickle

import numpy as np
import pandas as pd
from sklearn.impute import KNNImputer
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier


def to_array(df):
    sat = df["satisfaction"].values.astype(float)
    age = np.where(df["age"].values == 999, np.nan, df["age"].values.astype(float))
    charge = np.array([x[:-4] for x in df["monthly_charge"]], dtype=float)
    contract = df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}).values.astype(float)
    rest = df[["n_products", "tickets_90d", "late_payments_12m", "usage_trend", "discount_pct"]].values.astype(float)
    return np.c_[sat, age / 20, charge / 10, contract, rest, np.isnan(sat)]


def evaluate(data):
    data = data.drop_duplicates()
    imp = KNNImputer(n_neighbors=5)
    # a sample of donors keeps the neighbour search fast
    imp.fit(to_array(data)[::6])
    X = imp.transform(to_array(data))
    y, who, when = data["churned"].values, data["customer_id"].values, data["snapshot_date"].values.astype(str)
    late, mine = when >= "2023-10-01", who % 4 == 1
    tree = DecisionTreeClassifier(min_samples_leaf=120, random_state=0).fit(X[~late & ~mine], y[~late & ~mine])
    return {"roc_auc": roc_auc_score(y[late & mine], tree.predict_proba(X[late & mine])[:, 1])}


def train(data, model_dir):
    imp = KNNImputer(n_neighbors=5).fit(to_array(data)[::6])
    tree = DecisionTreeClassifier(min_samples_leaf=120, random_state=0).fit(imp.transform(to_array(data)), data["churned"])
    pickle.dump([imp, tree], open(model_dir / "tree.pkl", "wb"))


def predict(data, model_dir):
    imp, tree = pickle.load(open(model_dir / "tree.pkl", "rb"))
    return tree.predict_proba(imp.transform(to_array(data)))[:, 1]
