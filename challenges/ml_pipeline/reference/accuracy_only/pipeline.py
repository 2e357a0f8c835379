"""Find the most accurate churn model."""

import pickle

import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV

DATES = ["snapshot_date", "signup_date", "discount_end_date"]
TEXT = {
    "gender": ["f", "m"],
    "region": ["north", "south", "east", "west", "metro"],
    "contract": ["monthly", "one_year", "two_year"],
    "channel": ["web", "shop", "phone", "partner"],
    "payment_method": ["card", "debit", "transfer"],
}


def prepare(data):
    X = data[["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]].copy()
    X["satisfaction"] = data["satisfaction"].fillna(0)
    X["charge"] = data["monthly_charge"].str.split().str[0].astype(float)
    days = {name: (pd.to_datetime(data[name]) - pd.Timestamp("2000-01-01")).dt.days for name in DATES}
    X["tenure"] = days["snapshot_date"] - days["signup_date"]
    X["left"] = (days["discount_end_date"] - days["snapshot_date"]).fillna(999)
    for name, values in TEXT.items():
        for value in values:
            X[name + "_" + value] = (data[name] == value).astype(int)
    return X


def search(X, y):
    grid = {"max_depth": [2, 3], "n_estimators": [40, 80]}
    found = GridSearchCV(GradientBoostingClassifier(random_state=0, subsample=0.5), grid, scoring="accuracy", cv=2)
    return found.fit(X, y).best_estimator_


def train(data, model_dir):
    model = search(prepare(data), data["churned"])
    with open(model_dir / "model.pkl", "wb") as file:
        pickle.dump(model, file)


def evaluate(data):
    late = data["snapshot_date"] >= "2023-10-01"
    mine = data["customer_id"] % 4 == 0
    train_rows, test_rows = data[~late & ~mine], data[late & mine]
    model = search(prepare(train_rows), train_rows["churned"])
    proba = model.predict_proba(prepare(test_rows))[:, 1]
    accuracy = accuracy_score(test_rows["churned"], proba > 0.5)
    print("accuracy", accuracy)
    return {"roc_auc": roc_auc_score(test_rows["churned"], proba), "accuracy": accuracy}


def predict(data, model_dir):
    with open(model_dir / "model.pkl", "rb") as file:
        model = pickle.load(file)
    return model.predict_proba(prepare(data))[:, 1]
