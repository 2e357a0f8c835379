import pickle

from load import service_features
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score


def forest():
    return RandomForestClassifier(70, min_samples_leaf=10, max_features=0.5, random_state=17)


def evaluate(data):
    customers = sorted(set(data["customer_id"]))
    held = set(customers[1::4])
    is_held = data["customer_id"].isin(held)
    a = data[~is_held & (data["snapshot_date"] < "2023-08-01")]
    b = data[is_held & (data["snapshot_date"] >= "2023-08-01")]
    f = forest().fit(service_features(a), a["churned"])
    return {"roc_auc": roc_auc_score(b["churned"], f.predict_proba(service_features(b))[:, 1])}


def train(data, model_dir):
    with open(model_dir / "forest.pkl", "wb") as out:
        pickle.dump(forest().fit(service_features(data), data["churned"]), out)


def predict(data, model_dir):
    with open(model_dir / "forest.pkl", "rb") as source:
        return pickle.load(source).predict_proba(service_features(data))[:, 1]
